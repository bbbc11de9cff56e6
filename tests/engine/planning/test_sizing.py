"""A size belongs to one cloud, and sometimes to one kind of resource."""

from __future__ import annotations

import pytest

from engine.planning.sizing import sized
from engine.request.reading import Given
from engine.request.seal import Wanted
from tests.engine.execution.samples import database, vm

EC2, RDS = vm("web"), database("main")
AZURE = vm("vm-1", cloud="azure", id="a", native_type="Microsoft.Compute/virtualMachines")
GCE = vm("gce-1", cloud="gcp", id="g", native_type="compute.googleapis.com/Instance")
SQL = database("sql-1", cloud="gcp", id="s", native_type="sqladmin.googleapis.com/Instance")
EVERYTHING = (EC2, RDS, AZURE, GCE, SQL)


def order(size: str, *targets) -> Wanted:
    return Wanted("resize", targets, (Given("size", size),))


@pytest.mark.parametrize(
    ("size", "meant"),
    [
        ("db.r5.large", (RDS,)),
        ("t3.large", (EC2, RDS)),
        ("Standard_B2ms", (AZURE,)),
        ("e2-standard-4", (GCE, SQL)),
        ("db-custom-2-7680", (SQL,)),
        ("enormous", EVERYTHING),
    ],
)
def test_who_is_meant(size, meant):
    (kept,), left = sized([order(size, *EVERYTHING)])
    assert kept.targets == meant
    assert sum(part.count for part in left) == len(EVERYTHING) - len(meant)
    assert all(part.reason.startswith(f"{size} is a size of ") for part in left)


def test_where_nobody_fits_the_wish_stays_and_is_refused_later_with_its_reason():
    wanted = (order("db.r5.large", SQL), order("cache.t3.micro", EC2))
    assert sized(wanted) == (wanted, ())


def test_without_a_size_nothing_changes():
    wanted = (Wanted("stop", EVERYTHING),)
    assert sized(wanted) == (wanted, ())
