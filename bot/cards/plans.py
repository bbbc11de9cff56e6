"""The plan card: what would happen to what, why it waits, and the buttons. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from bot.cards.card import Action, Block, Card, Code, Column, Facts, Field, Note, Table, Text, Tone
from bot.cards.rows import Why, kinds, table, why_these
from engine.approvals.filed import Filed
from engine.approvals.policy import Decision
from engine.approvals.states import Request, Vote
from engine.clouds.permission import Check
from engine.execution.guardrails import environments
from engine.execution.plan import LeftOut, Plan, RiskLevel

_TONES: dict[RiskLevel, Tone] = {"low": "neutral", "medium": "warning", "high": "warning", "critical": "danger"}
_NOTE_TONES: dict[RiskLevel, Tone] = {"low": "neutral", "medium": "warning", "high": "danger", "critical": "danger"}
_MOST_COMMANDS = 5
_MOST_BREAKS = 5
_MOST_DENIED = 3
_SHOWN_TARGETS = 10
# "is being created" of several things.
_PLURAL = (("is ", "are "), ("has ", "have "))


def subject_of(plan: Plan) -> str:
    """What a plan's buttons carry: its id and the beginning of its digest, so that a button of another version is noticed."""
    return f"{plan.id}.{plan.digest[:12]}"


def headline(plan: Plan) -> str:
    """The plan in a few plain words, with how many and where."""
    return f"For later: {_lowered(_headline(plan))}" if plan.schedule else _headline(plan)


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _headline(plan: Plan) -> str:
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
        footer=_footer(request),
        subject=plan.id,
    )


def preview_card(plan: Plan, decision: Decision) -> Card:
    """What a plan would be, for somebody who only asks: no buttons, and nothing that stands anywhere."""
    verdict = (
        f"It would wait for {_managers(decision.needs)}: {', '.join(decision.because)}." if decision.needs else "It would run at once."
    )
    facts = [("Risk", plan.risk), ("Way back", way_back(plan))]
    if plan.monthly_delta:
        facts.append(("Saves" if plan.monthly_delta < 0 else "Costs", monthly(plan.monthly_delta)))
    if plan.checks:
        facts.append(("Permissions", permissions(plan.checks)))
    blocks: list[Block] = [Text(verdict, strong=True), Facts(tuple(facts)), *_breaks(plan, _MOST_BREAKS), *_beside(plan), *_risk(plan)]
    footer = "You asked what it would do: nothing was changed, and nothing waits."
    return Card("text", f"If you did: {_lowered(_headline(plan))}", blocks=tuple(blocks), footer=footer)


def _managers(needs: int) -> str:
    return "a manager" if needs == 1 else f"{needs} managers"


def _tone(plan: Plan, request: Request) -> Tone:
    if request.state in ("denied", "expired", "withdrawn"):
        return "neutral"
    return "waiting" if request.state == "asked" and plan.risk != "critical" else _TONES[plan.risk]


def _blocks(filed: Filed) -> list[Block]:
    plan, request = filed.plan, filed.request
    blocks: list[Block] = [Text(state_line(request, filed.because), strong=True)]
    blocks += _denials(plan)[:_MOST_DENIED]
    blocks.append(Facts(tuple(_facts(plan, expires=request.state == "asked"))))
    blocks.append(table(plan.changed, f"{len(plan.changed)} target{'s' if len(plan.changed) != 1 else ''}", shown=_SHOWN_TARGETS))
    blocks += _beside(plan)
    blocks += _breaks(plan, _MOST_BREAKS)
    blocks += _risk(plan)
    blocks.append(Code(commands(plan), "What will run"))
    return blocks


def _facts(plan: Plan, *, expires: bool) -> list[tuple[str, str]]:
    rows = [("Risk", plan.risk), ("Asked by", plan.asked_by)]
    if plan.monthly_delta:
        rows.append(("Saves" if plan.monthly_delta < 0 else "Costs", monthly(plan.monthly_delta)))
    rows.append(("Way back", way_back(plan)))
    if plan.checks:
        rows.append(("Permissions", permissions(plan.checks)))
    if expires:
        rows.append(("Expires", until(plan)))
    rows.append(("Plan", f"{plan.id} · digest {plan.digest[:12]}"))
    return rows


