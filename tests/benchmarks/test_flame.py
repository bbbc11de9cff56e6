"""The picture of a profile: widths to scale, readable, and small."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from tests.benchmarks.flame import heaviest, picture, tree

STACKS = {("estate/a.py main", "store/b.py <listcomp> & more"): 60, ("estate/a.py main",): 20, ("json/c.py dumps",): 19, ("x y",): 1}
SVG = "{http://www.w3.org/2000/svg}"


def test_each_call_stands_under_its_caller_with_all_that_it_called():
    root = tree(STACKS)
    assert (root.seen, root.depth) == (100, 3)
    assert {label: child.seen for label, child in root.called.items()} == {"estate/a.py main": 80, "json/c.py dumps": 19, "x y": 1}
    assert root.called["estate/a.py main"].called["store/b.py <listcomp> & more"].seen == 60


def test_what_was_hardly_seen_is_left_out():
    assert set(tree({("often",): 9_999, ("seldom",): 1}).called) == {"often"}


def test_the_picture_is_an_svg_with_widths_to_scale():
    drawn = ET.fromstring(picture(STACKS, "A <title>", "below & beside"))
    widths = {}
    for group in drawn.iter(f"{SVG}g"):
        title, box = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        widths[title.text] = float(box.get("width"))
    assert set(widths) == {"estate/a.py main: 80.0%", "store/b.py <listcomp> & more: 60.0%", "json/c.py dumps: 19.0%", "x y: 1.0%"}
    assert abs(widths["estate/a.py main: 80.0%"] / widths["store/b.py <listcomp> & more: 60.0%"] - 80 / 60) < 0.01
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert texts[:2] == ["A <title>", "below & beside"]
    assert "estate/a.py main" in texts
    assert all(int(size) >= 12 for size in re.findall(r'font-size="(\d+)"', picture(STACKS, "", "")))


def test_a_label_that_does_not_fit_is_cut_and_one_without_room_is_left_out():
    drawn = picture({("estate/a_very_long_file_name.py a_function_with_a_long_name_too",): 12, ("b c",): 988, ("x" * 30,): 2}, "", "")
    texts = [text.text for text in ET.fromstring(drawn).iter(f"{SVG}text")]
    assert sum(text is not None and text.endswith("…") for text in texts) == 0
    cut = picture({("estate/a.py a_function_with_a_long_name_too",): 100, ("b c",): 900}, "", "")
    assert any(
        text.text and text.text.startswith("a_function_with") and text.text.endswith("…") for text in ET.fromstring(cut).iter(f"{SVG}text")
    )


def test_nothing_seen_is_an_empty_picture():
    assert ET.fromstring(picture({}, "t", "b")).tag == f"{SVG}svg"


def test_the_heaviest_count_what_they_called_and_each_stack_once():
    assert heaviest({("a", "b", "a"): 3, ("a",): 1}, 5) == [("a", 1.0), ("b", 0.75)]
