"""A key of Google Cloud KMS: encrypt and decrypt with additional authenticated data, checksums checked both ways. Edge (google-cloud-kms)."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.errors import CloudError, SettingsError, WrongKey
from engine.secrets.answers import Asked, sdk_missing
from engine.secrets.crc32c import crc32c
from engine.secrets.enveloped import TIMEOUT_S, to_bytes, to_text
from engine.secrets.store import Context, Wrapped
from engine.settings import KeyKind, KeySettings

SERVICE = "Google Cloud KMS"
NAME: KeyKind = "gcp-kms"
SCOPES = ("https://www.googleapis.com/auth/cloudkms",)
HOST = "cloudkms.googleapis.com"
# A message that arrived changed is asked for again; Google advises a limited number of times.
ATTEMPTS = 3
_KEY = re.compile(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+")


class GcpKms:
    """`id` is the key's resource name. Needs cloudkms.cryptoKeyVersions.useToEncrypt and useToDecrypt on it.

    `credentials` are the application default ones unless given.
    """

    def __init__(self, settings: KeySettings, credentials: Any = None) -> None:
        self.place = settings.id
        self._settings = settings
        self._credentials = credentials
        if not _KEY.fullmatch(settings.id):
            raise SettingsError(
                f"estate.key_service.id: {settings.id!r} is not the name of a Cloud KMS key.",
                hint="Write it as projects/P/locations/L/keyRings/R/cryptoKeys/K.",
            )
        if settings.url and not settings.url.startswith("https://"):
            raise SettingsError(f"estate.key_service.url: {settings.url!r} is not an https:// address.")

    async def encrypt(self, plain: bytes, context: Context) -> Wrapped:
        bound = context.bound(NAME)
        request = {
            "name": self.place,
            "plaintext": plain,
            "plaintext_crc32c": crc32c(plain),
            "additional_authenticated_data": bound,
            "additional_authenticated_data_crc32c": crc32c(bound),
        }

        def fault(answer: Any) -> str:
            if not (answer.verified_plaintext_crc32c and answer.verified_additional_authenticated_data_crc32c):
                return "the service did not get the checksums that were sent"
            if not str(answer.name).startswith(f"{self.place}/"):
                return "another key was used"
            return "" if answer.ciphertext_crc32c == crc32c(answer.ciphertext) else "the ciphertext's checksum is another"

        asked = Asked(SERVICE, self.place, "cloudkms.cryptoKeyVersions.useToEncrypt")
        answer = await self._asked(asked, lambda client, options: client.encrypt(request=request, **options), fault)
        return {"ciphertext": to_text(answer.ciphertext)}

    async def decrypt(self, wrapped: Wrapped, context: Context) -> bytes:
        blob, bound = to_bytes(wrapped, "ciphertext"), context.bound(NAME)
        request = {
            "name": self.place,
            "ciphertext": blob,
            "ciphertext_crc32c": crc32c(blob),
            "additional_authenticated_data": bound,
            "additional_authenticated_data_crc32c": crc32c(bound),
        }

        def fault(answer: Any) -> str:
            return "" if answer.plaintext_crc32c == crc32c(answer.plaintext) else "the plaintext's checksum is another"

        asked = Asked(SERVICE, self.place, "cloudkms.cryptoKeyVersions.useToDecrypt")
        answer = await self._asked(asked, lambda client, options: client.decrypt(request=request, **options), fault)
        plain: bytes = answer.plaintext
        return plain

    async def _asked(self, asked: Asked, call: Callable[[Any, Any], Awaitable[Any]], fault: Callable[[Any], str]) -> Any:
        """The answer to a call, whole. Raises SettingsError, CloudError, WrongKey."""
        async with self._client(asked) as (client, errors):
            found = ""
            for _ in range(ATTEMPTS):
                try:
                    async with asyncio.timeout(TIMEOUT_S):
                        answer = await call(client, {"timeout": TIMEOUT_S, "retry": None})
                except TimeoutError:
                    raise asked.away(f"no answer within {TIMEOUT_S:.0f} s") from None
                except errors.GoogleAPICallError as error:
                    raise _understood(asked, error) from None
                if not (found := fault(answer)):
                    return answer
            raise asked.garbled(found)

    @contextlib.asynccontextmanager
    async def _client(self, asked: Asked) -> AsyncIterator[tuple[Any, Any]]:
        """A client for one call, and the errors its calls raise. Raises SettingsError, CloudError."""
        try:
            kms, errors, auth_errors = await asyncio.to_thread(_loaded)
        except ImportError:
            raise sdk_missing(SERVICE, "gcp") from None
        try:
            credentials = self._credentials or await asyncio.to_thread(_default_credentials)
            client = kms.KeyManagementServiceAsyncClient(transport=await self._transport(credentials))
            try:
                yield client, errors
            finally:
                await client.transport.close()
        except auth_errors.TransportError as error:
            raise asked.away(f"no sign-in: {error}") from None
        except auth_errors.GoogleAuthError as error:
            raise SettingsError(
                f"{SERVICE}: no Google credentials that work: {error}", hint="Sign in with `gcloud auth application-default login`."
            ) from None

    async def _transport(self, credentials: Any) -> Any:
        import grpc  # type: ignore[import-untyped]
        from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcAsyncIOTransport

        roots = await asyncio.to_thread(Path(self._settings.ca_file).read_bytes) if self._settings.ca_file else None
        return KeyManagementServiceGrpcAsyncIOTransport(
            host=urlsplit(self._settings.url).netloc or HOST,
            credentials=credentials,
            ssl_channel_credentials=grpc.ssl_channel_credentials(root_certificates=roots),
        )


def _loaded() -> tuple[Any, Any, Any]:
    """The SDK and its errors; reading it takes seconds. Raises ImportError."""
    from google.api_core import exceptions
    from google.auth import exceptions as auth_exceptions
    from google.cloud import kms_v1

    return kms_v1, exceptions, auth_exceptions


def _default_credentials() -> Any:
    import google.auth

    found, _ = google.auth.default(scopes=list(SCOPES))
    return found


def _understood(asked: Asked, error: Any) -> CloudError | WrongKey:
    code = error.grpc_status_code.name if error.grpc_status_code is not None else type(error).__name__
    match code:
        case "PERMISSION_DENIED":
            return asked.denied(code, error.message)
        case "UNAUTHENTICATED":
            return asked.stranger(code, error.message)
        case "NOT_FOUND":
            return asked.missing(code, error.message)
        case "INVALID_ARGUMENT" if "decrypt" in error.message.lower():
            return asked.wrong(code)
        case "RESOURCE_EXHAUSTED":
            return asked.throttled(code)
        case "FAILED_PRECONDITION" | "INVALID_ARGUMENT":
            return asked.unusable(code, error.message)
        case _:
            return asked.away(f"{code} {error.message}")
