"""Progress and outcome cards: n of N while it runs, each target's result after. Pure."""

from __future__ import annotations

from bot.cards.card import Action, Block, Card, Facts, Note, Progress, Step, StepState, Text, Tone
from bot.cards.plans import headline
from engine.execution import machine
from engine.execution.report import Report, StepReport

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
_DOING = {
    machine.StepState.SENDING: "sent to the cloud",
    machine.StepState.SETTLING: "accepted; waiting until it shows",
    machine.StepState.LOOKING: "no answer; looking at the cloud",
}


def progress_card(report: Report) -> Card:
    """A run under way, with a Stop button."""
    return Card(
        kind="progress",
        title=f"{headline(report.plan)}: {report.over} of {len(report.steps)}",
        tone="warning" if any(one.state is machine.StepState.FAILED for one in report.steps) else "neutral",
        blocks=(_progress(report),),
        actions=(Action("stop", report.id, "Stop", style="danger"),),
        footer=_by(report),
        subject=report.id,
    )


def outcome_card(report: Report) -> Card:
    """A finished run: every target on its own, and Undo while it can be undone."""
    failed = [one for one in report.steps if one.state is not machine.StepState.DONE]
    blocks: list[Block] = [Text(_sentence(report), strong=True)]
    if report.interrupted:
        blocks.append(
            Note(
                "Escher was stopped in the middle of this run. What had been sent was looked up in the cloud; the rest was not begun.",
                "warning",
            )
        )
    blocks += [
        Note(f"{_label(report, one)}: {one.detail or one.state}", "danger" if one.state is machine.StepState.FAILED else "neutral")
        for one in failed[:5]
    ]
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


def _facts(report: Report) -> list[tuple[str, str]]:
    took = (report.finished_at - report.started_at).total_seconds() if report.finished_at else 0.0
    rows = [("Run", report.id), ("Plan", report.plan.id), ("Took", f"{took:.1f} s")]
    if report.plan.monthly_delta and report.succeeded:
        rows.append(
            ("Saves" if report.plan.monthly_delta < 0 else "Costs", f"about ${abs(report.plan.monthly_delta):,.2f} a month while it lasts")
        )
    made = [one.produced for one in report.steps if one.produced]
    if made:
        rows.append(("Made", ", ".join(made[:5])))
    if report.undone_by:
        rows.append(("Undone by", report.undone_by))
    elif not report.undoable and report.done:
        rows.append(("Way back", "cannot be undone"))
    return rows


def _progress(report: Report) -> Progress:
    order = {machine.StepState.FAILED: 0, machine.StepState.LOOKING: 1, machine.StepState.SENDING: 2, machine.StepState.SETTLING: 2}
    steps = sorted(report.steps, key=lambda one: order.get(one.state, 3))
    return Progress(report.over, len(report.steps), tuple(_step(report, one) for one in steps))


def _step(report: Report, one: StepReport) -> Step:
    detail = one.detail or _DOING.get(one.state, "")
    if one.state is machine.StepState.DONE and one.took_s:
        detail = f"{one.took_s:.1f} s"
    return Step(_label(report, one), _STATES[one.state], detail)


def _label(report: Report, one: StepReport) -> str:
    resource = report.plan.target(one.step)
    return f"{one.step.title} {resource.name} ({resource.account_name}, {resource.region})"


def _by(report: Report) -> str:
    approved = f"approved by {', '.join(report.approved_by)}" if report.approved_by else "needed no approval"
    return f"Asked by {report.plan.asked_by}, {approved}. Started {report.started_at:%H:%M:%S} UTC."
