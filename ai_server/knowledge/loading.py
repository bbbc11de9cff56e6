"""Reads playbooks and the public tables from disk, once, at the start. Edge."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ai_server.knowledge.knowledge import Knowledge, Vocabulary, phrases
from ai_server.knowledge.playbook import CLOUDS, Absence, Equivalent, Playbook, Practice
from ai_server.settings import PLAYBOOKS_VARIABLE
from ai_server.wire import Action, CloudName, Environment

BESIDE = Path(__file__).parent
# libyaml reads the library in a tenth of the time; a Python built without it still works.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)


class BadKnowledge(ValueError):
    """A file of the library cannot be read; the message names the file and the field."""


class Words(BaseModel):
    """The shape of `words.yaml`."""

    actions: dict[Action, tuple[str, ...]]
    negations: tuple[str, ...]
    clouds: dict[CloudName, tuple[str, ...]]
    types: dict[str, tuple[str, ...]]
    how_to: tuple[str, ...]
    equivalent: tuple[str, ...]
    practice: tuple[str, ...]
    capability: tuple[str, ...]
    explanation: tuple[str, ...]
    estate: tuple[str, ...]
    count: tuple[str, ...]
    cost: tuple[str, ...]
    environments: dict[Environment, tuple[str, ...]]
    states: dict[str, tuple[str, ...]]
    flags: dict[str, tuple[str, ...]]
    by: dict[str, tuple[str, ...]]


QUESTIONS = ("how_to", "equivalent", "practice", "capability", "explanation", "estate", "count", "cost")


def playbooks_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the library is: what the environment says, else beside the packages, else where the wheel put it. Raises BadKnowledge."""
    if named := environment.get(PLAYBOOKS_VARIABLE):
        return Path(named)
    for folder in (Path(__file__).parents[2] / "playbooks", Path(sys.prefix) / "share" / "escher" / "playbooks"):
        if folder.is_dir():
            return folder
    raise BadKnowledge(f"No playbook library beside the package or under {sys.prefix}; name one in {PLAYBOOKS_VARIABLE}.")


def load_playbooks(folder: Path | None = None) -> tuple[Playbook, ...]:
    """Every playbook of the library, sorted by id. Raises BadKnowledge."""
    root = folder or playbooks_folder()
    files = [path for cloud in CLOUDS for path in sorted((root / cloud).glob("*.yaml"))]
    if not files:
        raise BadKnowledge(f"{root} holds no playbooks.")
    return tuple(sorted((_one(path, Playbook) for path in files), key=lambda book: book.id))


def load_absences(folder: Path | None = None) -> tuple[Absence, ...]:
    """The rows of `absent/<cloud>.yaml`. Raises BadKnowledge."""
    root = (folder or playbooks_folder()) / "absent"
    return tuple(row for cloud in CLOUDS for row in _rows(root / f"{cloud}.yaml", Absence))


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Everything, ready for planning. Raises BadKnowledge."""
    root = folder or playbooks_folder()
    return Knowledge(
        playbooks=load_playbooks(root),
        absences=load_absences(root),
        equivalents=_rows(BESIDE / "equivalents.yaml", Equivalent),
        practices=_rows(BESIDE / "practices.yaml", Practice),
        vocabulary=_vocabulary(_one(BESIDE / "words.yaml", Words)),
    )


def _vocabulary(words: Words) -> Vocabulary:
    return Vocabulary(
        actions={action: phrases(texts) for action, texts in words.actions.items()},
        negations=phrases(words.negations),
        clouds={cloud: phrases(texts) for cloud, texts in words.clouds.items()},
        types={kind: phrases(texts) for kind, texts in words.types.items()},
        questions={kind: phrases(getattr(words, kind)) for kind in QUESTIONS},
        environments={name: phrases(texts) for name, texts in words.environments.items()},
        states={name: phrases(texts) for name, texts in words.states.items()},
        flags={name: phrases(texts) for name, texts in words.flags.items()},
        by={name: phrases(texts) for name, texts in words.by.items()},
    )


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - both are safe loaders
    except OSError as error:
        raise BadKnowledge(f"{path}: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise BadKnowledge(f"{path} is not YAML: {error}.") from None


def _one(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(_read(path))
    except ValidationError as error:
        raise _bad(path, error) from None


def _rows(path: Path, model: type[Model]) -> tuple[Model, ...]:
    rows = []
    for number, row in enumerate(_read(path) or (), start=1):
        try:
            rows.append(model.model_validate(row))
        except ValidationError as error:
            raise _bad(path, error, f"row {number}: ") from None
    return tuple(rows)


def _bad(path: Path, error: ValidationError, row: str = "") -> BadKnowledge:
    first = error.errors()[0]
    return BadKnowledge(f"{path}: {row}{'.'.join(str(part) for part in first['loc'])}: {first['msg']}.")
