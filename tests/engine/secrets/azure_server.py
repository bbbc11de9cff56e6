"""Key Vault's published REST API on loopback with TLS: get, wrapkey and unwrapkey of RSA and symmetric keys, the challenge, its errors.

https://learn.microsoft.com/rest/api/keyvault/keys. The ciphers are real; the token is a word.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import trustme
from aiohttp import web
from azure.core.credentials import AccessToken
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

TOKEN = "the-only-token"
CHALLENGE = 'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"'
OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)


class Credential:
    """Signs in with a word."""

    def __init__(self, token: str = TOKEN) -> None:
        self._token = token

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        pass


@functools.cache
def authority() -> trustme.CA:
    return trustme.CA()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class Version:
    """One version of a key: RSA, or symmetric where `secret` is set."""

    id: str = field(default_factory=lambda: os.urandom(16).hex())
    private: rsa.RSAPrivateKey | None = None
    secret: bytes = b""
    enabled: bool = True

    def wrap(self, alg: str, value: bytes) -> bytes:
        if self.secret:
            assert alg == "A256KW"
            return aes_key_wrap(self.secret, value)
        assert alg == "RSA-OAEP-256"
        return self.private.public_key().encrypt(value, OAEP)

    def unwrap(self, alg: str, value: bytes) -> bytes:
        if self.secret:
            assert alg == "A256KW"
            return aes_key_unwrap(self.secret, value)
        assert alg == "RSA-OAEP-256"
        return self.private.decrypt(value, OAEP)

    def jwk(self, kid: str) -> dict[str, Any]:
        ops = ["wrapKey", "unwrapKey"]
        if self.secret:
            return {"kid": kid, "kty": "oct-HSM", "key_ops": ops}
        public = self.private.public_key().public_numbers()
        return {"kid": kid, "kty": "RSA", "key_ops": ops, "n": number(public.n), "e": number(public.e)}


def rsa_version() -> Version:
    return Version(private=rsa.generate_private_key(public_exponent=65537, key_size=2048))


class KeyVault:
    """`keys` maps a name to its versions, newest last; `denied` holds operations such as `keys/unwrapKey`."""

    def __init__(self, folder: Path) -> None:
        self.keys: dict[str, list[Version]] = {}
        self.denied: set[str] = set()
        self.broken = 0
        self.seen: list[str] = []
        self.bodies: list[bytes] = []
        self.ca_file = folder / "vault-ca.pem"
        authority().cert_pem.write_to_path(str(self.ca_file))

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority().issue_cert("127.0.0.1").configure_cert(context)
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context).start()
        self.url = f"https://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        parts = request.path.strip("/").split("/")
        self.bodies.append(await request.read())
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response(
                self._said("Unauthorized", "AKV10000: Request is missing a Bearer or PoP token."),
                status=401,
                headers={"WWW-Authenticate": CHALLENGE},
            )
        operation = f"keys/{ {'wrapkey': 'wrapKey', 'unwrapkey': 'unwrapKey'}.get(parts[-1], 'get') }"
        self.seen.append(operation)
        if self.broken:
            return web.json_response(self._said("ServiceUnavailable", "try later"), status=self.broken)
        if operation in self.denied:
            inner = {"code": "ForbiddenByRbac"}
            return web.json_response(self._said("Forbidden", "Caller is not authorized to perform action on resource.", inner), status=403)
        return self._answer(operation, parts)

    def _answer(self, operation: str, parts: list[str]) -> web.Response:
        versions = self.keys.get(parts[1], [])
        named = parts[2] if len(parts) > 2 and parts[2] not in ("wrapkey", "unwrapkey") else ""
        version = next((one for one in versions if one.id == named), None) if named else (versions[-1] if versions else None)
        if version is None:
            said = f"A key with (name/id) {parts[1]} was not found in this key vault."
            return web.json_response(self._said("KeyNotFound", said), status=404)
        if not version.enabled:
            said = f"Operation {operation.removeprefix('keys/')} is not allowed on a disabled key."
            return web.json_response(self._said("Forbidden", said, {"code": "KeyDisabled"}), status=403)
        kid = f"{self.url}/keys/{parts[1]}/{version.id}"
        if operation == "keys/get":
            return web.json_response({"key": version.jwk(kid), "attributes": {"enabled": True, "created": 1, "updated": 1}})
        told = json.loads(self.bodies[-1])
        try:
            value = (version.wrap if operation == "keys/wrapKey" else version.unwrap)(told["alg"], unb64(told["value"]))
        except (ValueError, InvalidUnwrap):
            return web.json_response(self._said("BadParameter", "The parameter is incorrect."), status=400)
        return web.json_response({"kid": kid, "value": b64(value)})

    @staticmethod
    def _said(code: str, message: str, inner: dict[str, str] | None = None) -> dict[str, Any]:
        return {"error": {"code": code, "message": message, **({"innererror": inner} if inner else {})}}
