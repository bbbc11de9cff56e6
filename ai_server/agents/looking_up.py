"""Which command does something: the public database of commands asked in a person's words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ai_server.agents.classification import Reading
from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.knowledge import Finder, Hit, Knowledge
from ai_server.knowledge.language import covered, words_of
from ai_server.knowledge.playbook import Absence
from ai_server.wire import Answer, Citation, CloudName, Unknown

SURE = 0.6
POSSIBLE = 0.15
MOST_NEEDED = 6
HANDLE = re.compile(r"[gvs][0-9]+")


def commands(reading: Reading, knowledge: Knowledge) -> Answer | Unknown:
    """The command that does it, with what it needs and the permission it is checked as; the closest few where none is sure."""
    wanted = question(reading, knowledge)
    if not wanted:
        return Unknown(reason="I looked for what should be done and found no words for it.")
    clouds: tuple[CloudName | None, ...] = clouds_of(reading) or (None,)
    found = [hit for cloud in clouds for hit in best(knowledge.finder, wanted, cloud)]
    if not found:
        return Unknown(reason=f"I looked for a command for \u201c{wanted}\u201d and found none that fits.")
    text = "\n".join(_told(hit.command) for hit in found)
    if any(hit.margin < SURE for hit in found):
        text = "I am not sure which one is meant. The closest are these.\n" + text
    return Answer(
        text=text[:6000],
        commands=tuple(typed(hit.command) for hit in found),
        citations=tuple(cited(hit.command) for hit in found),
    )


def by_hand(message: str, knowledge: Knowledge, cloud: CloudName) -> Command | None:
    """The command that surely does what a wish says, for what Escher itself has no playbook for."""
    words = " ".join(word for word in words_of(message) if not HANDLE.fullmatch(word))
    hits = knowledge.finder.find(words, cloud=cloud, limit=1)
    return hits[0].command if hits and hits[0].margin >= SURE else None


def cited(command: Command) -> Citation:
    return Citation(kind="command", id=command.operation[:120], title=command.summary[:200])


def absence_cited(row: Absence) -> Citation:
    """The row of `playbooks/absent/` that says why something is not done."""
    kind = (row.native_types or row.types)[0]
    return Citation(kind="playbook", id=f"absent/{row.cloud}: {row.action} {kind}"[:120], title=row.reason[:200])


def question(reading: Reading, knowledge: Knowledge) -> str:
    """The words that say what should be done: without "how do I" and the name of the cloud."""
    words = knowledge.vocabulary
    said = list(reading.text.find(words.questions["how_to"]))
    said += [span for phrases in words.clouds.values() for span in reading.text.find(phrases)]
    gone = covered(said)
    return " ".join(word for position, word in enumerate(reading.text.words) if position not in gone)


def clouds_of(reading: Reading) -> tuple[CloudName, ...]:
    """The clouds named, by themselves or by one of their services."""
    return tuple(dict.fromkeys([*reading.clouds, *(mention.cloud for mention in reading.mentions if mention.cloud)]))


def best(finder: Finder, wanted: str, cloud: CloudName | None) -> Sequence[Hit]:
    """The one that is sure; else up to three; none when even the first is a guess."""
    hits = finder.find(wanted, cloud=cloud, limit=3)
    if not hits or hits[0].margin < POSSIBLE:
        return ()
    return hits[:1] if hits[0].margin >= SURE else hits


def typed(command: Command) -> str:
    """The command as a person would type it, with what must be filled in; the operation where the CLI has no form for it."""
    needed = [field for field in command.fields if field.required][:MOST_NEEDED]
    words = [f"{field.option} <{field.name}>".strip() for field in needed]
    return " ".join([command.command or command.operation, *words])


def _told(command: Command) -> str:
    needs = ", ".join(field.name for field in command.fields if field.required) or "nothing"
    effect = "It changes nothing" if command.reads else "It changes something"
    permission = f"; it is checked as {', '.join(command.permissions)}" if command.permissions else ""
    return f"{command.command or command.operation}: {command.summary.rstrip('.')}. Needs {needs}. {effect}{permission}."
