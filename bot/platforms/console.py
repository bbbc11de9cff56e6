"""The terminal as a platform: cards are drawn where `escher ask` and `escher demo` run, and one person can chat. Edge."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import TextIOWrapper

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text as Styled

from bot.cards.card import Action, Card, Field
from bot.platforms.console_render import command_hint, harmless, render_change, renderable
from bot.platforms.platform import Click, Inbox, Message, Place
from engine.clock import fresh_id

PLATFORM = "console"
TERMINAL = "terminal"
# Typed into a field that need not be filled: empty it.
NOTHING = "-"
# Shows a prompt and answers with a line, or None at the end of the input.
Lines = Callable[[str], Awaitable[str | None]]
KEPT = 500
Key = tuple[str, str, str, bool]
HELP = "Write what you want. A number presses the button with that number; /new begins a new thread, /again shows everything once more, /quit leaves."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card that stands in the terminal."""

    place: Place
    card: Card
    private: bool


class ConsolePlatform:
    """One person in one terminal.

    `login` is proven by whoever starts it: the operating system's user, who may say `--as NAME`. Cards whispered to others are not drawn.
    Progress is redrawn in place on a terminal, and told line by line where the output is a file or somebody types below it.
    """

    def __init__(self, login: str, out: Console | None = None, lines: Lines | None = None) -> None:
        self._login = login
        self._out = out or _terminal()
        self._gone = False
        self._prompt = ""
        self._lines = lines or StandardInput()
        self._drawn: OrderedDict[Key, Drawn] = OrderedDict()
        self._buttons: tuple[Key, Drawn] | None = None
        self._live: tuple[Key, Live] | None = None
        self._typing = False
        self._thread = ""

    @property
    def name(self) -> str:
        return PLATFORM

    async def show(self, place: Place, card: Card) -> None:
        """Draws a card, or draws it anew."""
        self._draw(Drawn(place, card, private=False))

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Draws a card if it is for the person at this terminal."""
        if login == self._login:
            self._draw(Drawn(place, card, private=True))

    async def direct(self, login: str) -> Place | None:
        """The terminal itself, for the one person at it; None for everybody else."""
        return Place(PLATFORM, TERMINAL, self._thread) if login == self._login else None

    async def run(self, inbox: Inbox) -> None:
        """Chats until the input ends, `/quit`, or it is cancelled."""
        self._typing = True
        self._say(HELP)
        try:
            while (line := await self._read("> ")) is not None and line.strip() != "/quit":
                await self._turn(inbox, line)
        finally:
            self._typing = False
            self.close()

    def close(self) -> None:
        """Leaves what is being redrawn as it stands."""
        if self._live is not None:
            self._write(self._live[1].stop)
            self._live = None

    async def _turn(self, inbox: Inbox, line: str) -> None:
        word = line.strip()
        if word == "/new":
            self._thread = ""
            self._say("The next message begins a new thread.")
        elif word == "/again":
            for drawn in list(self._drawn.values()):
                self._print(drawn)
        elif (action := self._button(word)) is not None and self._buttons is not None:
            await self._press(inbox, self._buttons[1].place, action)
        elif word:
            message_id = fresh_id("m")
            self._thread = self._thread or message_id
            await inbox.received(Message(message_id, Place(PLATFORM, TERMINAL, self._thread), self._login, line, about=message_id))

    def _button(self, word: str) -> Action | None:
        """The button a typed number means: one of the card that showed buttons last."""
        actions = self._buttons[1].card.actions if self._buttons is not None else ()
        return actions[int(word) - 1] if word.isdecimal() and 1 <= int(word) <= len(actions) else None

    async def _press(self, inbox: Inbox, place: Place, action: Action) -> None:
        fields: dict[str, tuple[str, ...]] = {}
        for field in action.form:
            answer = await self._ask(field)
            if answer is None:
                self._say("Left as it was.")
                return
            fields[field.name] = answer
        answer_card = await inbox.clicked(Click(fresh_id("k"), place, self._login, action.verb, action.subject, fields))
        if answer_card is not None:
            self._draw(Drawn(place, answer_card, private=True))

    async def _ask(self, field: Field) -> tuple[str, ...] | None:
        """Asks for one field until it is filled rightly; None when the input ended."""
        self._say(asked(field))
        while (line := await self._read("? ")) is not None:
            try:
                return filled(field, line)
            except ValueError as problem:
                self._say(str(problem))
        return None

    async def _read(self, prompt: str) -> str | None:
        self._prompt = prompt
        try:
            return await self._lines(prompt)
        finally:
            self._prompt = ""

    def _draw(self, drawn: Drawn) -> None:
        key = (drawn.place.channel, drawn.place.thread, drawn.card.subject or fresh_id("card"), drawn.private)
        before = self._drawn.get(key)
        self._drawn[key] = drawn
        if len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        if drawn.card.actions:
            self._buttons = (key, drawn)
        elif self._buttons is not None and self._buttons[0] == key:
            self._buttons = None
        if self._out.is_terminal and not self._typing and (drawn.card.kind == "progress" or self._is_live(key)):
            self._redraw(key, drawn)
        elif before is not None and before.card.kind == drawn.card.kind == "progress":
            self._say(render_change(before.card, drawn.card))
        else:
            self.close()
            self._print(drawn)

    def _is_live(self, key: Key) -> bool:
        return self._live is not None and self._live[0] == key

    def _redraw(self, key: Key, drawn: Drawn) -> None:
        """Draws in place for as long as the card tells of progress; its last version stays."""
        if self._live is None or self._live[0] != key:
            self.close()
            self._live = (key, Live(console=self._out, auto_refresh=False))
            self._write(self._live[1].start)
        live = self._live[1]
        self._write(lambda: live.update(self._rendered(drawn), refresh=True))
        if drawn.card.kind != "progress":
            self.close()

    def _print(self, drawn: Drawn) -> None:
        self._write(lambda: self._out.print(self._rendered(drawn), crop=False))

    def _rendered(self, drawn: Drawn) -> Group:
        return renderable(drawn.card, lambda action: command_hint(action, self._login), private=drawn.private)

    def _say(self, text: str) -> None:
        if text:
            self._write(lambda: self._out.print(Styled(harmless(text))))

    def _write(self, what: Callable[[], object]) -> None:
        """Writes, unless nobody reads any more: what runs goes on without its reader, as when a terminal was closed."""
        if self._gone:
            return
        try:
            if interrupts := self._prompt if self._out.is_terminal else "":
                self._out.print()
            what()
            self._out.print(interrupts, end="")
        except (OSError, ValueError, SystemExit):  # rich wants to end the process when a pipe is closed
            self._gone = True


def _terminal() -> Console:
    """Standard output; what its encoding has no sign for becomes a question mark."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False, markup=False, emoji=False)


