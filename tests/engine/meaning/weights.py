"""Whether the real model can be made here."""

from __future__ import annotations

import importlib.metadata

import pytest

from engine.meaning.embedding import WEIGHTS_PACKAGE


def installed() -> bool:
    try:
        importlib.metadata.distribution(WEIGHTS_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


needs_weights = pytest.mark.skipif(not installed(), reason=f"the package {WEIGHTS_PACKAGE} is not installed")
