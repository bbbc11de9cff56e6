"""Azure behind the engine's `Cloud`: sweeps, reads and changes over all configured subscriptions. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from engine.clouds.azure import following, locks, metrics
from engine.clouds.azure.allowed import everywhere, listed
from engine.clouds.azure.answers import understood
from engine.clouds.azure.arm import ArmId, Wire
from engine.clouds.azure.calls import CALLS, MADE
from engine.clouds.azure.catalogue import BY_TYPE, scanner_for
from engine.clouds.azure.fanning import each
from engine.clouds.azure.operations import OPERATIONS
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.scanners import snapshots
from engine.clouds.azure.session import AzureSession, load
from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.parts import BROKEN, Piece, gap_reason, side_by_side
from engine.clouds.permission import Check, unknown
from engine.errors import CloudError, Denied, NotFound, Rejected, SettingsError, Unreachable
from engine.estate.resource import CloudName, Gap, Resource, Swept
from engine.settings import AccountSettings

PARTS_AT_ONCE = 6
REQUEST_TIMEOUT_S = 30.0
LOCATIONS = "Microsoft.Resources/subscriptions/locations/read"


class AzureCloud:
    """All configured subscriptions. A part of a sweep is one kind in one region of one subscription; a gap is one kind in all regions."""

    def __init__(self, accounts: Sequence[AccountSettings], *, timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        self._accounts = {account.id: account for account in accounts if account.cloud == "azure"}
        self._timeout_s = timeout_s
        self._sessions: dict[str, AzureSession] = {}

    @property
    def name(self) -> CloudName:
        return "azure"

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
            with understood(LOCATIONS):
                regions = await session.regions()
            for scanner in BY_TYPE[type_]:
                resources, errors = await _seen(session, scanner)
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
            where = ArmId.parse(resource.id)
        scanner = scanner_for(where)
        if scanner is None:
            raise Rejected(f"Escher cannot read a {where.kind}.", tried="read", code="UnknownType")
        try:
            with understood(scanner.tried):
                wire = await scanner.one(session, where)
            (wire,), _ = await _with_extras(session, scanner, [wire])
            with understood(scanner.tried):
                now = scanner.resource(session.account, wire)
            if scanner.locked:
                (now,), errors = await _guarded(session, [now])
                # Who may not read locks knows of none, as in the sweep; any other silence is no answer at all.
                if errors and not isinstance(errors[0], Denied):
                    raise errors[0]
        except NotFound:
            return None
        # Azure spells one resource group in different cases from call to call; the id we know it by stays.
        group = {"resource_group": resource.properties.get("resource_group", now.properties["resource_group"])}
        return replace(
            now,
            id=resource.id,
            name=resource.name,
            properties={**now.properties, **group},
            metrics=resource.metrics,
            monthly_cost=resource.monthly_cost,
        )

    async def produced(self, call: Call, receipt: Receipt) -> str | None:
        made = receipt.produced or (MADE[call.operation](call) if call.operation in MADE else "")
        if not made:
            return None
        session = await self._session(call.resource.account)
        try:
            with understood(snapshots.SCANNER.tried):
                wire = await snapshots.SCANNER.one(session, ArmId.parse(made))
                return snapshots.SCANNER.resource(session.account, wire).state
        except NotFound:
            return None

    async def allowed(self, account: str, operation: str, targets: Sequence[Resource]) -> Check:
        try:
            return await listed(await self._session(account), operation, targets)
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
            raise Rejected(f"Azure has no operation {call.operation} here.", tried=call.operation, code="UnknownOperation")
        session = await self._session(call.resource.account)
        with understood(call.operation):
            return await send(session, call)

    async def failure(self, call: Call, receipt: Receipt) -> str:
        """Why a change that was accepted failed since, in Azure's words; '' while it is under way, when it is done, and when nobody knows."""
        return await following.failure(await self._session(call.resource.account), receipt.follow) if receipt.follow else ""

    async def close(self) -> None:
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()

    async def _session(self, account: str) -> AzureSession:
        """Raises SettingsError for an account nobody configured, and when the SDK is not installed."""
        if account not in self._accounts:
            raise SettingsError(f"No subscription {account} is configured.")
        if not self._sessions:
            await asyncio.to_thread(load)
        if account not in self._sessions:
            self._sessions[account] = AzureSession(self._accounts[account], self._timeout_s)
        return self._sessions[account]


async def _seen(session: AzureSession, scanner: Scanner) -> tuple[list[Resource], list[CloudError]]:
    """All of a kind, and what stands beside it where that could not be had: locks, averages. Raises CloudError."""
    with understood(scanner.tried):
        wires = await scanner.everything(session)
    wires, errors = await _with_extras(session, scanner, wires)
    with understood(scanner.tried):
        found = [scanner.resource(session.account, wire) for wire in wires]
    if scanner.locked:
        found, unknown_locks = await _guarded(session, found)
        errors += unknown_locks
    if scanner.measured:
        found, unmeasured = await metrics.with_cpu(session, found, datetime.now(UTC))
        errors += [unmeasured] if unmeasured else []
    return found, errors


async def _with_extras(session: AzureSession, scanner: Scanner, wires: list[Wire]) -> tuple[list[Wire], list[CloudError]]:
    """The items with what one more call tells of each; where that is denied as they are, and why: one error for all of them.

    Raises CloudError for anything but a denial.
    """
    extra, errors = scanner.extra, list[CloudError]()
    if extra is None:
        return wires, errors

    async def told(wire: Wire) -> Wire:
        try:
            with understood(extra.tried):
                return await extra.told(session, wire)
        except Denied as error:
            error.answer = f"{wire.get('name', '')}: {error.answer}"
            errors.append(error)
        except NotFound:
            pass  # it went away since it was listed; the next sweep will say so
        return wire

    wires = await each(wires, told)
    if len(errors) > 1:
        errors[0].answer += f" And {len(errors) - 1:,} more."
    return wires, errors[:1]


async def _guarded(session: AzureSession, found: list[Resource]) -> tuple[list[Resource], list[CloudError]]:
    """The resources with what their locks mean; without an answer about locks as they are, and why."""
    try:
        with understood(locks.TRIED):
            every = [locks.Lock.read(wire) for wire in await session.rest_kind(locks.KIND, locks.VERSION)]
    except CloudError as error:
        return found, [error]
    return [locks.told(resource, every) for resource in found], []


def _pieces(account: AccountSettings, type_: str, found: Sequence[Resource], regions: Sequence[str]) -> list[Piece]:
    """One part for each region, the empty ones too: what was there before and is not now has vanished.

    The part without a region stands for the list as a whole, and ends a gap that stood there.
    """
    wanted = set(account.regions) or {*regions, *(resource.region for resource in found)}
    by_region: dict[str, list[Resource]] = {region: [] for region in ("", *sorted(wanted))}
    for resource in found:
        if resource.region in by_region:
            by_region[resource.region].append(resource)
    return [Swept("azure", account.id, region, type_, tuple(its)) for region, its in by_region.items()]


def _gap(account: AccountSettings, type_: str, error: CloudError) -> Gap:
    detail = f"{error.message} {error.code} {error.answer}".strip()
    return Gap("azure", account.id, account.name, "", type_, gap_reason(error), error.tried, detail)
