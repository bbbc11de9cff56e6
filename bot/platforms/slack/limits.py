"""What Slack takes at most, as data, and the walk over a message or a view that tells every breach. Pure.

Figures are Slack's own from docs.slack.dev (Block Kit reference, chat.postMessage, views.open). Where Slack does not say what it counts,
we count UTF-16 units, which is never less than characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

HEADER = 150
RICH_TEXT = 3000  # a section's limit; rich text has none of its own, and we keep to the section's
CONTEXT_TEXT = 2000
ACTIONS = 25
BUTTON_LABEL = 75
BUTTON_VALUE = 2000
IDENTIFIER = 255  # action_id, block_id, callback_id
VIEW_TITLE = 24  # of a modal; its submit and close buttons too
METADATA = 3000
INPUT_LABEL = 2000
INPUT_VALUE = 3000
CHECKBOXES = 10
RADIOS = 10
OPTIONS = 100
OPTION_GROUPS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
FALLBACK = 4000  # a message's `text`; Slack cuts at 40,000 and advises 4,000


@dataclass(frozen=True, slots=True)
class Surface:
    """How much one message or view takes: blocks, characters people read, and bytes as JSON."""

    blocks: int
    chars: int
    bytes: int

    def less(self, blocks: Sequence[Json]) -> Surface:
        """What is left of it beside these blocks."""
        return Surface(self.blocks - len(blocks), self.chars - sum(map(chars, blocks)), self.bytes - weight(list(blocks)))


MESSAGE = Surface(50, 12_000, 120_000)
VIEW = Surface(100, 60_000, 250_000)


class Breach(ValueError):
    """Something is larger than Slack takes it."""


def size(text: str) -> int:
    """The length of a text as Slack may count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if len(text) <= most and size(text) <= most:
        return text
    return _start(text, most - 1) + "…"


def _start(text: str, most: int) -> str:
    """As many whole letters as fit."""
    kept = text[:most].encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "surrogatepass")
    return kept if text.startswith(kept) else kept[:-1]


def pieces(text: str, most: int) -> Iterator[str]:
    """The whole text in pieces that fit, cut after a line's end where there is one in the second half."""
    while size(text) > most:
        part = _start(text, most)
        at = part.rfind("\n") + 1
        part = part[:at] if at > most // 2 else part
        yield part
        text = text[len(part) :]
    if text:
        yield text


def weight(payload: Any) -> int:
    """The bytes of a payload as they travel."""
    return len(json.dumps(payload))


