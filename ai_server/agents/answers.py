"""Answers from the public knowledge: how something is typed, what a service is called elsewhere, what is good practice. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ai_server.agents.classification import Mention, Reading
from ai_server.agents.looking_up import absence_cited, commands
from ai_server.knowledge.knowledge import SAME_WISH, Knowledge, phrases
from ai_server.knowledge.playbook import CLOUDS, Absence, NoWayBack, Playbook, Practice
from ai_server.wire import Answer, Citation, CloudName, Unknown

CLOUD_NAMES: dict[CloudName, str] = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
MOST_SHOWN = 6
MOST_CITED = 12


def how_to(reading: Reading, knowledge: Knowledge) -> Answer | Unknown:
    """The commands a person would type, from the playbooks that fit the words of the question."""
    books = _books(reading, knowledge)
    if books:
        return Answer(
            text="\n".join(_explained(book) for book in books)[:6000],
            commands=tuple(" ".join(argv) for book in books for argv in book.commands),
            citations=tuple(Citation(kind="playbook", id=book.id, title=book.title) for book in books),
        )
    if absent := _absences(reading, knowledge):
        return Answer(text="\n".join(dict.fromkeys(row.reason for row in absent)), citations=tuple(absence_cited(row) for row in absent))
    found = commands(reading, knowledge)
    if isinstance(found, Answer):
        return found
    looked = f"how to {', '.join(action.replace('_', ' ') for action in reading.actions) or 'do that'}"
    return Unknown(reason=f"I looked for {looked} on {_what(reading)} and no playbook or command covers it.")


def equivalent(reading: Reading) -> Answer | Unknown:
    """What the service is called in the clouds asked for; in all others when none is named."""
    mention = next((found for found in reading.mentions if found.cloud), next(iter(reading.mentions), None))
    if mention is None:
        return Unknown(reason="I looked for a service I know by name and found none.")
    wanted = [cloud for cloud in reading.clouds if cloud != mention.cloud] or [cloud for cloud in CLOUDS if cloud != mention.cloud]
    there = "; ".join(f"in {CLOUD_NAMES[cloud]} it is {' or '.join(mention.row.services[cloud])}" for cloud in wanted)
    notes = [mention.row.notes[cloud] for cloud in wanted if cloud in mention.row.notes]
    text = " ".join([f"{_named(mention)}: {there}.", *notes, f"Sources: {'; '.join(mention.row.sources)}."])
    return Answer(text=text, citations=(Citation(kind="equivalent", id=mention.row.id, title=mention.row.title),))


def practice(reading: Reading, knowledge: Knowledge) -> Answer | Unknown:
    """Up to three pieces of advice, those first whose topics the question names most."""
    scored = [(_weight(row, reading), row) for row in knowledge.practices]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].id))[:3]
    if not best:
        return Unknown(reason="I looked for advice on this and have none written down.")
    top = best[0][0]
    rows = [row for weight, row in best if weight * 2 >= top]
    return Answer(
        text="\n\n".join(f"{row.title}. {row.text} Sources: {'; '.join(row.sources)}." for row in rows),
        citations=tuple(Citation(kind="practice", id=row.id, title=row.title) for row in rows),
    )


def capability(reading: Reading, knowledge: Knowledge) -> Answer:
    """What Escher can plan, narrowed to what the question names."""
    books = [book for book in knowledge.playbooks if _fits(book, reading, with_action=False)] or list(knowledge.playbooks)
    shown = [f"{CLOUD_NAMES[cloud]}: {told}." for cloud in CLOUDS if (told := _told([book for book in books if book.cloud == cloud]))]
    return Answer(text="I can plan these changes.\n" + "\n".join(shown), citations=_library(books))


def _told(books: Sequence[Playbook]) -> str:
    """The titles where they are few; else what can be done to each kind of thing, since a whole library's titles are more than anybody reads."""
    if len(books) <= MOST_CITED:
        return "; ".join(book.title for book in books)
    kinds: dict[str, dict[str, None]] = {}
    for book in books:
        kinds.setdefault(book.types[0].replace("_", " "), {})[book.action.replace("_", " ")] = None
    return "; ".join(f"{kind}: {', '.join(actions)}" for kind, actions in sorted(kinds.items()))


