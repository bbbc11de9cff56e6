"""What an account lets Escher do, told of each resource it concerns."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.permission import of_all
from engine.clouds.rights import PROPERTIES, Rights, with_rights
from engine.clouds.tables import TABLES
from engine.estate.constraints import constraints
from tests.engine.execution.samples import vm, volume

STOP, START, END, DELETE = "ec2:StopInstances", "ec2:StartInstances", "ec2:TerminateInstances", "ec2:DeleteVolume"
SINCE = "2026-11-20T12:00:00+00:00"


def rights(**verdicts: str) -> Rights:
    return Rights.of([of_all(f"ec2:{name}", "1", verdict) for name, verdict in verdicts.items()], SINCE)


def test_only_what_is_known_is_said_and_of_the_kinds_it_concerns():
    known = rights(StopInstances="allowed", TerminateInstances="denied", DeleteVolume="allowed", StartInstances="unknown")
    machine, disk = with_rights([vm("one"), volume("data")], known, TABLES["aws"])
    assert (constraints(machine).allowed, constraints(machine).denied) == ({STOP}, {END})
    assert (constraints(disk).allowed, constraints(disk).denied) == ({DELETE}, frozenset())
    assert machine.properties["actions_known_since"] == SINCE
    assert replace(machine, properties={key: value for key, value in machine.properties.items() if key not in PROPERTIES}) == vm("one")


def test_a_resource_that_nothing_concerns_stays_as_it_is():
    other = replace(vm("one"), native_type="AWS::Nothing")
    assert with_rights([other], rights(StopInstances="allowed"), TABLES["aws"]) == (other,)
    assert constraints(other).allowed == frozenset()


def test_the_time_makes_no_difference_and_is_kept():
    known = rights(StopInstances="allowed", TerminateInstances="denied")
    assert known.same(Rights.read(known.said(), "later"))
    assert Rights.read(known.said(), SINCE) == known
    assert not known.same(rights(StopInstances="allowed"))
