"""A key of Azure Key Vault or Managed HSM: wrapKey and unwrapKey. Edge (azure-keyvault-keys)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from engine.errors import CloudError, SettingsError, WrongKey
from engine.secrets.answers import Asked, sdk_missing
from engine.secrets.enveloped import TIMEOUT_S, to_bytes, to_text
from engine.secrets.store import Context, Wrapped
from engine.settings import KeySettings

SERVICE = "Azure Key Vault"
_PATH = re.compile(r"/keys/(?P<name>[0-9A-Za-z-]{1,127})/?")
_VERSION = re.compile(r"[0-9a-f]{32}")
_ALGORITHMS = {"RSA": "RSA-OAEP-256", "RSA-HSM": "RSA-OAEP-256", "oct": "A256KW", "oct-HSM": "A256KW"}


@dataclass(frozen=True, slots=True)
class _Sdk:
    """The parts of the SDK that are used."""

    keys: Any
    request: Any
    errors: Any
    identity: Any


class AzureKeyVault:
    """`id` is the key's URL without a version: the newest wraps, and the one that wrapped unwraps. Needs get, wrapKey and unwrapKey on it.

    `url` is another address of the same vault, such as a private endpoint's. `credential` is the SDK's default chain unless given.
    """

    def __init__(self, settings: KeySettings, credential: Any = None) -> None:
        self.place = settings.id.rstrip("/")
        self._settings = settings
        self._credential = credential
        parts = urlsplit(self.place)
        found = _PATH.fullmatch(parts.path)
        if parts.scheme != "https" or not parts.netloc or found is None:
            raise SettingsError(
                f"estate.key_service.id: {settings.id!r} is not the URL of a Key Vault key, without a version.",
                hint="Write it as https://VAULT.vault.azure.net/keys/NAME.",
            )
        if settings.url and not settings.url.startswith("https://"):
            raise SettingsError(f"estate.key_service.url: {settings.url!r} is not an https:// address.")
        self._vault = settings.url.rstrip("/") or f"https://{parts.netloc}"
        self._name = found["name"]

    async def encrypt(self, plain: bytes, context: Context) -> Wrapped:
        del context  # these algorithms bind nothing; the envelope does
        asks = self._signed_in("keys/get and keys/wrapKey")
        async with asks as (sdk, options), sdk.keys.KeyClient(self._vault, **options) as client:
            key = await client.get_key(self._name)
            version, algorithm = str(key.properties.version), self._algorithm(str(getattr(key.key_type, "value", key.key_type)))
            blob = await self._asked(client, sdk.request, f"{version}/wrapkey", algorithm, plain)
        return {"version": version, "algorithm": algorithm, "ciphertext": to_text(blob)}

    async def decrypt(self, wrapped: Wrapped, context: Context) -> bytes:
        del context
        version, algorithm = wrapped.get("version", ""), wrapped.get("algorithm", "")
        if not _VERSION.fullmatch(version) or algorithm not in _ALGORITHMS.values():
            raise WrongKey(f"The data key was not wrapped by {self.place}.", hint="Put `data.key` back from a backup.")
        blob = to_bytes(wrapped, "ciphertext")
        async with self._signed_in("keys/unwrapKey") as (sdk, options), sdk.keys.KeyClient(self._vault, **options) as client:
            return await self._asked(client, sdk.request, f"{version}/unwrapkey", algorithm, blob)

    async def _asked(self, client: Any, request: Any, what: str, algorithm: str, value: bytes) -> bytes:
        """One operation, done by the vault. The SDK's own CryptographyClient does it here where it believes it can: for a symmetric key, whose
        material never leaves the HSM, with one that it makes up (azure-keyvault-keys 4.11).
        """
        said = {"alg": algorithm, "value": base64.urlsafe_b64encode(value).decode().rstrip("=")}
        response = await client.send_request(request("POST", f"keys/{self._name}/{what}", json=said))
        response.raise_for_status()
        answer = str(response.json()["value"])
        return base64.urlsafe_b64decode(answer + "=" * (-len(answer) % 4))

    def _algorithm(self, key_type: str) -> str:
        if key_type not in _ALGORITHMS:
            raise SettingsError(
                f"The key {self.place} is of type {key_type}, which wraps nothing.", hint="Make an RSA key (or, in a Managed HSM, oct-HSM)."
            )
        return _ALGORITHMS[key_type]

    @contextlib.asynccontextmanager
    async def _signed_in(self, tried: str) -> AsyncIterator[tuple[_Sdk, dict[str, Any]]]:
        """The SDK, and how its clients are made. Raises SettingsError, CloudError, WrongKey."""
        asked = Asked(SERVICE, self.place, tried)
        try:
            sdk = await asyncio.to_thread(_loaded)
        except ImportError:
            raise sdk_missing(SERVICE, "azure") from None
        credential = self._credential or sdk.identity.DefaultAzureCredential()
        try:
            async with asyncio.timeout(3 * TIMEOUT_S):
                yield sdk, {"credential": credential, **self._options()}
        except TimeoutError:
            raise asked.away(f"no answer within {3 * TIMEOUT_S:.0f} s") from None
        except sdk.errors.ClientAuthenticationError as error:
            # The credential chain itself raises this too, then without an answer.
            if error.response is None:
                raise SettingsError(f"{SERVICE}: no Azure credentials that work: {error.message}", hint="Run `az login`.") from None
            raise asked.stranger(str(error.status_code), error.message) from None
        except sdk.errors.HttpResponseError as error:
            raise _understood(asked, error) from None
        except sdk.errors.AzureError as error:
            raise asked.away(error.message, self._vault) from None
        except KeyError:
            raise asked.garbled("it is not what Key Vault's API says") from None
        except ValueError as error:
            # The vault's challenge names another domain than the vault's: the SDK sends no token there.
            raise SettingsError(
                f"{SERVICE} at {self._vault} is not taken for a vault of Azure: {error}",
                hint="Name its address in `estate.key_service.url` too.",
            ) from None
        finally:
            if self._credential is None:
                await credential.close()

    def _options(self) -> dict[str, Any]:
        return {
            "connection_timeout": TIMEOUT_S / 2,
            "read_timeout": TIMEOUT_S,
            "retry_total": 1,
            "connection_verify": self._settings.ca_file or True,
            # Somebody who wrote another address down means it; at the vault's own, the token goes to nobody else.
            "verify_challenge_resource": not self._settings.url,
            "user_agent": "escher-ops",
        }


def _loaded() -> _Sdk:
    """Reading the SDK takes seconds. Raises ImportError."""
    import aiohttp  # noqa: F401 - the transport, an extra of the SDK's own
    from azure.core import exceptions
    from azure.core.rest import HttpRequest
    from azure.identity import aio as identity
    from azure.keyvault.keys import aio as keys

    return _Sdk(keys, HttpRequest, exceptions, identity)


def _understood(asked: Asked, error: Any) -> CloudError | WrongKey:
    status = int(error.status_code or 0)
    inner = getattr(getattr(error, "error", None), "innererror", None) or {}
    code = str(inner.get("code") or getattr(error.error, "code", "") or status)
    said = str(error.message)
    if status == 403 and ("KeyDisabled" in code or "disabled" in said.lower()):
        return asked.unusable("KeyDisabled", said)
    if status == 403:
        return asked.denied(code, said)
    if status == 404:
        return asked.missing(code, said)
    if status == 429:
        return asked.throttled(code)
    if status >= 500:
        return asked.away(f"{code} {said}")
    if status == 400 and asked.tried == "keys/unwrapKey":
        return asked.wrong(code)
    return asked.unusable(code, said)
