"""HashiCorp Vault or OpenBao: a transit key that wraps, or a KV version 2 secret that holds the wrapping key. Edge (hvac, in a thread)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from engine.errors import CloudError, SettingsError, WrongKey
from engine.secrets.answers import Asked, sdk_missing
from engine.secrets.enveloped import TIMEOUT_S, EnvelopeStore, to_text
from engine.secrets.held import HeldStore
from engine.secrets.references import secret
from engine.secrets.store import Context, KeyStore, Wrapped
from engine.settings import KeyKind, KeySettings

SERVICE = "Vault"
NAME: KeyKind = "vault"
NAMESPACE = "VAULT_NAMESPACE"
FIELD = "key"
_ID = re.compile(r"(?P<kind>transit|kv)(?:@(?P<mount>[\w.-]+))?/(?P<path>[\w./-]+)")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_T = TypeVar("_T")


def vault_store(settings: KeySettings, env: Mapping[str, str]) -> KeyStore:
    """`id` is `transit/NAME` or `kv/PATH`; an engine mounted elsewhere than at `transit/` or `kv/` is `transit@MOUNT/NAME`. Raises SettingsError."""
    found = _ID.fullmatch(settings.id)
    if found is None or (found["kind"] == "transit" and "/" in found["path"]):
        raise SettingsError(
            f"estate.key_service.id: {settings.id!r} names no key of Vault.",
            hint="Write transit/NAME or kv/PATH (transit@MOUNT/NAME, kv@MOUNT/PATH for other mounts).",
        )
    mount = found["mount"] or found["kind"]
    door = VaultDoor(settings, env)
    if found["kind"] == "transit":
        return EnvelopeStore(NAME, Transit(door, mount, found["path"]))
    return HeldStore(NAME, KvSecret(door, mount, found["path"]))


class VaultDoor:
    """One Vault, with one token by reference. Each call is a connection of its own."""

    def __init__(self, settings: KeySettings, env: Mapping[str, str]) -> None:
        parts = urlsplit(settings.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise SettingsError(
                f"estate.key_service.url: {settings.url!r} is not Vault's address.", hint="Write it as https://vault.example.com:8200."
            )
        self.url = settings.url.rstrip("/")
        self._local = parts.hostname in _LOOPBACK
        self._settings = settings
        self._env = env

    async def call(self, asked: Asked, call: Callable[[Any], _T]) -> _T:
        """What `call` makes of an hvac client. Raises SettingsError, CloudError, WrongKey."""
        token = await secret(self._settings.token, self._env)
        return await asyncio.to_thread(self._called, asked, token, call)

    def _called(self, asked: Asked, token: str, call: Callable[[Any], _T]) -> _T:
        try:
            import hvac  # type: ignore[import-untyped]
            import requests
        except ImportError:
            raise sdk_missing(SERVICE, "vault") from None
        session = requests.Session()
        # A Vault on this machine is reached directly, whatever proxy the environment names.
        session.trust_env = not self._local
        session.verify = self._settings.ca_file or True
        client = hvac.Client(url=self.url, token=token, timeout=TIMEOUT_S, session=session, namespace=self._env.get(NAMESPACE) or None)
        try:
            return call(client)
        except hvac.exceptions.VaultError as error:
            raise _understood(asked, error) from None
        except (KeyError, TypeError):
            raise asked.garbled("it is not what Vault's API says (a KV engine has to be version 2)") from None
        except requests.exceptions.SSLError:
            raise asked.away(
                "its certificate is not trusted here; `estate.key_service.ca_file` may name who vouches for it", self.url
            ) from None
        except requests.exceptions.RequestException as error:
            raise asked.away(type(error).__name__, self.url) from None
        finally:
            session.close()


class Transit:
    """The service: encrypt and decrypt of a transit key. A derived key derives from the context; for others the envelope binds it."""

    def __init__(self, door: VaultDoor, mount: str, name: str) -> None:
        self.place = f"{mount}/{name}"
        self._door = door
        self._mount = mount
        self._name = name

    async def encrypt(self, plain: bytes, context: Context) -> Wrapped:
        asked = Asked(SERVICE, self.place, f"`update` on {self._mount}/encrypt/{self._name}")
        bound = to_text(context.bound(NAME))
        ciphertext = await self._door.call(
            asked,
            lambda client: str(
                client.secrets.transit.encrypt_data(self._name, plaintext=to_text(plain), context=bound, mount_point=self._mount)["data"][
                    "ciphertext"
                ]
            ),
        )
        return {"ciphertext": ciphertext}

    async def decrypt(self, wrapped: Wrapped, context: Context) -> bytes:
        asked = Asked(SERVICE, self.place, f"`update` on {self._mount}/decrypt/{self._name}")
        bound, ciphertext = to_text(context.bound(NAME)), wrapped.get("ciphertext", "")
        plain = await self._door.call(
            asked,
            lambda client: str(
                client.secrets.transit.decrypt_data(self._name, ciphertext=ciphertext, context=bound, mount_point=self._mount)["data"][
                    "plaintext"
                ]
            ),
        )
        return _decoded(plain, asked)


class KvSecret:
    """The shelf: the field `key` of a KV version 2 secret; other fields are left alone. Written only over what was read (check and set)."""

    def __init__(self, door: VaultDoor, mount: str, path: str) -> None:
        self.place = f"Vault's secret {mount}/{path} (field {FIELD!r})"
        self._door = door
        self._mount = mount
        self._path = path

    async def read(self) -> str | None:
        fields, _ = await self._read()
        return fields.get(FIELD)

    async def write(self, text: str, over: str | None) -> None:
        fields, version = await self._read()
        if fields.get(FIELD) != over:
            raise SettingsError(f"Somebody else changed {self.place} meanwhile.", hint="Repeat.")
        asked = Asked(SERVICE, self._named(), f"`create` and `update` on {self._mount}/data/{self._path}")
        written = {**fields, FIELD: text}
        await self._door.call(
            asked,
            lambda client: client.secrets.kv.v2.create_or_update_secret(self._path, written, cas=version, mount_point=self._mount),
        )

    async def clear(self) -> str:
        return (
            f"The old wrapping key still stands in {self.place} and in its versions: `vault kv metadata delete {self._mount}/{self._path}`."
        )

    async def _read(self) -> tuple[dict[str, str], int]:
        """The fields and their version; none and 0 where nothing is."""
        asked = Asked(SERVICE, self._named(), f"`read` on {self._mount}/data/{self._path}")

        def read(client: Any) -> tuple[dict[str, str], int]:
            import hvac

            try:
                answer = client.secrets.kv.v2.read_secret_version(self._path, mount_point=self._mount, raise_on_deleted_version=False)
            except hvac.exceptions.InvalidPath:
                return {}, 0
            found = answer["data"]
            return {str(name): str(value) for name, value in (found["data"] or {}).items()}, int(found["metadata"]["version"])

        return await self._door.call(asked, read)

    def _named(self) -> str:
        return f"{self._mount}/{self._path}"


def _decoded(text: str, asked: Asked) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise asked.garbled("the plaintext is no base64") from None


def _understood(asked: Asked, error: Any) -> CloudError | WrongKey:
    from hvac import exceptions

    said = ", ".join(str(one).strip() for one in error.errors or []) or type(error).__name__
    low = said.lower()
    match error:
        case exceptions.Forbidden() | exceptions.Unauthorized():
            return asked.denied("permission denied, or the token is not known or has expired", said)
        case exceptions.InvalidPath():
            return asked.missing("404", said)
        case exceptions.InvalidRequest() if "encryption key not found" in low:
            return asked.missing("400", said)
        case exceptions.InvalidRequest() if "authentication failed" in low or ("ciphertext" in low and "too old" not in low):
            return asked.wrong("invalid ciphertext")
        case exceptions.RateLimitExceeded():
            return asked.throttled("429")
        case exceptions.InvalidRequest():
            return asked.unusable("400", said)
        case _:
            return asked.away(said)
