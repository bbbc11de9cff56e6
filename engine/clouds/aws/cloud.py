"""AWS as the engine sees it: sweep, read one, say what is permitted, perform one. Edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.clock import Clock, SystemClock
from engine.clouds.aws import arn
from engine.clouds.aws.allowed import simulated
from engine.clouds.aws.answers import understood
from engine.clouds.aws.asking import items
from engine.clouds.aws.calls import TOKEN_TAG, Request, database_snapshot_arn, merged, request_of, snapshot_arn
from engine.clouds.aws.catalogue import scanner_of
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.aws.reads import Batches
from engine.clouds.aws.scanner import Ask, Place, Raw, Scanner
from engine.clouds.aws.session import Patience, Sessions
from engine.clouds.aws.sweep import Sweep, completed
from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.permission import Check
from engine.errors import Denied, NotFound, Rejected
from engine.estate.resource import CloudName, Gap, Resource, Swept
from engine.settings import AccountSettings


class AwsCloud:
    """All configured AWS accounts. Holds to the laws of `engine/clouds/cloud.py`; nothing is asked of AWS before the first call."""

    def __init__(self, accounts: Sequence[AccountSettings], *, clock: Clock | None = None, patience: Patience | None = None) -> None:
        self._accounts = tuple(accounts)
        self._clock = clock or SystemClock()
        self._sessions = Sessions(self._accounts, patience)
        self._batches: dict[tuple[str, str, str], Batches[Raw]] = {}

    @property
    def name(self) -> CloudName:
        return "aws"

    @property
    def operations(self) -> Mapping[str, Operation]:
        return OPERATIONS

    def sweep(self) -> AsyncIterator[Swept | Gap]:
        return Sweep(self._accounts, self._sessions, self._clock).run()

    async def read(self, resource: Resource) -> Resource | None:
        name, scanner = _named(resource.id)
        raw = await self._raw(scanner, resource, name.own_id)
        if raw is None:
            return None
        found = scanner.to_resource(raw, Place(resource.account, resource.account_name, resource.region))
        if found is None or found.native_type != resource.native_type:
            return found
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

    async def perform(self, call: Call) -> Receipt:
        request = self._request(call)
        client = await self._sessions.client(call.resource.account, request.service, call.resource.region, "change")
        arguments = dict(request.arguments)
        if call.operation == "s3:PutBucketTagging":
            arguments["Tagging"] = {"TagSet": await self._merged_tags(client, call)}
        with understood(call.operation):
            answer = await getattr(client, request.method)(**arguments)
            made = request.produced(answer)
        return Receipt(request_id=str(answer.get("ResponseMetadata", {}).get("RequestId", "")), produced=made)

    async def close(self) -> None:
        for batches in self._batches.values():
            await batches.close()
        self._batches.clear()
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
        if call.operation == "s3:PutBucketPublicAccessBlock" and call.arguments["block"] is not True:
            # Opening a bucket carries another risk than closing one, so it is another operation.
            raise Rejected(f"{call.operation} only blocks; s3:DeletePublicAccessBlock opens.", tried=call.operation, code="WrongOperation")
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
        return merged([dict(tag) for tag in there], str(call.arguments["key"]), str(call.arguments["value"]))

    async def _raw(self, scanner: Scanner, resource: Resource, own_id: str) -> Raw | None:
        if scanner.batch:
            return await self._batch(scanner, resource).get(own_id)
        client = await self._sessions.client(resource.account, scanner.kind.service, resource.region)
        try:
            found = await items(client, scanner.one(own_id), scanner.operation)
        except NotFound:
            return None
        raw = next((raw for raw in found if raw[scanner.item_id] == own_id), None)
        if raw is None:
            return None
        full, errors = await completed(client, scanner, raw)
        # What may not be seen is left out, as the sweep leaves it out; anything else may be asked again.
        for error in errors:
            if isinstance(error, NotFound):
                return None
            if not isinstance(error, Denied):
                raise error
        return full

    def _batch(self, scanner: Scanner, resource: Resource) -> Batches[Raw]:
        key = (resource.account, resource.region, scanner.operation)
        if key not in self._batches:
            account, region = resource.account, resource.region

            async def fetch(own_ids: tuple[str, ...]) -> Mapping[str, Raw]:
                assert scanner.batch is not None
                client = await self._sessions.client(account, scanner.kind.service, region)
                found = await items(client, scanner.batch(own_ids), scanner.operation)
                return {raw[scanner.item_id]: raw for raw in found}

            self._batches[key] = Batches(fetch)
        return self._batches[key]

    async def _made(self, call: Call) -> str:
        """The ARN of what a call made whose answer was lost; empty when it made nothing."""
        if call.operation == "rds:CreateDBSnapshot":
            return database_snapshot_arn(call.resource, str(call.arguments["snapshot_id"]))
        if call.operation != "ec2:CreateSnapshot":
            return ""
        client = await self._sessions.client(call.resource.account, "ec2", call.resource.region)
        marked = Ask("describe_snapshots", ("Snapshots",), {"Filters": [{"Name": f"tag:{TOKEN_TAG}", "Values": [call.token]}]})
        found = await items(client, marked, "ec2:DescribeSnapshots")
        return snapshot_arn(call.resource, found[0]["SnapshotId"]) if found else ""


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
