"""Reading no more of a document than its conflicts need."""

import json
import re

import pytest
import yaml
from hypothesis import given, settings

from lattice_console.merge.merging import three_way
from lattice_console.merge.structured import READ_LEAST
from lattice_console.merge.structured_focus import aligned, focused, has_left_out
from tests.merge.strategies import merges
from tests.merge.test_structured_algebra import Case, cases, said

LEFT_OUT = re.compile("\ue000[0-9a-f]{8}")


def test_what_lines_far_from_the_places_are_about_is_left_out() -> None:
    before = "a:\n  b: 1\n  c:\n  - 1\nd: 1\ne:\n  f: 1\n  g:\n    h: 1\n"
    after = "    i: 1\n  j:\n    k: 1\nl:\n- 1\n- 2\n"
    expected = ["a:\n ?\nd: 1\ne:\n  f: 1\n  g:\n    h: 1\n", "    i: 1\n  j:\n   ?\nl:\n ?\n"]
    assert [LEFT_OUT.sub("?", piece) for piece in focused([before, after])] == expected


def test_brackets_that_open_are_closed() -> None:
    before = '{\n  "a": {\n    "b": {\n      "c": 1\n    }\n  },\n  "d": [\n    1\n  ],\n'
    after = '  "e": 1\n}\n'
    found = [LEFT_OUT.sub("?", piece) for piece in focused([before, after])]
    assert found == ['{\n  "a": {\n   "?": 0\n  },\n  "d": [\n   "?"\n  ],\n', after]
    json.loads("".join(found))


def test_of_many_neighbours_the_nearest_are_kept() -> None:
    [kept] = focused(["".join(f"k{number}: 1\n" for number in range(1000))])
    assert len(kept.split()) == 2 * 16
    assert has_left_out(kept)
    assert json.loads(focused(["[\n" + "".join(f"{n},\n" for n in range(1000)) + "1000\n]\n"])[0])[-1] == 1000


@given(merges())
def test_aligned_documents_are_what_they_have_in_common_and_what_not(case: tuple[bytes, bytes, bytes]) -> None:
    common, between = aligned(case)
    for document, own in zip(case, between, strict=True):
        assert b"".join(b"".join(pair) for pair in zip(common, [*own, b""], strict=True)) == document


@settings(max_examples=200, deadline=None)
@given(cases())
def test_sound_documents_are_sound_without_what_they_have_in_common(case: Case) -> None:
    common, between = aligned(case.texts)
    pieces = focused([piece.decode() for piece in common])
    for own in between:
        text = "".join("".join(pair) for pair in zip(pieces, [*(each.decode() for each in own), ""], strict=True))
        said(text.encode(), case.path)


@pytest.mark.parametrize("fields", [3, 40])
@pytest.mark.parametrize("path", ["x.json", "x.yaml"])
def test_what_was_left_out_is_not_lost_where_both_sides_rename_what_it_is_about(path: str, fields: int) -> None:
    deep, rest = ({f"k{number}": [number] for number in range(fields)} for _ in range(2))
    data = {"before": {"a": [1]}, "old": {"deep": deep, **rest}, "after": {"b": 1}}
    text = json.dumps(data, indent=1) if path == "x.json" else yaml.safe_dump(data, sort_keys=False)
    sides = [text.replace("old", name).encode() for name in ("old", "ours", "theirs")]
    result = three_way(sides[0], sides[1], sides[2], path=path)
    assert result.proposed
    found = said(result.proposed, path)
    assert (found["ours"], found["theirs"]) == (data["old"], data["old"])
    assert "old" not in found


def test_a_large_document_is_read_around_its_conflict_only() -> None:
    base = b"".join(b"key%d:\n  value: %d\n" % (number, number) for number in range(READ_LEAST // 20))
    ours, theirs = (base.replace(b"key500:", b"%b: 1\nkey500:" % name) for name in (b"ours", b"theirs"))
    assert len(base) > READ_LEAST
    expected = base.replace(b"key500:", b"ours: 1\ntheirs: 1\nkey500:")
    assert three_way(base, ours, theirs, path="x.yaml").proposed == expected


def test_a_large_document_in_one_line_is_for_a_person() -> None:
    base = json.dumps(list(range(READ_LEAST // 4))).encode()
    ours, theirs = base.replace(b" 500,", b" 501,"), base.replace(b" 400,", b" 401,")
    [proposal] = three_way(base, ours, theirs, path="x.json").proposals
    assert proposal.text is None
    assert "too much in too few lines" in proposal.reasons[0]