def _library(books: Sequence[Playbook]) -> tuple[Citation, ...]:
    """Each playbook where they are few; else the library of each cloud they are of."""
    if len(books) <= MOST_CITED:
        return tuple(Citation(kind="playbook", id=book.id, title=book.title) for book in books)
    counts = {cloud: sum(book.cloud == cloud for book in books) for cloud in CLOUDS}
    return tuple(
        Citation(kind="playbook", id=f"playbooks/{cloud}", title=f"{count} playbooks for {CLOUD_NAMES[cloud]}")
        for cloud, count in counts.items()
        if count
    )


def _books(reading: Reading, knowledge: Knowledge) -> tuple[Playbook, ...]:
    if not reading.actions or not (reading.types or reading.clouds or reading.mentions):
        return ()
    found = [book for book in knowledge.playbooks if _fits(book, reading, with_action=True)]
    return tuple(found[:MOST_SHOWN])


def _fits(book: Playbook, reading: Reading, *, with_action: bool) -> bool:
    if with_action and book.action not in _actions(reading):
        return False
    if reading.mentions and not reading.types:
        return False
    clouds, natives = _clouds(reading), _natives(reading, book.types)
    of_that_kind = not reading.types or bool(set(book.types) & set(reading.types))
    return (not clouds or book.cloud in clouds) and of_that_kind and (not natives or bool(natives & set(book.native_types)))


def _actions(reading: Reading) -> frozenset[str]:
    return frozenset(reading.actions) | {SAME_WISH[action] for action in reading.actions if action in SAME_WISH}


def _clouds(reading: Reading) -> frozenset[CloudName]:
    return frozenset(reading.clouds) | {mention.cloud for mention in reading.mentions if mention.cloud}


def _absences(reading: Reading, knowledge: Knowledge) -> tuple[Absence, ...]:
    actions, clouds, types = _actions(reading), _clouds(reading), set(reading.types)
    rows = [row for row in knowledge.absences if row.action in actions and set(row.types) & types and (not clouds or row.cloud in clouds)]
    return tuple(row for row in rows if _meant(row, reading))[:MOST_SHOWN]


def _meant(row: Absence, reading: Reading) -> bool:
    """A reason for one provider's own type is told to those who named it, or who named none."""
    natives = _natives(reading, row.types)
    return not row.native_types or not natives or bool(natives & set(row.native_types))


def _natives(reading: Reading, types: Sequence[str]) -> frozenset[str]:
    """The provider's own types that the question names, among those of these types: "azure sql" is not every database in Azure."""
    named = (mention for mention in reading.mentions if mention.cloud and mention.row.type in types)
    return frozenset(native for mention in named if mention.cloud for native in mention.row.native.get(mention.cloud, ()))


def _explained(book: Playbook) -> str:
    why = " ".join(step.why for step in book.steps)
    back = f"It cannot be undone: {book.rollback.none}" if isinstance(book.rollback, NoWayBack) else f"To go back: {book.rollback}"
    return f"{book.title} ({CLOUD_NAMES[book.cloud]}). {why} {back}"


def _named(mention: Mention) -> str:
    return " or ".join(mention.row.services[mention.cloud]) if mention.cloud else mention.row.title


def _what(reading: Reading) -> str:
    words = [kind.replace("_", " ") for kind in reading.types] or [found.row.title.lower() for found in reading.mentions]
    return ", ".join(words) or "that"


def _weight(row: Practice, reading: Reading) -> int:
    """Longer topics say more: `database backups` outweighs `backups`."""
    return sum(len(words.rows[0]) ** 2 for words in phrases(row.topics) if any(True for _ in reading.text.spans(words)))
