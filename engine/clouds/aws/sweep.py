"""Walks all accounts, regions and kinds, a bounded number of calls at once, and says what it could not see. Edge."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.clock import Clock
from engine.clouds.aws import arn, metrics
from engine.clouds.aws.answers import gap_reason, understood
from engine.clouds.aws.asking import items, nested
from engine.clouds.aws.catalogue import SCANNERS
from engine.clouds.aws.scanner import Ask, Beside, Detail, Place, Raw, Scanner
from engine.clouds.aws.session import Sessions, home_region
from engine.errors import CloudError, NotFound, SettingsError
from engine.estate.resource import Gap, GapReason, Resource, Swept
from engine.settings import AccountSettings

PARTS_AT_ONCE = 16
DETAILS_AT_ONCE = 16
PART_TIMEOUT_S = 300.0
FOLDED_ABOVE = 10
EVERYWHERE = "*"

_REGIONS = Ask("describe_regions", ("Regions",))
_REGIONS_OPERATION = "ec2:DescribeRegions"


@dataclass(frozen=True, slots=True)
class _Part:
    """One piece of the sweep: all scanners of one type at one place. `regions` is the scope of lists that answer for all of them."""

    account: AccountSettings
    region: str
    type: str
    scanners: tuple[Scanner, ...]
    regions: tuple[str, ...]


class Sweep:
    """One walk over the accounts. `run` may be cancelled or left early; nothing of it goes on in the background then."""

    def __init__(self, accounts: Sequence[AccountSettings], sessions: Sessions, clock: Clock) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._parts = asyncio.Semaphore(PARTS_AT_ONCE)
        self._details = asyncio.Semaphore(DETAILS_AT_ONCE)

    async def run(self) -> AsyncGenerator[Swept | Gap, None]:
        """Parts as they become known. Never raises for what AWS answers."""
        found: asyncio.Queue[Swept | Gap | None] = asyncio.Queue()
        walk = asyncio.create_task(self._walk(found))
        walk.add_done_callback(lambda _: found.put_nowait(None))
        try:
            while (piece := await found.get()) is not None:
                yield piece
            await walk
        finally:
            walk.cancel()
            await asyncio.gather(walk, return_exceptions=True)

    async def _walk(self, found: asyncio.Queue[Swept | Gap | None]) -> None:
        async with asyncio.TaskGroup() as group:
            for account in self._accounts:
                group.create_task(self._account(account, found))

    async def _account(self, account: AccountSettings, found: asyncio.Queue[Swept | Gap | None]) -> None:
        types = _by_type()
        try:
            # Signing in once tells for the whole account, before a hundred parts would each wait for the same failure.
            await self._sessions.client(account.id, "sts", home_region(account))
            regions = account.regions or await self._enabled_regions(account)
        except (CloudError, SettingsError) as error:
            for type_ in types:
                found.put_nowait(_gap(account, EVERYWHERE, type_, error))
            return
        async with asyncio.TaskGroup() as group:
            for type_, scanners in types.items():
                for region in regions[:1] if scanners[0].global_list else regions:
                    group.create_task(self._part(_Part(account, region, type_, scanners, regions), found))

    async def _enabled_regions(self, account: AccountSettings) -> tuple[str, ...]:
        client = await self._sessions.client(account.id, "ec2", "us-east-1")
        return tuple(sorted(region["RegionName"] for region in await items(client, _REGIONS, _REGIONS_OPERATION)))

    async def _part(self, part: _Part, found: asyncio.Queue[Swept | Gap | None]) -> None:
        gaps: list[Gap] = []
        try:
            async with self._parts, asyncio.timeout(PART_TIMEOUT_S):
                pieces = await self._seen(part, gaps)
        except TimeoutError:
            pieces = [_broken(part, GapReason.TIMED_OUT, f"no end after {PART_TIMEOUT_S:.0f} s")]
        except (CloudError, SettingsError) as error:
            pieces = [_gap(part.account, part.region, part.type, error)]
        except Exception as error:  # noqa: BLE001 - an edge: one unreadable answer must not hide the rest of the estate
            pieces = [_broken(part, GapReason.BROKEN, f"{type(error).__name__}: {error}")]
        for piece in [*pieces, *folded(gaps)]:
            found.put_nowait(piece)

    async def _seen(self, part: _Part, gaps: list[Gap]) -> Sequence[Swept | Gap]:
        resources = [found for scanner in part.scanners for found in await self._listed(scanner, part, gaps)]
        regions = part.regions if part.scanners[0].global_list else (part.region,)
        by_region: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            by_region[resource.region].append(resource)
        return [Swept("aws", part.account.id, region, part.type, tuple(by_region[region])) for region in regions]

    async def _listed(self, scanner: Scanner, part: _Part, gaps: list[Gap]) -> list[Resource]:
        client = await self._sessions.client(part.account.id, scanner.kind.sdk, part.region)
        raws = await nested(client, scanner.everything, scanner.operation, scanner.beneath)
        scanner = _affordable(scanner, len(raws), part, gaps)
        place, mapped = Place(part.account.id, part.account.name, part.region), list[Resource]()
        for raw, errors in await asyncio.gather(*(self._completed(client, scanner, raw) for raw in raws)):
            resource = scanner.to_resource(raw, place)
            if resource is None:
                if unseen := next((error for error in errors if not isinstance(error, NotFound)), None):
                    raise unseen  # it is there and cannot be told: without it the part would say that it has vanished
                continue
            gaps.extend(_gap(part.account, part.region, part.type, error, of=scanner.own_id(raw)) for error in errors)
            mapped.append(resource)
        for beside in scanner.beside if mapped else ():
            mapped = await self._told(beside, mapped, part, gaps)
        return await self._measured(scanner, mapped, part, gaps) if scanner.metric else mapped

    async def _completed(self, client: Any, scanner: Scanner, raw: Raw) -> tuple[Raw, list[CloudError]]:
        if not scanner.details:
            return raw, []
        async with self._details:
            return await completed(client, scanner, raw)

    async def _told(self, beside: Beside, resources: list[Resource], part: _Part, gaps: list[Gap]) -> list[Resource]:
        """The resources with what another service says of them; where it may not be asked the resources alone, and a gap."""
        try:
            client = await self._sessions.client(part.account.id, beside.service, part.region)
            raws = await nested(client, beside.everything, beside.operation, beside.beneath)
            facets = (beside, *beside.more)
            with understood(beside.operation):
                told = [gathered(facet, raws) for facet in facets]
        except CloudError as error:
            gaps.append(_gap(part.account, part.region, part.type, error))
            return resources
        for facet, texts in zip(facets, told, strict=True):
            resources = [with_told(facet, resource, texts.get(own_id(resource), ())) for resource in resources]
        return resources

    async def _measured(self, scanner: Scanner, resources: list[Resource], part: _Part, gaps: list[Gap]) -> list[Resource]:
        """The resources with their metrics; without permission for CloudWatch the resources alone, and a gap."""
        assert scanner.metric is not None
        metric = scanner.metric
        own_ids = [own_id(resource) for resource in resources if resource.state in metric.states]
        try:
            client = await self._sessions.client(part.account.id, "cloudwatch", part.region)
            averages = await metrics.averages(client, metric, own_ids, self._clock.now())
        except CloudError as error:
            gaps.append(_gap(part.account, part.region, part.type, error))
            return resources
        return [
            replace(resource, metrics={metric.save_as: averages[own_id(resource)]}) if own_id(resource) in averages else resource
            for resource in resources
        ]


async def completed(client: Any, scanner: Scanner, raw: Raw) -> tuple[Raw, list[CloudError]]:
    """An item with its details, and the errors of those that could not be had."""
    errors: list[CloudError] = []
    for detail in (one for one in scanner.details if one.when(raw)):
        try:
            raw = {**raw, **await _fact(client, detail, raw)}
        except CloudError as error:
            if error.code in detail.absent:
                raw = {**raw, **detail.silence}
                continue
            errors.append(error)
            if detail.needed:
                break
    return raw, errors


async def _fact(client: Any, detail: Detail, raw: Raw) -> Raw:
    """What one detail adds. Raises CloudError."""
    answers = await items(client, detail.ask(raw), detail.operation)
    if detail.many:
        return {detail.many: answers}
    if not answers:
        raise NotFound(f"AWS answered {detail.operation} with nothing.", tried=detail.operation, code="Nothing")
    with understood(detail.operation):
        return detail.fact(answers[0])


def gathered(beside: Beside, raws: Sequence[Raw]) -> dict[str, tuple[str, ...]]:
    """What another service tells, by own id, each text once and sorted. Pure."""
    told: dict[str, set[str]] = defaultdict(set)
    for raw in raws:
        for own, text in beside.of(raw):
            told[own].add(text)
    return {own: tuple(sorted(texts)) for own, texts in told.items()}


def with_told(beside: Beside, resource: Resource, texts: Sequence[str]) -> Resource:
    """The resource with these texts beside those that it has already; without any, as it is. Pure."""
    if not texts:
        return resource
    if beside.told:
        return replace(resource, properties={**resource.properties, beside.property: beside.told(texts)})
    there = resource.properties.get(beside.property, [])
    return replace(resource, properties={**resource.properties, beside.property: sorted({*there, *texts})})


def folded(gaps: Sequence[Gap]) -> list[Gap]:
    """The gaps, those of one kind as one where they are many: nobody reads two thousand of them. Pure."""
    alike: dict[tuple[str, GapReason], list[Gap]] = defaultdict(list)
    for gap in gaps:
        alike[gap.tried, gap.reason].append(gap)
    return [one for same in alike.values() for one in (same if len(same) <= FOLDED_ABOVE else [_and_more(same)])]


def _and_more(same: Sequence[Gap]) -> Gap:
    return replace(same[0], detail=f"{same[0].detail} And {len(same) - 1:,} more of this kind.")


def _affordable(scanner: Scanner, number: int, part: _Part, gaps: list[Gap]) -> Scanner:
    """The scanner without the details that are too dear for so many items; each such detail is a gap."""
    dear = [detail for detail in scanner.details if detail.most and number > detail.most]
    for detail in dear:
        said = f"{number:,} items: AWS tells this one by one, and more than {detail.most} are not asked for."
        gaps.append(Gap("aws", part.account.id, part.account.name, part.region, part.type, GapReason.THROTTLED, detail.operation, said))
    return replace(scanner, details=tuple(detail for detail in scanner.details if detail not in dear)) if dear else scanner


def own_id(resource: Resource) -> str:
    """The resource's id within its account and region."""
    return arn.parse(resource.id).own_id


def _by_type() -> dict[str, tuple[Scanner, ...]]:
    """Scanners of one type go together: a `Swept` is complete for its type or it is none."""
    types: dict[str, tuple[Scanner, ...]] = {}
    for scanner in SCANNERS:
        types[scanner.kind.type] = (*types.get(scanner.kind.type, ()), scanner)
    return types


def _gap(account: AccountSettings, region: str, type_: str, error: CloudError | SettingsError, *, of: str = "") -> Gap:
    """The gap an error leaves. Settings that open no session leave one too: without credentials everything is denied."""
    detail = f"{of}: {error}" if of else str(error)
    if isinstance(error, SettingsError):
        return Gap("aws", account.id, account.name, region, type_, GapReason.DENIED, "signing in", detail)
    return Gap("aws", account.id, account.name, region, type_, gap_reason(error), error.tried, detail)


def _broken(part: _Part, reason: GapReason, detail: str) -> Gap:
    tried = ", ".join(scanner.operation for scanner in part.scanners)
    return Gap("aws", part.account.id, part.account.name, part.region, part.type, reason, tried, detail)
