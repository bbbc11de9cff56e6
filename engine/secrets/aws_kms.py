"""A key of AWS KMS: Encrypt and Decrypt with an encryption context. Edge (aioboto3)."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from engine.errors import CloudError, SettingsError, WrongKey
from engine.secrets.answers import Asked, sdk_missing
from engine.secrets.enveloped import TIMEOUT_S, to_bytes, to_text
from engine.secrets.store import Context, Wrapped
from engine.settings import KeySettings

SERVICE = "AWS KMS"
_ARN = re.compile(r"arn:[a-z-]+:kms:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):(?P<kind>key|alias)/[\w/-]+")
_STRANGERS = {"ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException", "InvalidClientTokenId", "ExpiredToken"}
_UNUSABLE = {"DisabledException", "KMSInvalidStateException", "InvalidKeyUsageException"}
_WRONG = {"InvalidCiphertextException", "IncorrectKeyException"}
_AWAY = {"KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException", "ServiceUnavailable", "InternalFailure"}


class AwsKms:
    """`id` is the ARN of a key or of an alias. Needs kms:Encrypt and kms:Decrypt on the key; the credentials are the machine's, or `profile`."""

    def __init__(self, settings: KeySettings) -> None:
        self.place = settings.id
        self._settings = settings
        found = _ARN.fullmatch(settings.id)
        if found is None:
            raise SettingsError(
                f"estate.key_service.id: {settings.id!r} is not the ARN of a KMS key or alias.",
                hint="Write it as arn:aws:kms:REGION:ACCOUNT:key/ID.",
            )
        self._region, self._account, self._is_alias = found["region"], found["account"], found["kind"] == "alias"

    async def encrypt(self, plain: bytes, context: Context) -> Wrapped:
        async with self._client("kms:Encrypt") as kms:
            answer = await kms.encrypt(KeyId=self.place, Plaintext=plain, EncryptionContext=context.pairs())
        return {"key": answer["KeyId"], "ciphertext": to_text(answer["CiphertextBlob"])}

    async def decrypt(self, wrapped: Wrapped, context: Context) -> bytes:
        # KMS is told which key it has to be, else it would take any that the credentials may use.
        key = self._same(wrapped.get("key", ""))
        blob = to_bytes(wrapped, "ciphertext")
        async with self._client("kms:Decrypt") as kms:
            answer = await kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionContext=context.pairs())
        plain: bytes = answer["Plaintext"]
        return plain

    def _same(self, key: str) -> str:
        """The key to ask for: the one of the settings, or the one that its alias stood for. Raises WrongKey when neither can have wrapped."""
        found = _ARN.fullmatch(key)
        if self._is_alias and found and (found["region"], found["account"]) == (self._region, self._account):
            return key
        # A replica of a key that is in several regions has its id, and another region.
        if not self._is_alias and found and key.rpartition("/")[2] == self.place.rpartition("/")[2]:
            return self.place
        raise WrongKey(f"The data key was not wrapped by {self.place}.", hint="Correct `estate.key_service.id`, or put `data.key` back.")

    @contextlib.asynccontextmanager
    async def _client(self, tried: str) -> AsyncIterator[Any]:
        """A client for one call. Raises what `_understood` makes of the answer."""
        try:
            session, errors = await asyncio.to_thread(_loaded, self._settings.profile)
        except ImportError:
            raise sdk_missing(SERVICE, "aws") from None
        try:
            async with session.client("kms", **self._options()) as client:
                yield client
        except errors.ClientError as error:
            raise _understood(Asked(SERVICE, self.place, tried), error.response) from None
        except (errors.NoCredentialsError, errors.PartialCredentialsError, errors.ProfileNotFound, errors.TokenRetrievalError) as error:
            raise SettingsError(f"{SERVICE}: {error}", hint="Sign in to AWS, or name a profile in `estate.key_service.profile`.") from None
        except errors.BotoCoreError as error:
            raise Asked(SERVICE, self.place, tried).away(f"{type(error).__name__}: {error}") from None

    def _options(self) -> dict[str, Any]:
        from aiobotocore.config import AioConfig

        retries = {"total_max_attempts": 3, "mode": "standard"}
        return {
            "region_name": self._region,
            "endpoint_url": self._settings.url or None,
            "verify": self._settings.ca_file or None,
            "config": AioConfig(connect_timeout=TIMEOUT_S / 2, read_timeout=TIMEOUT_S, retries=retries, user_agent_extra="escher-ops"),
        }


def _loaded(profile: str) -> tuple[Any, Any]:
    """A session, and the SDK's errors; reading the SDK takes seconds. Raises ImportError, SettingsError."""
    import aioboto3
    from botocore import exceptions

    try:
        return aioboto3.Session(profile_name=profile or None), exceptions
    except exceptions.ProfileNotFound:
        raise SettingsError(f"estate.key_service.profile: there is no AWS profile {profile!r} on this machine.") from None


def _understood(asked: Asked, response: Mapping[str, Any]) -> CloudError | WrongKey:
    code, said = str(response["Error"].get("Code", "")), str(response["Error"].get("Message", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _STRANGERS:
        return asked.stranger(code, said)
    if code.startswith("AccessDenied"):
        return asked.denied(code, said)
    if code == "NotFoundException":
        return asked.missing(code, said)
    if code in _WRONG:
        return asked.wrong(code)
    if code in {"ThrottlingException", "LimitExceededException"}:
        return asked.throttled(code)
    if code not in _UNUSABLE and (code in _AWAY or status >= 500):
        return asked.away(f"{code} {said}".strip())
    return asked.unusable(code, said)
