"""The plan card: what would happen to what, why it waits, and the buttons. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from bot.cards.card import Action, Block, Card, Code, Facts, Field, Note, Text, Tone
from bot.cards.rows import kinds, table
from engine.approvals.filed import Filed
from engine.approvals.states import Request
from engine.execution.guardrails import environments
from engine.execution.plan import Plan, RiskLevel

_TONES: dict[RiskLevel, Tone] = {"low": "neutral", "medium": "warning", "high": "warning", "critical": "danger"}
_NOTE_TONES: dict[RiskLevel, Tone] = {"low": "neutral", "medium": "warning", "high": "danger", "critical": "danger"}
_MOST_COMMANDS = 200


def subject_of(plan: Plan) -> str:
    """What a plan's buttons carry: its id and the beginning of its digest, so that a button of another version is noticed."""
    return f"{plan.id}.{plan.digest[:12]}"


def headline(plan: Plan) -> str:
    """The plan in a few plain words, with how many and where."""
    changed = plan.changed
    verbs = " and ".join(dict.fromkeys(step.title.lower() for step in plan.steps)).capitalize()
    counts = environments(changed)[0]
    where = ", ".join(f"{count} in {name}" if len(counts) > 1 else f"in {name}" for name, count in counts.items())
    if len(changed) == 1:
        return f"{verbs} {changed[0].name} {where}"
    types = {resource.type for resource in changed}
    what = kinds(next(iter(types)), len(changed)) if len(types) == 1 else "resources"
    verbs += " on" if " " in verbs and " and " not in verbs else ""  # "Block public access on 4 buckets"
    return f"{verbs} {len(changed)} {what}{':' if len(counts) > 1 else ''} {where}"


def plan_card(filed: Filed) -> Card:
    """The card everybody in the place sees. Its buttons grant nothing: each click is checked again."""
    plan, request = filed.plan, filed.request
    return Card(
        kind="plan",
        title=headline(plan),
        tone=_tone(plan, request),
        blocks=tuple(_blocks(filed)),
        actions=_actions(plan, request),
        footer=_footer(plan, request),
        subject=plan.id,
    )


def _tone(plan: Plan, request: Request) -> Tone:
    if request.state in ("denied", "expired", "withdrawn"):
        return "neutral"
    return "waiting" if request.state == "asked" and plan.risk != "critical" else _TONES[plan.risk]


def _blocks(filed: Filed) -> list[Block]:
    plan, request = filed.plan, filed.request
    blocks: list[Block] = [Text(state_line(request, filed.because), strong=True)]
    blocks.append(Facts(tuple(_facts(plan))))
    blocks.append(table(plan.changed, f"{len(plan.changed)} target{'s' if len(plan.changed) != 1 else ''}"))
    blocks += [Note(f"{part.count} left out: {part.reason}") for part in plan.left_out if part.count]
    if by_account := environments(plan.changed)[1]:
        blocks.append(Note(f"{by_account} of {len(plan.changed)} placed in their environment by account, not by tag"))
    if plan.reasons:
        blocks.append(Note(f"{plan.risk.capitalize()} risk: {'; '.join(plan.reasons)}", _NOTE_TONES[plan.risk]))
    blocks.append(Code(commands(plan), "What will run"))
    return blocks


def _facts(plan: Plan) -> list[tuple[str, str]]:
    rows = [("Risk", plan.risk), ("Asked by", plan.asked_by), ("Plan", f"{plan.id} · digest {plan.digest[:12]}")]
    if plan.monthly_delta:
        rows.append(("Saves" if plan.monthly_delta < 0 else "Costs", f"about ${abs(plan.monthly_delta):,.2f} a month while it lasts"))
    rows.append(("Way back", way_back(plan)))
    return rows


