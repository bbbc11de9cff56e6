"""`escher history`: what was said, what was run, what changed, and the collections that know it. Edge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.records import LimitOption, SinceOption, answer, rows, since_now, when
from bot.commands.session import ConfigOption, Exit, JsonOption, errors, out, print_rows, run, say_json
from engine.collections.questions import Row

history = typer.Typer(help="What was said, run and seen to change; searched in the encrypted collections.", no_args_is_help=True)
PersonOption = Annotated[str, typer.Option("--person", help="A person's id; `escher` for its own answers.")]


@history.command("search")
def history_search(
    text: str,
    *,
    person: PersonOption = "",
    thread: Annotated[str, typer.Option("--thread", help="A thread's id, as this command prints it.")] = "",
    since: SinceOption = "",
    limit: LimitOption = 20,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search all conversations: messages that say every word first, then those that say something like it."""
    question = {"text": text, "person": person, "thread": thread, "limit": str(limit)}
    run(_messages("chat", question, since, config, as_json=as_json))


@history.command("thread")
def history_thread(
    thread: Annotated[str, typer.Argument(metavar="ID", help="A thread's id, as `escher history search` prints it.")],
    limit: LimitOption = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest messages of a thread, in their order."""
    run(_messages("thread", {"thread": thread, "limit": str(limit)}, "", config, as_json=as_json))


@history.command("runs")
def history_runs(
    text: Annotated[str, typer.Argument(help="Words of the title, the request or the targets.")] = "",
    *,
    resource: Annotated[str, typer.Option("--resource", help="A resource's id or name.")] = "",
    operation: Annotated[str, typer.Option("--operation", help="As ec2:StopInstances.")] = "",
    person: Annotated[str, typer.Option("--person", help="Who asked for it or approved it.")] = "",
    environment: Annotated[str, typer.Option("--environment", help="As production.")] = "",
    since: SinceOption = "",
    limit: LimitOption = 20,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was run, newest first."""
    said = {"text": text, "resource": resource, "operation": operation, "person": person, "environment": environment, "limit": str(limit)}
    run(_runs(said, since, config, as_json=as_json))


@history.command("run")
def history_run(run_id: Annotated[str, typer.Argument(metavar="RUN")], config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every step of a run: what was done, to what, and what came of it."""
    run(_steps({"run": run_id}, config, as_json=as_json))


@history.command("changes")
def history_changes(
    text: Annotated[str, typer.Argument(help="A part of a resource's name, or words of what changed.")] = "",
    *,
    resource: Annotated[str, typer.Option("--resource", help="A resource's id.")] = "",
    aspect: Annotated[str, typer.Option("--aspect", help="state, size, tags, exposure, appeared, vanished, or 'first seen'.")] = "",
    since: SinceOption = "",
    limit: LimitOption = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what scans saw change, newest first."""
    run(_changes({"text": text, "resource": resource, "aspect": aspect, "limit": str(limit)}, since, config, as_json=as_json))


@history.command("status")
def history_status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """How many records each collection has, and how far they are behind the journal."""
    run(_status(config, as_json=as_json))


@history.command("rebuild")
def history_rebuild(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Drop the five collections and make them of the journal again. Nothing is lost: the journal is the truth."""
    run(_rebuild(config, as_json=as_json))


async def _messages(name: str, question: dict[str, str], since: str, config: Path | None, *, as_json: bool) -> Exit:
    found = await answer(name, {**question, "since": since_now(since)}, config)
    if as_json:
        say_json(found)
        return Exit.DONE
    for one in found:
        out.print(f"{when(one['at'])}  {one['by']}  in {one['thread']}", style="dim", soft_wrap=True)
        out.print(one["text"].rstrip() + "\n", soft_wrap=True)
    return _told(found)


async def _runs(question: dict[str, str], since: str, config: Path | None, *, as_json: bool) -> Exit:
    found = await answer("runs", {**question, "since": since_now(since)}, config)
    if as_json:
        say_json(found)
        return Exit.DONE
    if found:
        titles = ("Run", "When", "What", "Asked by", "Approved by", "Came of it", "Took")
        print_rows(titles, [_run_row(one) for one in found])
    return _told(found)


def _run_row(one: Row) -> tuple[str, ...]:
    came = f"{one['outcome']} {one['done']}/{one['of']}" + (f", undone by {one['undone_by']}" if one["undone_by"] else "")
    approved = ", ".join(one["approved_by"])
    return (one["run"], when(one["at"]), one["title"], one["asked_by"], approved, came, f"{one['took_s']:.0f} s")


async def _steps(question: dict[str, str], config: Path | None, *, as_json: bool) -> Exit:
    found = await answer("steps", question, config)
    if as_json:
        say_json(found)
        return Exit.DONE
    lines: list[tuple[str, ...]] = [
        (one["state"], one["name"], one["account"], one["region"], one["operation"], _back(one), one["detail"]) for one in found
    ]
    print_rows(("State", "Name", "Account", "Region", "Operation", "Way back", "Detail"), lines)
    return Exit.DONE


def _back(step: Row) -> str:
    return str(step["way_back"] or step["no_way_back"])


async def _changes(question: dict[str, str], since: str, config: Path | None, *, as_json: bool) -> Exit:
    found = await answer("changes", {**question, "since": since_now(since)}, config)
    if as_json:
        say_json(found)
        return Exit.DONE
    if found:
        lines: list[tuple[str, ...]] = [
            (when(one["at"]), one["resource"] or _part(one), one["aspect"], one["before"], one["after"]) for one in found
        ]
        print_rows(("When", "Resource", "What", "Before", "After"), lines)
    return _told(found)


def _part(event: Row) -> str:
    return f"every {event['type']} in {event['account']} {event['region']}"


async def _status(config: Path | None, *, as_json: bool) -> Exit:
    (found,) = await answer("status", {}, config)
    _say_status(found, as_json=as_json)
    return Exit.FAILED if found["trouble"] else Exit.DONE


async def _rebuild(config: Path | None, *, as_json: bool) -> Exit:
    last: Row = {}
    with errors.status("Reading the journal …") as status:
        async for row in rows("rebuild", {}, config):
            last = row
            if "done" in row:
                status.update(f"Making the collections anew: {row['done']} of {row['of']} entries of the journal")
    _say_status(last, as_json=as_json)
    return Exit.DONE


def _say_status(found: Row, *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    print_rows(("Collection", "Records"), [(name, str(number)) for name, number in found["records"].items()])
    behind = f"{found['behind']} entries of the journal are not taken in yet." if found["behind"] else "Everything is taken in."
    strange = f"{found['strange']} entries were not understood; the log names them." if found["strange"] else ""
    for line in (behind, strange, found["trouble"], found["healed"]):
        if line:
            out.print(line)


def _told(found: list[Row]) -> Exit:
    if not found:
        errors.print("Nothing found.")
    return Exit.DONE
