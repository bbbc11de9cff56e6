"""What was learned about search from examples, and what services are called: data beside the code. Edge (reads two files)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.features import FEATURES
from ai_server.wire import CloudName

BESIDE = Path(__file__).parent
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadLearning(ValueError):
    """A file of what was learned cannot be read; the message names it."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(Part):
    """`title` as its provider calls it; `illustrated`: for how many of its commands the development half has an example.

    `nouns`: plain words by which people mean this service's things where they name no service. Chosen by hand, from what the services are.
    """

    title: str = ""
    illustrated: int = 0
    nouns: tuple[str, ...] = ()


class Weights(Part):
    """A weight for each feature, with a model of meaning and without."""

    with_meaning: dict[str, float]
    words_alone: dict[str, float]

    @model_validator(mode="after")
    def _whole(self) -> Weights:
        for given, wanted in ((self.with_meaning, FEATURES), (self.words_alone, FEATURES[:-1])):
            if set(given) != set(wanted):
                raise ValueError(f"weights are for {sorted(given)}, the features are {sorted(wanted)}")
        return self


class Learned(Part):
    """`verbs`: how often people who said a verb (its stem) meant a command's verb. `weights` and `verbs` for each cloud."""

    weights: dict[CloudName, Weights]
    verbs: dict[CloudName, dict[str, dict[str, int]]]
    services: dict[CloudName, dict[str, Service]] = Field(default_factory=dict)

    def titles(self, cloud: CloudName) -> Mapping[str, str]:
        return {name: one.title for name, one in self.services.get(cloud, {}).items()}

    def nouns(self, cloud: CloudName) -> Mapping[str, tuple[str, ...]]:
        return {name: one.nouns for name, one in self.services.get(cloud, {}).items() if one.nouns}

    def illustrated(self, cloud: CloudName) -> Mapping[str, int]:
        return {name: one.illustrated for name, one in self.services.get(cloud, {}).items()}


def load_learned(folder: Path = BESIDE) -> Learned:
    """Reads `learned.yaml` and `services.yaml`. Raises BadLearning."""
    try:
        whole = {**_read(folder / "learned.yaml"), "services": _read(folder / "services.yaml")}
        found = Learned.model_validate(whole)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadLearning(f"{folder}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}.") from None
    if missing := [cloud for cloud in CLOUDS if cloud not in found.weights]:
        raise BadLearning(f"{folder / 'learned.yaml'} has no weights for {', '.join(missing)}.")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - both are safe loaders
    except OSError as error:
        raise BadLearning(f"{path}: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise BadLearning(f"{path} is not YAML: {error}.") from None
    if not isinstance(found, dict):
        raise BadLearning(f"{path} holds no table.")
    return found
