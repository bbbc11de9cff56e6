"""`escher report`: the reports that were kept, with the proof that nobody changed them. Edge."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.records import LimitOption, answer, when
from bot.commands.session import ConfigOption, Exit, JsonOption, errors, out, print_rows, run, say_json
from engine.collections.report_proof import verify_export
from engine.errors import SettingsError

report = typer.Typer(help="The reports that were kept: immutable, chained, exported with proof.", no_args_is_help=True)
ReportArgument = Annotated[str, typer.Argument(metavar="REPORT", help="A report's id, or at least its first eight digits.")]


@report.command("list")
def report_list(
    kind: Annotated[str, typer.Option("--kind", help="Only reports of this kind.")] = "",
    limit: LimitOption = 20,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the reports, newest first."""
    run(_list({"kind": kind, "limit": str(limit)}, config, as_json=as_json))


@report.command("show")
def report_show(report_id: ReportArgument, config: ConfigOption = None) -> None:
    """Print a report with its content, as JSON."""
    run(_show("report", report_id, config))


@report.command("export")
def report_export(report_id: ReportArgument, config: ConfigOption = None) -> None:
    """Print a report with its proof, as JSON: keep it in a file, and anybody can check it with `escher report verify`."""
    run(_show("export", report_id, config))


@report.command("verify")
def report_verify(file: Path, as_json: JsonOption = False) -> None:
    """Check an exported report. Needs no key and no data folder."""
    run(_verify(file, as_json=as_json))


async def _list(question: dict[str, str], config: Path | None, *, as_json: bool) -> Exit:
    found = await answer("reports", question, config)
    if as_json:
        say_json(found)
    elif found:
        lines: list[tuple[str, ...]] = [
            (one["report"][:16], str(one["number"]), when(one["at"]), one["kind"], one["title"]) for one in found
        ]
        print_rows(("Report", "Number", "Made", "Kind", "Title"), lines)
    else:
        errors.print("No report was kept yet.")
    return Exit.DONE


async def _show(name: str, report_id: str, config: Path | None) -> Exit:
    (found,) = await answer(name, {"report": report_id}, config)
    say_json(found)
    return Exit.DONE


async def _verify(file: Path, *, as_json: bool) -> Exit:
    try:
        data = json.loads(await asyncio.to_thread(file.read_bytes))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError:
        data = None
    proven = verify_export(data)
    if as_json:
        say_json({"whole": proven.whole, "trouble": proven.trouble, "report": proven.id, "head": proven.head, "entry": proven.entry})
    elif proven.whole:
        out.print(f"Report {proven.number}, {proven.title!r} of {when(proven.made_at)}, is what was made.")
        out.print(f"Its id:            {proven.id}")
        out.print(f"The newest report: {proven.head}")
        out.print(f"Its journal entry: {proven.entry}")
        out.print("Compare one of these with what you noted elsewhere: a chain made up from its beginning is whole in itself.")
    else:
        errors.print(f"{file}: {proven.trouble}")
    return Exit.DONE if proven.whole else Exit.FAILED
