"""Keys and credentials at a moto server, for tests of AWS KMS."""

from __future__ import annotations

from pathlib import Path

import aioboto3
import pytest

REGION = "eu-central-1"
SECRET = "wJalr-not-a-real-secret-key"


def profile(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[str, str]:
    """A profile in a credentials file of its own: its name, and the secret in it."""
    (folder / "credentials").write_text(f"[escher]\naws_access_key_id = AKIAESCHER\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "no-config"))
    return "escher", SECRET


async def made_key(endpoint: str, alias: str = "") -> str:
    """A new key's ARN; with `alias`, that alias points to it from now on."""
    session = aioboto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
    async with session.client("kms", endpoint_url=endpoint) as kms:
        made = (await kms.create_key())["KeyMetadata"]
        if alias:
            known = {one["AliasName"] for one in (await kms.list_aliases())["Aliases"]}
            await (kms.update_alias if alias in known else kms.create_alias)(AliasName=alias, TargetKeyId=made["KeyId"])
        return str(made["Arn"])
