"""What commands mean, as short vectors of whole numbers: made at the build, compared at a question. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.search.corpus import described
from ai_server.knowledge.search.ranked import Floats

Embed = Callable[[Sequence[str]], Floats]
"""Texts to unit vectors, `[texts, width]`."""
SIZE = 192
_LARGEST = 127
# An 8-bit vector made by the same model is at least this close to its text; another model's is near 0.
_SAME_MODEL = 0.97
MADE_ANEW = "build them anew with `python -m deploy.knowledge.vectors --model DIR`"


class BadVectors(ValueError):
    """Vectors that do not fit the commands or the model; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Of n commands: `rows` `[n, size]` in 127ths of `scale`; `projection` `[width, size]` turns a model's vector into one of theirs;
    `digest` of the texts they were made from, `cloud` whose they are.
    """

    cloud: str
    digest: str
    rows: NDArray[np.int8]
    scale: float
    projection: NDArray[np.float16]

    def exact(self) -> Floats:
        """The rows as they are compared, about unit length: four times the memory, a tenth of the time."""
        return self.rows.astype(np.float32) * np.float32(self.scale / _LARGEST)

    def of_question(self, vector: Floats) -> Floats:
        """A model's vector of `[width]` as one of `[size]`."""
        return np.asarray(vector @ self.projection.astype(np.float32), dtype=np.float32)

    def check(self, commands: Sequence[Command]) -> None:
        """Raises BadVectors when they were made from other commands than these."""
        if len(self.rows) != len(commands):
            raise BadVectors(f"The vectors of {self.cloud} are of {len(self.rows)} commands, the pack has {len(commands)}: {MADE_ANEW}.")
        if (found := digest(commands)) != self.digest:
            raise BadVectors(
                f"The vectors of {self.cloud} were made from other descriptions ({self.digest[:12]}…) than the pack's ({found[:12]}…): {MADE_ANEW}."
            )

    def check_model(self, commands: Sequence[Command], embed: Embed) -> None:
        """Raises BadVectors when the model is not the one that made them; embeds one text."""
        if not commands:
            return
        vector = embed([described(commands[0])])[0]
        if vector.shape != (len(self.projection),):
            raise BadVectors(
                f"The model gives vectors of {len(vector)} numbers; those of {self.cloud} were made from {len(self.projection)}."
            )
        asked, stored = self.of_question(vector), self.exact()[0]
        cosine = float(asked @ stored / (np.linalg.norm(asked) * np.linalg.norm(stored) + 1e-9))
        if cosine < _SAME_MODEL:
            raise BadVectors(
                f"The vectors of {self.cloud} were made by another model (cosine {cosine:.2f} for the same text): {MADE_ANEW}."
            )


def digest(commands: Sequence[Command]) -> str:
    """SHA-256 over the texts that are embedded, in order."""
    found = hashlib.sha256()
    for command in commands:
        found.update(described(command).encode())
        found.update(b"\0")
    return found.hexdigest()


def make(cloud: str, commands: Sequence[Command], embed: Embed, size: int = SIZE) -> Vectors:
    """The vectors of one cloud's commands: their `size` directions of most weight, so that a product of two stays close to their cosine."""
    whole = np.asarray(embed([described(one) for one in commands]), dtype=np.float32)
    _, directions = np.linalg.eigh(whole.T.astype(np.float64) @ whole)
    leading = directions[:, ::-1][:, :size]
    # An eigenvector has no sign of its own: the largest part is made positive, so that two builds agree.
    signs = np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(leading.shape[1])])
    projection = (leading * signs).astype(np.float16)
    short = whole @ projection.astype(np.float32)
    scale = float(np.abs(short).max()) or 1.0
    return Vectors(cloud, digest(commands), np.round(short / scale * _LARGEST).astype(np.int8), scale, projection)
