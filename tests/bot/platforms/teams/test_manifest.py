"""The app package: what Teams' schema asks of it, and that it is the same each time."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import jsonschema
import pytest

from bot.platforms.teams.manifest import Publisher, manifest
from bot.platforms.teams.mark import color_icon, outline_icon
from bot.platforms.teams.package import package
from engine.errors import SettingsError
from tests.bot.platforms.teams.service import APP_ID

ROOMS = {"home": "What waits for you", "status": "How things stand"} | {f"room-{i}": "x" * 300 for i in range(12)}
ACME = Publisher("Acme", "https://intranet.acme.example/escher")
URL = {"type": "string", "pattern": "^https://", "maxLength": 2048}
SCOPES = {"type": "array", "maxItems": 3, "items": {"enum": ["team", "personal", "groupchat"]}}
COMMAND = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "description"],
    "properties": {"title": {"type": "string", "minLength": 1, "maxLength": 32}, "description": {"type": "string", "maxLength": 128}},
}


def short(most: int) -> dict[str, object]:
    return {"type": "string", "minLength": 1, "maxLength": most}


# The parts of the published schema that our manifest touches.
SCHEMA = {
    "type": "object",
    "required": ["manifestVersion", "version", "id", "developer", "name", "description", "icons", "accentColor"],
    "properties": {
        "manifestVersion": {"const": "1.16"},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "id": {"type": "string", "pattern": "^[0-9a-f-]{36}$"},
        "developer": {
            "required": ["name", "websiteUrl", "privacyUrl", "termsOfUseUrl"],
            "properties": {"name": short(32), "websiteUrl": URL, "privacyUrl": URL, "termsOfUseUrl": URL},
        },
        "name": {"required": ["short"], "properties": {"short": short(30), "full": short(100)}},
        "description": {"required": ["short", "full"], "properties": {"short": short(80), "full": short(4000)}},
        "accentColor": {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"},
        "validDomains": {"type": "array", "maxItems": 16},
        "bots": {
            "maxItems": 1,
            "items": {
                "additionalProperties": False,
                "required": ["botId", "scopes"],
                "properties": {
                    "botId": {"type": "string"},
                    "scopes": SCOPES,
                    "supportsFiles": {"type": "boolean"},
                    "isNotificationOnly": {"type": "boolean"},
                    "commandLists": {
                        "maxItems": 3,
                        "items": {
                            "additionalProperties": False,
                            "required": ["scopes", "commands"],
                            "properties": {"scopes": SCOPES, "commands": {"type": "array", "maxItems": 10, "items": COMMAND}},
                        },
                    },
                },
            },
        },
        "webApplicationInfo": {"required": ["id"], "properties": {"id": {"type": "string"}, "resource": {"type": "string"}}},
    },
}


def test_the_manifest_keeps_to_the_schema():
    made = manifest(APP_ID, ROOMS, ACME, "0.1.0")
    jsonschema.validate(made, SCHEMA)
    assert made["bots"][0]["scopes"] == ["personal", "team", "groupchat"]
    assert made["bots"][0]["commandLists"][0]["commands"][0] == {"title": "home", "description": "What waits for you"}


def test_what_teams_would_refuse_is_refused_here():
    with pytest.raises(SettingsError, match="application id"):
        manifest("my-bot", ROOMS, ACME, "0.1.0")
    with pytest.raises(SettingsError, match="https://"):
        manifest(APP_ID, ROOMS, Publisher("Acme", "http://acme.example"), "0.1.0")


def test_the_package_holds_three_files_at_its_top_and_is_reproducible():
    made = manifest(APP_ID, ROOMS, ACME, "0.1.0")
    packed = package(made)
    assert packed == package(made)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert json.loads(archive.read("manifest.json")) == made
        assert archive.read("color.png") == color_icon()


def pixels(icon: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and the RGBA pixels of a PNG without filters."""
    assert icon.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = struct.unpack(">IIBB", icon[16:26])
    assert (depth, kind) == (8, 6)
    start = icon.index(b"IDAT")
    (length,) = struct.unpack(">I", icon[start - 4 : start])
    rows = zlib.decompress(icon[start + 4 : start + 4 + length])
    stride = width * 4 + 1
    lines = [rows[row * stride + 1 : (row + 1) * stride] for row in range(height)]
    return width, height, [tuple(line[at : at + 4]) for line in lines for at in range(0, width * 4, 4)]


def test_the_colour_icon_is_large_and_solid():
    width, height, seen = pixels(color_icon())
    assert (width, height) == (192, 192)
    assert {pixel[3] for pixel in seen} == {255}
    assert len(set(seen)) > 4


def test_the_outline_icon_is_small_and_white_on_nothing():
    width, height, seen = pixels(outline_icon())
    assert (width, height) == (32, 32)
    assert {pixel[:3] for pixel in seen if pixel[3]} == {(255, 255, 255)}
    assert 0 < sum(1 for pixel in seen if pixel[3]) < len(seen) / 2
