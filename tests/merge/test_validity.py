"""The validity gate: which clean merges by lines are not taken, why, and what is there to decide instead."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.merge._libgit2 import merge_lines
from lattice_console.merge.keys import repeated_keys
from lattice_console.merge.merging import MergeResult, Range, RepeatedKey, three_way
from lattice_console.merge.reading import Unreadable

BASE = b"""{
  "openapi": "3.1.0",
  "info": {
    "title": "Billing"
  },
  "servers": [],
  "tags": [],
  "paths": {}
}
"""
OURS = BASE.replace(b'  "info"', b'  "security": [],\n  "info"')
THEIRS = BASE.replace(b'  "paths"', b'  "security": [{}],\n  "paths"')


def with_all(result: MergeResult, side: str) -> bytes:
    return result.settled_with([getattr(conflict, side) for conflict in result.conflicts])


def test_a_key_that_both_sides_added_in_different_places_rejects_the_merge() -> None:
    result = three_way(BASE, OURS, THEIRS, path="api.json")
    assert (result.clean, result.content, result.unmergeable) == (False, None, None)
    assert result.rejected
    assert result.rejected.reason == "repeated_key"
    assert result.rejected.message == "merged line by line, it repeats a key: /security in lines 3, 9"
    assert result.rejected.keys == (RepeatedKey("/security", (3, 9)),)
    assert result.rejected.content == merge_lines(BASE, OURS, THEIRS)[1]


def test_what_each_side_added_is_there_to_be_chosen() -> None:
    result = three_way(BASE, OURS, THEIRS, path="api.json")
    first, second = result.conflicts
    assert (first.base, first.ours, first.theirs) == (b"", b'  "security": [],\n', b"")
    assert (second.base, second.ours, second.theirs) == (b"", b"", b'  "security": [{}],\n')
    assert (first.our_lines, second.their_lines, second.result_lines) == (Range(3, 1), Range(8, 1), Range(8, 0))
    assert (first.pointer, second.pointer) == ("/security", "/security")
    assert with_all(result, "ours") == OURS
    assert with_all(result, "theirs") == THEIRS


def test_changes_that_have_no_part_in_it_are_settled() -> None:
    ours, theirs = OURS.replace(b"Billing", b"Bills"), THEIRS.replace(b'"tags": []', b'"tags": [1]')
    result = three_way(BASE, ours, theirs, path="api.json")
    assert [(each.ours, each.theirs) for each in result.conflicts] == [
        (b'  "security": [],\n', b""),
        (b'  "tags": [],\n', b'  "tags": [1],\n  "security": [{}],\n'),
    ]
    assert b"Bills" in with_all(result, "theirs")


@pytest.mark.parametrize("path", [None, "api.md", "api.json.txt", "json"])
def test_other_documents_are_merged_as_their_lines_are(path: str | None) -> None:
    assert three_way(BASE, OURS, THEIRS, path=path).clean


@pytest.mark.parametrize("path", ["api.yaml", "API.YML", "docs/api.v1.yaml", "api.JSON"])
def test_the_extension_of_the_path_tells_what_is_read(path: str) -> None:
    rejected = three_way(BASE, OURS, THEIRS, path=path).rejected
    assert rejected
    assert rejected.keys == (RepeatedKey("/security", (3, 9)),)


def test_a_merge_that_does_not_parse_is_rejected_with_the_line() -> None:
    base = b'{\n"a": [\n{\n"x": 1\n}\n],\n"b": 1\n}\n'
    # We make one object of the list, to which they add another one.
    ours = base.replace(b'"a": [', b'"a":').replace(b"],", b",")
    theirs = base.replace(b'"x": 1\n', b'"x": 1\n},\n{\n"x": 2\n')
    result = three_way(base, ours, theirs, path="a.json")
    assert result.rejected
    assert (result.rejected.reason, result.rejected.line) == ("unreadable", 6)
    assert result.rejected.message.startswith(
        "merged line by line, it cannot be read (line 6): expecting property name"
    )
    assert with_all(result, "ours") == ours
    assert with_all(result, "theirs") == theirs


YAML = b"""a: 1
limits:
  hour: 1
  day: 24
