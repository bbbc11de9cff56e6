"""A second opinion on a grounded reply, from a model that is held to rules; without one the grounded reply stands, and says so. Edge."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ai_server.knowledge.knowledge import Knowledge
from ai_server.logs import line
from ai_server.metrics import Metrics
from ai_server.models.choosing import choose
from ai_server.models.composing import checker, compose, noted
from ai_server.models.prompt import prompt
from ai_server.models.retrieval import candidates
from ai_server.models.speaking import Lost, NoOpinion, Speaker
from ai_server.settings import PREFIX, BadSettings, Settings
from ai_server.wire import Clarification, Plan, PlanRequest, Reply, Unknown

_NOTES: Mapping[Lost, str] = {
    "timeout": "The model did not answer in time",
    "budget": "The model wanted more tokens than one request may cost",
    "unreachable": "The model could not be reached",
    "refused": "The model's provider refused the request",
    "unsound": "The model's answer kept to none of the rules",
}
GROUNDED = "so this comes from Escher's own playbooks alone."
# After so many failures in a row the model is left alone for a while, so that not everybody waits for it in vain.
FAILURES_IN_A_ROW = 3
REST_S = 30.0


class Consultant:
    """One model under the rules. `name` is `provider:model`; `clock` counts seconds and only goes forward."""

    def __init__(self, name: str, speaker: Speaker, knowledge: Knowledge, metrics: Metrics, clock: Callable[[], float]) -> None:
        self.name = name
        self._speaker, self._knowledge, self._metrics, self._clock = speaker, knowledge, metrics, clock
        self._failures = 0
        self._rests_until = 0.0

    async def considered(self, request: PlanRequest, grounded: Reply) -> Reply:
        """The reply after the model was heard. Never raises for what a model does."""
        if not _open(grounded):
            return grounded
        began = self._clock()
        if began < self._rests_until:
            return noted(grounded, f"{_NOTES['unreachable']}, {GROUNDED}")
        offered = candidates(request, self._knowledge)
        check = checker(request, grounded, offered, self._knowledge)
        try:
            spoken = await self._speaker.opinion(prompt(request, grounded, offered), check)
        except NoOpinion as lost:
            self._lost(lost, began)
            return noted(grounded, f"{_NOTES[lost.why]}, {GROUNDED}")
        self._failures = 0
        reply = compose(request, grounded, spoken.opinion, offered, self._knowledge)
        self._tell(_outcome(grounded, reply), began, spoken.tokens)
        return reply

    def _lost(self, lost: NoOpinion, began: float) -> None:
        if lost.why in ("timeout", "unreachable", "refused"):
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                self._rests_until = self._clock() + REST_S
        self._tell(lost.why, began, lost.tokens)

    def _tell(self, outcome: str, began: float, tokens: int) -> None:
        seconds = self._clock() - began
        self._metrics.model(outcome, seconds, tokens)
        line("model", outcome=outcome, ms=round(seconds * 1000, 2), tokens=tokens)


def _open(grounded: Reply) -> bool:
    """Refusals and answers stand as they are; so does a plan that changes nothing."""
    return isinstance(grounded, Clarification | Unknown) or (isinstance(grounded, Plan) and bool(grounded.steps))


def _outcome(grounded: Reply, reply: Reply) -> str:
    if reply == grounded:
        return "nothing"
    return "raised" if isinstance(grounded, Plan) else "chosen"


def consultant(settings: Settings, knowledge: Knowledge, metrics: Metrics) -> Consultant | None:
    """The consultant of the settings; None where no model is named. Raises BadSettings."""
    choice = choose(settings)
    if choice is None:
        return None
    try:
        from ai_server.models.building import build
        from ai_server.models.voice import Budget, Voice

        voice = Voice(build(choice, settings.model_time_s), Budget(settings.model_time_s, settings.model_tokens))
    except ImportError as error:
        raise BadSettings(f"{PREFIX}MODEL needs {error.name or 'a library'}: install escher-ops[model].") from None
    return Consultant(choice.name, voice, knowledge, metrics, time.perf_counter)
