"""Cards for talking: tables, clarifications, refusals, errors, help. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.cards.card import Action, Block, Card, Code, Column, Facts, Field, Note, Table, Text
from bot.cards.plans import left_out as told_left_out
from bot.cards.rows import Why, kinds, table, untold, why_all
from bot.cards.sheets import View, sheet_actions
from engine.errors import EscherError, Refused
from engine.estate.resource import Gap, Resource
from engine.execution.plan import LeftOut

_EXAMPLES = (
    ("Ask", "show idle azure vms · which buckets are public? · how many databases do we run in prod?"),
    ("Change", "stop all dev instances in us-east-1 · restart NAME in ACCOUNT · tag NAME with team=payments"),
    ("Later", "stop all dev instances at 8pm daily · every weekday at 7:30 start NAME · in 2 hours stop NAME · schedules"),
    ("Undo", "press Undo on the outcome, or say: undo RUN"),
    ("Follow up", "in a thread: stop them · the one in staging · and in prod?"),
    ("Learn", "how do I stop an azure vm from the command line? · what is the gcp equivalent of rds?"),
)


def table_card(resources: Sequence[Resource], said: str, notes: Sequence[str] = (), view: View | None = None, why: Why = untold) -> Card:
    """Resources that answer a question. `view` is under which they can be paged through, downloaded and opened, each with its `why`."""
    cost = sum(resource.monthly_cost for resource in resources)
    blocks: list[Block] = [Text(said, strong=True)]
    blocks += [Note(note, "warning") for note in notes]
    if resources:
        blocks.append(table(resources, f"{len(resources)} found"))
        blocks += why_all(resources, why)
    footer = f"Together about ${cost:,.2f} a month." if cost else ""
    actions = sheet_actions(resources, view) if view else ()
    return Card("table", count_title(resources), blocks=tuple(blocks), actions=actions, footer=footer)


def count_title(resources: Sequence[Resource]) -> str:
    """`14 databases`, `3 resources`."""
    types = {resource.type for resource in resources}
    word = kinds(types.pop(), len(resources)) if len(types) == 1 else ("resource" if len(resources) == 1 else "resources")
    return f"{len(resources)} {word}"


def cost_card(resources: Sequence[Resource]) -> Card:
    """What costs most: by kind, and the resources themselves."""
    by_kind: dict[str, float] = {}
    for resource in resources:
        by_kind[resource.type] = by_kind.get(resource.type, 0.0) + resource.monthly_cost
    ranked = sorted(by_kind.items(), key=lambda item: -item[1])
    top = sorted(resources, key=lambda resource: -resource.monthly_cost)[:10]
    total = sum(by_kind.values())
    rows = tuple((kinds(name, 2), f"{cost:,.2f}", f"{cost / total * 100:.0f}") for name, cost in ranked if cost)
    said = (
        f"{kinds(ranked[0][0], 2).capitalize()} cost most: about ${ranked[0][1]:,.2f} of ${total:,.2f} a month."
        if total
        else "No costs are known."
    )
    kinds_table = Table(
        (Column("Kind"), Column("Cost", numeric=True, unit="$/month"), Column("Share", numeric=True, unit="%")), rows, "By kind"
    )
    return Card("table", "Cost by kind", blocks=(Text(said, strong=True), kinds_table, table(top, "The ten that cost most")))


def clarification_card(question: str, candidates: Sequence[Resource], subject: str) -> Card:
    """Something must be said more exactly; candidates stand with account, region and state. Without a `subject` there is nothing to pick for."""
    blocks: list[Block] = [Text(question, strong=True)]
    if candidates:
        blocks.append(table(candidates, f"{len(candidates)} candidate{'s' if len(candidates) != 1 else ''}"))
    choices = tuple((one.id, one.name, f"{one.account_name}, {one.region}, {one.state}") for one in candidates)
    pick = (
        (Action("pick", subject, "Pick", style="primary", form=(Field("targets", "Which ones", choices=choices, many=True),)),)
        if choices and subject
        else ()
    )
    return Card("clarification", "Which do you mean?", "waiting", tuple(blocks), pick, "Nothing was changed.", subject)


def refusal_card(refused: EscherError | str, who_can: str = "") -> Card:
    """A refusal that explains itself: what, why, who can, what next."""
    who = refused.who_can if isinstance(refused, Refused) else who_can
    reason = refused.message if isinstance(refused, EscherError) else refused
    blocks: list[Block] = [Text(reason, strong=True)]
    if who:
        blocks.append(Facts((("Who can", who),)))
    if isinstance(refused, EscherError) and refused.hint:
        blocks.append(Text(refused.hint))
    return Card("refusal", "Refused", "danger", tuple(blocks), footer="Nothing was changed.")


def error_card(error: EscherError, tried: str = "") -> Card:
    """Something went wrong: what was tried, what came back, what to do next."""
    blocks: list[Block] = [Text(error.message, strong=True)]
    if tried:
        blocks.append(Facts((("Tried", tried),)))
    if error.hint:
        blocks.append(Text(error.hint))
    return Card("error", "That did not work", "danger", tuple(blocks))


def unanswered_card(text: str) -> Card:
    """After a restart, for a message that was written down and never answered."""
    said = text if len(text) <= 120 else text[:119] + "…"
    return text_card("Say that again, please", f"I was restarted before I answered “{said}”.", footer="Nothing was changed by it.")


def edited_too_late_card(headline: str) -> Card:
    """A message was edited after what it asked for was let run."""
    return text_card(
        "Your edit came too late", f"“{headline}” was let run as the message stood.", "If you want something else now, say it anew."
    )


def nothing_card(left_out: Sequence[LeftOut]) -> Card:
    """Everything is as wished already."""
    notes = tuple(Note(f"Left out: {told_left_out(part)}.") for part in left_out if part.count)
    return Card("text", "Nothing to do", blocks=(Text("Nothing needs changing.", strong=True), *notes))


def text_card(title: str, *paragraphs: str, commands: Sequence[str] = (), footer: str = "") -> Card:
    """Plain words, with commands to copy where there are any."""
    blocks: list[Block] = [Text(paragraph) for paragraph in paragraphs if paragraph]
    if commands:
        blocks.append(Code("\n".join(commands), "To type it yourself"))
    return Card("text", title, blocks=tuple(blocks), footer=footer)


def help_card(seen: int, gaps: Sequence[Gap], rooms: Mapping[str, str]) -> Card:
    """What Escher can do, with sentences to try. `rooms` are words that show a standing view."""
    blocks: list[Block] = [
        Text(f"I know {seen} resources and act on them with your own credentials. Anything risky waits for a manager."),
        Facts((*_EXAMPLES, ("Look", " · ".join(rooms)))),
    ]
    if gaps:
        parts = "1 part" if len(gaps) == 1 else f"{len(gaps)} parts"
        blocks.append(Note(f"{parts} of the estate could not be seen; `status` says which.", "warning"))
    return Card("help", "What I can do", blocks=tuple(blocks))


def stranger_card(login: str) -> Card:
    """For somebody nobody configured: what they may ask, and what an administrator must write to let them in."""
    learn = next(text for label, text in _EXAMPLES if label == "Learn")
    return Card(
        "refusal",
        "I do not know you here",
        "neutral",
        (
            Text("You may ask how things are done; the estate, and changes to it, are for people I know.", strong=True),
            Facts(
                (("You may ask", learn), ("Who can", "An administrator adds you to `people` in the configuration"), ("Your login", login))
            ),
        ),
        footer="Nothing was changed.",
    )


def sent_card(sent: Sequence[str]) -> Card:
    """What left the network for a plan, byte for byte."""
    if not sent:
        return text_card("What left the network", "Nothing: this was planned here.")
    blocks: list[Block] = [Text("These are the exact bytes that were sent to the AI server. Names, ids, accounts and values stayed here.")]
    blocks += [Code(body, f"{len(body.encode())} bytes") for body in sent]
    blocks.append(Code("\n\n".join(json.dumps(json.loads(body), indent=2) for body in sent), "The same, easier to read"))
    return Card("details", "What left the network", blocks=tuple(blocks))
