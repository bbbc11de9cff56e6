"""The Teams app package: manifest and icons in a zip, the same bytes for the same settings. Pure."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from bot.platforms.teams.manifest import COLOR, OUTLINE
from bot.platforms.teams.mark import color_icon, outline_icon

# The earliest date a zip can hold: packages that say the same are the same.
WHEN = (1980, 1, 1, 0, 0, 0)


def package(manifest: dict[str, Any]) -> bytes:
    """The zip that an administrator uploads to Teams."""
    written = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in (("manifest.json", written), (COLOR, color_icon()), (OUTLINE, outline_icon())):
            entry = zipfile.ZipInfo(name, WHEN)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
