"""`escher demo`: the whole thing on three local clouds, from nothing to an undone change, then a chat to try. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bot.app import App, opened, web_platform
from bot.cards.card import Card
from bot.commands.session import Exit, JsonOption, errors, home, run, say_json, until_stopped
from bot.demonstration import PEOPLE, Stage, as_data, play
from bot.platforms.console_render import renderable
from bot.processes import ai_server
from engine.errors import EscherError, SettingsError
from engine.settings import AdvisorSettings, EstateSettings, ExecutionSettings, Settings
from engine.wiring import load_sdks

if TYPE_CHECKING:
    from deploy.sandbox.running import Running


def demo(
    as_json: JsonOption = False,
    stay: Annotated[
        bool | None, typer.Option(help="Stay up with the web chat afterwards. [default: when there is a terminal]", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the web chat; 0 takes a free one.")] = 0,
) -> None:
    """Show everything on three local clouds: no account, no key, no network.

    Starts a local AWS, Azure and Google Cloud with about 200 resources, an AI server and the bot, plays a conversation with real changes,
    and keeps the web chat open to try. Everything is removed afterwards.
    """
    staying = (sys.stdin.isatty() and sys.stdout.isatty() and not as_json) if stay is None else stay
    run(_demo(Teller(as_json=as_json), staying=staying, port=port))


class Teller:
    """Tells the demo to a person as it happens, or keeps it as data."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.events: list[dict[str, Any]] = []
        self.began = time.monotonic()
        wide = None if sys.stdout.isatty() else 110
        self._out = Console(highlight=False, markup=False, emoji=False, width=wide)

    def step(self, text: str) -> None:
        """Progress on the way to the first scene."""
        if not self.as_json:
            self._out.print(Text(f"  {time.monotonic() - self.began:5.1f} s  {text}", style="dim"))

    def __call__(self, kind: str, who: str, what: object) -> None:
        self.events.append(as_data(kind, who, what))
        if self.as_json:
            return
        match kind:
            case "scene":
                self._out.print()
                self._out.print(Rule(Text(who, style="bold"), align="left"))
            case "said" | "click":
                verb = "says" if kind == "said" else "clicks"
                self._out.print(Text(f"\n{who} {verb}: ", style="bold cyan").append(str(what), style="not bold"))
            case _ if isinstance(what, Card):
                self._out.print(renderable(what, lambda _: "", private=kind == "private"), crop=False)


async def _demo(tell: Teller, *, staying: bool, port: int) -> Exit:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="escher-demo-")))
        tell.step("starting a local AWS, Azure and Google Cloud, and the AI server …")
        settings = Settings(
            people=PEOPLE,
            estate=EstateSettings(key="file"),
            execution=ExecutionSettings(poll_s=0.5),
        )
        clouds, _, advisor = await asyncio.gather(
            _clouds(folder, stack), asyncio.to_thread(load_sdks, ("aws", "azure", "gcp")), stack.enter_async_context(ai_server())
        )
        accounts = tuple(account for cloud in clouds for account in cloud.accounts)
        settings = settings.model_copy(update={"accounts": accounts, "advisor": AdvisorSettings(url=advisor)})
        tell.step("clouds are up and seeded, so is the AI server; opening the encrypted estate …")
        cache = home() / "cache"
        data = folder / "home"
        data.mkdir(mode=0o700)
        (data / "cache").symlink_to(_made(cache))  # the search model is made once, not at every demo
        app = await stack.enter_async_context(opened(data, settings, os.environ))
        tell.step("scanning seven accounts through the scanners that serve real ones …")
        tally = await app.engine.sweeper.sweep()
        tell.step(f"{tally.resources} resources in the estate, {len(tally.gaps)} gaps")
        return await _show(app, tell, staying=staying, port=port)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _clouds(folder: Path, stack: contextlib.AsyncExitStack) -> list[Running]:
    """The three local clouds, started side by side; all are stopped at the end, also when one does not start."""
    try:
        from deploy.sandbox.aws import start_aws
        from deploy.sandbox.launch import start_azure, start_gcp
    except ImportError as error:
        raise SettingsError(
            f"The demo needs {error.name}.", hint="Run it from a clone with `make demo`, which installs everything."
        ) from None
    started = await asyncio.gather(start_aws(folder), start_azure(folder), start_gcp(folder), return_exceptions=True)
    running = [one for one in started if not isinstance(one, BaseException)]
    for one in running:
        stack.push_async_callback(one.stop)
    for failure in (one for one in started if isinstance(one, BaseException)):
        raise failure if isinstance(failure, EscherError) else EscherError(f"A local cloud did not start: {failure}")
    return running


async def _show(app: App, tell: Teller, *, staying: bool, port: int) -> Exit:
    web = web_platform(app, port)
    web.open()
    stage = Stage(web, tell)
    app.conversation.add(stage)
    serving = asyncio.create_task(web.run(app.conversation))
    tell.step(f"the web chat is open at {web.address}")
    try:
        async for _ in play(app, stage):
            pass
        _audit(app, tell)
        if tell.as_json:
            say_json(tell.events)
        if staying:
            await _stay(app, web, serving)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    return Exit.DONE


def _audit(app: App, tell: Teller) -> None:
    verdict = app.engine.journal.verdict()
    tell("scene", "The journal", None)
    tell("audit", "escher", str(verdict))
    if not tell.as_json:
        out = Console(highlight=False, markup=False, emoji=False)
        out.print(str(verdict))
        took = time.monotonic() - tell.began
        out.print(
            Text(f"The bot's memory: {resident_mb():.0f} MB, its estate worker aside. From the start to here: {took:.1f} s.", style="dim")
        )


def resident_mb() -> float:
    """The resident memory of this process in MB: now where the system tells, else at its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


async def _stay(app: App, web: Any, serving: asyncio.Task[None]) -> None:
    app.conversation.add(web)  # from here on the browser alone shows
    errors.print(f"\nTry it: {web.address}")
    for person in app.engine.settings.people:
        errors.print(f"  {person.name} signs in once with {web.login_link(person.id)}", soft_wrap=True)
    errors.print("Ctrl-C ends the demo and removes everything.")
    await app.conversation.recover()  # after this, what a stop left open is known, and schedules may be kept
    keeping = asyncio.create_task(app.keep())
    try:
        await until_stopped(asyncio.shield(serving))
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
