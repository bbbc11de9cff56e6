"""Search over the commands of all clouds: a text in, the likeliest commands out, with how sure the first one is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.cloud_index import CloudIndex, Knowing
from ai_server.knowledge.search.learned import Learned
from ai_server.knowledge.search.ranked import Floats
from ai_server.knowledge.search.vectors import BadVectors, Embed, Vectors
from ai_server.wire import CloudName

LONGEST = 1000  # characters of a question; more says nothing new


@dataclass(frozen=True, slots=True)
class Hit:
    """`score`: the ranker's logit; comparable within one answer. `margin`: from 0 to 1, how likely this is the command that was meant, by how
    far it stands from the others; calibrated on examples of other commands.
    """

    command: Command
    score: float
    margin: float


class CommandIndex:
    """Built once at the start, in memory, without a database; asked from any thread.

    `notes` are sentences on what it does without and why (no model, stale vectors): empty when everything is there.
    """

    def __init__(self, clouds: Mapping[CloudName, CloudIndex], embed: Embed | None, notes: tuple[str, ...]) -> None:
        self._clouds = dict(clouds)
        self._embed = embed
        self.notes = notes

    @staticmethod
    def build(
        commands: Sequence[Command], learned: Learned, vectors: Mapping[CloudName, Vectors] | None = None, embed: Embed | None = None
    ) -> CommandIndex:
        """The index of these commands. Vectors that do not fit them or the model are left out, and `notes` says so."""
        notes: list[str] = []
        clouds: dict[CloudName, CloudIndex] = {}
        for cloud in CLOUDS:
            own = [one for one in commands if one.cloud == cloud]
            if own:
                fitting = _fitting((vectors or {}).get(cloud), own, embed, notes)
                clouds[cloud] = CloudIndex(own, knowing(learned, cloud), fitting)
        return CommandIndex(clouds, embed, tuple(notes))

    @property
    def commands(self) -> tuple[Command, ...]:
        """Everything that can be found."""
        return tuple(one for index in self._clouds.values() for one in index.corpus.commands)

    @property
    def services(self) -> dict[CloudName, tuple[str, ...]]:
        """The services of each cloud."""
        return {cloud: index.corpus.service_names for cloud, index in self._clouds.items()}

    def service_named(self, name: str, cloud: CloudName | None = None) -> str | None:
        """The service that is called so by its own name, the CLI's (`deploy`) or its permissions' (`ecs`); None where none or several are."""
        wanted, lower = [index for key, index in self._clouds.items() if cloud in (None, key)], name.lower()
        if any(lower in index.corpus.service_names for index in wanted):
            return lower
        for called in (_by_command, _by_permission):
            found = {one.service for index in wanted for one in index.corpus.commands if called(one) == lower}
            if len(found) == 1:
                return found.pop()
        return None

    def services_near(self, name: str, cloud: CloudName | None = None) -> tuple[str, ...]:
        """Services that are spelt nearly so."""
        names = sorted({one for key, index in self._clouds.items() if cloud in (None, key) for one in index.corpus.service_names})
        return tuple(get_close_matches(name.lower(), names, 5))

    @property
    def by_meaning(self) -> tuple[CloudName, ...]:
        """The clouds that are searched by meaning as well as by words."""
        return tuple(cloud for cloud, index in self._clouds.items() if index.vectors)

    def find(
        self, text: str, cloud: CloudName | None = None, service: str | None = None, limit: int = 10, *, operations_only: bool = False
    ) -> tuple[Hit, ...]:
        """The likeliest commands, best first; none when no word and no meaning is known. Without `cloud` all clouds are searched.

        `operations_only` leaves out what is no operation of the API but only of a CLI (`aws s3 sync`, `aws ec2 wait …`).
        """
        text = text[:LONGEST]
        if not text.strip():
            return ()
        wanted = [name for name in self._clouds if cloud in (None, name)]
        vector = self._embed([text])[0] if self._embed and any(self._clouds[name].vectors for name in wanted) else None
        found: list[tuple[float, Command]] = []
        for name in wanted:
            index = self._clouds[name]
            places, scores = index.find(text, vector, service or "", operations_only=operations_only)
            found += [(float(score), index.corpus.commands[place]) for place, score in zip(places, scores, strict=True)]
        found.sort(key=lambda pair: -pair[0])
        sure = certainty(np.array([score for score, _ in found], dtype=np.float32))
        return tuple(Hit(command, score, float(share)) for (score, command), share in zip(found[:limit], sure, strict=False))


def _by_command(command: Command) -> str:
    return command.command.split()[1] if " " in command.command else ""


def _by_permission(command: Command) -> str:
    return command.operation.split(":", 1)[0] if ":" in command.operation else ""


def certainty(scores: Floats) -> Floats:
    """How likely each is the one meant: the ranker was fitted so that the softmax of its scores is that."""
    if not len(scores):
        return scores
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


def knowing(learned: Learned, cloud: CloudName) -> Knowing:
    """What was learned, of one cloud."""
    weights = learned.weights[cloud]
    verbs = learned.verbs.get(cloud, {})
    return Knowing(
        weights.with_meaning, weights.words_alone, verbs, learned.titles(cloud), learned.illustrated(cloud), learned.nouns(cloud)
    )


def _fitting(vectors: Vectors | None, commands: Sequence[Command], embed: Embed | None, notes: list[str]) -> Vectors | None:
    if vectors is None or embed is None:
        return None
    try:
        vectors.check(commands)
        vectors.check_model(commands, embed)
    except BadVectors as error:
        notes.append(str(error))
        return None
    return vectors
