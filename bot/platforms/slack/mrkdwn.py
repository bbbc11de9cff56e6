"""Slack's text format, both ways: what people wrote as plain text, and plain text that Slack takes literally. Pure.

Cards are sent as rich text and plain text objects, in which nothing is ever read as markup; `escaped` is for the one text that Slack
does read, a message's fallback in notifications.
"""

from __future__ import annotations

import re

# Control characters, the ones that turn the reading direction, and halves of characters.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_REFERENCE = re.compile(r"<([@#!][^<>\n]*|[a-z][a-z0-9+.-]*:[^<>\n]+)>")


def harmless(text: str) -> str:
    """The text with what cannot be seen made visible."""
    return UNSEEN.sub("\ufffd", text)


def filled(text: str) -> str:
    """The same where Slack wants at least something."""
    seen = harmless(text)
    return seen if seen.strip() else "–"


def escaped(text: str) -> str:
    """The text for a message's fallback: no mention and no link. It is sent with `mrkdwn` off, so formatting characters mean nothing."""
    return harmless(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def said(text: str, me: str) -> str:
    """What a person wrote, as they read it themselves; mentions of the bot (its user id `me`) are left away.

    Source: docs.slack.dev "Formatting message text": `<@U…>`, `<#C…|name>`, `<!here>`, `<!subteam^S…|@name>`, `<!date^…|text>`,
    `<address|label>`, and `&amp; &lt; &gt;`.
    """
    plain = _REFERENCE.sub(lambda found: _reference(found[1], me), text)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[ \t]{2,}", " ", plain.replace("\u00a0", " ")).strip()


def _reference(inside: str, me: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return "" if target[1:] == me else f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == address or re.sub(r"^https?://", "", address).rstrip("/") == label.rstrip("/"):
        return label or address
    return f"{label} ({address})"
