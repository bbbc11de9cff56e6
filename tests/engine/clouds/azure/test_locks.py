"""Which locks keep a resource from being deleted, and which of them may be taken off."""

from __future__ import annotations

import pytest

from engine.clouds.azure.locks import Lock, holding, removable, told
from tests.engine.clouds.azure.known import storage

ONE = storage("a", "app")
GROUP = ONE.id.partition("/providers/")[0]
SUBSCRIPTION = GROUP.partition("/resourceGroups/")[0]


def lock(scope: str, level: str = "CanNotDelete", name: str = "keep") -> Lock:
    where = f"{scope}/providers/Microsoft.Authorization/locks/{name}"
    return Lock.read({"id": where, "name": name, "properties": {"level": level}})


@pytest.mark.parametrize("scope", [ONE.id, ONE.id.upper(), GROUP, SUBSCRIPTION, f"{GROUP.lower()}"])
def test_a_lock_holds_for_all_below_it_whatever_the_case(scope):
    assert told(ONE, [lock(scope)]).properties["deletion_protection"] is True


@pytest.mark.parametrize("scope", [f"{ONE.id}b", f"{GROUP}-other", f"{ONE.id}/blobServices/default"])
def test_a_lock_on_a_neighbour_or_below_does_not_hold(scope):
    assert told(ONE, [lock(scope)]).properties == {"deletion_protection": False}


@pytest.mark.parametrize(
    ("locks", "name"),
    [
        ([lock(ONE.id)], "keep"),
        ([lock(ONE.id), lock(f"{ONE.id}b")], "keep"),
        ([lock(ONE.id, "ReadOnly")], None),
        ([lock(GROUP)], None),
        ([lock(ONE.id), lock(GROUP)], None),
        ([lock(ONE.id, name="one"), lock(ONE.id, name="two")], None),
        ([], None),
    ],
)
def test_only_the_one_lock_of_its_own_can_be_taken_off(locks, name):
    single = removable(holding(locks, ONE.id), ONE.id)
    assert (single.name if single else None) == name
    assert told(ONE, locks).properties.get("lock") == name


@pytest.mark.parametrize("wire", [{"id": ONE.id, "name": "x", "properties": {"level": "CanNotDelete"}}])
def test_what_is_no_lock(wire):
    with pytest.raises(ValueError, match="no id of a lock"):
        Lock.read(wire)
