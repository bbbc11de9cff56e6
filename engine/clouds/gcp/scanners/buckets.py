"""Storage buckets, and whether the world may read them. Pure mapping over two calls for each bucket."""

from __future__ import annotations

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, resource
from engine.clouds.gcp.scanner import Extra, Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("object_storage", "storage.googleapis.com/Bucket")
EVERYBODY = frozenset({"allUsers", "allAuthenticatedUsers"})


def _everything(session: GcpSession) -> list[Wire]:
    return session.pages("storage", "/storage/v1/b", "items", {"project": session.project.id})


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "storage", f"/storage/v1/b/{where.name}")
    return found


def _with_policy(session: GcpSession, bucket: Wire) -> Wire:
    policy = session.rest("GET", "storage", f"/storage/v1/b/{bucket['name']}/iam", params={"optionsRequestedPolicyVersion": "3"})
    return {**bucket, "policy": policy}


def is_public(told: Wire) -> bool:
    """Somebody granted a role to everybody, and nothing on the bucket overrules that."""
    if (told.get("iamConfiguration") or {}).get("publicAccessPrevention") == "enforced":
        return False
    return any(EVERYBODY & set(binding.get("members") or ()) for binding in told["policy"].get("bindings") or ())


def bucket(project: Project, told: Wire) -> Resource:
    access = told.get("iamConfiguration") or {}
    # Buckets from before 2020 know the setting under its older name only.
    uniform = access.get("uniformBucketLevelAccess") or access.get("bucketPolicyOnly") or {}
    facts = {
        "uniform_access": bool(uniform.get("enabled", False)),
        **({"public": is_public(told)} if "policy" in told else {}),
        "versioning": bool((told.get("versioning") or {}).get("enabled", False)),
        "public_access_prevention": str(access.get("publicAccessPrevention") or "inherited"),
    }
    name = str(told["name"])
    seen = Seen(f"//storage.googleapis.com/{name}", str(told["location"]).lower(), "active", told.get("labels") or {}, facts, costs.BUCKET)
    return resource(project, KIND, name, seen)


SCANNER = Scanner(KIND, "storage.buckets.list", _everything, _one, bucket, extra=Extra("storage.buckets.getIamPolicy", _with_policy))
