"""The sheet: many resources to page, sort, filter, download and open, the same on every platform. Pure.

How a sheet stands (page, order, words) travels in its buttons, so that nothing about a view is kept on our side.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cards.card import Action, Block, Card, Column, Field, File, Text
from bot.cards.rows import COLUMNS, Why, row, table, untold, why_these
from engine.estate.resource import Resource

PAGE = 25
MOST_CHOICES = 100
SHOWN = 10  # as many rows as a card shows
_DOWN = "-"


@dataclass(frozen=True, slots=True)
class View:
    """How a sheet stands. `source` is the answer or plan it lists; `sort` a column's title, with `-` before it for downwards."""

    source: str
    page: int = 1
    sort: str = ""
    words: str = ""

    @property
    def subject(self) -> str:
        """The view as a button carries it."""
        return "|".join((self.source, str(self.page), self.sort, self.words))

    @classmethod
    def of(cls, subject: str) -> View:
        """The view of a button; anything odd in it means the first page, unsorted."""
        source, page, sort, words = (*subject.split("|", 3), "", "", "")[:4]
        known = {column.title for column in COLUMNS}
        return cls(source, int(page) if page.isdecimal() and len(page) < 7 else 1, sort if sort.removeprefix(_DOWN) in known else "", words)


def listed(resources: Sequence[Resource], view: View) -> list[Resource]:
    """The resources that the view's words leave, in its order; every word must stand somewhere in a row."""
    words = view.words.lower().split()
    kept = [one for one in resources if all(any(word in cell.lower() for cell in (*row(one), one.id)) for word in words)]
    index = next((number for number, column in enumerate(COLUMNS) if column.title == view.sort.removeprefix(_DOWN)), None)
    if index is not None:
        kept.sort(key=lambda one: _key(one, index), reverse=view.sort.startswith(_DOWN))
    return kept


def _key(resource: Resource, index: int) -> tuple[float, str]:
    column: Column = COLUMNS[index]
    return (resource.monthly_cost, "") if column.numeric else (0.0, row(resource)[index].lower())


def page_of(resources: Sequence[Resource], view: View) -> list[Resource]:
    """The resources on the view's page."""
    kept = listed(resources, view)
    first = (max(1, min(view.page, -(-len(kept) // PAGE))) - 1) * PAGE
    return kept[first : first + PAGE]


def sheet_card(title: str, resources: Sequence[Resource], view: View, why: Why = untold) -> Card:
    """One page of a sheet with the means to see the others, and why each is in it."""
    kept = listed(resources, view)
    pages = max(1, -(-len(kept) // PAGE))
    view = replace(view, page=max(1, min(view.page, pages)))
    first = (view.page - 1) * PAGE
    shown = kept[first : first + PAGE]
    text = _told(len(resources), len(kept), first, len(shown), view)
    blocks: tuple[Block, ...] = (Text(text),)
    if shown:
        blocks += (table(shown, f"Page {view.page} of {pages}", shown=PAGE), *why_these(shown, why))
    turns = [Action("sheet", replace(view, page=view.page - 1).subject, "Previous", opens=True)] if view.page > 1 else []
    turns += [Action("sheet", replace(view, page=view.page + 1).subject, "Next", opens=True)] if view.page < pages else []
    return Card("sheet", title, blocks=blocks, actions=(_ask(view), *turns, csv_action(view), *open_one(shown, view)), subject=view.source)


def _told(total: int, kept: int, first: int, shown: int, view: View) -> str:
    order = f", by {view.sort.removeprefix(_DOWN).lower()}{' downwards' if view.sort.startswith(_DOWN) else ''}" if view.sort else ""
    by_words = f" with “{view.words}”" if view.words else ""
    if not kept:
        return f"None of {total}{by_words}." if view.words else "Nothing is listed here."
    return f"{first + 1} to {first + shown} of {kept}{by_words}{order}."


def _ask(view: View) -> Action:
    orders = tuple((sign + column.title, column.title + (" downwards" if sign else ""), "") for column in COLUMNS for sign in ("", _DOWN))
    fields = (
        Field("words", "Filter", required=False, picked=(view.words,) if view.words else ()),
        Field("sort", "Sort by", required=False, choices=orders, picked=(view.sort,) if view.sort else ()),
    )
    return Action("sheet", replace(view, page=1).subject, "Show", form=fields, opens=True)


def asked(view: View, words: Sequence[str], sort: Sequence[str]) -> View:
    """The view after its form was filled in."""
    return View.of(replace(view, page=1, sort=next(iter(sort), ""), words=next(iter(words), "").replace("|", " ")[:100].strip()).subject)


def csv_action(view: View) -> Action:
    """The button that gives the whole list as a file."""
    return Action("csv", view.subject, "CSV", opens=True)


def open_one(resources: Sequence[Resource], view: View) -> tuple[Action, ...]:
    """The button that opens one of the resources of a page; none where there are none."""
    choices = tuple((one.id, one.name, f"{one.account_name}, {one.region}, {one.state}") for one in resources[:MOST_CHOICES])
    return (
        (Action("resource", view.subject, "Open one", form=(Field("row", "Which one", choices=choices),), opens=True),) if choices else ()
    )


def find_card() -> Card:
    """For who wants to see a resource and has not said which."""
    field = Field("row", "Name or id", lookup=True)
    find = Action("open", "resource", "Find a resource", form=(field,), opens=True)
    return Card(
        "text", "Search for what?", blocks=(Text("Say `search` with a name or a description, or find one by its name."),), actions=(find,)
    )


def sheet_actions(resources: Sequence[Resource], view: View) -> tuple[Action, ...]:
    """What an answer offers beside its first rows."""
    if not resources:
        return ()
    all_of_them = (Action("sheet", view.subject, f"All {len(resources)}", opens=True),) if len(resources) > SHOWN else ()
    return (*all_of_them, *open_one(resources, view), csv_action(view))


def csv_card(title: str, resources: Sequence[Resource], view: View, why: Why = untold) -> Card:
    """The list as a file, with all columns, ids, and why each is in it. Takes a tenth of a millisecond a row."""
    kept = listed(resources, view)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(column.title + (f" ({column.unit})" if column.unit else "") for column in COLUMNS), "Id", "Why"])
    writer.writerows([_inert(cell) for cell in (*row(one), one.id, why(one))] for one in kept)
    return Card(
        "details", title, blocks=(Text(f"{len(kept)} rows as a file."),), files=(File("resources.csv", out.getvalue(), "text/csv"),)
    )


def _inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe instead."""
    return "'" + cell if cell and cell[0] in "=+-@\t\r" else cell