b: 2
c: 3
d: 4
"""


def test_an_alias_whose_anchor_the_other_side_removed_rejects_the_merge() -> None:
    base = YAML.replace(b"limits:", b"limits: &limits")
    ours, theirs = YAML, base.replace(b"d: 4", b"d: *limits")
    result = three_way(base, ours, theirs, path="a.yaml")
    assert result.rejected
    assert (result.rejected.reason, result.rejected.line) == ("unreadable", 7)
    assert "it cannot be read (line 7): an alias names an anchor" in result.rejected.message
    assert with_all(result, "ours") == ours
    assert with_all(result, "theirs") == theirs


def test_an_anchor_that_both_sides_added_in_different_places_rejects_the_merge() -> None:
    ours, theirs = YAML.replace(b"a: 1", b"a: &x 1"), YAML.replace(b"d: 4", b"d: &x 4\ne: *x")
    result = three_way(YAML, ours, theirs, path="a.yaml")
    assert result.rejected
    assert result.rejected.message == "merged line by line, it repeats an anchor: &x in lines 1, 7"
    assert [conflict.ours for conflict in result.conflicts] == [b"a: &x 1\n", b"d: 4\n"]


def test_of_a_merge_that_does_not_parse_the_changes_before_the_line_are_there_to_be_chosen() -> None:
    base = YAML.replace(b"limits:", b"limits: &limits") + b"e: 5\nf: 6\n"
    ours, theirs = base.replace(b" &limits", b"").replace(b"f: 6", b"f: 7"), base.replace(b"d: 4", b"d: *limits")
    result = three_way(base, ours, theirs, path="a.yaml")
    assert [conflict.base for conflict in result.conflicts] == [b"limits: &limits\n", b"d: 4\n"]
    assert with_all(result, "theirs").endswith(b"f: 7\n")


def test_where_the_changes_next_to_the_reason_are_not_enough_all_are_there_to_be_chosen() -> None:
    base = b"a:\n  x: 1\n  y: 1\nb:\n  z: 1\n  w: 1\n"
    # We add to the second mapping what stands in the first; they make one of both.
    ours = base.replace(b"  w: 1\n", b"  w: 1\n  x: 2\n")
    theirs = base.replace(b"b:\n", b"")
    result = three_way(base, ours, theirs, path="a.yaml")
    assert result.rejected
    assert result.rejected.keys == (RepeatedKey("/a/x", (2, 6)),)
    assert [(each.ours, each.theirs) for each in result.conflicts] == [(b"b:\n", b""), (b"  x: 2\n", b"")]


def test_what_the_sides_already_had_rejects_nothing() -> None:
    repeats = BASE.replace(b'"title": "Billing"', b'"title": "Billing", "title": 2')
    ours, theirs = b"\n" + repeats, repeats.replace(b'"paths": {}', b'"paths": {"/": {}}')
    assert three_way(repeats, ours, theirs, path="api.json").clean
    broken = BASE.replace(b"[],", b"[,")
    assert three_way(broken, b"\n" + broken, broken.replace(b"{}", b"[]"), path="api.json").clean


def test_a_repeated_key_may_move_within_a_list() -> None:
    base = b"- a: 1\n  a: 1\n- b: 1\n- c: 1\n"
    assert three_way(base, b"- new: 1\n" + base, base + b"- d: 1\n", path="a.yaml").clean


def test_one_more_of_a_key_that_was_repeated_already_rejects_the_merge() -> None:
    base = b"a: 1\nb: 1\nc: 1\na: 2\nd: 1\ne: 1\nf: 1\n"
    result = three_way(base, b"a: 0\n" + base, base + b"a: 3\n", path="a.yaml")
    assert result.rejected
    assert result.rejected.keys == (RepeatedKey("/a", (1, 2, 5, 9)),)


def test_a_merge_that_heals_a_broken_side_is_taken() -> None:
    broken = BASE.replace(b"[],", b"[,", 1)
    merged = three_way(broken, BASE, b"\n" + broken, path="api.json")
    assert merged.content == b"\n" + BASE


PAGE = b"---\nname: a\nversion: 1\nowner: kim\ntags: [x]\n---\n# A page\n\nname: a\n"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_front_matter_of_markdown_that_repeats_a_key_or_cannot_be_read_rejects_the_merge(bom: bytes) -> None:
    page = bom + PAGE
    twice = three_way(
        page, page.replace(b"name", b"status: 1\nname", 1), page.replace(b"x]", b"x]\nstatus: 2"), path="a.md"
    )
    assert twice.rejected
    assert twice.rejected.keys == (RepeatedKey("/status", (2, 7)),)
    assert [conflict.ours for conflict in twice.conflicts] == [b"status: 1\n", b""]
    page = page.replace(b"kim\n", b"kim\nsince: 1\nuntil: 2\n").replace(b"a\nv", b"&n a\nv")
    ours, theirs = page.replace(b"&n a", b"b"), page.replace(b"[x]", b"[*n]")
    unread = three_way(page, ours, theirs, path="a.markdown").rejected
    assert unread
    assert (unread.reason, unread.line) == ("unreadable", 7)


def test_markdown_without_front_matter_is_merged_as_its_lines_are() -> None:
    for page in (PAGE[4:], PAGE.replace(b"---\n", b"---\nprose of\n\n", 1).replace(b": ", b" ")):
        assert three_way(page, b"k: 1\nk: 1\n" + page, page + b"k: 1\n", path="a.md").clean
    prose = b"---\nOf it all:\n\nsome: words\n\n- and\n---\nend\n"
    assert three_way(prose, prose.replace(b"words", b"others"), prose + b"k: 1\n", path="a.md").clean


def test_a_document_beyond_the_limits_is_for_a_person() -> None:
    deep = b"[" * 10_000 + b"\n1,\n2,\n3,\n4\n" + b"]" * 10_000
    for path in ("a.json", "a.yaml"):
        result = three_way(deep, deep.replace(b"1", b"0"), deep.replace(b"4", b"5"), path=path)
        assert result.rejected
        assert result.rejected.reason == "unreadable"
        assert "nests deeper than 200 levels" in result.rejected.message
        assert len(result.conflicts) == 2


def titles(content: bytes) -> Sequence[str]:
    """A rule: no two of the numbers of a document are equal."""
    numbers = [line for line in content.split(b"\n") if line.isdigit()]
    return [f"{number.decode()} stands twice" for number in dict.fromkeys(numbers) if numbers.count(number) > 1]


def test_what_the_caller_finds_wrong_with_the_merge_alone_rejects_it() -> None:
    base = b"7\na\n7\nb\nc\nd\n"
    result = three_way(base, b"1\n" + base, base + b"1\n", valid=titles)
    assert result.rejected
    assert (result.rejected.reason, result.rejected.violations) == ("invalid", ("1 stands twice",))
    assert result.rejected.message == "merged line by line, it breaks a rule that each side keeps: 1 stands twice"
    assert [(each.ours, each.theirs) for each in result.conflicts] == [(b"1\n", b""), (b"", b"1\n")]
    assert three_way(base, b"1\n" + base, base + b"2\n", valid=titles).clean


def test_a_message_names_three_and_says_how_many_more() -> None:
    rows = b"".join(b'"k%d": 1,\n' % number for number in range(5))
    base = b'{\n"a": 1,\n"b": 1,\n"c": 1\n}\n'
    rejected = three_way(base, base.replace(b"{\n", b"{\n" + rows), base.replace(b'"c"', rows + b'"c"'), path="a.json")
    assert rejected.rejected
    assert len(rejected.rejected.keys) == 5
    assert "/k2 in lines 4, 11; and 2 more" in rejected.rejected.message


KEYS = st.sampled_from("abcdefgh")
MAPPINGS = st.dictionaries(KEYS, st.integers(0, 2), max_size=6)


@st.composite
def documents(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """A mapping and two descendants, each with keys of its own added, removed and changed, in its own places."""
    base = list(draw(MAPPINGS).items())
    sides = [base]
    for _ in range(2):
        side = list(base)
        for _ in range(draw(st.integers(1, 3))):
            at = draw(st.integers(0, len(side)))
            side[at : at + draw(st.integers(0, 1))] = [(draw(KEYS), draw(st.integers(0, 2)))]
        sides.append(list(dict(side).items()))
    base_text, ours, theirs = (_block(side) for side in sides)
    return base_text, ours, theirs


def _block(side: list[tuple[str, Any]]) -> bytes:
    return "".join(f"{key}: {value}\n" for key, value in side).encode()


@settings(max_examples=300)
@given(documents())
def test_no_clean_merge_repeats_a_key_and_every_rejected_one_can_be_settled(case: tuple[bytes, bytes, bytes]) -> None:
    result = three_way(*case, path="a.yaml")
    if result.content is not None:
        assert repeated_keys("yaml", result.content) == {}
    if result.rejected:
        clean, content = merge_lines(*case)
        assert clean
        assert result.rejected.content == content
        assert repeated_keys("yaml", content)
        changed = [each.theirs if each.ours == each.base else each.ours for each in result.conflicts]
        assert result.settled_with(changed) == content
        for side in ("ours", "theirs"):
            assert repeated_keys("yaml", with_all(result, side)) == {}


@given(documents())
def test_a_rejected_merge_has_the_same_places_with_its_sides_swapped(case: tuple[bytes, bytes, bytes]) -> None:
    base, ours, theirs = case
    one, other = three_way(*case, path="a.yaml"), three_way(base, theirs, ours, path="a.yaml")
    assert one.rejected == other.rejected
    assert (one.content, one.settled) == (other.content, other.settled)
    assert [(each.base, each.ours, each.theirs) for each in one.conflicts] == [
        (each.base, each.theirs, each.ours) for each in other.conflicts
    ]


def test_many_conflicts_of_a_large_document_are_pointed_at_in_one_reading() -> None:
    def document(value: int) -> bytes:
        return b"".join(b"k%d:\n  value: %d\n  note: |\n    some\n    text\n" % (at, value) for at in range(3000))

    result = three_way(document(0), document(1), document(2), path="a.yaml")
    assert [conflict.pointer for conflict in result.conflicts] == [f"/k{at}/value" for at in range(3000)]


@settings(max_examples=200)
@given(st.text(alphabet='{}[]:,"ab \n-*&', max_size=30), st.text(alphabet='[]{},"a:', max_size=4), st.data())
def test_whatever_the_bytes_are_a_clean_merge_of_what_parses_parses(text: str, new: str, data: st.DataObject) -> None:
    base = text.encode()
    at, to = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    ours, theirs = (text[:at] + new + text[at:]).encode(), (text[:to] + text[to + 1 :]).encode()
    for path in ("a.json", "a.yaml"):
        result = three_way(base, ours, theirs, path=path)
        if result.content is None or not (_parses(path, ours) and _parses(path, theirs)):
            continue
        assert result.content == ours or result.content == theirs or _parses(path, result.content)


def _parses(path: str, content: bytes) -> bool:
    try:
        repeated_keys("json" if path.endswith("json") else "yaml", content)
    except Unreadable:
        return False
    return True
