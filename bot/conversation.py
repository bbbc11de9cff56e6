"""The spine: one message in, one handler by intent, cards out; one click in, checked again, and acted on. Edge of a turn."""

from __future__ import annotations

import secrets
import traceback
from dataclasses import dataclass

import structlog

from bot.cards.card import Card, Reply
from bot.cards.plans import plan_card
from bot.cards.talk import error_card, refusal_card
from bot.clicks import Clicks, Desktop, whole
from bot.intents import ask, operate, talk
from bot.intents.choose import choose
from bot.order import InOrder
from bot.people import People
from bot.platforms.platform import Click, Message, Place, Platform
from bot.runs import Runs
from bot.threads import Threads
from bot.turn import Turn
from engine.approvals.filed import Filed
from engine.errors import AdvisorError, EscherError, Refused
from engine.request import lexicon
from engine.settings import Person
from engine.wiring import Engine

LONGEST_MESSAGE = 4000
_ENDS_A_QUESTION = frozenset({"operate", "chat", "forbid", "refuse", "later"})
_log = structlog.get_logger("escher.conversation")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a message led to: cards, what kind of answer it is, and the plan if there is one."""

    reply: Reply
    outcome: str
    filed: Filed | None = None


class Conversation:
    """The inbox behind every platform. Add platforms before messages come in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._people = People(engine.settings.people)
        self._threads = Threads()
        self._platforms: dict[str, Platform] = {}
        self._order = InOrder()
        self._lexicon = lexicon.load()
        self.runs = Runs(engine, self._show)
        self._clicks = Clicks(Desktop(engine, self._threads, self.runs, self._show, self._order))

    def add(self, platform: Platform) -> None:
        """Makes a platform known by its name."""
        self._platforms[platform.name] = platform

    # --- messages

    async def received(self, message: Message) -> None:
        """Answers a message in its place. Never raises: what goes wrong becomes a card."""
        person = self._people.behind(message.place.platform, message.login)
        lock = self._order.at(message.place)
        async with lock:  # order is kept within a thread
            spoken = await self.answer(person, message.place, whole(message.text))
        for card in spoken.reply.cards:
            if spoken.reply.private:
                await self._platforms[message.place.platform].whisper(message.place, message.login, card)
            else:
                await self._show(message.place, card)
        if spoken.filed is not None and spoken.filed.request.state == "approved":
            self.runs.start(spoken.filed.plan.id)

    async def answer(self, person: Person | None, place: Place, text: str) -> Spoken:
        """What is said to a message; nothing is run and nothing is shown. `escher eval` measures exactly this."""
        if person is None:
            return Spoken(
                Reply(
                    (
                        refusal_card(
                            "I do not know you, so I do not answer.", "An administrator can add you to `people` in the configuration."
                        ),
                    ),
                    private=True,
                ),
                "refuse",
            )
        if len(text) > LONGEST_MESSAGE:
            return Spoken(talk.too_long(len(text), LONGEST_MESSAGE), "refuse")
        try:
            return await self._turn(person, place, text)
        except Refused as refused:
            return await self._refused(refused, person)
        except AdvisorError as error:
            return Spoken(Reply((error_card(error, "asking the AI server"),)), "error")
        except EscherError as error:
            return Spoken(Reply((error_card(error),)), "error")
        except Exception as error:  # noqa: BLE001 - the edge of a turn: a fault of ours must not take the bot down or pass in silence
            return Spoken(Reply((self._fault(error),)), "error")

    async def _refused(self, refused: Refused, person: Person) -> Spoken:
        """A refusal goes into the journal before it is told; a journal that cannot be written is told as well."""
        cards: tuple[Card, ...] = (refusal_card(refused),)
        try:
            await self._engine.journal.append("request.refused", {"by": person.id, "why": refused.message})
        except EscherError as error:
            cards = (*cards, error_card(error, "writing the refusal down"))
        return Spoken(Reply(cards), "refuse")

    async def _turn(self, person: Person, place: Place, text: str) -> Spoken:
        understood = await self._engine.understanding.of(text, (person.id, person.name))
        thread = self._threads.at(place)
        turn = Turn(self._engine, person, place, thread, text, understood)
        spoken = await self._by_intent(turn)
        thread.said("person", understood.sealed_text)
        return spoken

    async def _by_intent(self, turn: Turn) -> Spoken:  # noqa: C901 - one case an intent
        reading, question = turn.understood.reading, turn.thread.question
        if undo := _asks_undo(reading.text):
            filed = await self._clicks.undo(undo, turn.person, turn.place)
            return Spoken(Reply((plan_card(filed),)), "plan", filed)
        intent = choose(reading, self._lexicon, question_open=question is not None)
        if intent in _ENDS_A_QUESTION:  # "never mind", or another order: what was asked back is not meant any more
            turn.thread.question = None
        match intent:
            case "operate":
                done = await operate.operate(turn, reading.orders)
                return Spoken(done.reply, done.outcome, done.filed)
            case "pick" if question is not None:
                done = await operate.pick_in_words(turn, question, reading.about)
                return Spoken(done.reply, done.outcome, done.filed)
            case "ask" | "pick":
                answered = await ask.ask(turn, reading)
                return Spoken(answered.reply, answered.outcome)
            case "learn":
                learned = await ask.learn(turn)
                return Spoken(learned.reply, learned.outcome)
            case "refuse":
                await self._engine.journal.append("request.refused", {"by": turn.person.id, "why": reading.rule})
                return Spoken(talk.refuse(reading, self._lexicon), "refuse")
            case "later":
                return Spoken(talk.later(reading), "refuse")
            case "forbid":
                return Spoken(talk.forbid(reading), "chat")
            case "help":
                return Spoken(await talk.help_(turn), "chat")
            case "chat":
                return Spoken(talk.chat(turn, reading), "chat")
            case "empty":
                return Spoken(talk.empty(), "chat")

    # --- clicks

    async def clicked(self, click: Click) -> Card | None:
        """Acts on a click after checking everything again; what is returned is for the clicking person alone."""
        person = self._people.behind(click.place.platform, click.login)
        try:
            if person is None:
                await self._engine.journal.append(
                    "click.refused", {"plan": click.subject[:64], "by": "a stranger", "event": click.verb[:40], "why": "unknown person"}
                )
                return refusal_card("I do not know you, so this button does nothing for you.", "An administrator can add you to `people`.")
            return await self._clicks.act(click, person)
        except Refused as refused:
            return refusal_card(refused)
        except EscherError as error:
            return error_card(error)
        except Exception as error:  # noqa: BLE001 - the edge of a turn, as above
            return self._fault(error)

    # --- showing

    async def _show(self, place: Place, card: Card) -> None:
        platform = self._platforms.get(place.platform)
        if platform is not None:
            await platform.show(place, card)

    def _fault(self, error: Exception) -> Card:
        reference = secrets.token_hex(4)
        where = traceback.extract_tb(error.__traceback__)[-1]
        # The type and place of the fault, never its text: that may hold what must not be logged.
        _log.error("fault", reference=reference, type=type(error).__name__, file=where.filename.rpartition("/")[2], line=where.lineno)
        return error_card(
            EscherError(
                f"A fault inside Escher ({type(error).__name__}), reference {reference}.",
                hint="Nothing was changed by this message; the log has the rest.",
            )
        )


def _asks_undo(text: str) -> str:
    """The run named in "undo run-…", '' when the message is none."""
    words = text.lower().split()
    return words[1] if len(words) == 2 and words[0] in ("undo", "revert") and words[1].startswith("run-") else ""
