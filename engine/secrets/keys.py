"""Opens the data keys of a folder with the key store that the settings name. Edge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from engine.clock import Clock, SystemClock
from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys
from engine.secrets.file import FileStore
from engine.secrets.passphrase import VARIABLE, PassphraseStore
from engine.secrets.ring import Ring
from engine.secrets.store import KeyStore
from engine.settings import EstateSettings


async def open_keys(settings: EstateSettings, home: Path, env: Mapping[str, str]) -> Keys:
    """The current keys of the data folder `home`, made on first use. Raises SettingsError, WrongKey, Corrupted, CloudError."""
    return (await open_ring(settings, home, env)).current


async def open_ring(settings: EstateSettings, home: Path, env: Mapping[str, str], clock: Clock | None = None) -> Ring:
    """All data keys of the data folder `home`, made on first use. Raises SettingsError, WrongKey, Corrupted, CloudError."""
    return await DataKeyFile(home, store_for(settings, home, env), clock or SystemClock()).open()


def store_for(settings: EstateSettings, home: Path, env: Mapping[str, str]) -> KeyStore:
    """The key store that the settings name. Raises SettingsError when they name no key there."""
    match settings.key:
        case "file":
            return FileStore(home)
        case "keychain":
            from engine.secrets.keychain import KeychainStore

            return KeychainStore(home)
        case "passphrase":
            return PassphraseStore(env.get(VARIABLE, ""))
        case "vault":
            from engine.secrets.vault import vault_store

            return vault_store(settings.key_service, env)
        case "aws-kms" | "azure-key-vault" | "gcp-kms":
            return _cloud_store(settings)
        case _:
            assert_never(settings.key)


def _cloud_store(settings: EstateSettings) -> KeyStore:
    from engine.secrets.enveloped import EnvelopeStore

    match settings.key:
        case "aws-kms":
            from engine.secrets.aws_kms import AwsKms

            return EnvelopeStore(settings.key, AwsKms(settings.key_service))
        case "azure-key-vault":
            from engine.secrets.azure_key_vault import AzureKeyVault

            return EnvelopeStore(settings.key, AzureKeyVault(settings.key_service))
        case _:
            from engine.secrets.gcp_kms import GcpKms

            return EnvelopeStore("gcp-kms", GcpKms(settings.key_service))
