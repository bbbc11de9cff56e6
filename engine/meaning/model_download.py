"""Fetches an embedding model by name into the cache. Edge (a program of its own; the one part of the estate that may use a network).

python -m engine.meaning.model_download NAME CACHE
"""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """0 when the model is in the cache; otherwise what went wrong is the last line on stderr."""
    from fastembed import TextEmbedding

    name, cache = arguments
    TextEmbedding(name, cache_dir=cache, threads=1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
