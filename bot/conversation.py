"""The spine: one message in, one handler by intent, cards out; one click in, checked again, and acted on. Edge of a turn."""

from __future__ import annotations

import asyncio
import secrets
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.cards.card import Card, Reply
from bot.cards.plans import details_card, plan_card
from bot.cards.runs import outcome_card
from bot.cards.talk import error_card, refusal_card, sent_card, text_card
from bot.intents import ask, operate, talk
from bot.intents.choose import choose
from bot.people import People
from bot.platforms.platform import Click, Message, Place, Platform
from bot.runs import Runs, place_of
from bot.threads import Question, Threads
from bot.turn import Turn
from engine.approvals.filed import Filed
from engine.approvals.states import Press
from engine.errors import AdvisorError, EscherError, Refused
from engine.execution.history import runs
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
        self._locks: dict[Place, asyncio.Lock] = {}
        self._lexicon = lexicon.load()
        self.runs = Runs(engine, self._show)

    def add(self, platform: Platform) -> None:
        """Makes a platform known by its name."""
        self._platforms[platform.name] = platform

    # --- messages

    async def received(self, message: Message) -> None:
        """Answers a message in its place. Never raises: what goes wrong becomes a card."""
        person = self._people.behind(message.place.platform, message.login)
        async with self._locks.setdefault(message.place, asyncio.Lock()):  # order is kept within a thread
            spoken = await self.answer(person, message.place, _whole(message.text))
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
            filed = await self._undo(undo, turn.person, turn.where)
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
            return await self._act(click, person)
        except Refused as refused:
            return refusal_card(refused)
        except EscherError as error:
            return error_card(error)
        except Exception as error:  # noqa: BLE001 - the edge of a turn, as above
            return self._fault(error)

    async def _act(self, click: Click, person: Person) -> Card | None:
        click = replace(click, subject=_whole(click.subject))
        match click.verb:
            case "approve" | "deny" | "withdraw":
                return await self._decide(click, click.verb, person)
            case "details" | "left-network":
                return self._look(click)
            case "run-details":
                left = runs(self._engine.journal.entries()).get(click.subject)
                return outcome_card(left.report()).without_actions() if left else _unknown("run")
            case "stop":
                return await self._stop(click.subject, person)
            case "undo":
                filed = await self._undo(click.subject, person, _where(click.place))
                await self._take_up(filed, click.place)
                return None
            case "fewer":
                return await self._fewer(click, person)
            case "pick":
                return await self._pick(click, person)
            case _:
                return refusal_card("That button means nothing to me.", "Ask again to get a fresh card.")

    async def _decide(self, click: Click, event: Press, person: Person) -> Card | None:
        plan_id, _, short = click.subject.partition(".")
        filed = self._engine.desk.find(plan_id)
        # The button carries the beginning of the digest it was drawn for; the desk compares the whole.
        digest = filed.plan.digest if filed and short and filed.plan.digest.startswith(short) and len(short) == 12 else short
        decided = await self._engine.desk.click(plan_id, event, person, digest, _one(click.fields, "reason"))
        if decided is None:
            return _unknown("plan")
        filed = self._engine.desk.find(plan_id)
        assert filed is not None
        if decided.refused:
            if filed.request.state == "expired":
                await self._show(place_of(filed.plan), plan_card(filed))
            return refusal_card(decided.refused, decided.who_can)
        await self._show(place_of(filed.plan), plan_card(filed))
        if decided.request.state == "approved":
            self.runs.start(plan_id)
        return None

    def _look(self, click: Click) -> Card:
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        if filed is None:
            return _unknown("plan")
        return details_card(filed) if click.verb == "details" else sent_card(self._engine.planner.sent_for(filed.plan))

    async def _stop(self, run_id: str, person: Person) -> Card | None:
        if not {"executor", "manager"} & set(person.roles):
            return refusal_card("You may look, but not stop a run.", "Somebody with the role executor or manager.")
        if not self._engine.executor.cancel(run_id, person.id):
            return text_card("Nothing to stop", "That run is over.")
        await self._engine.journal.append("run.stop_asked", {"run": run_id, "by": person.id})
        return None

    async def _undo(self, run_id: str, person: Person, where: Mapping[str, str]) -> Filed:
        left = runs(self._engine.journal.entries()).get(run_id)
        if left is None:
            raise Refused(f"There is no run {run_id[:40]}.", hint="The outcome card and the journal name the runs.")
        return await self._engine.planner.undo(left.report(), person, where)

    async def _fewer(self, click: Click, person: Person) -> Card | None:
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        if filed is None or filed.request.state != "asked":
            return _unknown("waiting plan")
        smaller = await self._engine.planner.fewer(filed.plan, click.fields.get("targets", ()), person)
        await self._engine.desk.click(filed.plan.id, "withdraw", person, filed.plan.digest, f"replaced by {smaller.plan.id}")
        await self._show(place_of(filed.plan), plan_card(self._engine.desk.find(filed.plan.id) or filed))
        await self._take_up(smaller, place_of(filed.plan))
        return None

    async def _pick(self, click: Click, person: Person) -> Card | None:
        asked = self._threads.asked(click.subject)
        if asked is None:
            return refusal_card("That question is answered or too old.", "Ask again.")
        place, _ = asked
        async with self._locks.setdefault(place, asyncio.Lock()):  # of two clicks at once the second finds the question answered
            if (asked := self._threads.asked(click.subject)) is None:
                return refusal_card("That question is answered or too old.", "Ask again.")
            done = await self._picked(click, person, place, asked[1])
        if isinstance(done, Card):
            return done
        for card in done.reply.cards:
            await self._show(place, card)
        if done.filed is not None and done.filed.request.state == "approved":
            self.runs.start(done.filed.plan.id)
        return None

    async def _picked(self, click: Click, person: Person, place: Place, question: Question) -> operate.Operated | Card:
        wanted = [one for one in click.fields.get("targets", ()) if one in question.candidates]
        resources = [found for one in wanted if (found := await self._engine.estate.get(one)) is not None]
        if not resources:
            return refusal_card("Nothing was picked.", "Tick at least one.")
        understood = await self._engine.understanding.of(question.message, (person.id, person.name))
        turn = Turn(self._engine, person, place, self._threads.at(place), question.message, understood)
        return await operate.picked(turn, question, resources)

    async def _take_up(self, filed: Filed, place: Place) -> None:
        """Shows a new plan and runs it where policy asks nobody."""
        await self._show(place, plan_card(filed))
        if filed.request.state == "approved":
            self.runs.start(filed.plan.id)

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


def _unknown(what: str) -> Card:
    return refusal_card(f"There is no such {what}.", "Ask again to get a fresh card.")


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return _whole(next(iter(fields.get(name, ())), ""))[:500]


def _whole(text: str) -> str:
    """The text without halves of character pairs, which no file or network takes."""
    return text.encode(errors="replace").decode()


def _where(place: Place) -> dict[str, str]:
    return {"platform": place.platform, "channel": place.channel, "thread": place.thread}