def chars(node: Any) -> int:
    """How many characters in a block are there to be read: every `text` that is one, labels and options included."""
    if isinstance(node, Mapping):
        own = size(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(chars(value) for value in node.values() if not isinstance(value, str))
    return sum(map(chars, node)) if isinstance(node, Sequence) and not isinstance(node, str) else 0


def check_message(blocks: Sequence[Json], text: str) -> None:
    """Raises Breach for the first limit a message breaks."""
    _most("blocks", len(blocks), MESSAGE.blocks)
    _most("characters", sum(map(chars, blocks)), MESSAGE.chars)
    _some("text", text, FALLBACK)
    for number, block in enumerate(blocks):
        _block(f"blocks[{number}]", block)


def check_view(view: Json) -> None:
    """Raises Breach for the first limit a modal or a home view breaks."""
    _most("blocks", len(view["blocks"]), VIEW.blocks)
    _most("bytes", weight(view), VIEW.bytes)
    _most("private_metadata", size(view.get("private_metadata", "")), METADATA)
    _most("callback_id", size(view.get("callback_id", "")), IDENTIFIER)
    for part in ("title", "submit", "close"):
        if part in view:
            _some(part, view[part]["text"], VIEW_TITLE)
    if any(block["type"] == "input" for block in view["blocks"]) and view["type"] == "modal" and "submit" not in view:
        raise Breach("a modal with inputs has no submit")
    for number, block in enumerate(view["blocks"]):
        _block(f"blocks[{number}]", block)


def check_options(options: Sequence[Json]) -> None:
    """Raises Breach for the first limit that the options of a list asked for while typing break; no options are fine."""
    if options:
        _options("options", options, OPTIONS)


def _block(at: str, block: Json) -> None:
    _most(f"{at}.block_id", size(block.get("block_id", "")), IDENTIFIER)
    match block["type"]:
        case "header":
            _some(f"{at}.text", block["text"]["text"], HEADER)
        case "rich_text":
            _most(f"{at} rich text", chars(block), RICH_TEXT)
            _rich(at, block)
        case "context":
            _count(f"{at}.elements", block["elements"], 10)
            for element in block["elements"]:
                _some(f"{at}.text", element["text"], CONTEXT_TEXT)
        case "actions":
            _count(f"{at}.elements", block["elements"], ACTIONS)
            _distinct(f"{at} action_id", [element["action_id"] for element in block["elements"]])
            for element in block["elements"]:
                _element(at, element)
        case "input":
            _some(f"{at}.label", block["label"]["text"], INPUT_LABEL)
            _element(at, block["element"])
        case "divider":
            pass
        case other:
            raise Breach(f"{at}: a block of type {other!r} is not known here")


def _rich(at: str, node: Json) -> None:
    """No text is empty and no list of elements is."""
    if node["type"] == "text":
        _count(at, node["text"], RICH_TEXT)
    elif "elements" in node:
        _count(f"{at}.elements", node["elements"], 10_000)
        for element in node["elements"]:
            _rich(at, element)


def _element(at: str, element: Json) -> None:
    _some(f"{at}.action_id", element["action_id"], IDENTIFIER)
    match element["type"]:
        case "button":
            _some(f"{at}.label", element["text"]["text"], BUTTON_LABEL)
            _some(f"{at}.value", element["value"], BUTTON_VALUE)
        case "checkboxes":
            _options(at, element["options"], CHECKBOXES)
        case "radio_buttons":
            _options(at, element["options"], RADIOS)
        case "static_select" | "multi_static_select":
            groups = element.get("option_groups", [])
            _most(f"{at}.option_groups", len(groups), OPTION_GROUPS)
            for group in groups:
                _some(f"{at}.group", group["label"]["text"], OPTION_TEXT)
                _options(at, group["options"], OPTIONS)
            if not groups:
                _options(at, element["options"], OPTIONS)
        case "external_select" | "multi_external_select":
            _some(f"{at}.placeholder", element["placeholder"]["text"], PLACEHOLDER)
        case "plain_text_input":
            _most(f"{at}.initial_value", size(element.get("initial_value", "")), INPUT_VALUE)
        case other:
            raise Breach(f"{at}: an element of type {other!r} is not known here")


def _options(at: str, options: Sequence[Json], most: int) -> None:
    _count(f"{at}.options", options, most)
    _distinct(f"{at} option value", [option["value"] for option in options])
    for option in options:
        _some(f"{at}.option", option["text"]["text"], OPTION_TEXT)
        _some(f"{at}.option value", option["value"], OPTION_VALUE)
        if "description" in option:
            _some(f"{at}.option description", option["description"]["text"], OPTION_TEXT)


def _most(what: str, found: int, most: int) -> None:
    if found > most:
        raise Breach(f"{what}: {found:,}, at most {most:,}")


def _some(what: str, text: str, most: int) -> None:
    if not text.strip():
        raise Breach(f"{what} is empty")
    _most(what, size(text), most)


def _count(what: str, elements: Sequence[Any], most: int) -> None:
    if not elements:
        raise Breach(f"{what} is empty")
    _most(what, len(elements), most)


def _distinct(what: str, values: Sequence[str]) -> None:
    if len(set(values)) != len(values):
        raise Breach(f"{what} stands twice")
