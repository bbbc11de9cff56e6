"""The process that holds the embedding model, so that nobody else has to, and no query waits for its store. Edge.

python -m engine.meaning.worker FD
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.meaning.text_model import ModelAway, TextModel
from engine.store.serving import Told, memory, serve


class Worker:
    """Loads the model it is told to, then embeds."""

    def __init__(self) -> None:
        self._model: TextModel | None = None

    def answer(self, name: str, arguments: Mapping[str, Any]) -> Any:
        match name:
            case "open":
                return self._open(**arguments)
            case "embed":
                assert self._model is not None
                return [_packed(vector) for vector in self._model.embed(arguments["texts"])]
            case "memory":
                return memory()
        raise ValueError(f"{name!r} is no operation")

    def _open(self, name: str, folder: str, cache: str, rotation_key: str) -> int:
        """Loads the model; the length of its vectors. Told `away` when it cannot be loaded."""
        try:
            self._model = TextModel(name, folder, cache, bytes.fromhex(rotation_key))
        except ModelAway as error:
            raise Told("away", str(error)) from None
        return self._model.size


def _packed(vector: NDArray[np.float32]) -> str:
    """Four bytes a number, the lowest first: a quarter of what the digits would take, and exact."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Worker().answer)
