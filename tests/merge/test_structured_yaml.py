"""What the structured layer proposes for conflicts of YAML: comments, order, indentation and quoting survive."""

import pytest

from lattice_console.merge.merging import MergeResult, three_way

BASE = b"""\
# The limits of a client.
name: shop   # as people call it
limits:
  # per hour
  hour: 10
  day: 'some'
tags:
- a
- b
notes: |
  first
  second
end: 1
"""


def changed(*steps: tuple[bytes, bytes], base: bytes = BASE) -> bytes:
    for old, new in steps:
        assert base.count(old) == 1, old
        base = base.replace(old, new)
    return base


def merged(ours: bytes, theirs: bytes, base: bytes = BASE) -> MergeResult:
    """A merge that lines do not settle."""
    result = three_way(base, ours, theirs, path="x.yaml")
    assert not result.clean
    assert len(result.proposals) == len(result.conflicts)
    return result


def test_keys_added_in_one_place_keep_their_comments_and_quoting() -> None:
    ours = changed((b"'some'\n", b"'some'\n  month: \"m\"  # ours\n"))
    theirs = changed((b"'some'\n", b"'some'\n  # theirs\n  year: 'y'\n"))
    expected = changed((b"'some'\n", b"'some'\n  month: \"m\"  # ours\n  # theirs\n  year: 'y'\n"))
    assert merged(ours, theirs).proposed == expected


def test_values_in_neighbouring_lines_are_both_taken() -> None:
    result = merged(changed((b"hour: 10", b"hour: 20")), changed((b"'some'", b"none at all")))
    assert result.proposed == changed((b"hour: 10", b"hour: 20"), (b"'some'", b"none at all"))
    assert result.proposals[0].reasons == ("takes /limits/day from theirs",)


def test_items_added_in_one_place_stand_one_behind_the_other() -> None:
    result = merged(changed((b"- b\n", b"- b\n- c: 1\n  d: 2\n")), changed((b"- b\n", b"- b\n- [x, y]\n")))
    assert result.proposed == changed((b"- b\n", b"- b\n- c: 1\n  d: 2\n- [x, y]\n"))


def test_a_block_of_theirs_takes_the_indentation_of_ours() -> None:
    base = b"a:\n  b: 1\n  c: 1\n"
    ours = b"a:\n    b: 2\n    c: 1\n"
    theirs = b"a:\n  b: 1\n  c:\n    - x: |\n        text\n\n        more\n      y: 1\n"
    expected = b"a:\n    b: 2\n    c:\n      - x: |\n          text\n\n          more\n        y: 1\n"
    assert merged(ours, theirs, base).proposed == expected


def test_one_line_of_a_text_changed_on_both_sides_is_for_a_person() -> None:
    [proposal] = merged(changed((b"first", b"FIRST")), changed((b"second", b"SECOND"))).proposals
    assert (proposal.text, proposal.reasons) == (None, ("both change /notes, each in its way",))


def test_a_comment_that_theirs_alone_changed_comes_along() -> None:
    ours = changed((b"hour: 10", b"hour: 20"))
    theirs = changed((b"# per hour", b"# for each hour"))
    assert merged(ours, theirs).proposed == changed((b"# per hour\n  hour: 10", b"# for each hour\n  hour: 20"))


def test_a_comment_beside_a_value_that_both_changed_is_for_a_person() -> None:
    ours = changed((b"name: shop ", b"name: store "))
    theirs = changed((b"# as people", b"# as all people"))
    assert merged(ours, theirs).proposals[0].reasons == ("theirs changes a comment in /name",)


def test_a_comment_goes_with_the_entry_that_theirs_takes_out() -> None:
    ours, theirs = changed((b"'some'", b"'all'")), changed((b"  # per hour\n  hour: 10\n", b""))
    assert merged(ours, theirs).proposed == changed((b"'some'", b"'all'"), (b"  # per hour\n  hour: 10\n", b""))


def test_line_ends_of_ours_are_kept() -> None:
    crlf = BASE.replace(b"\n", b"\r\n")
    ours = changed((b"hour: 10", b"hour: 20"), base=crlf)
    theirs = changed((b"'some'\n", b"'some'\n  month: 3\n"))
    expected = changed((b"hour: 10", b"hour: 20"), (b"'some'\r\n", b"'some'\r\n  month: 3\r\n"), base=crlf)
    assert merged(ours, theirs).proposed == expected


def test_a_blank_line_that_theirs_alone_added_comes_along() -> None:
    ours, theirs = changed((b"hour: 10", b"hour: 20")), changed((b"hour: 10\n", b"hour: 10\n\n"))
    assert merged(ours, theirs).proposed == changed((b"hour: 10\n", b"hour: 20\n\n"))


@pytest.mark.parametrize("anchor", [b"&a 1", b"&a\n  x: 1"])
def test_an_alias_is_compared_by_what_it_stands_for(anchor: bytes) -> None:
    base = b"one: %b\ntwo: *a\nthree: 3\n" % anchor
    ours, theirs = base.replace(b"three: 3", b"three: 4"), base.replace(b"two: *a", b"two: 2")
    assert merged(ours, theirs, base).proposed == b"one: %b\ntwo: 2\nthree: 4\n" % anchor


def test_an_alias_whose_anchor_the_other_side_took_out_is_not_proposed() -> None:
    base = b"one: &a 1\ntwo: 2\nthree: 3\n"
    ours, theirs = b"one: 1\ntwo: 3\nthree: 3\n", b"one: &a 1\ntwo: 2\nthree: 3\nfour: *a\n"
    result = three_way(base, ours, theirs, path="x.yaml")
    assert result.proposed is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"a: %d\n---\nb: 1\n", "several documents"),
        (b"%%YAML 1.1\n---\na: %d\n", "directives"),
        (b"a: %d\x0db: 1\n", "line ends"),
        (b"? [x]\n: %d\n", "complex key"),
        (b"a: [b: %d]\n", "same items of /a"),
        (b"a: *b\nc: %d\n", "nothing is anchored as b"),
        (b"[" * 250 + b"%d" + b"]" * 250, "200"),
    ],
)
def test_what_cannot_be_spliced_safely_says_why(document: bytes, reason: str) -> None:
    [proposal] = merged(document % 2, document % 3, document % 1).proposals
    assert proposal.text is None
    assert reason in proposal.reasons[0]
