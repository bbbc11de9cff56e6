"""Google Cloud behind the engine's `Cloud`: sweeps, reads and changes over all configured projects. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from engine.clouds.gcp import following, metrics
from engine.clouds.gcp.allowed import everywhere, granted
from engine.clouds.gcp.answers import understood
from engine.clouds.gcp.calls import CALLS, MADE
from engine.clouds.gcp.catalogue import BY_TYPE, scanner_for
from engine.clouds.gcp.names import FullName, Wire
from engine.clouds.gcp.operations import OPERATIONS
from engine.clouds.gcp.requests.sending import Perform
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.parts import BROKEN, Piece, gap_reason, side_by_side
from engine.clouds.permission import Check, unknown
from engine.errors import CloudError, Denied, NotFound, Rejected, SettingsError, Unreachable
from engine.estate.resource import CloudName, Gap, Resource, Swept
from engine.settings import AccountSettings

PARTS_AT_ONCE = 6
REQUEST_TIMEOUT_S = 30.0
# Google's words for an API that nobody switched on in a project.
SWITCHED_OFF = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
WIDER = ("global", "us", "eu", "asia")  # snapshots belong to the whole project, buckets may span a continent


class GcpCloud:
    """All configured projects. A part of a sweep is one kind in one region; a gap is one kind in all of them. The SDK blocks and runs in threads."""

    def __init__(self, accounts: Sequence[AccountSettings], *, timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        self._accounts = {account.id: account for account in accounts if account.cloud == "gcp"}
        self._timeout_s = timeout_s
        self._sessions: dict[str, GcpSession] = {}
        self._opening = asyncio.Lock()

    @property
    def name(self) -> CloudName:
        return "gcp"

    @property
    def operations(self) -> Mapping[str, Operation]:
        return OPERATIONS

    def sweep(self) -> AsyncIterator[Piece]:
        parts = [partial(self._part, account, type_) for account in self._accounts.values() for type_ in BY_TYPE]
        return side_by_side(parts, PARTS_AT_ONCE)

    async def _part(self, account: AccountSettings, type_: str) -> list[Piece]:
        found, beside = list[Resource](), list[CloudError]()
        try:
            session = await self._session(account.id)
            regions = await asyncio.to_thread(_regions, session)
            for scanner in BY_TYPE[type_]:
                resources, errors = await _listed(session, scanner)
                found += resources
                beside += errors
        except SettingsError:
            raise
        except CloudError as error:
            return [_gap(account, type_, error)]
        except Exception as error:  # noqa: BLE001 - an edge: one unreadable part must not hide the rest of the estate
            tried = ", ".join(scanner.tried for scanner in BY_TYPE[type_])
            return [_gap(account, type_, Unreachable(f"{type(error).__name__}: {error}", tried=tried, code=BROKEN))]
        return [*_pieces(account, type_, found, regions), *(_gap(account, type_, error) for error in beside)]

    async def read(self, resource: Resource) -> Resource | None:
        session = await self._session(resource.account)
        with understood("read"):
            where = FullName.parse(resource.id)
        scanner = scanner_for(where)
        if scanner is None:
            raise Rejected(f"Escher cannot read {resource.id}.", tried="read", code="UnknownType")
        try:
            now = await asyncio.to_thread(_read, session, scanner, where)
        except NotFound:
            return None
        return replace(now, metrics=resource.metrics, monthly_cost=resource.monthly_cost)

    async def produced(self, call: Call, receipt: Receipt) -> str | None:
        if call.operation not in MADE and not receipt.produced:
            return None
        session = await self._session(call.resource.account)
        made = receipt.produced or await asyncio.to_thread(_made, session, call)
        scanner = scanner_for(FullName.parse(made)) if made else None
        if scanner is None:
            return None
        try:
            return (await asyncio.to_thread(_read, session, scanner, FullName.parse(made))).state
        except NotFound:
            return None

    async def allowed(self, account: str, operation: str, targets: Sequence[Resource]) -> Check:
        try:
            return await granted(await self._session(account), operation, targets)
        except (CloudError, SettingsError) as error:
            return unknown(operation, account, targets, error.message)

    async def rights(self, account: str) -> tuple[Check, ...]:
        try:
            return await everywhere(await self._session(account))
        except (CloudError, SettingsError):
            return ()

    async def perform(self, call: Call) -> Receipt:
        send = CALLS.get(call.operation)
        if send is None:
            raise Rejected(f"Google Cloud has no operation {call.operation} here.", tried=call.operation, code="UnknownOperation")
        session = await self._session(call.resource.account)
        return await asyncio.to_thread(_perform, session, send, call)

    async def failure(self, call: Call, receipt: Receipt) -> str:
        """Why a change that was accepted failed since, in Google's words; '' while it is under way, when it is done, and when nobody knows."""
        service, _, path = receipt.follow.partition(" ")
        return await asyncio.to_thread(following.failure, await self._session(call.resource.account), service, path) if path else ""

    async def close(self) -> None:
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await asyncio.to_thread(session.close)

    async def _session(self, account: str) -> GcpSession:
        """Raises SettingsError for an account nobody configured, without credentials, and when the SDK is not installed."""
        if account not in self._accounts:
            raise SettingsError(f"No project {account} is configured.")
        async with self._opening:
            if account not in self._sessions:
                self._sessions[account] = await asyncio.to_thread(GcpSession, self._accounts[account], self._timeout_s)
            return self._sessions[account]