def asked(field: Field) -> str:
    """A field as a question: its label, its choices by number with the picked ones starred, and what an empty line does."""
    keeps = f"; Enter keeps {'those with *' if field.choices else field.picked[0]}" if field.picked else ""
    empties = f", {NOTHING} takes it away" if field.picked and not field.required else ""
    lines = [field.label + ("" if field.required else " (optional)") + keeps + empties]
    for number, (value, label, detail) in enumerate(field.choices, 1):
        lines.append(f" {'*' if value in field.picked else ' '}{number}  {label}" + (f"  {detail}" if detail else ""))
    return "\n".join(lines)


def filled(field: Field, line: str) -> tuple[str, ...]:
    """What a typed line means for a field; an empty one keeps what was picked. Raises ValueError with a sentence when it means nothing."""
    text = line.strip()
    if not text and field.picked:
        return field.picked
    if not text or (text == NOTHING and not field.required):
        if field.required:
            raise ValueError("This one is needed.")
        return ()
    if not field.choices:
        return (text,)
    numbers = text.replace(",", " ").split()
    if not all(number.isdecimal() and 1 <= int(number) <= len(field.choices) for number in numbers):
        raise ValueError(f"Write {'numbers' if field.many else 'a number'} from 1 to {len(field.choices)}.")
    if len(numbers) > 1 and not field.many:
        raise ValueError("Choose one.")
    return tuple(field.choices[int(number) - 1][0] for number in numbers)


class StandardInput:
    """Lines of the terminal, read by a thread of its own that never keeps the process from ending."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._started = False

    async def __call__(self, prompt: str) -> str | None:
        if not self._started:
            self._started = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._pump, args=(loop,), daemon=True).start()
        if sys.stdin.isatty():
            sys.stdout.write(prompt)
            sys.stdout.flush()
        return await self._queue.get()

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(self._queue.put_nowait, line.rstrip("\n"))
        loop.call_soon_threadsafe(self._queue.put_nowait, None)
