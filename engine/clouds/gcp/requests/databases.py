"""What changes to Cloud SQL instances and their backups are on Google Cloud's wire. Edge; threads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.clouds.gcp.names import FullName, Wire
from engine.clouds.gcp.requests.sending import Perform, accepted, path_of, with_label
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import sql
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected


def _sql(session: GcpSession, call: Call, method: str, tail: str = "", body: Any = None, params: Mapping[str, str] | None = None) -> Any:
    return session.rest(method, "sql", f"/sql/v1beta4/{path_of(call)}{tail}", params=params, body=body)


def _accepted(call: Call, answer: Any, produced: str = "") -> Receipt:
    """Operations of Cloud SQL stand with the project."""
    return accepted(answer, f"sql /sql/v1beta4/projects/{FullName.parse(call.resource.id).project}", produced)


def _set(settings: Wire) -> Perform:
    return lambda session, call: _accepted(call, _sql(session, call, "PATCH", body={"settings": settings}))


def _label(session: GcpSession, call: Call) -> Receipt:
    """The labels as they are with one changed; the settings' version makes Google refuse if somebody was faster."""
    settings = _sql(session, call, "GET")["settings"]
    labels: dict[str, str | None] = {**with_label(settings.get("userLabels") or {}, call)}
    # A patch merges: what is to go must be named.
    labels.setdefault(str(call.arguments["key"]), None)
    body = {"settings": {"settingsVersion": settings["settingsVersion"], "userLabels": labels}}
    return _accepted(call, _sql(session, call, "PATCH", body=body))


def _tls(session: GcpSession, call: Call) -> Receipt:
    if call.resource.properties.get("require_ssl"):
        # It may ask for client certificates even, and this would ask for less.
        raise Rejected(f"{call.resource.name} refuses plain connections already.", tried=call.operation, code="AlreadySo")
    return _set({"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}})(session, call)


def _fail_over(session: GcpSession, call: Call) -> Receipt:
    version = _sql(session, call, "GET")["settings"]["settingsVersion"]
    return _accepted(call, _sql(session, call, "POST", "/failover", {"failoverContext": {"settingsVersion": version}}))


def _delete(session: GcpSession, call: Call) -> Receipt:
    params = {"enableFinalBackup": "true", "finalBackupTtlDays": str(sql.KEPT_DAYS)}
    return _accepted(call, _sql(session, call, "DELETE", params=params))


def _back_up(session: GcpSession, call: Call) -> Receipt:
    """The operation may tell the backup's id; where it does not, the backup is known by what it says of itself."""
    answer = _sql(session, call, "POST", "/backupRuns", {"description": _words(call)})
    made = str((answer.get("backupContext") or {}).get("backupId") or "")
    return _accepted(call, answer, f"//cloudsql.googleapis.com/{path_of(call)}/backupRuns/{made}" if made else "")


def _words(call: Call) -> str:
    return f"Escher {hashlib.sha256(call.token.encode()).hexdigest()[:16]}"


def backup_of(session: GcpSession, call: Call) -> str:
    """The full name of the backup that a call made whose answer did not tell, or was lost; '' when there is none."""
    listed = session.pages("sql", f"/sql/v1beta4/{path_of(call)}/backupRuns", "items")
    made = next((str(run["id"]) for run in listed if run.get("description") == _words(call)), "")
    return f"//cloudsql.googleapis.com/{path_of(call)}/backupRuns/{made}" if made else ""


CALLS: Mapping[str, Perform] = {
    sql.STOP: _set({"activationPolicy": "NEVER"}),
    sql.START: _set({"activationPolicy": "ALWAYS"}),
    sql.RESTART: lambda session, call: _accepted(call, _sql(session, call, "POST", "/restart")),
    sql.FAIL_OVER: _fail_over,
    **dict.fromkeys((sql.LABEL, sql.UNLABEL), _label),
    sql.RESIZE: lambda session, call: _set({"tier": str(call.arguments["tier"])})(session, call),
    sql.PROTECT: _set({"deletionProtectionEnabled": True}),
    sql.UNPROTECT: _set({"deletionProtectionEnabled": False}),
    sql.BACK_UP: _set({"backupConfiguration": {"enabled": True, "startTime": "03:00"}}),
    sql.NO_BACKUPS: _set({"backupConfiguration": {"enabled": False}}),
    sql.SPREAD: _set({"availabilityType": "REGIONAL"}),
    sql.GATHER: _set({"availabilityType": "ZONAL"}),
    sql.TLS: _tls,
    sql.PLAIN: _set({"ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "requireSsl": False}}),
    sql.DELETE: _delete,
    sql.SNAP: _back_up,
    sql.DELETE_BACKUP: lambda session, call: _accepted(call, _sql(session, call, "DELETE")),
}
