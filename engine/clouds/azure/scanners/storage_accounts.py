"""Storage accounts, who may read them over what, and whether they keep older versions. Pure mapping over a few calls."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, Kind, Wire, resource, settled
from engine.clouds.azure.scanner import Extra, Scanner, everything_of, one_of
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("object_storage", "Microsoft.Storage/storageAccounts")
VERSION = "2023-05-01"
# Accounts for files alone keep no blobs, and so no versions of them.
WITHOUT_BLOBS = frozenset({"FileStorage"})


async def _with_blobs(session: AzureSession, account: Wire) -> Wire:
    """Whether older versions are kept stands with the account's blobs, not with the account."""
    if account.get("kind") in WITHOUT_BLOBS:
        return account
    blobs = await session.rest_item(f"{account['id']}/blobServices/default", VERSION)
    return {**account, "blobs": blobs.get("properties") or {}}


def storage_account(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    # Accounts from before these settings leave them out, and behave as written here.
    facts: dict[str, bool | str] = {
        "https_only": bool(told.get("supportsHttpsTrafficOnly", False)),
        "allow_blob_public_access": bool(told.get("allowBlobPublicAccess", True)),
        "min_tls": str(told.get("minimumTlsVersion") or "TLS1_0"),
    }
    if "blobs" in wire:
        facts["versioning"] = bool(wire["blobs"].get("isVersioningEnabled", False))
    found = resource(account, KIND, wire, settled(wire, str(told.get("statusOfPrimary") or "available")), facts)
    return replace(found, monthly_cost=costs.STORAGE_ACCOUNT)


SCANNER = Scanner(
    KIND,
    "Microsoft.Storage/storageAccounts/read",
    everything_of(KIND, VERSION),
    one_of(VERSION),
    storage_account,
    locked=True,
    extra=Extra("Microsoft.Storage/storageAccounts/blobServices/read", _with_blobs),
)
