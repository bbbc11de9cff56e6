"""A pack gives back what was put in, is the same bytes each time, and says what is broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_server.knowledge.commands.command import Command, Field
from ai_server.knowledge.commands.pack import A_BLOCK, ACCESSES, KEPT_BLOCKS, KINDS, MAGIC, SIDES, BadPack, PackedFields, decode, encode

texts = st.text(max_size=20)
fields = st.builds(
    Field,
    name=texts,
    kind=st.sampled_from(KINDS),
    required=st.booleans(),
    option=texts,
    choices=st.lists(texts, max_size=3).map(tuple),
    meaning=texts,
    side=st.sampled_from(SIDES),
    aliases=st.lists(texts, max_size=2).map(tuple),
    unless=texts,
)
commands = st.builds(
    Command,
    cloud=st.just("aws"),
    operation=texts,
    command=texts,
    service=texts,
    summary=texts,
    access=st.sampled_from(ACCESSES),
    fields=st.lists(fields, max_size=4).map(tuple),
    detail=texts,
    examples=st.lists(texts, max_size=2).map(tuple),
    permissions=st.lists(texts, max_size=2).map(tuple),
)


def many(count: int) -> list[Command]:
    return [
        Command("gcp", f"a.b{n}", "", "a", "Does.", "read", tuple(Field(f"f{n}-{place}") for place in range(n % 3))) for n in range(count)
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(commands, max_size=5))
def test_what_was_packed_comes_back(some):
    assert list(decode(encode("aws", some))) == some


def test_two_builds_are_the_same_bytes():
    assert encode("gcp", many(A_BLOCK * 2 + 7)) == encode("gcp", many(A_BLOCK * 2 + 7))


def test_fields_come_from_the_right_block_in_any_order():
    some = many(A_BLOCK * (KEPT_BLOCKS + 2) + 3)
    found = decode(encode("gcp", some))
    for place in (len(some) - 1, 0, A_BLOCK, A_BLOCK - 1, 2 * A_BLOCK + 1, 5, len(some) - 2):
        assert tuple(found[place].fields) == tuple(some[place].fields)
    assert [tuple(one.fields) for one in found] == [tuple(one.fields) for one in some]


def test_packed_fields_are_a_sequence_equal_to_their_tuple():
    (found,) = decode(encode("gcp", [Command("gcp", "a", "", "a", "", "read", (Field("x"), Field("y")))]))
    assert isinstance(found.fields, PackedFields)
    assert len(found.fields) == 2
    assert found.fields[1] == Field("y")
    assert found.fields[:1] == (Field("x"),)
    assert hash(found.fields) == hash((Field("x"), Field("y")))
    assert found.fields != (Field("x"),)
    assert found.fields != 7
    assert "xz" not in repr(found)
    assert len(repr(found)) < 600


def test_only_blocks_looked_at_lately_stay_unpacked():
    found = decode(encode("gcp", many(A_BLOCK * (KEPT_BLOCKS + 3))))
    blocks = next(one.fields.blocks for one in found if isinstance(one.fields, PackedFields))
    assert not blocks.unpacked
    for one in found:
        tuple(one.fields)
    assert len(blocks.unpacked) == KEPT_BLOCKS


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda data: b"#!" + data, "does not begin with"),
        (lambda _: MAGIC + b"no json\n", "head cannot be read"),
        (lambda data: data[: len(MAGIC) + 40], "head cannot be read"),
        (lambda data: data + b"more", "where"),
        (lambda data: data.replace(b'"cloud":"gcp"', b'"cloud":"xyz"'), "head cannot be read"),
        (lambda data: data.replace(b'"count":3', b'"count":4'), "3 commands where"),
    ],
)
def test_a_broken_pack_says_so(broken, said):
    with pytest.raises(BadPack, match=said):
        decode(broken(encode("gcp", many(3))))


def test_a_broken_block_is_told_when_it_is_looked_at():
    data = encode("gcp", many(3))
    header = json.loads(data[len(MAGIC) : data.index(b"\n", len(MAGIC))])
    length = header["blocks"][0][1]
    found = decode(data[:-length] + b"\0" * length)
    with pytest.raises(BadPack, match="block 0"):
        tuple(found[1].fields)


def test_what_reads():
    assert Command("aws", "a:B", "", "a", "", "list").reads
    assert not Command("aws", "a:B", "", "a", "", "unknown").reads
