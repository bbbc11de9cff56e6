"""Google's test of permissions: the project first, then each target's own roles, and what is no answer."""

from __future__ import annotations

import pytest

from deploy.sandbox.estate import GCP_LAB
from tests.engine.clouds.gcp.known import bucket, database, disk, machine, snapshot

STOP = "compute.instances.stop"
ONE, TWO = machine("storefront-lab-1", "europe-west1-b"), machine("storefront-lab-2", "europe-west1-b")
PROJECT = f"projects/{GCP_LAB}"


def key(resource) -> str:
    return resource.id.partition(".googleapis.com/")[2]


async def test_what_the_project_grants_is_one_question(sandbox, cloud):
    check = await cloud.allowed(GCP_LAB, STOP, tuple(machine(f"any-{n}", "europe-west1-b") for n in range(30)))
    assert (check.verdict, len(check.targets)) == ("allowed", 30)
    (asked,) = await sandbox.calls("POST")
    assert asked["path"] == f"/v1/{PROJECT}:testIamPermissions"


async def test_a_role_of_the_targets_own_counts(sandbox, cloud):
    await sandbox.change(PROJECT, _withheld=[STOP])
    check = await cloud.allowed(GCP_LAB, STOP, (ONE,))
    assert (check.verdict, check.missing) == ("denied", (STOP,))
    await sandbox.change(key(ONE), _withheld=[])
    assert (await cloud.allowed(GCP_LAB, STOP, (ONE,))).verdict == "allowed"


async def test_many_without_the_projects_word_stay_unknown(sandbox, cloud):
    await sandbox.change(PROJECT, _withheld=[STOP])
    check = await cloud.allowed(GCP_LAB, STOP, tuple(machine(f"any-{n}", "europe-west1-b") for n in range(6)))
    assert check.verdict == "unknown"
    assert "too many" in check.why
    assert len(await sandbox.calls("POST")) == 1


@pytest.mark.parametrize(
    ("operation", "target", "missing"),
    [
        ("compute.disks.delete", disk("mailer-lab-spool", "us-central1-b"), "compute.disks.delete"),
        ("compute.snapshots.delete", snapshot("mailer-lab-spool-0202"), "compute.snapshots.delete"),
        ("storage.buckets.update:inherited", bucket(f"{GCP_LAB}-storefront"), "storage.buckets.update"),
        ("cloudsql.instances.update", database("lab-mailer"), "cloudsql.instances.update"),
    ],
)
async def test_each_kind_is_asked_in_its_own_way(sandbox, cloud, operation, target, missing):
    assert (await cloud.allowed(GCP_LAB, operation, (target,))).verdict == "allowed"
    await sandbox.change(PROJECT, _withheld=[missing])
    check = await cloud.allowed(GCP_LAB, operation, (target,))
    assert (check.verdict, check.missing) == ("denied", (missing,)), check.why
    if "cloudsql" not in operation:
        await sandbox.change(f"b/{target.name}" if "storage" in target.id else key(target), _withheld=[])
        assert (await cloud.allowed(GCP_LAB, operation, (target,))).verdict == "allowed"


async def test_what_only_the_project_can_grant_is_not_asked_of_a_disk(sandbox, cloud):
    await sandbox.change(PROJECT, _withheld=["compute.snapshots.create"])
    check = await cloud.allowed(GCP_LAB, "compute.disks.createSnapshot", (disk("mailer-lab-spool", "us-central1-b"),))
    assert (check.verdict, check.missing) == ("denied", ("compute.snapshots.create",))


async def test_without_the_projects_answer_the_target_may_still_say_yes_but_never_no(sandbox, cloud):
    await sandbox.fault(path_regex=":testIamPermissions", status=403, count=3)
    assert (await cloud.allowed(GCP_LAB, STOP, (ONE,))).verdict == "allowed"
    await sandbox.change(key(ONE), _withheld=[STOP])
    check = await cloud.allowed(GCP_LAB, STOP, (ONE,))
    assert (check.verdict, check.why) == ("unknown", "Google denied testIamPermissions on the project.")
    sql = await cloud.allowed(GCP_LAB, "cloudsql.instances.restart", (database("lab-mailer"),))
    assert sql.verdict == "unknown"


async def test_what_is_no_answer_is_unknown(sandbox, cloud):
    await sandbox.change(PROJECT, _withheld=[STOP])
    await sandbox.fault(path_regex="instances/.*/testIamPermissions", status=500)
    check = await cloud.allowed(GCP_LAB, STOP, (ONE, TWO))
    assert (check.verdict, check.targets) == ("unknown", (ONE.id, TWO.id))
    assert "storefront-lab" in check.why
    await sandbox.fault(path_regex=":testIamPermissions", garbage=True)
    await sandbox.fault(path_regex="instances/.*/testIamPermissions", garbage=True, count=2)
    assert (await cloud.allowed(GCP_LAB, STOP, (ONE,))).verdict == "unknown"


async def test_what_the_project_grants_and_lacks_as_a_whole(sandbox, cloud):
    everything = {check.operation: check.verdict for check in await cloud.rights(GCP_LAB)}
    assert set(everything.values()) == {"allowed"}
    assert everything.keys() == cloud.operations.keys()
    await sandbox.change(PROJECT, _withheld=[STOP, "cloudsql.instances.update"])
    lacking = {check.operation: check.verdict for check in await cloud.rights(GCP_LAB)}
    assert STOP not in lacking, "a machine's own roles may grant it"
    assert {lacking[name] for name in cloud.operations if name.startswith("cloudsql.instances.update")} == {"denied"}
    assert await cloud.rights("no-such-project") == ()