def monthly(delta: float) -> str:
    """What it saves or costs, in words; the label says which."""
    return f"about ${abs(delta):,.2f} a month while it lasts"


def until(plan: Plan) -> str:
    """When the plan expires, with the date where that is another day than it was made."""
    same_day = plan.expires_at.date() == plan.made_at.date()
    return f"{plan.expires_at:%H:%M} UTC" if same_day else f"{plan.expires_at:%Y-%m-%d %H:%M} UTC"


def permissions(checks: Sequence[Check]) -> str:
    """What the clouds said beforehand, in one line; a denial first."""
    refused = [one for one in checks if one.verdict == "denied"]
    open_ = [one for one in checks if one.verdict == "unknown"]
    if refused:
        return f"denied: {', '.join(dict.fromkeys(name for one in refused for name in one.missing))}"
    if open_:
        why = next(iter(dict.fromkeys(one.why for one in open_)))
        return f"not known{f' for {len(open_)} of {len(checks)} operations' if len(open_) < len(checks) else ''}. {why}"
    who = ", ".join(dict.fromkeys(one.principal for one in checks if one.principal))
    return f"allowed{f' for {who}' if who else ''}"


def _denials(plan: Plan) -> list[Note]:
    """What would fail for want of a permission: said at once, though it refuses nothing."""
    names = {resource.account: resource.account_name or resource.account for resource in plan.targets}
    notes = []
    for one in plan.checks:
        if one.verdict == "denied":
            account, who = names.get(one.account, one.account), one.principal or "Escher's sign-in"
            all_of = sum(resource.account == one.account for resource in plan.changed)
            on = f", on {len(one.targets)} of {all_of} targets" if len(one.targets) < all_of else ""
            said = f"Denied: {', '.join(one.missing)} in {account} for {who}{on}."
            notes.append(Note(f"{said} Who can: whoever manages permissions in {account}. Until then this would fail.", "danger"))
    return notes


def _beside(plan: Plan) -> list[Note]:
    """What the table does not show: who was left out, and who stands in an environment by account."""
    notes = [Note(f"Left out: {'; '.join(left)}.")] if (left := [left_out(part) for part in plan.left_out if part.count]) else []
    if by_account := environments(plan.changed)[1]:
        notes.append(Note(f"{by_account} of {len(plan.changed)} placed in their environment by account, not by tag"))
    return notes


def left_out(part: LeftOut) -> str:
    """`3 already stopped`, `2 excluded by "keep=true"`, `2 are being created`."""
    reason = part.reason.rstrip(".")
    for one, several in _PLURAL if part.count > 1 else ():
        reason = several + reason[len(one) :] if reason.startswith(one) else reason
    return f"{part.count} {reason}"


def _breaks(plan: Plan, most: int) -> list[Note]:
    """What the plan breaks, a sentence each; those that name somebody hit stand out."""
    notes = [Note(one.sentence, "warning" if one.dependents else "neutral") for one in plan.impact[:most]]
    if more := len(plan.impact) - most:
        notes += [Note(f"{more} more of this kind in the details.")] if more > 0 else []
    return notes


def _risk(plan: Plan) -> list[Note]:
    return [Note(f"{plan.risk.capitalize()} risk: {'; '.join(plan.reasons)}", _NOTE_TONES[plan.risk])] if plan.reasons else []


def way_back(plan: Plan) -> str:
    """Whether and how it can be undone, and why not where it cannot."""
    back = [step for step in plan.steps if step.inverse]
    none = [step for step in plan.steps if not step.inverse]
    why = " ".join(dict.fromkeys(step.no_way_back for step in none if step.no_way_back))
    if not back:
        return f"cannot be undone. {why}".strip()
    operations = ", ".join(dict.fromkeys(step.inverse.operation for step in back if step.inverse))
    return f"Undo calls {operations}" + (f"; {len(none)} of {len(plan.steps)} steps cannot be undone. {why}".rstrip() if none else "")


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
            return f"{_closed('Denied', request.closed)} Nothing was touched."
        case "withdrawn":
            return f"{_closed('Withdrawn', request.closed)} Nothing was touched."
        case "expired":
            return "Expired without approval. Nothing was touched; ask again for a fresh plan."


