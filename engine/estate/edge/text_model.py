"""The embedding model inside the store's process. Edge (loads files, never a network)."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.estate.edge.rotation import rotation

_BATCH = 32
_MOST_REMEMBERED = 4096
_THREADS = 1


class ModelAway(Exception):
    """There is no model to load; the message says why."""


class TextModel:
    """Texts to rotated unit vectors; each distinct text is embedded once while it is remembered."""

    def __init__(self, name: str, folder: str, cache: str, rotation_key: bytes) -> None:
        """Raises ModelAway. `folder` holds the model; "" finds it by name among those downloaded to `cache`."""
        self._model = _loaded(name, folder, cache)
        self.size = int(self._model.embedding_size)
        self._turn = rotation(rotation_key, self.size)
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """One vector for each text, in order."""
        fresh = sorted(set(texts) - self._known.keys(), key=len)
        for text, vector in zip(fresh, self._model.embed(fresh, batch_size=_BATCH) if fresh else (), strict=True):
            self._known[text] = np.asarray(vector, dtype=np.float32) @ self._turn
        found = [self._known[text] for text in texts]
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found


def _loaded(name: str, folder: str, cache: str) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # however this was started: nothing of ours is reported to the library's makers
    try:
        from fastembed import TextEmbedding
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf, NoSuchFile
    except ImportError as error:
        raise ModelAway(f"The embedding library cannot be loaded ({error}).") from None
    where: dict[str, Any] = {"specific_model_path": folder} if folder else {"cache_dir": cache, "local_files_only": True}
    try:
        # One thread and no arena: half the memory, and a query still takes about a millisecond.
        return TextEmbedding(name, threads=_THREADS, providers=["CPUExecutionProvider"], enable_cpu_mem_arena=False, **where)
    except (OSError, ValueError, RuntimeError, Fail, InvalidGraph, InvalidProtobuf, NoSuchFile) as error:
        raise ModelAway(
            f"The embedding model {name} cannot be loaded: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        ) from None
