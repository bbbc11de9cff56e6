r"""The format of a pack: all commands of one cloud in one compressed file, their fields unpacked only when looked at. Pure.

A pack is three parts, one after the other:

    escher-commands 1\n
    {"cloud": ..., "count": N, "head": LENGTH, "blocks": [[COMMANDS, LENGTH], ...]}\n
    the head (what is known of each command but its fields, in columns), then the blocks (the fields of the next COMMANDS commands each)

Head and blocks are JSON, compressed with xz; lengths are in bytes. The same commands give the same bytes.
"""

from __future__ import annotations

import json
import lzma
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from typing import Any, get_args, overload

from ai_server.knowledge.commands.command import Access, Command, Field, Kind, Side
from ai_server.knowledge.playbook import CLOUDS
from ai_server.wire import CloudName

MAGIC = b"escher-commands 1\n"
A_BLOCK = 160
"""Commands whose fields are compressed together: more is smaller on disk and slower to look into."""
KEPT_BLOCKS = 6
"""Blocks kept unpacked, so that looking at one command after the other unpacks each once."""
KINDS: tuple[Kind, ...] = get_args(Kind)
SIDES: tuple[Side, ...] = get_args(Side)
ACCESSES: tuple[Access, ...] = get_args(Access)
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0}]


class BadPack(ValueError):
    """The bytes are no pack, or a broken one; the message says where."""


def encode(cloud: CloudName, commands: Sequence[Command]) -> bytes:
    """The pack of one cloud's commands, in the order given."""
    blocks = [_squeezed(_fields_out(commands[start : start + A_BLOCK])) for start in range(0, len(commands), A_BLOCK)]
    counts = [min(A_BLOCK, len(commands) - start) for start in range(0, len(commands), A_BLOCK)]
    head = _squeezed(_head_out(commands))
    header = {
        "cloud": cloud,
        "count": len(commands),
        "head": len(head),
        "blocks": [[count, len(block)] for count, block in zip(counts, blocks, strict=True)],
    }
    return b"".join((MAGIC, json.dumps(header, separators=(",", ":")).encode(), b"\n", head, *blocks))


def decode(data: bytes) -> tuple[Command, ...]:
    """The commands of a pack. Raises BadPack; a block that is broken raises it when it is looked at."""
    if not data.startswith(MAGIC):
        raise BadPack(f"it does not begin with {MAGIC.decode().strip()!r}")
    end = data.find(b"\n", len(MAGIC))
    try:
        header = json.loads(data[len(MAGIC) : end])
        start = end + 1 + header["head"]
        blocks = Blocks(data, tuple((count, length) for count, length in header["blocks"]), start)
        head = _opened(data[end + 1 : start])
        cloud = CLOUDS[CLOUDS.index(header["cloud"])]
        found = tuple(_commands_in(cloud, head, blocks))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, lzma.LZMAError) as error:
        raise BadPack(f"its head cannot be read ({type(error).__name__}: {error})") from None
    if blocks.end != len(data) or len(found) != header["count"]:
        raise BadPack(f"it holds {len(data):,} bytes and {len(found):,} commands where {blocks.end:,} and {header['count']:,} are named")
    return found


def _squeezed(document: Any) -> bytes:
    raw = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return lzma.compress(raw, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=FILTERS)


def _opened(data: bytes) -> Any:
    return json.loads(lzma.decompress(data))


def _head_out(commands: Sequence[Command]) -> dict[str, Any]:
    return {
        "operation": [one.operation for one in commands],
        "command": [one.command for one in commands],
        "service": [one.service for one in commands],
        "access": [ACCESSES.index(one.access) for one in commands],
        "fields": [len(one.fields) for one in commands],
        "permissions": [list(one.permissions) for one in commands],
        "examples": {str(place): list(one.examples) for place, one in enumerate(commands) if one.examples},
        "summary": [one.summary for one in commands],
        "detail": [one.detail for one in commands],
    }


