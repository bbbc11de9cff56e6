"""Files of resources, one JSON object a line: looked through before anything is taken in, read in parts, written for their owner alone. Edge."""

from __future__ import annotations

import contextlib
import json
import os
from array import array
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TextIO

from engine.errors import SettingsError
from engine.estate.memory import scope_of
from engine.estate.resource import Resource

_TOLD_EVERY = 1_000


class ResourceFile:
    """A file whose every line is a resource, and where in it those of each part of the estate stand; so it need not fit in memory."""

    def __init__(self, path: Path, places: Mapping[tuple[str, ...], array[int]]) -> None:
        self._path = path
        self._places = places

    def __len__(self) -> int:
        return sum(len(places) for places in self._places.values())

    @classmethod
    def looked_through(cls, path: Path, progress: Callable[[int], None]) -> ResourceFile:
        """Reads all of it once; `progress` hears how many lines. Raises SettingsError naming the line and field that is wrong."""
        places: dict[tuple[str, ...], array[int]] = {}
        with _readable(path) as stream:
            start = 0
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    resource = _resource(line, f"{path}, line {number}")
                    places.setdefault(scope_of(resource), array("q")).append(start)
                start += len(line)
                if number % _TOLD_EVERY == 0:
                    progress(number)
        return cls(path, places)

    def parts(self, least: int) -> Iterator[list[Resource]]:
        """The resources, those of one part of the estate together, in lists of about `least`. Raises SettingsError."""
        batch: list[Resource] = []
        with _readable(self._path) as stream:
            for places in self._places.values():
                for start in places:
                    stream.seek(start)
                    batch.append(_resource(stream.readline(), f"{self._path}, byte {start}"))
                if len(batch) >= least:
                    yield batch
                    batch = []
        if batch:
            yield batch


@contextlib.contextmanager
def written(path: Path, *, force: bool) -> Iterator[TextIO]:
    """A file to write, readable by its owner alone; it is there when all of it is, and nothing is left of one that was not finished.

    Raises SettingsError when it exists (and `force` is not said) or cannot be written.
    """
    if path.exists() and not force:
        raise SettingsError(f"{path} exists.", hint="Give --force to write over it.")
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None


def _resource(line: bytes, where: str) -> Resource:
    try:
        row = json.loads(line, parse_constant=_no_number)
        if not isinstance(row, dict):
            raise ValueError("a resource is an object with fields")  # noqa: TRY301 - all that is wrong with a line ends in one place
        _check_values(row)
        return Resource.from_json(row)
    except (ValueError, TypeError) as error:
        said = f"not JSON ({error})" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else str(error)
        raise SettingsError(f"{where}: {said}.", hint="Nothing of the file was imported.") from None


def _check_values(row: Mapping[str, Any]) -> None:
    """What `Resource.from_json` takes as it comes. Raises ValueError naming the field."""
    for name in ("tags", "properties", "metrics"):
        if not isinstance(row.get(name) or {}, dict):
            raise ValueError(f"the field {name!r} is no object")
    if not all(isinstance(value, str) for value in (row.get("tags") or {}).values()):
        raise ValueError("the field 'tags' holds something other than text")
    if not all(_is_number(value) for value in (row.get("metrics") or {}).values()):
        raise ValueError("the field 'metrics' holds something other than numbers")
    if not _is_number(row.get("monthly_cost", 0)):
        raise ValueError("the field 'monthly_cost' is no number")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
