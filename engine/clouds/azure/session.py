"""One subscription's clients: how to sign in, where to call, and how long to wait. Edge."""

from __future__ import annotations

import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.clouds.azure.arm import Account, Wire
from engine.errors import SettingsError
from engine.settings import AccountSettings

if TYPE_CHECKING:
    from azure.mgmt.compute.aio import ComputeManagementClient
    from azure.mgmt.storage.aio import StorageManagementClient

PUBLIC_ENDPOINT = "https://management.azure.com"
LOCATIONS_VERSION = "2022-12-01"
SCOPE = "https://management.azure.com/.default"
MISSING = 'Azure needs its SDK, which is not installed: pip install "escher-ops[azure]".'


class SandboxCredential:
    """A token that opens nothing but a local cloud."""

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("sandbox", int(time.time()) + 86_400)

    async def close(self) -> None:
        return None


def _credential(settings: AccountSettings) -> Any:
    """Raises SettingsError for a reference that means nothing here."""
    if settings.credentials == "sandbox":
        return SandboxCredential()
    if settings.credentials != "default":
        raise SettingsError(f"Account {settings.name}: Azure knows no credentials {settings.credentials!r}.", hint="Use `default`.")
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential()


def load() -> None:
    """Imports the SDK, which takes seconds: call it in a thread. Raises SettingsError when it is not installed."""
    try:
        for module in ("aiohttp", "azure.identity.aio", "azure.mgmt.compute.aio", "azure.mgmt.storage.aio"):
            import_module(module)
    except ImportError as error:
        raise SettingsError(MISSING) from error


async def _once(request: Any, send: Callable[[Any], Awaitable[Any]]) -> Any:
    """A PUT or DELETE is repeated by aiohttp itself when the connection breaks; we would rather not know than do it twice."""
    from aiohttp import ClientConnectionError, ClientConnectorError, ClientOSError, ServerDisconnectedError

    try:
        return await send(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise ClientConnectionError(f"the connection broke: {error}") from error


class AzureSession:
    """All clients of one subscription over one connection pool. Made inside a running event loop, after `load`.

    `timeout_s` holds for each request. Retries are off, for reads too: whoever asks decides after looking.
    """

    def __init__(self, settings: AccountSettings, timeout_s: float) -> None:
        self.account = Account(settings.id, settings.name)
        self._settings = settings
        self._timeout_s = timeout_s
        self._endpoint = (settings.endpoint or PUBLIC_ENDPOINT).rstrip("/")
        self._credential = _credential(settings)
        self._pipeline = self._policies()
        self._transport = self._made_transport()
        self._clients: dict[str, Any] = {}
        self._regions: tuple[str, ...] = ()

    def _policies(self) -> list[Any]:
        from azure.core.pipeline import policies
        from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

        # The SDK's own list would register resource providers by itself, which is a change nobody approved, and would log.
        return [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(base_user_agent="escher-ops"),
            policies.ContentDecodePolicy(),
            policies.AsyncRetryPolicy.no_retries(),
            AsyncARMChallengeAuthenticationPolicy(self._credential, SCOPE),
            policies.CustomHookPolicy(),
            policies.SensitiveHeaderCleanupPolicy(),
        ]

    def _made_transport(self) -> Any:
        import aiohttp
        from azure.core.pipeline.transport import AioHttpTransport

        trusted = ssl.create_default_context(cafile=self._settings.ca_file or None)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trusted),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            middlewares=(_once,),
            # A local cloud is reached directly, whatever proxy the environment names.
            trust_env=not self._settings.endpoint,
        )
        return AioHttpTransport(session=session, connection_timeout=self._timeout_s, read_timeout=self._timeout_s)

    def _client(self, made: Any) -> Any:
        name = made.__name__
        if name not in self._clients:
            self._clients[name] = made(
                self._credential,
                self._settings.id,
                base_url=self._endpoint,
                credential_scopes=[SCOPE],
                policies=self._pipeline,
                transport=self._transport,
            )
        return self._clients[name]

    @property
    def compute(self) -> ComputeManagementClient:
        from azure.mgmt.compute.aio import ComputeManagementClient

        client: ComputeManagementClient = self._client(ComputeManagementClient)
        return client

    @property
    def storage(self) -> StorageManagementClient:
        from azure.mgmt.storage.aio import StorageManagementClient

        client: StorageManagementClient = self._client(StorageManagementClient)
        return client

    async def send(self, method: str, path: str, params: Mapping[str, str], json: Any = None) -> Any:
        """One call of ARM that no SDK of ours covers: the answer as it came, refusals raised as the SDK's errors."""
        from azure.core.rest import HttpRequest
        from azure.mgmt.core import AsyncARMPipelineClient

        if "rest" not in self._clients:
            self._clients["rest"] = AsyncARMPipelineClient(base_url=self._endpoint, policies=self._pipeline, transport=self._transport)
        body = {} if json is None else {"json": json}
        response = await self._clients["rest"].send_request(HttpRequest(method, f"{self._endpoint}{path}", params=dict(params), **body))
        response.raise_for_status()
        return response

    async def rest(self, method: str, path: str, params: Mapping[str, str], json: Any = None) -> tuple[Any, Mapping[str, str]]:
        """The same: its JSON and its headers. Raises the SDK's errors."""
        response = await self.send(method, path, params, json)
        return response.json(), response.headers

    async def rest_item(self, path: str, version: str, **params: str) -> Wire:
        """One resource as ARM tells it. Raises the SDK's errors."""
        answer, _ = await self.rest("GET", path, {"api-version": version, **params})
        return dict(answer)

    async def rest_items(self, path: str, version: str, **more: str) -> list[Wire]:
        """Everything a list of ARM holds, page after page. Raises the SDK's errors; KeyError for another shape."""
        found: list[Wire] = []
        params: Mapping[str, str] = {"api-version": version, **more}
        while path:
            answer, _ = await self.rest("GET", path, params)
            found += answer["value"]
            # The link to the next page carries its own parameters, and must not lead to another host.
            path, params = str(answer.get("nextLink") or "").removeprefix(self._endpoint), {}
        return found

    async def rest_kind(self, kind: str, version: str) -> list[Wire]:
        """Every resource of a kind (`Microsoft.Web/sites`) in the subscription. Raises as `rest_items`."""
        return await self.rest_items(f"/subscriptions/{self.account.id}/providers/{kind}", version)

    async def regions(self) -> tuple[str, ...]:
        """The regions this subscription may use, asked once. Raises the SDK's errors."""
        if not self._regions:
            answer, _ = await self.rest("GET", f"/subscriptions/{self.account.id}/locations", {"api-version": LOCATIONS_VERSION})
            self._regions = tuple(sorted(str(location["name"]) for location in answer["value"]))
        return self._regions

    async def close(self) -> None:
        self._clients.clear()
        await self._transport.close()
        await self._credential.close()
