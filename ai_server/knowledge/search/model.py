"""The embedding model all-MiniLM-L6-v2 from a folder with its ONNX file and tokenizer; no network. Edge (loads files)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ai_server.knowledge.search.ranked import Floats

_LONGEST = 256  # tokens; a longer text is cut, as the model was trained
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class NoModel(Exception):
    """There is no embedding model; the message says where it was looked for, and what to do."""


class TextModel:
    """Texts to unit vectors: the mean of their tokens' vectors, as sentence-transformers makes them."""

    def __init__(self, folder: Path) -> None:
        """Raises NoModel."""
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # nothing of ours is reported to the library's makers
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise NoModel(f"The model in {folder} cannot be loaded: {error}. Install onnxruntime and tokenizers.") from None
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise NoModel(f"There is no {name} in {folder}; search goes by words alone. Name the folder of all-MiniLM-L6-v2 as ONNX.")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        self._session = self._opened(onnxruntime, folder / "model.onnx")
        self._inputs = {one.name for one in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> Floats:
        """`[texts, 384]`. Each is embedded alone: in a batch a quantised model would round it by its neighbours."""
        return np.stack([self._one(text) for text in texts]) if texts else np.zeros((0, 384), dtype=np.float32)

    def _one(self, text: str) -> Floats:
        encoded = self._tokenizer.encode(text)
        whole = (encoded.ids, encoded.attention_mask, encoded.type_ids)
        given = {name: np.array([part], dtype=np.int64) for name, part in zip(_INPUTS, whole, strict=True) if name in self._inputs}
        hidden = self._session.run(None, given)[0][0]
        mean = hidden.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)

    @staticmethod
    def _opened(library: Any, path: Path) -> Any:
        options = library.SessionOptions()
        # A second thread waits for the first by spinning; an arena keeps what the longest text ever needed.
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        errors = library.capi.onnxruntime_pybind11_state
        try:
            return library.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except (errors.Fail, errors.InvalidGraph, errors.InvalidProtobuf, errors.NoSuchFile, errors.InvalidArgument) as error:
            raise NoModel(f"{path} cannot be loaded as an ONNX model: {str(error).splitlines()[0]}") from None
