"""Progress and outcome cards: n of N while it runs, each target's result after. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.card import Action, Block, Card, Facts, Note, Progress, Step, StepState, Text, Tone
from bot.cards.plans import headline, monthly
from engine.execution import machine
from engine.execution.guardrails import environments
from engine.execution.report import Report, StepReport
from engine.planning.saving import monthly_delta

_STATES: dict[machine.StepState, StepState] = {
    machine.StepState.WAITING: "waiting",
    machine.StepState.SENDING: "running",
    machine.StepState.SETTLING: "running",
    machine.StepState.LOOKING: "unknown",
    machine.StepState.DONE: "done",
    machine.StepState.FAILED: "failed",
    machine.StepState.SKIPPED: "skipped",
    machine.StepState.CANCELLED: "cancelled",
}
# A restart leaves nothing to read back but that the thing runs.
_RESTARTS = frozenset({"restart", "reboot", "reset"})
_MOST_FAILURES = 5
_DOING = {
    machine.StepState.SENDING: "sent to the cloud",
    machine.StepState.SETTLING: "accepted; waiting until it shows",
    machine.StepState.LOOKING: "no answer; looking at the cloud",
}


def progress_card(report: Report) -> Card:
    """A run under way, with a Stop button; what failed is said at once."""
    return Card(
        kind="progress",
        title=f"{headline(report.plan)}: {report.over} of {len(report.steps)}",
        tone="warning" if any(one.state is machine.StepState.FAILED for one in report.steps) else "neutral",
        blocks=(Facts(_where(report)), *_failures(report), _progress(report)),
        actions=(Action("stop", report.id, "Stop", style="danger"),),
        footer=_by(report),
        subject=report.id,
    )


def outcome_card(report: Report) -> Card:
    """A finished run: every target on its own, and Undo while it can be undone."""
    blocks: list[Block] = [Text(_sentence(report), strong=True)]
    if report.interrupted:
        blocks.append(
            Note(
                "Escher was stopped in the middle of this run. What had been sent was looked up in the cloud; the rest was not begun.",
                "warning",
            )
        )
    blocks += _failures(report)
    blocks.append(_progress(report))
    blocks.append(Facts(tuple(_facts(report))))
    undo = (Action("undo", report.id, "Undo", style="plain"),) if report.undoable else ()
    return Card(
        "outcome",
        _title(report),
        _tone(report),
        tuple(blocks),
        (*undo, Action("run-details", report.id, "Details", opens=True)),
        _by(report),
        report.id,
    )


def _title(report: Report) -> str:
    word = "Done" if report.succeeded else ("Nothing done" if not report.done else "Partly done")
    return f"{word}: {headline(report.plan)}"


def _tone(report: Report) -> Tone:
    return "good" if report.succeeded else "danger"


def _sentence(report: Report) -> str:
    if report.succeeded and all(one.step.title.lower() in _RESTARTS for one in report.steps):
        return (
            "Restarted: the cloud took it, and it runs." if len(report.steps) == 1 else f"All {len(report.steps)} were restarted, and run."
        )
    if report.succeeded and len(report.steps) == 1:
        return "Done, and the effect was read back from the cloud."
    if report.succeeded:
        return f"All {len(report.steps)} steps done, and each effect was read back from the cloud."
    return f"{report.done} of {len(report.steps)} steps done and read back; {len(report.steps) - report.done} not."


def _failures(report: Report) -> list[Note]:
    """The steps that did not end well, those that failed first."""
    over = (machine.StepState.FAILED, machine.StepState.SKIPPED, machine.StepState.CANCELLED)
    still = report.finished_at is None
    unwell = [one for one in report.steps if (one.state in over if still else one.state is not machine.StepState.DONE)]
    unwell.sort(key=lambda one: one.state is not machine.StepState.FAILED)
    notes = [
        Note(f"{_label(report, one)}: {one.detail or one.state}", "danger" if one.state is machine.StepState.FAILED else "neutral")
        for one in unwell[:_MOST_FAILURES]
    ]
    more = len(unwell) - len(notes)
    return [*notes, Note(f"{more} more did not end well; each stands in the list.")] if more else notes


def _where(report: Report) -> tuple[tuple[str, str], ...]:
    """Where a run acts: its environments, by which platforms mark production, and what all its targets share."""
    counts = environments(report.plan.changed)[0]
    said = next(iter(counts)) if len(counts) == 1 else ", ".join(f"{count} {name}" for name, count in counts.items())
    account, region = _shared(report)
    return tuple(row for row in (("Environment", said), ("Account", account), ("Region", region)) if row[1])


def _shared(report: Report) -> tuple[str, str]:
    """The account and the region of all targets, '' where they differ."""
    accounts = {one.account_name for one in report.plan.changed}
    regions = {one.region for one in report.plan.changed}
    return (accounts.pop() if len(accounts) == 1 else ""), (regions.pop() if len(regions) == 1 else "")


def _facts(report: Report) -> list[tuple[str, str]]:
    took = (report.finished_at - report.started_at).total_seconds() if report.finished_at else 0.0
    rows = [*_where(report), ("Run", report.id), ("Plan", report.plan.id), ("Took", f"{took:.1f} s")]
    if delta := round(sum(_deltas(report).values()), 2):
        rows.append(("Saves" if delta < 0 else "Costs", monthly(delta)))
    made = [one.produced for one in report.steps if one.produced]
    if made:
        rows.append(("Made", ", ".join(made[:5])))
    if back := _way_back(report):
        rows.append(back)
    return rows


def _way_back(report: Report) -> tuple[str, str] | None:
    """How what was done can be taken back, or why it cannot; nothing where nothing was done."""
    done = [one.step for one in report.steps if one.state is machine.StepState.DONE]
    if report.undone_by:
        return "Undone by", report.undone_by
    if not done:
        return None
    none = [step for step in done if not step.inverse]
    why = " ".join(dict.fromkeys(step.no_way_back for step in none if step.no_way_back))
    if len(none) == len(done):
        return "Way back", f"cannot be undone. {why}".strip()
    operations = ", ".join(dict.fromkeys(step.inverse.operation for step in done if step.inverse))
    less = f"; {len(none)} of {len(done)} steps cannot be undone. {why}".rstrip() if none else ""
    return "Way back", f"Undo calls {operations}{less}"


def _deltas(report: Report) -> Mapping[str, float]:
    """US dollars a month for each target whose steps are all done, negative for a saving."""
    resources = {resource.id: resource for resource in report.plan.targets}
    done = [one.step for one in report.steps if one.state is machine.StepState.DONE]
    half = {one.step.target for one in report.steps if one.state is not machine.StepState.DONE}
    whole = {step.target: [other for other in done if other.target == step.target] for step in done if step.target not in half}
    return {target: monthly_delta(steps, resources) for target, steps in whole.items()}


def _progress(report: Report) -> Progress:
    order = {machine.StepState.FAILED: 0, machine.StepState.LOOKING: 1, machine.StepState.SENDING: 2, machine.StepState.SETTLING: 2}
    steps = sorted(report.steps, key=lambda one: order.get(one.state, 3))
    last = {one.step.target: one.step.id for one in report.steps}
    deltas = _deltas(report)
    told = [_step(report, one, deltas.get(one.step.target, 0.0) if last[one.step.target] == one.step.id else 0.0) for one in steps]
    return Progress(report.over, len(report.steps), tuple(told))


def _step(report: Report, one: StepReport, delta: float) -> Step:
    """One step; the last one of a target says what the target saves or costs."""
    detail = one.detail or _DOING.get(one.state, "")
    if one.state is machine.StepState.DONE:
        took = f"{one.took_s:.1f} s" if one.took_s else ""
        saves = f"{'saves' if delta < 0 else 'costs'} about ${abs(delta):,.2f} a month" if delta else ""
        detail = ", ".join(part for part in (took, saves) if part) or detail
    return Step(_label(report, one), _STATES[one.state], detail)


def _label(report: Report, one: StepReport) -> str:
    """A step by its target, with what the targets do not share."""
    resource = report.plan.target(one.step)
    account, region = _shared(report)
    where = ", ".join(value for value, shared in ((resource.account_name, account), (resource.region, region)) if not shared)
    alike = len({step.title for step in report.plan.steps}) == 1
    what = resource.name if alike else f"{one.step.title} {resource.name}"
    return f"{what} ({where})" if where else what


def _by(report: Report) -> str:
    approved = f"approved by {', '.join(report.approved_by)}" if report.approved_by else "needed no approval"
    return f"Asked by {report.plan.asked_by}, {approved}. Started {report.started_at:%H:%M:%S} UTC."
