"""What two edits that do not merge must share: the index finds all that a comparison of every two would find."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge import three_way
from lattice_console.merge.writing import KEYS, RANGES, Written, written


def share(one: Written, other: Written) -> bool:
    """Whether the index would look at the two at all."""
    if one.lines == () or other.lines == ():
        return False
    if one.lines is None or other.lines is None:
        return True
    meet = any(a <= d and c <= b for a, b in one.lines for c, d in other.lines)
    return meet or bool(one.keys & other.keys) or (one.anchors and other.anchors)


LINE = st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n", b"}\n"])
texts = st.lists(LINE, max_size=14).map(b"".join)


@given(texts, texts, texts)
def test_two_edits_of_lines_that_do_not_merge_share_a_line(base: bytes, ours: bytes, theirs: bytes) -> None:
    if not three_way(base, ours, theirs, path="a.txt").clean:
        assert share(written("a.txt", base, ours), written("a.txt", base, theirs))


values = st.recursive(
    st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from("abcdef"), values, min_size=2, max_size=6)


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """A document and two that some keys of its were put into, taken out of or moved in."""
    base = list(draw(documents).items())

    def edited() -> bytes:
        items = [item for item in base if draw(st.integers(0, 6))]
        for _ in range(draw(st.integers(0, 2))):
            key = draw(st.sampled_from("abcdefgh"))
            items = [item for item in items if item[0] != key]
            items.insert(draw(st.integers(0, len(items))), (key, draw(values)))
        return json.dumps(dict(items), indent=1).encode()

    return json.dumps(dict(base), indent=1).encode(), edited(), edited()


@pytest.mark.parametrize("path", ["a.json", "a.yaml"])
@given(edits())
def test_two_edits_of_a_document_that_do_not_merge_share_a_line_or_a_key(
    path: str, sides: tuple[bytes, bytes, bytes]
) -> None:
    base, ours, theirs = sides
    if not three_way(base, ours, theirs, path=path).clean:
        assert share(written(path, base, ours), written(path, base, theirs))


PAGE = [b"---\n", *(b"%c: 1\n" % key for key in b"abcdef"), b"---\n", b"prose\n", b"n: 1\n", b"---\n", b"end\n"]


@given(st.data())
def test_two_edits_of_markdown_that_do_not_merge_share_a_line_or_a_key_of_its_front_matter(data: st.DataObject) -> None:
    def edited() -> bytes:
        at = data.draw(st.integers(0, 9))
        put = data.draw(st.sampled_from([b"n: 1\n", b"n: 2\n", b"---\n", b"n:\n - 1\n", b"&x\n"]))
        return b"".join([*PAGE[:at], put, *PAGE[at + data.draw(st.integers(0, 1)) :]])

    base, ours, theirs = b"".join(PAGE), edited(), edited()
    if not three_way(base, ours, theirs, path="a.md").clean:
        assert share(written("a.md", base, ours), written("a.md", base, theirs))


def test_a_key_that_two_add_to_the_front_matter_is_shared_and_what_is_prose_is_not() -> None:
    base = b"---\na: 1\nb: 1\nc: 1\n---\n* prose\nd: 1\n"
    one = written("a.md", base, base.replace(b"a: 1\n", b"n: 1\na: 1\n"))
    other = written("a.md", base, base.replace(b"c: 1\n", b"c: 1\nn: 2\n"))
    assert one.keys & other.keys == {"/n"}
    assert written("a.md", base, base.replace(b"prose", b"words") + b"n: 1\n") == Written(((5, 8),))
    assert written("a.md", base, base.replace(b"c: 1\n---", b"---")).lines is not None
    assert written("a.md", base, base[4:]) == Written(None)


def test_keys_of_yaml_whose_lines_end_as_no_others_do_are_any_keys() -> None:
    base = b"a: 1\n# \xe2\x80\xa8\nb: 1\n"
    assert written("a.yaml", base, base + b"n: 1\n") == Written(None)


def test_a_key_that_two_add_far_from_each_other_is_shared_and_one_that_is_changed_is_not() -> None:
    base = b'{\n"a": 1,\n"b": 2,\n"c": 3\n}\n'
    one = written("a.json", base, base.replace(b"{\n", b'{\n"n": 1,\n'))
    other = written("a.json", base, base.replace(b"3\n", b'3,\n"n": 2\n'))
    assert one.keys & other.keys == {"/n"}
    assert written("a.json", base, base.replace(b"2", b"5")).keys == frozenset()


def test_items_of_lists_are_any_items_since_others_may_come_before_them() -> None:
    base = b"list:\n  - a: 1\n    b: 1\n  - a: 2\n    b: 2\n"
    assert written("a.yml", base, base.replace(b"a: 2\n", b"a: 2\n    n: 1\n")).keys == {"/list/*/n"}


def test_an_anchor_that_goes_and_one_that_is_named_are_shared() -> None:
    base = b"a: &x 1\nb: *x\n" + b"c: 1\n" * 9 + b"d: 2\n"
    gone = written("a.yaml", base, base.replace(b"a: &x 1\nb: *x\n", b"a: 1\nb: 1\n"))
    named = written("a.yaml", base, base.replace(b"d: 2", b"d: *x"))
    assert gone.anchors
    assert named.anchors


def test_what_has_no_lines_or_too_many_keys_is_written_as_a_whole_and_what_is_the_same_not_at_all() -> None:
    assert written("a.bin", b"\0a", b"\0b") == Written(None)
    many = json.dumps({str(number): 1 for number in range(KEYS + 1)}, indent=1).encode()
    assert written("a.json", b"{}", many) == Written(None)
    assert written("a.txt", b"1\n", b"1\n") == Written(())


def test_ranges_that_are_too_many_are_joined_with_their_nearest() -> None:
    base = b"".join(b"%d\n" % number for number in range(1000))
    content = b"".join(b"x\n" if number % 20 == 0 else b"%d\n" % number for number in range(1000))
    found = written("a.txt", base, content)
    assert found.lines is not None
    assert len(found.lines) == RANGES
    assert all(any(first <= number + 1 <= last for first, last in found.lines) for number in range(0, 1000, 20))


@pytest.mark.timeout(60)
def test_a_line_without_end_is_read_once() -> None:
    base = b'{"a": "' + b"x" * 5_000_000 + b'"}'
    assert written("a.json", base, base + b"\n").lines == ((0, 2),)
