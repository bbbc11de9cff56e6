"""Vectors of commands on disk: one file for each cloud, in numpy's own format without pickled objects. Edge (reads files)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from ai_server.knowledge.search.vectors import MADE_ANEW, BadVectors, Vectors

FOLDER = Path(__file__).parent / "vectors"


def load_vectors(cloud: str, folder: Path = FOLDER) -> Vectors:
    """The vectors of one cloud. Raises BadVectors naming the file."""
    path = folder / f"{cloud}.npz"
    try:
        data = io.BytesIO(path.read_bytes())
        with np.load(data, allow_pickle=False) as found:
            return Vectors(cloud, str(found["digest"]), found["rows"], float(found["scale"]), found["projection"])
    except OSError as error:
        raise BadVectors(f"{path}: {error.strerror or error}: {MADE_ANEW}.") from None
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadVectors(f"{path} holds no vectors ({error}): {MADE_ANEW}.") from None


def packed(vectors: Vectors) -> bytes:
    """The bytes of a vectors' file; the same vectors always give the same bytes."""
    parts = {
        "digest": np.array(vectors.digest),
        "rows": vectors.rows,
        "scale": np.array(vectors.scale),
        "projection": vectors.projection,
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, part in parts.items():
            body = io.BytesIO()
            np.lib.format.write_array(body, part, allow_pickle=False)
            # A fixed date, where `np.savez` would write today's.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), body.getvalue(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()
