"""What Adaptive Cards 1.5 allows of what we draw: element by element, as the public schema has it. Pure."""

from __future__ import annotations

from typing import Any

ELEMENTS: dict[str, set[str]] = {
    "AdaptiveCard": {"$schema", "version", "fallbackText", "msteams", "body", "actions", "refresh"},
    "Container": {"style", "bleed", "items", "spacing", "separator"},
    "RichTextBlock": {"inlines", "spacing", "separator", "horizontalAlignment"},
    "TextRun": {"text", "size", "weight", "color", "isSubtle", "fontType"},
    "FactSet": {"facts", "spacing"},
    "Table": {"columns", "firstRowAsHeader", "showGridLines", "rows"},
    "TableRow": {"cells"},
    "TableCell": {"items"},
    "Action.Execute": {"title", "style", "verb", "data", "associatedInputs", "fallback", "mode"},
    "Action.Submit": {"title", "style", "data", "mode"},
    "Action.ShowCard": {"title", "card", "mode"},
    "Input.Text": {"id", "label", "isRequired", "errorMessage", "isMultiline", "maxLength", "value"},
    "Input.ChoiceSet": {"id", "label", "isRequired", "errorMessage", "choices", "isMultiSelect", "style", "wrap", "value"},
}
WORDS: dict[str, set[str]] = {
    "size": {"Small", "Default", "Medium", "Large", "ExtraLarge"},
    "weight": {"Lighter", "Default", "Bolder"},
    "color": {"default", "dark", "light", "accent", "good", "warning", "attention"},
    "spacing": {"None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"},
    "mode": {"primary", "secondary"},
    "horizontalAlignment": {"Left", "Center", "Right"},
}
STYLES: dict[str, set[str]] = {
    "Container": {"default", "emphasis", "good", "attention", "warning", "accent"},
    "Action.Execute": {"default", "positive", "destructive"},
    "Action.Submit": {"default", "positive", "destructive"},
    "Input.ChoiceSet": {"compact", "expanded", "filtered"},
}


def complaints(part: Any) -> list[str]:
    """What in a card the schema does not know; empty for a good one."""
    if isinstance(part, list):
        return [one for inner in part for one in complaints(inner)]
    if not isinstance(part, dict):
        return []
    kind = part.get("type")
    found: list[str] = []
    if isinstance(kind, str) and (kind in ELEMENTS or "." in kind or kind[:1].isupper()):
        found += [f"{kind} knows no {key}" for key in part if key != "type" and key not in ELEMENTS.get(kind, set())]
        found += [f"{kind}.{key} is {part[key]!r}" for key, words in WORDS.items() if key in part and part[key] not in words]
        if "style" in part and part["style"] not in STYLES.get(kind, set()):
            found.append(f"{kind}.style is {part['style']!r}")
        if kind == "Container" and not part["items"]:
            found.append("an empty Container")
    return found + [one for key, inner in part.items() if key != "data" for one in complaints(inner)]
