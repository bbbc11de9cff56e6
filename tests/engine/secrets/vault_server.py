"""Vault's published HTTP API on loopback, as much of it as a key store needs: transit encrypt and decrypt, KV version 2, tokens, its errors.

https://developer.hashicorp.com/vault/api-docs/secret/transit and …/secret/kv/kv-v2. The ciphers are real; the policy is a list of paths.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any, Self

from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN = "hvs.the-only-token"
REFUSED = "1 error occurred:\n\t* permission denied\n\n"


def answer(status: int, data: Any) -> web.Response:
    return web.Response(status=status, body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})


def trouble(status: int, *errors: str) -> web.Response:
    return answer(status, {"errors": list(errors)})


class Vault:
    """`keys` maps a transit key's name to its versions; `derived` names those that derive from a context; `denied` are path prefixes."""

    def __init__(self) -> None:
        self.keys = {"escher": [os.urandom(32)], "derived": [os.urandom(32)], "other": [os.urandom(32)]}
        self.derived = {"derived"}
        self.oldest: dict[str, int] = {}
        self.secrets: dict[str, list[dict[str, str]]] = {}
        self.denied: set[str] = set()
        self.sealed = False
        self.seen: list[str] = []
        self.bodies: list[bytes] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/v1/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.seen.append(path)
        self.bodies.append(await request.read())
        if self.sealed:
            return trouble(503, "Vault is sealed")
        if request.headers.get("X-Vault-Token") != TOKEN or any(path.startswith(one) for one in self.denied):
            return trouble(403, REFUSED)
        engine, what, name = path.split("/", 2)
        if engine == "transit" and request.method in ("POST", "PUT"):
            return self._transit(what, name, json.loads(self.bodies[-1]))
        if engine in ("kv", "secret") and what == "data":
            return self._kv(request.method, name, self.bodies[-1])
        return trouble(404)

    def _transit(self, what: str, name: str, body: dict[str, str]) -> web.Response:
        if name not in self.keys:
            return trouble(400, "encryption key not found")
        context = base64.b64decode(body.get("context", ""))
        if name in self.derived and not context:
            return trouble(400, "missing 'context' for key derivation; the key was created using a derived key, which means additional …")
        versions = self.keys[name]
        if what == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + AESGCM(self._key(name, len(versions), context)).encrypt(nonce, base64.b64decode(body["plaintext"]), None)
            text = f"vault:v{len(versions)}:{base64.b64encode(sealed).decode()}"
            return answer(200, {"data": {"ciphertext": text, "key_version": len(versions)}})
        try:
            prefix, version, text = body["ciphertext"].split(":")
            number, sealed = int(version.removeprefix("v")), base64.b64decode(text, validate=True)
            assert prefix == "vault"
            assert 0 < number <= len(versions)
        except (ValueError, AssertionError):
            return trouble(400, "invalid ciphertext: no prefix")
        if number < self.oldest.get(name, 1):
            return trouble(400, "ciphertext or signature version is disallowed by policy (too old)")
        try:
            plain = AESGCM(self._key(name, number, context)).decrypt(sealed[:12], sealed[12:], None)
        except (InvalidTag, ValueError):
            return trouble(400, "cipher: message authentication failed")
        return answer(200, {"data": {"plaintext": base64.b64encode(plain).decode()}})

    def _key(self, name: str, version: int, context: bytes) -> bytes:
        key = self.keys[name][version - 1]
        return HKDF(SHA256(), 32, salt=None, info=context).derive(key) if name in self.derived else key

    def _kv(self, method: str, path: str, body: bytes) -> web.Response:
        versions = self.secrets.setdefault(path, [])
        if method == "GET":
            if not versions:
                return trouble(404)
            return answer(
                200, {"data": {"data": versions[-1], "metadata": {"version": len(versions), "deletion_time": "", "destroyed": False}}}
            )
        told = json.loads(body)
        if told.get("options", {}).get("cas", len(versions)) != len(versions):
            return trouble(400, "check-and-set parameter did not match the current version")
        versions.append(told["data"])
        return answer(200, {"data": {"version": len(versions), "deletion_time": "", "destroyed": False}})
