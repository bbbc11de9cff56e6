"""Whether a JSON document has the shape of others: every key known, every value of a known JSON type. Pure."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

Shape = dict[str, set[str]]


def json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {dict: "object", list: "array", str: "text", type(None): "null"}[type(value)]


def shape(documents: Iterable[Any]) -> Shape:
    """Path to the JSON types seen there; `[]` stands for any place in a list, free maps are cut at their name."""
    found: Shape = {}
    for document in documents:
        _walk(document, "", found)
    return found


def _walk(value: Any, path: str, found: Shape) -> None:
    found.setdefault(path, set()).add(json_type(value))
    if isinstance(value, Mapping) and not path.endswith(("/tags", "/labels", "/userLabels")):
        for key, inner in value.items():
            _walk(inner, f"{path}/{key}", found)
    if isinstance(value, list):
        for inner in value:
            _walk(inner, f"{path}[]", found)


def strange(ours: Iterable[Any], theirs: Iterable[Any]) -> list[str]:
    """What we have and they never had: paths, or paths with another type."""
    known = shape(theirs)
    return sorted(f"{path}: {sorted(types)}" for path, types in shape(ours).items() if not types <= known.get(path, set()))


def unknown_to(model: Any, document: Mapping[str, Any], path: str = "") -> list[str]:
    """Keys of the document that an Azure SDK model does not know, nested models included."""
    # The SDK works a model's fields out when the first of its kind is made.
    names = {field._rest_name: name for name, field in type(model())._attr_to_rest_field.items()}
    public = import_module(model.__module__.rpartition(".")[0])
    hints = typing.get_type_hints(model, None, {"_models": public})
    found = []
    for key, value in document.items():
        if key not in names:
            found.append(f"{path}/{key}")
            continue
        inner = _model_in(hints.get(names[key]))
        for one in value if isinstance(value, list) else [value]:
            if inner is not None and isinstance(one, Mapping):
                found.extend(unknown_to(inner, one, f"{path}/{key}"))
    return found


def _model_in(hint: Any) -> Any:
    """The model inside Optional, list and the like; None when there is none."""
    if isinstance(hint, type) and hasattr(hint, "as_dict"):
        return hint
    return next((found for argument in typing.get_args(hint) if (found := _model_in(argument)) is not None), None)
