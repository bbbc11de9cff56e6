"""AWS as the engine sees it: sweep, read one, say what is permitted, perform one. Edge."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engine.clock import Clock, SystemClock
from engine.clouds.aws import arn
from engine.clouds.aws.allowed import everywhere, simulated
from engine.clouds.aws.answers import understood
from engine.clouds.aws.asking import items
from engine.clouds.aws.calls import NAMED, SOUGHT, request_of
from engine.clouds.aws.catalogue import SCANNERS, scanner_of
from engine.clouds.aws.health import TargetHealth
from engine.clouds.aws.operations import OPERATIONS, provider_name
from engine.clouds.aws.reads import Batches
from engine.clouds.aws.request import Request
from engine.clouds.aws.requests.stores import merged
from engine.clouds.aws.scanner import Ask, Place, Raw, Scanner
from engine.clouds.aws.session import Patience, Sessions, home_region
from engine.clouds.aws.sweep import DETAILS_AT_ONCE, Sweep, completed
from engine.clouds.aws.targets import HEALTH
from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.permission import Check
from engine.errors import CloudError, Denied, NotFound, Rejected, Throttled, Unreachable
from engine.estate.resource import CloudName, Gap, Resource, Swept
from engine.settings import AccountSettings

# How long a property that costs a call a resource is taken as it was told, unless Escher itself changes the resource.
STAYS_TOLD = timedelta(minutes=10)
KEPT = frozenset(detail.kept for scanner in SCANNERS for detail in scanner.details if detail.kept)


class AwsCloud:
    """All configured AWS accounts. Holds to the laws of `engine/clouds/cloud.py`; nothing is asked of AWS before the first call."""

    def __init__(self, accounts: Sequence[AccountSettings], *, clock: Clock | None = None, patience: Patience | None = None) -> None:
        self._accounts = tuple(accounts)
        self._clock = clock or SystemClock()
        self._sessions = Sessions(self._accounts, patience)
        self._batches: dict[tuple[str, str, str], Batches[Raw]] = {}
        self._health = TargetHealth(self._sessions)
        self._details = asyncio.Semaphore(DETAILS_AT_ONCE)
        # Resource id to when AWS last told what is dear to ask; and whose answer Escher itself is changing.
        self._told_at: dict[str, datetime] = {}
        self._changing: set[str] = set()

    @property
    def name(self) -> CloudName:
        return "aws"

    @property
    def operations(self) -> Mapping[str, Operation]:
        return OPERATIONS

    async def sweep(self) -> AsyncIterator[Swept | Gap]:
        async with contextlib.aclosing(Sweep(self._accounts, self._sessions, self._clock).run()) as walk:
            async for piece in walk:
                for resource in piece.resources if isinstance(piece, Swept) else ():
                    self._changing.discard(resource.id)
                    self._note(resource)
                yield piece

    async def read(self, resource: Resource) -> Resource | None:
        name, scanner = _named(resource.id)
        # Side by side, so that reads which come together share their questions to the target groups too.
        (raw, kept), health = await asyncio.gather(self._raw(scanner, resource, name.own_id), self._health.of(resource))
        if raw is None:
            return None
        found = scanner.to_resource(raw, Place(resource.account, resource.account_name, resource.region))
        if found is None or found.native_type != resource.native_type:
            return found
        found = _with_known(kept, resource, found)
        if not kept & KEPT:
            self._note(found)
        if health:
            found = replace(found, properties={**found.properties, HEALTH: health})
        return replace(found, metrics=resource.metrics, monthly_cost=resource.monthly_cost)

    async def produced(self, call: Call, receipt: Receipt) -> str | None:
        made = receipt.produced or await self._made(call)
        if not made:
            return None
        found = await self.read(replace(call.resource, id=made))
        return found.state if found else None

    async def allowed(self, account: str, operation: str, targets: Sequence[Resource]) -> Check:
        role = next((one.role for one in self._accounts if one.id == account), "")
        return await simulated(self._sessions, account, role, operation, targets)

    async def rights(self, account: str) -> tuple[Check, ...]:
        found = next((one for one in self._accounts if one.id == account), None)
        return await everywhere(self._sessions, account, found.role, home_region(found)) if found else ()

    async def perform(self, call: Call) -> Receipt:
        request = self._request(call)
        client = await self._sessions.client(call.resource.account, request.service, call.resource.region, "change")
        arguments = dict(request.arguments)
        if request.method == "put_bucket_tagging":
            arguments["Tagging"] = {"TagSet": await self._merged_tags(client, call)}
        if any(f"properties.{name}" in OPERATIONS[call.operation].promise for name in KEPT):
            self._changing.add(call.resource.id)
        with understood(provider_name(call.operation)):
            answer = await getattr(client, request.method)(**arguments)
            made = request.produced(answer)
        await _also(client, request, provider_name(call.operation))
        return Receipt(request_id=str(answer.get("ResponseMetadata", {}).get("RequestId", "")), produced=made)

    async def failure(self, call: Call, receipt: Receipt) -> str:
        """AWS answers a change with its verdict, and keeps no operation to ask about."""
        del call, receipt
        return ""

    async def close(self) -> None:
        for batches in self._batches.values():
            await batches.close()
        self._batches.clear()
        await self._health.close()
        await self._sessions.close()

    def _request(self, call: Call) -> Request:
        try:
            request = request_of(call)
        except KeyError as error:
            raise Rejected(f"{call.operation} needs the argument {error}.", tried=call.operation, code="MissingArgument") from None
        except ValueError as error:
            raise Rejected(f"{call.operation}: {error}.", tried=call.operation, code="MalformedId") from None
        if request is None:
            raise Rejected(f"Escher knows no AWS operation {call.operation}.", tried=call.operation, code="UnknownOperation")
        return request

    async def _merged_tags(self, client: Any, call: Call) -> list[Mapping[str, str]]:
        """The bucket's tags with the change in them. Not atomic: a tag put by somebody else between this read and the write is lost."""
        bucket = arn.parse(call.resource.id).own_id
        try:
            there = await items(client, Ask("get_bucket_tagging", ("TagSet",), {"Bucket": bucket}), "s3:GetBucketTagging")
        except NotFound as error:
            if error.code != "NoSuchTagSet":
                raise
            there = []
        return merged([dict(tag) for tag in there], str(call.arguments["key"]), str(call.arguments.get("value", "")))

    async def _raw(self, scanner: Scanner, resource: Resource, own_id: str) -> tuple[Raw | None, frozenset[str]]:
        """The item with its details, None when it is gone; and the properties that stay as they were known."""
        kept = frozenset(facet.property for one in scanner.beside for facet in (one, *one.more))
        raw = await self._item(scanner, resource, own_id)
        if raw is None or not scanner.details:
            return raw, kept
        if self._lately_told(resource):
            dear = {detail.kept for detail in scanner.details} & resource.properties.keys()
            scanner = replace(scanner, details=tuple(detail for detail in scanner.details if detail.kept not in dear))
            kept |= dear
        client = await self._sessions.client(resource.account, scanner.kind.sdk, resource.region)
        async with self._details:
            full, errors = await completed(client, scanner, raw)
        details = {detail.operation: detail for detail in scanner.details}
        for error in errors:
            detail = details[error.tried]
            if isinstance(error, NotFound):
                return None, kept
            if isinstance(error, Throttled) and detail.kept:
                kept |= {detail.kept}
            # What may not be seen is left out, as the sweep leaves it out, unless it says that there is a resource at all.
            elif not isinstance(error, Denied) or detail.needed:
                raise error
        return full, kept

    def _note(self, resource: Resource) -> None:
        if KEPT & resource.properties.keys():
            self._told_at[resource.id] = self._clock.now()

    def _lately_told(self, resource: Resource) -> bool:
        """Whether what is dear to ask was told a short while ago, and Escher did not change it since the last sweep."""
        told = self._told_at.get(resource.id)
        return told is not None and resource.id not in self._changing and self._clock.now() - told < STAYS_TOLD

    async def _item(self, scanner: Scanner, resource: Resource, own_id: str) -> Raw | None:
        """What the list would say of it, before its details."""
        if scanner.batch:
            return await self._batch(scanner, resource).get(own_id)
        if scanner.given:
            return scanner.given(own_id)
        assert scanner.one is not None
        client = await self._sessions.client(resource.account, scanner.kind.sdk, resource.region)
        try:
            found = await items(client, scanner.one(own_id), scanner.operation)
        except NotFound:
            return None
        return next((raw for raw in found if scanner.own_id(raw) == own_id), None)

    def _batch(self, scanner: Scanner, resource: Resource) -> Batches[Raw]:
        key = (resource.account, resource.region, scanner.operation)
        if key not in self._batches:
            account, region = resource.account, resource.region

            async def fetch(own_ids: tuple[str, ...]) -> Mapping[str, Raw]:
                assert scanner.batch is not None
                client = await self._sessions.client(account, scanner.kind.sdk, region)
                found = await items(client, scanner.batch(own_ids), scanner.operation)
                return {scanner.own_id(raw): raw for raw in found}

            self._batches[key] = Batches(fetch)
        return self._batches[key]

    async def _made(self, call: Call) -> str:
        """The ARN of what a call made whose answer was lost; empty when it made nothing."""
        if name := NAMED.get(call.operation):
            return name(call)
        if (sought := SOUGHT.get(call.operation)) is None:
            return ""
        client = await self._sessions.client(call.resource.account, sought.service, call.resource.region)
        return sought.found(call, await items(client, sought.ask(call), sought.operation))


async def _also(client: Any, request: Request, tried: str) -> None:
    """The further calls of a request. Raises Unreachable when one fails: a part is done, so the cloud must be looked at."""
    for done, arguments in enumerate(request.again, start=1):
        try:
            with understood(tried):
                await getattr(client, request.method)(**arguments)
        except CloudError as error:
            said = f"{tried} was accepted for {done} of {len(request.again) + 1}, and then not: {error.message}"
            raise Unreachable(said, tried=tried, code=error.code, answer=error.answer) from error


def _with_known(kept: Iterable[str], known: Resource, found: Resource) -> Resource:
    """A fresh reading with the properties that one read does not ask for, or was not told, as they were known."""
    old = {name: known.properties[name] for name in kept if name in known.properties}
    return replace(found, properties={**found.properties, **old}) if old else found


def _named(resource_id: str) -> tuple[arn.Arn, Scanner]:
    """What an id names and who reads it. Raises Rejected."""
    try:
        name = arn.parse(resource_id)
    except ValueError as error:
        raise Rejected(f"{error}.", code="MalformedId") from None
    scanner = scanner_of(name)
    if scanner is None:
        raise Rejected(f"Escher does not read {name.service} {name.kind} resources.", code="UnknownType")
    return name, scanner