def _commands_in(cloud: CloudName, head: Any, blocks: Blocks) -> Iterator[Command]:
    services: dict[str, str] = {}
    examples = head["examples"]
    columns = (head[name] for name in ("operation", "command", "service", "access", "fields", "permissions", "summary", "detail"))
    for place, (operation, command, service, access, fields, permissions, summary, detail) in enumerate(zip(*columns, strict=True)):
        yield Command(
            cloud=cloud,
            operation=operation,
            command=command,
            service=services.setdefault(service, service),
            summary=summary,
            access=ACCESSES[access],
            fields=PackedFields(blocks, place, fields) if fields else (),
            detail=detail,
            examples=tuple(examples.get(str(place), ())),
            permissions=tuple(permissions),
        )


def _fields_out(commands: Iterable[Command]) -> dict[str, Any]:
    """Columns over all fields of a block; the number of fields of each command stands in the head and here, so that a block stands alone."""
    rows = [tuple(one.fields) for one in commands]
    flat = list(chain.from_iterable(rows))
    return {
        "counts": [len(row) for row in rows],
        "name": [one.name for one in flat],
        "option": [one.option for one in flat],
        "kind": [KINDS.index(one.kind) for one in flat],
        "flags": [one.required + 2 * SIDES.index(one.side) for one in flat],
        "choices": {str(place): list(one.choices) for place, one in enumerate(flat) if one.choices},
        "aliases": {str(place): list(one.aliases) for place, one in enumerate(flat) if one.aliases},
        "unless": {str(place): one.unless for place, one in enumerate(flat) if one.unless},
        "meaning": [one.meaning for one in flat],
    }


@dataclass(slots=True)
class Blocks:
    """The fields of all commands of a pack, still compressed but for the blocks looked at last."""

    data: bytes = field(repr=False)
    sizes: tuple[tuple[int, int], ...] = field(repr=False)  # commands and bytes of each
    start: int
    firsts: list[int] = field(init=False, repr=False)
    offsets: list[int] = field(init=False, repr=False)
    unpacked: OrderedDict[int, list[tuple[Field, ...]]] = field(init=False, repr=False, default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.firsts = list(accumulate((count for count, _ in self.sizes), initial=0))
        self.offsets = list(accumulate((length for _, length in self.sizes), initial=self.start))

    @property
    def end(self) -> int:
        """Where the pack must end, in bytes."""
        return self.offsets[-1]

    def fields(self, place: int) -> tuple[Field, ...]:
        """Those of the command at a place. Raises BadPack where the block is broken."""
        number = bisect_right(self.firsts, place) - 1
        if number in self.unpacked:
            self.unpacked.move_to_end(number)
        else:
            self.unpacked[number] = self._unpack(number)
            if len(self.unpacked) > KEPT_BLOCKS:
                self.unpacked.popitem(last=False)
        return self.unpacked[number][place - self.firsts[number]]

    def _unpack(self, number: int) -> list[tuple[Field, ...]]:
        try:
            return list(_fields_in(_opened(self.data[self.offsets[number] : self.offsets[number + 1]])))
        except (ValueError, KeyError, TypeError, IndexError, lzma.LZMAError) as error:
            raise BadPack(f"its block {number} cannot be read ({type(error).__name__}: {error})") from None


def _fields_in(block: Any) -> Iterator[tuple[Field, ...]]:
    columns = zip(block["name"], block["option"], block["kind"], block["flags"], block["meaning"], strict=True)
    choices, aliases, unless = block["choices"], block["aliases"], block["unless"]
    flat = (
        Field(
            name=name,
            kind=KINDS[kind],
            required=bool(flags & 1),
            option=option,
            choices=tuple(choices.get(str(place), ())),
            meaning=meaning,
            side=SIDES[flags >> 1],
            aliases=tuple(aliases.get(str(place), ())),
            unless=unless.get(str(place), ""),
        )
        for place, (name, option, kind, flags, meaning) in enumerate(columns)
    )
    for count in block["counts"]:
        yield tuple(islice(flat, count))


@dataclass(frozen=True, slots=True, eq=False)
class PackedFields(Sequence[Field]):
    """The fields of one command, unpacked when they are looked at; equal to the tuple of them."""

    blocks: Blocks
    place: int
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> Field: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Field, ...]: ...
    def __getitem__(self, index: int | slice) -> Field | tuple[Field, ...]:
        return self.blocks.fields(self.place)[index]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.blocks.fields(self.place))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