def _closed(word: str, by: Vote | None) -> str:
    """How a request was closed: who, and why where they said so."""
    if by is None:
        return f"{word}."
    why = f": {by.reason.rstrip('.')}" if by.reason else ""
    return f"{word} by {by.by}{why}."


def _actions(plan: Plan, request: Request) -> tuple[Action, ...]:
    """In the order in which a phone shows them."""
    subject, count = subject_of(plan), len(plan.changed)
    look = [Action("targets", subject, f"All {count} targets", opens=True)] if count > _SHOWN_TARGETS else []
    look += [
        Action("details", subject, "Details", opens=True),
        Action("left-network", subject, "What left the network", opens=True),
    ]
    if request.state != "asked":
        return tuple(look)
    reason = (Field("reason", "Why not", multiline=True),)
    decide = [
        Action("approve", subject, "Approve", style="primary"),
        Action("deny", subject, "Deny", style="danger", form=reason),
    ]
    if count > 1:
        decide.append(Action("fewer", subject, "Choose targets", form=(_targets_field(plan),)))
    return (*decide, *look, Action("withdraw", subject, "Withdraw"))


def _targets_field(plan: Plan) -> Field:
    choices = tuple(
        (resource.id, resource.name, f"{resource.account_name}, {resource.region}, {resource.state}") for resource in plan.changed
    )
    return Field("targets", "Targets to keep", choices=choices, many=True, picked=tuple(value for value, _, _ in choices))


def _footer(request: Request) -> str:
    return "The targets are read again right before anything runs." if request.state == "asked" else ""


def details_card(filed: Filed) -> Card:
    """Everything about a plan: all targets with ids, what it breaks, permissions, all commands, sources."""
    plan = filed.plan
    blocks: list[Block] = [Text(state_line(filed.request, filed.because), strong=True)]
    blocks += [Text(plan.explanation)] if plan.explanation else []
    blocks += _denials(plan)
    own = (("Full digest", plan.digest), ("Message", plan.message[:500]), ("Expires", f"{plan.expires_at:%Y-%m-%d %H:%M} UTC"))
    blocks.append(Facts((*_facts(plan, expires=False), *own)))
    blocks.append(table(plan.changed, "All targets", shown=len(plan.changed)))
    blocks += why_these(plan.changed, why_of(plan))
    blocks.append(Code("\n".join(resource.id for resource in plan.changed), "Exact ids"))
    blocks += _beside(plan)
    blocks += _breaks(plan, len(plan.impact))
    if dependents := dict.fromkeys(id_ for one in plan.impact for id_ in one.dependents):
        blocks.append(Code("\n".join(dependents), "Exact ids of what depends on them"))
    blocks += _risk(plan)
    blocks += [_checked(plan)] if plan.checks else []
    blocks.append(Code(commands(plan, len(plan.steps)), "All commands"))
    blocks += [Text("Sources: " + "; ".join(plan.sources))] if plan.sources else []
    return Card("details", headline(plan), blocks=tuple(blocks))


def why_of(plan: Plan) -> Why:
    """Why each target was taken."""
    return lambda resource: plan.why.get(resource.id, "")


def _checked(plan: Plan) -> Table:
    """Each question about a permission with its answer."""
    names = {resource.account: resource.account_name or resource.account for resource in plan.targets}
    rows = tuple(
        (one.operation, names.get(one.account, one.account), one.verdict, str(len(one.targets)), one.principal, one.why)
        for one in plan.checks
    )
    titles = (Column("Operation"), Column("Account"), Column("Permission"), Column("Targets", numeric=True), Column("As"), Column("Why"))
    return Table(titles, rows, "Asked when the plan was made", shown=len(rows))
