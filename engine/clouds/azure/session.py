"""One subscription's connection to ARM: how to sign in, where to call, and how long to wait. Edge.

Over the pipeline of Azure's SDK (sign-in, challenges, proxies), without its clients: importing that of Compute alone took 100 MB of memory.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import SplitResult, urlsplit

from engine.clouds.azure.arm import Account, Wire
from engine.errors import SettingsError
from engine.settings import AccountSettings

PUBLIC_ENDPOINT = "https://management.azure.com"
LOCATIONS_VERSION = "2022-12-01"
SDK = ("aiohttp", "azure.core.rest", "azure.core.pipeline.policies", "azure.core.pipeline.transport", "azure.mgmt.core.policies")
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
    try:
        from azure.identity.aio import DefaultAzureCredential
    except ImportError as error:
        raise SettingsError(MISSING) from error

    return DefaultAzureCredential()


def load() -> None:
    """Imports the SDK's pipeline, which takes a moment: call it in a thread. Raises SettingsError when it is not installed."""
    try:
        for module in SDK:
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
    """Calls of one subscription over one connection pool. Made inside a running event loop, after `load`.

    `timeout_s` holds for each request. Retries are off, for reads too: whoever asks decides after looking.
    """

    def __init__(self, settings: AccountSettings, timeout_s: float) -> None:
        self.account = Account(settings.id, settings.name)
        self._settings = settings
        self._timeout_s = timeout_s
        self._endpoint = (settings.endpoint or PUBLIC_ENDPOINT).rstrip("/")
        self._credential = _credential(settings)
        self._transport = self._made_transport()
        self._client = self._made_client()
        self._regions: tuple[str, ...] = ()

    def _made_client(self) -> Any:
        from azure.core import AsyncPipelineClient
        from azure.core.pipeline import policies
        from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

        # The SDK's own list would register resource providers by itself, which is a change nobody approved, and would log.
        pipeline = [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(base_user_agent="escher-ops"),
            policies.ContentDecodePolicy(),
            policies.AsyncRetryPolicy.no_retries(),
            AsyncARMChallengeAuthenticationPolicy(self._credential, SCOPE),
            policies.CustomHookPolicy(),
            policies.SensitiveHeaderCleanupPolicy(),
        ]
        return AsyncPipelineClient(base_url=self._endpoint, policies=pipeline, transport=self._transport)

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

    async def send(self, method: str, path: str, params: Mapping[str, str], json: Any = None) -> Any:
        """One call of ARM: the answer as it came. Raises the SDK's errors for a refusal, a redirection and a silence."""
        from azure.core.exceptions import HttpResponseError
        from azure.core.rest import HttpRequest

        body = {} if json is None else {"json": json}
        response = await self._client.send_request(HttpRequest(method, f"{self._endpoint}{path}", params=dict(params), **body))
        if not 200 <= response.status_code < 300:
            raise HttpResponseError(response=response)
        return response

    def own_path(self, link: str) -> str:
        """Path and query of a link that leads to this session's own host, '' for any other: our token goes nowhere else."""
        told, own = urlsplit(link), urlsplit(self._endpoint)
        relative = not (told.scheme or told.netloc) and link.startswith("/")
        if not relative and (told.scheme, told.hostname, _port(told)) != (own.scheme, own.hostname, _port(own)):
            return ""
        return f"{told.path}?{told.query}" if told.query else told.path

    async def rest_item(self, path: str, version: str, **params: str) -> Wire:
        """One resource as ARM tells it. Raises the SDK's errors."""
        answer = (await self.send("GET", path, {"api-version": version, **params})).json()
        return dict(answer)

    async def rest_items(self, path: str, version: str, **params: str) -> list[Wire]:
        """Everything a list of ARM holds, page after page. Raises the SDK's errors; KeyError or ValueError for another shape."""
        found: list[Wire] = []
        asked: Mapping[str, str] = {"api-version": version, **params}
        while True:
            answer = (await self.send("GET", path, asked)).json()
            found += answer["value"]
            if not (link := str(answer.get("nextLink") or "")):
                return found
            # The link to the next page carries its own parameters.
            before, path, asked = path, self.own_path(link), {}
            if path in ("", before):
                raise ValueError(f"the next page of {before} is said to be at {link}")

    async def rest_kind(self, kind: str, version: str, **params: str) -> list[Wire]:
        """Every resource of a kind (`Microsoft.Web/sites`) in the subscription. Raises as `rest_items`."""
        return await self.rest_items(f"/subscriptions/{self.account.id}/providers/{kind}", version, **params)

    async def regions(self) -> tuple[str, ...]:
        """The regions this subscription may use, asked once. Raises the SDK's errors."""
        if not self._regions:
            listed = await self.rest_items(f"/subscriptions/{self.account.id}/locations", LOCATIONS_VERSION)
            self._regions = tuple(sorted(str(location["name"]) for location in listed))
        return self._regions

    async def close(self) -> None:
        await self._transport.close()
        await self._credential.close()


def _port(link: SplitResult) -> int | None:
    return link.port or {"https": 443, "http": 80}.get(link.scheme)
