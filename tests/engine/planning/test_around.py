"""What of the estate is read for a plan: the kinds that may depend on it, and never more than is quick."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import StoreError
from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource
from engine.estate.where import Where
from engine.planning.around import MOST_READ, breaks
from tests.engine.execution.samples import database, step, vm, volume

DATA, WEB, ORDERS = volume("data"), vm("web-2"), database("orders-db")


class Watched(MemoryEstate):
    """An estate that keeps what it was asked to select, and how many resources that were."""

    def __init__(self, resources) -> None:
        super().__init__(resources)
        self.read: list[Resource] = []
        self.asked = 0

    async def select(self, where: Where, limit: int | None = None) -> list[Resource]:
        found = await super().select(where, limit)
        self.asked += 1
        self.read += found
        return found


class Away(MemoryEstate):
    """An estate whose store does not answer."""

    async def count(self, where: Where) -> int:
        raise StoreError("The store is away.")


def snapshots(count: int, of: str = "vol-data", **changes) -> list[Resource]:
    made = [volume(f"snap-{n}", properties={"volume_id": of}, **changes) for n in range(count)]
    return [replace(one, type="snapshot", native_type="AWS::EC2::Snapshot", id=one.id.replace("volume/", "snapshot/")) for one in made]


async def told(estate, *steps, targets) -> list[str]:
    return [one.sentence for one in await breaks(estate, steps, {one.id: one for one in targets})]


async def test_only_what_may_depend_in_the_same_account_is_read():
    estate = Watched(
        [DATA, WEB, ORDERS, *snapshots(2), *snapshots(1, account="999900001111", id="arn:aws:ec2:us-east-1:999900001111:volume/snap-9")]
    )
    assert await told(estate, step("s1", DATA, "ec2:DeleteVolume"), targets=[DATA]) == [
        "data has 2 snapshots: snap-0 and snap-1. Snapshots stay."
    ]
    assert {one.type for one in estate.read} == {"snapshot", "compute_instance"}
    assert {one.account for one in estate.read} == {DATA.account}
    assert estate.asked == 1


async def test_a_plan_nobody_feels_reads_nothing():
    estate = Watched([WEB, *snapshots(2)])
    assert await told(estate, step("s1", WEB, "ec2:StartInstances"), targets=[WEB]) == []
    assert await told(estate, step("s1", DATA, "ec2:CreateSnapshot"), targets=[DATA]) == []
    assert estate.asked == 0


async def test_of_too_many_the_small_kinds_are_read_and_the_rest_is_said():
    estate = Watched([DATA, WEB, *snapshots(MOST_READ)])
    on = replace(DATA, properties={"attached_to": "i-web-2"})
    assert await told(estate, step("s1", on, "ec2:DeleteVolume"), targets=[on]) == [
        "data is attached to web-2.",
        f"{MOST_READ} snapshots in acme-four were not looked through; some may depend on this.",
    ]
    assert len(estate.read) == 1


async def test_many_accounts_are_still_a_few_questions():
    class Counting(Watched):
        counted = 0

        async def count(self, where: Where) -> int:
            self.counted += 1
            return await super().count(where)

    disks = [volume(f"d{n}", account=str(n), account_name=f"acme-{n}", id=f"arn:aws:ec2:us-east-1:{n}:volume/vol-d{n}") for n in range(9)]
    estate = Counting([*disks, *snapshots(MOST_READ + 1, account="3", account_name="acme-3")])
    sentences = await told(estate, *(step(f"s{n}", one, "ec2:DeleteVolume") for n, one in enumerate(disks)), targets=disks)
    assert sentences == [
        f"{MOST_READ + 1} snapshots in acme-0, acme-1, acme-2 and 6 more were not looked through; some may depend on this."
    ]
    assert (estate.counted, estate.asked) == (3, 1)


async def test_what_a_disk_names_is_found_by_its_id():
    many = [vm(f"m{n}") for n in range(MOST_READ)]
    on = replace(DATA, properties={"attached_to": ["i-web-2"]})
    assert (await told(Watched([WEB, *many]), step("s1", on, "ec2:DeleteVolume"), targets=[on]))[0] == "data is attached to web-2."


async def test_without_the_store_the_rest_is_still_said():
    counted = replace(ORDERS, properties={"read_replicas": 1})
    assert await told(Away(), step("s1", counted, "rds:StopDBInstance"), targets=[counted]) == [
        "orders-db has 1 read replica.",
        "What depends on this could not be looked up: The store is away.",
    ]
