"""The embedding model inside its own process. Edge (loads files, never a network)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.meaning.rotation import rotation

# A second thread waits for the first by spinning: twice the processor's time for a few percent.
_THREADS = 1


class ModelAway(Exception):
    """There is no model to load; the message says why."""


class TextModel:
    """Texts to rotated unit vectors."""

    def __init__(self, name: str, folder: str, cache: str, rotation_key: bytes) -> None:
        """Raises ModelAway. `folder` holds the model; "" finds it by name among those downloaded to `cache`."""
        self._model = _loaded(name, folder, cache)
        self.size = int(self._model.embedding_size)
        self._turn = rotation(rotation_key, self.size)

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """One vector for each text, in order.

        Each is embedded alone: a quantised model rounds by the largest number of its batch, so that a text's vector would depend on its
        neighbours (cosine 0.99, which changes two of the best ten). Batches would save a fifth of the processor's time.
        """
        return [np.asarray(vector, dtype=np.float32) @ self._turn for vector in self._model.embed(list(texts), batch_size=1)]


def _loaded(name: str, folder: str, cache: str) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # however this was started: nothing of ours is reported to the library's makers
    try:
        from fastembed import TextEmbedding
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf, NoSuchFile
    except ImportError as error:
        raise ModelAway(f"The embedding library cannot be loaded ({error}).") from None
    where: dict[str, Any] = {"specific_model_path": folder} if folder else {"cache_dir": cache, "local_files_only": True}
    try:
        # No arena: it keeps what the longest text ever needed, and gains nothing that can be measured.
        return TextEmbedding(name, threads=_THREADS, providers=["CPUExecutionProvider"], enable_cpu_mem_arena=False, **where)
    except (OSError, ValueError, RuntimeError, Fail, InvalidGraph, InvalidProtobuf, NoSuchFile) as error:
        raise ModelAway(
            f"The embedding model {name} cannot be loaded: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        ) from None