def way_back(plan: Plan) -> str:
    """Whether and how it can be undone."""
    back = [step for step in plan.steps if step.inverse]
    none = list(dict.fromkeys(step.no_way_back for step in plan.steps if not step.inverse))
    if not back:
        return f"cannot be undone. {' '.join(none)}".strip()
    operations = ", ".join(dict.fromkeys(step.inverse.operation for step in back if step.inverse))
    return f"Undo calls {operations}" + (f"; {len(plan.steps) - len(back)} of {len(plan.steps)} steps cannot be undone" if none else "")


def commands(plan: Plan, most: int = _MOST_COMMANDS) -> str:
    """The exact commands, one a line, as a person would type them; they are shown, not run: the SDK makes the same calls."""
    lines = [shlex.join(step.command) for step in plan.steps[:most]]
    if len(plan.steps) > most:
        lines.append(f"# and {len(plan.steps) - most} more, in the details")
    return "\n".join(lines)


def state_line(request: Request, because: Sequence[str] = ()) -> str:
    """Where the request stands, in one sentence."""
    approved = ", ".join(f"{vote.by} at {vote.at:%H:%M} UTC" + (f" ({vote.reason})" if vote.reason else "") for vote in request.votes)
    match request.state:
        case "asked":
            more = request.needs - len(request.votes)
            who = "a manager" if more == 1 else f"{more} managers"
            sofar = f" Approved so far by {approved}." if approved else ""
            return f"Waits for {who} other than {request.asked_by}, because {' and '.join(because) or 'the policy says so'}.{sofar}"
        case "approved" | "used":
            return f"Approved by {approved}." if approved else f"Runs at once: {', '.join(because)}."
        case "denied":
            closed = request.closed
            return f"Denied by {closed.by}{f': {closed.reason}' if closed.reason else ''}. Nothing was touched." if closed else "Denied."
        case "withdrawn":
            return f"Withdrawn by {request.closed.by}. Nothing was touched." if request.closed else "Withdrawn."
        case "expired":
            return "Expired without approval. Nothing was touched; ask again for a fresh plan."


def _actions(plan: Plan, request: Request) -> tuple[Action, ...]:
    subject = subject_of(plan)
    look = (
        Action("details", subject, "Details", opens=True),
        Action("left-network", subject, "What left the network", opens=True),
    )
    if request.state != "asked":
        return look
    reason = (Field("reason", "Why not", multiline=True),)
    decide = [
        Action("approve", subject, "Approve", style="primary"),
        Action("deny", subject, "Deny", style="danger", form=reason),
    ]
    if len(plan.changed) > 1:
        decide.append(Action("fewer", subject, "Choose targets", form=(_targets_field(plan),)))
    return (*decide, *look, Action("withdraw", subject, "Withdraw"))


def _targets_field(plan: Plan) -> Field:
    choices = tuple(
        (resource.id, resource.name, f"{resource.account_name}, {resource.region}, {resource.state}") for resource in plan.changed
    )
    return Field("targets", "Targets to keep", choices=choices, many=True, picked=tuple(value for value, _, _ in choices))


def _footer(plan: Plan, request: Request) -> str:
    if request.state == "asked":
        return f"Expires {plan.expires_at:%H:%M} UTC. The targets are read again right before anything runs."
    return ""


def details_card(filed: Filed) -> Card:
    """Everything about a plan: all targets with ids, all commands, sources."""
    plan = filed.plan
    blocks: list[Block] = [
        Text(state_line(filed.request, filed.because), strong=True),
        Facts(
            (
                *_facts(plan),
                ("Full digest", plan.digest),
                ("Message", plan.message[:500]),
                ("Expires", f"{plan.expires_at:%Y-%m-%d %H:%M} UTC"),
            )
        ),
        table(plan.changed, "All targets", shown=len(plan.changed)),
        Code("\n".join(resource.id for resource in plan.changed), "Exact ids"),
        Code(commands(plan, len(plan.steps)), "All commands"),
    ]
    if plan.explanation:
        blocks.insert(1, Text(plan.explanation))
    if plan.sources:
        blocks.append(Text("Sources: " + "; ".join(plan.sources)))
    return Card("details", headline(plan), blocks=tuple(blocks))
