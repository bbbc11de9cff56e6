"""Tables for narrow screens: what every row shares is said once above, and the rows keep what differs. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.card import Table


def condensed(table: Table) -> tuple[tuple[tuple[str, str], ...], Table]:
    """The columns that have one value for all rows, as label and value, and the table without them.

    The first column stays, whatever it says; a table of one row is all facts but that. Values that say nothing are left away.
    """
    if not table.rows:
        return (), table
    shared = [index for index in range(1, len(table.columns)) if len({row[index] for row in table.rows}) == 1]
    facts = tuple((table.columns[index].title, _with_unit(table, index)) for index in shared if table.rows[0][index])
    kept = [index for index in range(len(table.columns)) if index not in shared]
    columns = tuple(table.columns[index] for index in kept)
    rows = tuple(tuple(row[index] for index in kept) for row in table.rows)
    return facts, replace(table, columns=columns, rows=rows)


def _with_unit(table: Table, index: int) -> str:
    unit = table.columns[index].unit
    value = table.rows[0][index]
    return f"{value} {unit}" if unit else value
