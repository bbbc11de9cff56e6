"""Playbooks found by what they are called and what people ask when they want them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ai_server.knowledge.playbook import Playbook
from ai_server.knowledge.search.ranked import Ranked

# Title; what people ask; kinds of resource and the action.
_WEIGHTS = (1.5, 1.0, 0.5)


class PlaybookIndex:
    """Built once for the library; asked often."""

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._playbooks = tuple(playbooks)
        self._ranked = Ranked([_texts(one) for one in self._playbooks], _WEIGHTS)

    def find(self, text: str, limit: int = 10) -> tuple[tuple[Playbook, float], ...]:
        """The playbooks that share words with the text and their scores, best first."""
        return tuple((self._playbooks[place], score) for place, score in self._ranked.find(text, limit))


def find_playbooks(text: str, playbooks: Sequence[Playbook], limit: int = 10) -> tuple[tuple[Playbook, float], ...]:
    """The same for one question; who asks more than once builds a PlaybookIndex."""
    return PlaybookIndex(playbooks).find(text, limit)


def _texts(playbook: Playbook) -> tuple[str, str, str]:
    kinds = " ".join((*playbook.types, *playbook.native_types, playbook.action)).replace("_", " ")
    return playbook.title, " ".join(playbook.asks), f"{playbook.cloud} {kinds}"
