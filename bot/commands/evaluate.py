"""`escher eval`: the share of requests understood, on any estate, with nothing run. Edge."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.session import Exit, errors, home, run
from bot.conversation import Conversation
from bot.measuring import ASKER, measure, read_lines, read_resources
from bot.processes import ai_server
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.errors import SettingsError
from engine.estate.estate import Estate
from engine.estate.importing import import_resources
from engine.secrets.keys import open_keys
from engine.settings import AdvisorSettings, EstateSettings, Settings
from engine.wiring import Parts, open_engine


def evaluate(
    cases: Path,
    estate_file: Annotated[Path, typer.Option("--estate", help="The estate the cases are about, one JSON resource a line.")],
    results: Annotated[Path, typer.Option("--out", help="Where the results go, one JSON object a line.")],
    advisor: Annotated[str, typer.Option(help="An AI server's address; without it one of our own is started.")] = "",
    sent: Annotated[Path | None, typer.Option(help="Also write every request that left, one a line.")] = None,
) -> None:
    """Measure understanding: each case through the real path, stopped before anything runs.

    Nothing of your own estate or journal is touched: the cases run in a fresh data folder that is removed afterwards.
    """
    run(_evaluate(cases, estate_file, results, advisor, sent))


async def _evaluate(cases: Path, estate_file: Path, results: Path, advisor: str, sent: Path | None) -> Exit:
    resources, rows = read_resources(estate_file), read_lines(cases)
    cache = home() / "cache"
    async with ai_server() as own:
        with tempfile.TemporaryDirectory(prefix="escher-eval-") as folder:
            settings = Settings(people=(ASKER,), advisor=AdvisorSettings(url=advisor or own), estate=EstateSettings(key="file"))
            keys = await open_keys(settings.estate, Path(folder), {})
            fresh = await Estate.open(Path(folder), keys, settings.estate, cache=cache)
            await import_resources(fresh, resources)
            # The tables of all clouds without an account behind them: nothing could run even if it were told to.
            clouds = {name: FakeCloud((), table, name) for name, table in TABLES.items()}
            engine = await open_engine(Path(folder), settings, {}, Parts(estate=fresh, clouds=clouds))
            try:
                with errors.status("Measuring …") as status:
                    done = [one async for one in measure(Conversation(engine), rows, lambda case: status.update(f"Measuring: {case}"))]
                asked = [entry.body["sent"] for entry in engine.journal.entries({"advisor.asked"})]
            finally:
                await engine.close()
    _write_lines(results, [json.dumps(one, ensure_ascii=False) for one in done])
    if sent is not None:
        _write_lines(sent, asked)
    errors.print(
        f"{len(done)} cases: " + ", ".join(f"{count} {name}" for name, count in sorted(Counter(one["outcome"] for one in done).items()))
    )
    return Exit.DONE


def _write_lines(path: Path, lines: list[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
