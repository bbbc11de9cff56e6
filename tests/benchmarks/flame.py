"""Stacks seen while something ran, as a picture: each function as wide as the share of processor time it was seen in. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

Stack = tuple[str, ...]
_WIDTH, _ROW, _MARGIN, _HEAD = 1400, 20, 10, 64
_LETTER = 6.7  # of 12 pixels, on average
_NARROWEST = 0.002
# By what a label begins with, the first that fits.
_COLOURS = (("estate/", "#f4c07a"), ("store/", "#9fc5e8"), ("meaning/", "#b4a7d6"), ("tests/", "#d9d9d9"), ("", "#cfe2c4"))


@dataclass(slots=True)
class Node:
    """A function as it was called from where it stands: how often it was seen there, with all that it called."""

    seen: int = 0
    called: dict[str, Node] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        return 1 + max((node.depth for node in self.called.values()), default=0)


def tree(stacks: Mapping[Stack, int]) -> Node:
    """All stacks, outermost function first, as one tree; what was seen too seldom to be drawn is left out."""
    root = Node(sum(stacks.values()))
    for stack, seen in stacks.items():
        node = root
        for label in stack:
            node = node.called.setdefault(label, Node())
            node.seen += seen
    _prune(root, root.seen * _NARROWEST)
    return root


def picture(stacks: Mapping[Stack, int], title: str, below: str) -> str:
    """An SVG with a title and a line below it."""
    root = tree(stacks)
    height = _HEAD + root.depth * _ROW + _MARGIN
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="24" font-size="16">{escape(title)}</text>',
        f'<text x="{_MARGIN}" y="46" fill="#444444">{escape(below)}</text>',
        *_boxes(root, _MARGIN, _HEAD, (_WIDTH - 2 * _MARGIN) / max(root.seen, 1), root.seen),
        "</svg>",
        "",
    ))  # fmt: skip


def heaviest(stacks: Mapping[Stack, int], most: int) -> list[tuple[str, float]]:
    """The functions in which most of the time was seen, whatever they called included, with their share."""
    counts = Counter[str]()
    for stack, seen in stacks.items():
        counts.update(dict.fromkeys(stack, seen))
    whole = sum(stacks.values())
    return [(label, seen / whole) for label, seen in counts.most_common(most)]


def _prune(node: Node, least: float) -> None:
    node.called = {label: child for label, child in node.called.items() if child.seen >= least}
    for child in node.called.values():
        _prune(child, least)


def _boxes(node: Node, left: float, top: float, scale: float, whole: int) -> Iterator[str]:
    for label, child in sorted(node.called.items()):
        width = child.seen * scale
        colour = next(colour for start, colour in _COLOURS if label.startswith(start))
        yield (
            f'<g><title>{escape(label)}: {child.seen / whole:.1%}</title><rect x="{left:.1f}" y="{top}" width="{max(width - 0.5, 0.2):.1f}" '
            f'height="{_ROW - 1}" fill="{colour}"/>{_text(label, left, top, width)}</g>'
        )
        yield from _boxes(child, left, top + _ROW, scale, whole)
        left += width


def _text(label: str, left: float, top: float, width: float) -> str:
    """The label as far as it fits: the function's own name before its file's."""
    room = int((width - 6) / _LETTER)
    name = label.rpartition(" ")[2]
    said = label if len(label) <= room else name if len(name) <= room else f"{name[: room - 1]}…" if room > 3 else ""
    return f'<text x="{left + 3:.1f}" y="{top + 14}">{escape(said)}</text>' if said else ""
