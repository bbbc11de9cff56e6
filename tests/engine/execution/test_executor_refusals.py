"""What the executor refuses before anything is touched: another world, grants that do not hold, undoing twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.clock import FakeClock
from engine.errors import Denied, Drifted, GrantRefused, Refused, SettingsError, Throttled, Unreachable
from engine.execution.history import runs
from engine.execution.report import Report
from tests.engine.execution.samples import bench, granted, plan, step, stopping, vm
from tests.engine.execution.told import ONE, TWO

# --- what is refused before anything is touched


async def test_another_world_is_refused_saying_what_changed(tmp_path):
    made = await bench(tmp_path, [ONE, TWO])
    made.cloud.change(ONE.id, state="stopped")
    made.cloud.remove(TWO.id)
    planned = stopping(ONE, TWO)
    with pytest.raises(Drifted) as drifted:
        await made.executor.execute(planned, granted(planned))
    assert drifted.value.changes == ("one was running and is now stopped", "two is gone")
    assert "Nothing was touched" in str(drifted.value)
    assert (made.cloud.performed, made.kinds()) == ([], [])


@pytest.mark.parametrize("error", [Denied("403"), Throttled("429"), Unreachable("500"), SettingsError("No account 4444 is configured.")])
async def test_a_world_that_cannot_be_looked_at_is_refused_as_a_sentence(tmp_path, error):
    made = await bench(tmp_path, [ONE, TWO])
    made.cloud.fail("read", error)  # type: ignore[arg-type]
    planned = stopping(ONE, TWO)
    with pytest.raises((Refused, SettingsError), match=str(error)):
        await made.executor.execute(planned, granted(planned))
    assert (made.cloud.performed, made.kinds()) == ([], [])


async def test_a_grant_runs_once_even_after_a_restart(tmp_path):
    made = await bench(tmp_path, [ONE])
    planned = stopping(ONE)
    await made.executor.execute(planned, granted(planned))
    made.cloud.change(ONE.id, state="running")
    for executor in (made.executor, made.restarted()):
        with pytest.raises(GrantRefused, match="used already"):
            await executor.execute(planned, granted(planned))
    assert len(made.cloud.performed) == 1


async def test_one_grant_redeemed_many_times_at_once_runs_once(tmp_path):
    made = await bench(tmp_path, [ONE])
    planned = stopping(ONE)
    tried = await asyncio.gather(*(made.executor.execute(planned, granted(planned)) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Report) for one in tried) == 1
    assert sum(isinstance(one, GrantRefused) for one in tried) == 4
    assert len(made.cloud.performed) == 1


async def test_no_true_grant_no_run(tmp_path):
    made = await bench(tmp_path, [ONE, TWO])
    planned = stopping(ONE)
    for grant in (replace(granted(planned), seal=""), granted(stopping(ONE, TWO)), granted(stopping(TWO))):
        with pytest.raises(GrantRefused):
            await made.executor.execute(planned, grant)
    assert isinstance(made.clock, FakeClock)
    made.clock.advance(3600)
    with pytest.raises(GrantRefused, match="expired"):
        await made.executor.execute(planned, granted(planned))
    assert (made.cloud.performed, made.kinds()) == ([], [])


async def test_an_operation_that_is_no_longer_known_is_refused(tmp_path):
    made = await bench(tmp_path, [ONE])
    planned = plan(replace(step("s1", ONE), operation="ec2:Gone"), targets=[ONE])
    with pytest.raises(Refused, match="ec2:Gone is not an operation Escher knows"):
        await made.executor.execute(planned, granted(planned))


async def test_an_undo_runs_once_also_when_granted_twice_at_once(tmp_path):
    made = await bench(tmp_path, [ONE])
    first = stopping(ONE)
    report = await made.executor.execute(first, granted(first))
    off = vm("one", "stopped")
    back = [plan(step("u1", off, "ec2:StartInstances"), targets=[off], undoes=report.id, id=f"plan-u{n}") for n in range(3)]
    tried = await asyncio.gather(
        *(made.executor.execute(one, granted(one, f"grant-u{n}")) for n, one in enumerate(back)), return_exceptions=True
    )
    assert sum(isinstance(one, Report) for one in tried) == 1
    assert [operation for _, operation in made.sent()] == ["ec2:StopInstances", "ec2:StartInstances"]
    assert runs(made.journal.entries())[report.id].undone_by
    with pytest.raises(Refused, match="undone already"):
        await made.restarted().execute(back[0], granted(back[0], "grant-u9"))


async def test_an_undo_that_did_nothing_may_be_asked_for_again(tmp_path):
    made = await bench(tmp_path, [ONE])
    first = stopping(ONE)
    report = await made.executor.execute(first, granted(first))
    off = vm("one", "stopped")
    back = [plan(step("u1", off, "ec2:StartInstances"), targets=[off], undoes=report.id, id=f"plan-u{n}") for n in range(3)]
    made.cloud.fail("ec2:StartInstances", Denied("no"))
    assert not (await made.executor.execute(back[0], granted(back[0], "g0"))).done
    assert not runs(made.journal.entries())[report.id].undone_by
    assert (await made.executor.execute(back[1], granted(back[1], "g1"))).succeeded
    with pytest.raises(Refused, match="undone already"):
        await made.executor.execute(back[2], granted(back[2], "g2"))