async def _listed(session: GcpSession, scanner: Scanner) -> tuple[list[Resource], list[CloudError]]:
    """All of a kind, and what stands beside it where that could not be had: averages, or the whole of an API that is switched off.

    Raises CloudError. A project has nothing of what its switched-off API would list; other kinds of the same type are not hidden by that.
    """
    try:
        wires, found, errors = await asyncio.to_thread(_seen, session, scanner)
    except Denied as error:
        if error.code in SWITCHED_OFF:
            return [], [error]
        raise
    if not scanner.measured:
        return found, errors
    try:
        cpu = await asyncio.to_thread(_measured, session)
    except CloudError as error:
        return found, [*errors, error]
    return [_with_cpu(one, cpu.get(str(wire.get("id", "")))) for one, wire in zip(found, wires, strict=True)], errors


def _seen(session: GcpSession, scanner: Scanner) -> tuple[list[Wire], list[Resource], list[CloudError]]:
    """What the list tells, that as resources, and why some of them are told without what only one more call would tell."""
    errors = list[CloudError]()
    with understood(scanner.tried):
        wires = [_with_extra(session, scanner, wire, errors) for wire in scanner.everything(session)]
        return wires, [scanner.resource(session.project, wire) for wire in wires], _as_one(errors)


def _with_extra(session: GcpSession, scanner: Scanner, wire: Wire, errors: list[CloudError]) -> Wire:
    """The item with what one more call tells of it. Raises CloudError for anything but a denial of that."""
    if scanner.extra is None:
        return wire
    try:
        with understood(scanner.extra.tried):
            return scanner.extra.told(session, wire)
    except Denied as error:
        error.answer = f"{wire.get('name', '')}: {error.answer}"
        errors.append(error)
        return wire
    except NotFound:
        return wire  # it went away since it was listed; the next sweep will say so


def _as_one(errors: Sequence[CloudError]) -> list[CloudError]:
    """Denials of one permission as one: it says of which resource, and of how many more."""
    if len(errors) > 1:
        errors[0].answer += f" And {len(errors) - 1:,} more."
    return list(errors[:1])


def _measured(session: GcpSession) -> dict[str, float]:
    with understood(metrics.TRIED):
        return metrics.cpu(session, datetime.now(UTC))


def _with_cpu(machine: Resource, cpu: float | None) -> Resource:
    """Only a running machine has an average that means something."""
    return replace(machine, metrics={"cpu_avg_7d": cpu}) if cpu is not None and machine.state == "running" else machine


def _read(session: GcpSession, scanner: Scanner, where: FullName) -> Resource:
    with understood(scanner.tried.replace(".list", ".get")):
        return scanner.resource(session.project, _with_extra(session, scanner, scanner.one(session, where), []))


def _made(session: GcpSession, call: Call) -> str:
    with understood(call.operation):
        return MADE[call.operation](session, call)


def _perform(session: GcpSession, send: Perform, call: Call) -> Receipt:
    with understood(call.operation):
        return send(session, call)


def _regions(session: GcpSession) -> tuple[str, ...]:
    with understood("compute.regions.list"):
        return session.regions()


def _pieces(account: AccountSettings, type_: str, found: Sequence[Resource], regions: Sequence[str]) -> list[Piece]:
    """One part for each region, the empty ones too: what was there before and is not now has vanished.

    The part without a region stands for the list as a whole, and ends a gap that stood there. What belongs to no single region is
    always wanted.
    """
    wanted = {*account.regions, *WIDER} if account.regions else {*regions, *WIDER, *(resource.region for resource in found)}
    by_region: dict[str, list[Resource]] = {region: [] for region in ("", *sorted(wanted))}
    for resource in found:
        if resource.region in by_region:
            by_region[resource.region].append(resource)
    return [Swept("gcp", account.id, region, type_, tuple(its)) for region, its in by_region.items()]


def _gap(account: AccountSettings, type_: str, error: CloudError) -> Gap:
    detail = f"{error.message} {error.code} {error.answer}".strip()
    return Gap("gcp", account.id, account.name, "", type_, gap_reason(error), error.tried, detail)
