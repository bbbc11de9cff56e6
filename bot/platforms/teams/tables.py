"""Facts and tables as Adaptive Card elements that a phone can show: three columns at most, else one line a row. Pure."""

from __future__ import annotations

from bot.cards.card import Column, Table
from bot.cards.condensed import condensed
from bot.platforms.teams.escape import Json, is_plain, line, printable, run

WIDEST = 3


def fact_rows(rows: tuple[tuple[str, str], ...]) -> list[Json]:
    """A fact set where nothing could be read as Markdown, which fact sets know; else the same as lines of text runs."""
    if not rows:
        return []
    if all(is_plain(cell) and "\n" not in cell for row in rows for cell in row):
        facts = [{"title": printable(label), "value": printable(value)} for label, value in rows]
        return [{"type": "FactSet", "facts": facts}]
    return [
        line(run(f"{label}  ", weight="Bolder"), run(value), **({"spacing": "Small"} if index else {}))
        for index, (label, value) in enumerate(rows)
    ]


def table_rows(table: Table, *, whole: bool) -> list[Json]:
    """Caption, what all rows share, the rows, and how many more there are."""
    shared, rest = condensed(table)
    shown = rest.rows if whole else rest.rows[: max(rest.shown, 0)]
    rows = [line(run(table.caption, weight="Bolder"))] if table.caption else []
    rows += fact_rows(shared)
    if shown:
        rows += [_grid(rest.columns, shown)] if len(rest.columns) <= WIDEST else [_listed(rest.columns, row) for row in shown]
    more = max(table.total, len(table.rows)) - len(shown)
    if more > 0:
        rows.append(line(run(f"and {more:,} more", isSubtle=True), spacing="Small"))
    return rows


def _grid(columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]) -> Json:
    heads = [_cell(column, heading(column), weight="Bolder") for column in columns]
    cells = [[_cell(column, value) for column, value in zip(columns, row, strict=False)] for row in rows]
    return {
        "type": "Table",
        "columns": [{"width": 1 if column.numeric else 2} for column in columns],
        "firstRowAsHeader": True,
        "showGridLines": False,
        "rows": [{"type": "TableRow", "cells": one} for one in (heads, *cells)],
    }


def _cell(column: Column, text: str, **style: str) -> Json:
    side = {"horizontalAlignment": "Right"} if column.numeric else {}
    return {"type": "TableCell", "items": [line(run(text or " ", size="Small", **style), **side)]}


def _listed(columns: tuple[Column, ...], row: tuple[str, ...]) -> Json:
    """One row as a line: what it is in bold, then what differs."""
    rest = [_with_unit(column, value) for column, value in zip(columns[1:], row[1:], strict=False) if value]
    return line(run(row[0], weight="Bolder"), run("  " + " · ".join(rest), isSubtle=True), spacing="Small")


def _with_unit(column: Column, value: str) -> str:
    return f"{value} {column.unit}" if column.unit else value


def heading(column: Column) -> str:
    """A column's heading with its unit."""
    return f"{column.title} ({column.unit})" if column.unit else column.title
