"""Turns the published weights of all-MiniLM-L6-v2 into a quantised ONNX file. Edge (a program of its own: reads, writes, exits).

    python -m engine.meaning.model_conversion SOURCE TARGET

SOURCE holds `model.safetensors` and the tokenizer's files, TARGET is made with `model.onnx` and copies of them. No code of the package
that carries the weights is run, and the weights must be the ones upstream published. It is a process of its own because it needs ten times
the memory that the finished model does.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
COPIED = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
OPSET, IR_VERSION = 20, 9

Weights = Mapping[str, NDArray[np.float32]]


class NotTheWeights(Exception):
    """The file is not the one upstream published."""


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The tensors of a safetensors file: 8 bytes length, a JSON header, raw little-endian numbers. Raises NotTheWeights."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise NotTheWeights(f"{path} has SHA-256 {digest}, not the published {WEIGHTS_SHA256}")
    length = int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8 : 8 + length])
    body = memoryview(data)[8 + length :]
    found = {}
    for name, facts in header.items():
        if facts.get("dtype") == "F32":
            begin, end = facts["data_offsets"]
            found[name] = np.frombuffer(body[begin:end], dtype="<f4").reshape(facts["shape"])
    return found


class Graph:
    """An ONNX graph as it grows: each method adds a node or two and returns the name of what it gives."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, value: NDArray[Any], name: str = "") -> str:
        name = name or f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def whole_numbers(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def weight(self, name: str) -> str:
        return self.constant(self._weights[name], name)

    def dense(self, inward: str, name: str) -> str:
        matrix = self.constant(self._weights[f"{name}.weight"].T, f"{name}.weight")
        return self.node("Add", self.node("MatMul", inward, matrix), self.weight(f"{name}.bias"))

    def normed(self, inward: str, name: str) -> str:
        return self.node("LayerNormalization", inward, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), axis=-1, epsilon=EPSILON)

    def heads(self, inward: str, order: tuple[int, ...]) -> str:
        return self.node("Transpose", self.node("Reshape", inward, self.whole_numbers(0, 0, HEADS, WIDTH // HEADS)), perm=order)

    def model(self, output: str) -> Any:
        shape = ["batch", "sequence"]
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("input_ids", "attention_mask", "token_type_ids")]
        self._nodes.append(helper.make_node("Identity", [output], ["last_hidden_state"], name="last"))
        outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, WIDTH])]
        graph = helper.make_graph(self._nodes, "all-MiniLM-L6-v2", inputs, outputs, self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def bert(weights: Weights) -> Any:
    """The six-layer encoder as an ONNX model: three integer inputs `[batch, sequence]`, `last_hidden_state` out."""
    graph = Graph(weights)
    hidden = _embedded(graph)
    mask = _mask(graph)
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        attended = graph.node("Add", hidden, _attention(graph, hidden, mask, f"{name}.attention"))
        hidden = graph.normed(attended, f"{name}.attention.output.LayerNorm")
        inner = graph.node("Gelu", graph.dense(hidden, f"{name}.intermediate.dense"))
        hidden = graph.normed(graph.node("Add", hidden, graph.dense(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")
    return graph.model(hidden)


def _embedded(graph: Graph) -> str:
    words = graph.node("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    kinds = graph.node("Gather", graph.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")
    length = graph.node("Shape", "input_ids", start=1, end=2)
    places = graph.node(
        "Slice", graph.weight("embeddings.position_embeddings.weight"), graph.whole_numbers(0), length, graph.whole_numbers(0)
    )
    return graph.normed(graph.node("Add", graph.node("Add", words, kinds), places), "embeddings.LayerNorm")


def _mask(graph: Graph) -> str:
    """0 where there is a token, a very low number where there is padding, for each head and query."""
    present = graph.node("Cast", graph.node("Unsqueeze", "attention_mask", graph.whole_numbers(1, 2)), to=TensorProto.FLOAT)
    return graph.node("Mul", graph.node("Sub", graph.number(1.0), present), graph.number(-1e9))


def _attention(graph: Graph, hidden: str, mask: str, name: str) -> str:
    query = graph.heads(graph.dense(hidden, f"{name}.self.query"), (0, 2, 1, 3))
    key = graph.heads(graph.dense(hidden, f"{name}.self.key"), (0, 2, 3, 1))
    value = graph.heads(graph.dense(hidden, f"{name}.self.value"), (0, 2, 1, 3))
    scores = graph.node("Div", graph.node("MatMul", query, key), graph.number(float(np.sqrt(WIDTH // HEADS))))
    weights = graph.node("Softmax", graph.node("Add", scores, mask), axis=-1)
    mixed = graph.node("Transpose", graph.node("MatMul", weights, value), perm=(0, 2, 1, 3))
    return graph.dense(graph.node("Reshape", mixed, graph.whole_numbers(0, 0, WIDTH)), f"{name}.output.dense")


def convert(source: Path, target: Path) -> None:
    """Makes the folder `target` at once and whole, with `model.onnx` in it. Raises NotTheWeights, OSError."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # however this was started: nothing of ours is reported to the library's makers
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".converting-") as folder:
        work, ready = Path(folder), Path(folder) / "ready"
        ready.mkdir()
        onnx.save(bert(read_weights(source / "model.safetensors")), str(work / "exact.onnx"))
        # A scale for each column of a matrix: cosine 0.994 to the exact model on descriptions of resources, 0.972 with one scale for all.
        # Of the eight bits seven are used, as the library advises: with eight, sums overflow on processors without VNNI.
        quantize_dynamic(work / "exact.onnx", ready / "model.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        for name in COPIED:
            shutil.copyfile(source / name, ready / name)
        if not target.exists():
            ready.rename(target)


def main(arguments: list[str]) -> int:
    """0 when the model is there; 1 with a sentence on stderr when it cannot be made."""
    source, target = (Path(argument) for argument in arguments)
    try:
        convert(source, target)
    except (NotTheWeights, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
