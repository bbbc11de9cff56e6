"""Cloud SQL Admin v1beta4 as the local Google Cloud answers it: instances and their backups. Pure."""

from __future__ import annotations

import re

from deploy.sandbox import gcp_sql_documents as documents
from deploy.sandbox.gcp_documents import number
from deploy.sandbox.gcp_services import body_of, merge
from deploy.sandbox.gcp_world import GcpWorld, Route, refused
from deploy.sandbox.wire import Answer, Asked, Document, put

ENCRYPTED = frozenset({"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"})


def _under(world: GcpWorld, prefix: str) -> list[Document]:
    return [document for key, document in sorted(world.resources.items()) if key.startswith(prefix)]


def _list(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    page, more = world.paged(asked, _under(world, f"sql/{found['project']}/"))
    return Answer(200, {"kind": "sql#instancesList", **({"items": page} if page else {}), **more})


def _find(world: GcpWorld, found: re.Match[str]) -> Document:
    key = f"sql/{found['project']}/{found['name']}"
    if key not in world.resources:
        raise refused(404, "The Cloud SQL instance does not exist.", "instanceDoesNotExist")
    return world.resources[key]


def _get(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, _find(world, found))


def _patch(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database, sent = _find(world, found), body_of(asked)
    wanted = sent.get("settings", {})
    _acceptable(database, wanted)

    def done() -> None:
        settings = database["settings"]
        version = str(int(settings["settingsVersion"]) + 1)
        merge(database, sent)
        settings["settingsVersion"] = version
        # Google keeps the old switch and the new mode in step.
        if "sslMode" in wanted.get("ipConfiguration", {}):
            settings["ipConfiguration"]["requireSsl"] = settings["ipConfiguration"]["sslMode"] in ENCRYPTED
        if not settings.get("userLabels", True):
            del settings["userLabels"]

    return world.run(asked, database, done)


def _acceptable(database: Document, wanted: Document) -> None:
    """Raises the refusal of what Cloud SQL would not take."""
    now, policy = database["settings"], wanted.get("activationPolicy", "ALWAYS")
    if policy not in ("ALWAYS", "NEVER", "ON_DEMAND"):
        raise refused(400, f"Invalid value at 'body.settings.activation_policy': '{policy}'.", "invalidParameter")
    if "settingsVersion" in wanted and wanted["settingsVersion"] != now["settingsVersion"]:
        raise refused(412, "The settings version does not match the current one.", "staleVersion")
    if wanted.get("availabilityType") == "REGIONAL" and not now["backupConfiguration"]["enabled"]:
        raise refused(400, "Automated backups must be enabled for high availability.", "invalidRequest")
    tier = str(wanted.get("tier", "db-f1-micro"))
    if not re.fullmatch(r"db-[A-Za-z0-9-]+", tier):
        raise refused(400, f"Invalid tier ({tier}).", "invalidTier")


def _restart(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database = _find(world, found)
    if database["settings"]["activationPolicy"] == "NEVER":
        raise refused(400, "Invalid request: the instance is not running.", "invalidOperation")
    return world.run(asked, database, lambda: None)


def _operation(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, world.progress(found["name"]))


def _fail_over(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database, sent = _find(world, found), body_of(asked)
    settings = database["settings"]
    if settings.get("availabilityType") != "REGIONAL":
        raise refused(400, "The instance is not configured for high availability.", "invalidOperation")
    if (sent.get("failoverContext") or {}).get("settingsVersion") != settings["settingsVersion"]:
        raise refused(409, "The settings version does not match the current one.", "staleVersion")
    return world.run(asked, database, lambda: None)


def _delete(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database = _find(world, found)
    if database["settings"].get("deletionProtectionEnabled"):
        raise refused(400, "The instance is protected. Please disable the deletion protection and try again.", "invalidOperation")
    key = f"sql/{found['project']}/{found['name']}"

    def done() -> None:
        world.forget(key)
        for run in [one for one in world.resources if one.startswith(f"backups/{found['project']}/instances/{found['name']}/")]:
            world.forget(run)

    return world.run(asked, database, done)


def _backups(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    every = found["name"] == "-"
    if not every:
        _find(world, found)
    page, more = world.paged(asked, _under(world, f"backups/{found['project']}/instances/{'' if every else found['name'] + '/'}"))
    return Answer(200, {"kind": "sql#backupRunsList", **({"items": page} if page else {}), **more})


def _backup(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, _run_of(world, found))


def _run_of(world: GcpWorld, found: re.Match[str]) -> Document:
    key = f"backups/{found['project']}/instances/{found['name']}/backupRuns/{found['run']}"
    if key not in world.resources:
        raise refused(404, "The requested backup run was not found.", "backupRunDoesNotExist")
    return world.resources[key]


def _back_up(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database, sent = _find(world, found), body_of(asked)
    own_id = number(f"{database['name']} {len(world.operations)}")[:13]
    run = documents.backup_run(found["project"], database, own_id, str(sent.get("description") or ""), "RUNNING")
    key = world.seed(run)

    def done() -> None:
        put(world.resources.get(key, {}), "status", "SUCCESSFUL")
        put(world.resources.get(key, {}), "endTime", "2026-03-02T08:15:49.286Z")

    running = world.run(asked, database, done).body or {}
    return Answer(200, {**running, "operationType": "BACKUP_VOLUME", "backupContext": {"kind": "sql#backupContext", "backupId": own_id}})


def _delete_backup(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    run = _run_of(world, found)
    key = f"backups/{found['project']}/instances/{found['name']}/backupRuns/{run['id']}"
    running = world.run(asked, _find(world, found), lambda: world.forget(key)).body or {}
    return Answer(200, {**running, "operationType": "DELETE_BACKUP"})


SQL = r"/sql/v1beta4/projects/(?P<project>[^/]+)"
INSTANCE = rf"{SQL}/instances/(?P<name>[^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", rf"{SQL}/instances", _list),
    ("GET", INSTANCE, _get),
    ("PATCH", INSTANCE, _patch),
    ("DELETE", INSTANCE, _delete),
    ("POST", rf"{INSTANCE}/restart", _restart),
    ("POST", rf"{INSTANCE}/failover", _fail_over),
    ("GET", rf"{INSTANCE}/backupRuns", _backups),
    ("POST", rf"{INSTANCE}/backupRuns", _back_up),
    ("GET", rf"{INSTANCE}/backupRuns/(?P<run>[^/]+)", _backup),
    ("DELETE", rf"{INSTANCE}/backupRuns/(?P<run>[^/]+)", _delete_backup),
    ("GET", rf"{SQL}/operations/(?P<name>[^/]+)", _operation),
)
