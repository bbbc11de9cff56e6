"""A card as the web chat shows it: its HTML, read and filled in as a browser does. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode

from bot.cards.card import Card
from bot.platforms.platform import Click, Place
from bot.platforms.web.chat_routes import pressed
from bot.platforms.web.render import Download, render_card

VOID = frozenset({"input", "br", "img", "meta", "link", "hr"})
INPUTS = frozenset({"input", "textarea", "select"})


@dataclass
class Node:
    """An element with what stands in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """The elements of these tags below, in order."""
        for child in self.inside:
            if isinstance(child, Node):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def text(self, *, seen: bool) -> str:
        """Its text: what is to be seen, or all of it."""
        if seen and (self.tag == "template" or "hidden" in self.attributes):
            return ""
        return " ".join(child if isinstance(child, str) else child.text(seen=seen) for child in self.inside)


class Tree(HTMLParser):
    """HTML as nodes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Node("root")
        self._open = [self.root]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


class WebShown:
    """In the chat, or `inside` a dialog."""

    def __init__(self, card: Card, place: Place, *, inside: bool) -> None:
        links = tuple(Download(file.name, len(file.text), "/files/id/seal") for file in card.files)
        self._place = place
        self._root = Tree(render_card(card, "e1", links, inside=inside)).root
        self.words = self._root.text(seen=True)
        self.beside = self._root.text(seen=False) + "".join(file.text for file in card.files)
        own = [button for button in self._root.all("button") if button.attributes.get("id", "").startswith("act-")]
        self._buttons = {button.text(seen=True).removesuffix("…"): button for button in own}
        self.actions = tuple(self._buttons)

    async def press(self, label: str, fields: Mapping[str, Sequence[str]], login: str) -> Click:
        """Presses the button, fills in the form in its dialog or around it, and sends that."""
        button = self._buttons[label]
        if values := button.attributes.get("hx-vals"):
            sent = [(name, value) for name, value in json.loads(values).items()]
        else:
            sent = list(self._submitted(self._form(button), fields))
        return pressed(parse_qs(urlencode(sent), keep_blank_values=True), self._place, login)

    def _form(self, button: Node) -> Node:
        """The form that the button submits, or that stands in the template behind it."""
        for parent in [self._root, *self._root.all("div", "form")]:
            if button in parent.inside:
                rest = parent.inside[parent.inside.index(button) :]
                template = next((one for one in rest if isinstance(one, Node) and one.tag == "template"), None)
                return next(template.all("form")) if template else parent
        raise AssertionError("the button stands nowhere")

    @staticmethod
    def _submitted(form: Node, fields: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
        """What a browser sends of the form, filled in. What cannot be filled in is not sent."""
        for one in form.all(*INPUTS):
            name, kind = one.attributes["name"], one.attributes.get("type", "")
            wanted = fields.get(name.removeprefix("field."), ())
            if kind == "hidden":
                yield name, one.attributes["value"]
            elif kind in ("checkbox", "radio"):
                if one.attributes["value"] in wanted:
                    yield name, one.attributes["value"]
            elif one.tag == "select":
                options = {option.attributes["value"] for option in one.all("option")}
                yield from ((name, value) for value in wanted if value in options)
            else:
                yield from ((name, value) for value in wanted)
