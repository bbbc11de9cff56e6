"""Google Cloud KMS on loopback: a gRPC server with TLS that speaks the SDK's own messages, with real ciphers and checksums.

https://cloud.google.com/kms/docs/reference/rpc/google.cloud.kms.v1 (Encrypt, Decrypt).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

import google_crc32c
import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse

from tests.engine.secrets.azure_server import authority

RING = "projects/acme/locations/europe-west1/keyRings/ops"
NAME = f"{RING}/cryptoKeys/escher"


def crc(data: bytes) -> int:
    return google_crc32c.value(data)


class CloudKms:
    """`keys` maps a name to its versions, newest last. `fault` is a gRPC status and message for every call; `garble` spoils answers."""

    def __init__(self, folder: Path) -> None:
        self.keys: dict[str, list[bytes]] = {NAME: [os.urandom(32)], f"{RING}/cryptoKeys/other": [os.urandom(32)]}
        self.fault: tuple[grpc.StatusCode, str] | None = None
        self.garble = 0
        self.unverified = 0
        self.seen: list[Any] = []
        self.ca_file = folder / "kms-ca.pem"
        authority().cert_pem.write_to_path(str(self.ca_file))

    async def __aenter__(self) -> Self:
        self._server = grpc.aio.server()
        handlers = {
            "Encrypt": grpc.unary_unary_rpc_method_handler(self._encrypt, EncryptRequest.deserialize, EncryptResponse.serialize),
            "Decrypt": grpc.unary_unary_rpc_method_handler(self._decrypt, DecryptRequest.deserialize, DecryptResponse.serialize),
        }
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("google.cloud.kms.v1.KeyManagementService", handlers),))
        leaf = authority().issue_cert("127.0.0.1", "localhost")
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        port = self._server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(leaf.private_key_pem.bytes(), chain)]))
        await self._server.start()
        self.url = f"https://localhost:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop(0)

    async def _versions(self, request: Any, context: Any, checked: dict[str, bytes]) -> list[bytes]:
        self.seen.append(request)
        if self.fault:
            await context.abort(*self.fault)
        for name, data in checked.items():
            if getattr(request, f"{name}_crc32c") != crc(data):
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"The checksum in field {name}_crc32c did not match the data.")
        if request.name not in self.keys:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"CryptoKey {request.name} not found.")
        return self.keys[request.name]

    async def _encrypt(self, request: EncryptRequest, context: Any) -> EncryptResponse:
        bound = request.additional_authenticated_data
        versions = await self._versions(request, context, {"plaintext": request.plaintext, "additional_authenticated_data": bound})
        nonce = os.urandom(12)
        blob = bytes([len(versions)]) + nonce + AESGCM(versions[-1]).encrypt(nonce, request.plaintext, bound)
        return EncryptResponse(
            name=f"{request.name}/cryptoKeyVersions/{len(versions)}",
            ciphertext=blob,
            ciphertext_crc32c=crc(blob) ^ self._spoiled(),
            verified_plaintext_crc32c=not self._unverified(),
            verified_additional_authenticated_data_crc32c=True,
        )

    async def _decrypt(self, request: DecryptRequest, context: Any) -> DecryptResponse:
        bound, blob = request.additional_authenticated_data, request.ciphertext
        versions = await self._versions(request, context, {"ciphertext": blob, "additional_authenticated_data": bound})
        try:
            plain = AESGCM(versions[blob[0] - 1]).decrypt(blob[1:13], blob[13:], bound)
        except (InvalidTag, IndexError, ValueError):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Decryption failed: the ciphertext is invalid.")
        return DecryptResponse(plaintext=plain, plaintext_crc32c=crc(plain) ^ self._spoiled())

    def _spoiled(self) -> int:
        self.garble, was = max(0, self.garble - 1), self.garble
        return 1 if was else 0

    def _unverified(self) -> bool:
        self.unverified, was = max(0, self.unverified - 1), self.unverified
        return bool(was)
