"""The structured layer: what it proposes for conflicts of JSON, and what it leaves to a person."""

import json

import pytest

from lattice_console.merge.merging import MergeResult, three_way

BASE = b'{\n  "a": 1,\n  "list": [\n    1,\n    2\n  ],\n  "z": {"on": true}\n}\n'


def merged(ours: bytes, theirs: bytes, base: bytes = BASE) -> MergeResult:
    """A merge that lines do not settle."""
    result = three_way(base, ours, theirs, path="x.json")
    assert not result.clean
    assert len(result.proposals) == len(result.conflicts)
    return result


def changed(*steps: tuple[bytes, bytes], base: bytes = BASE) -> bytes:
    for old, new in steps:
        assert base.count(old) == 1
        base = base.replace(old, new)
    return base


def test_different_keys_added_in_one_place_stand_one_behind_the_other() -> None:
    ours, theirs = (changed((b'"a": 1,\n', b'"a": 1,\n  %b,\n' % new)) for new in (b'"c": 2', b'"b": [3]'))
    result = merged(ours, theirs)
    [proposal] = result.proposals
    assert proposal.text == b'  "b": [3],\n  "c": 2,\n'
    assert proposal.reasons == ("adds /b as theirs does",)
    assert result.proposed == changed((b'"a": 1,\n', b'"a": 1,\n  "b": [3],\n  "c": 2,\n'))


def test_keys_that_are_not_sorted_stay_in_the_order_of_ours_and_then_theirs() -> None:
    base = b'{\n  "z": 1,\n  "a": 1\n}\n'
    ours, theirs = (changed((b'"a": 1', b'"a": 1,\n  "%b": 2' % name), base=base) for name in (b"n", b"m"))
    assert merged(ours, theirs, base).proposed == b'{\n  "z": 1,\n  "a": 1,\n  "n": 2,\n  "m": 2\n}\n'


def test_items_added_in_one_place_stand_one_behind_the_other_and_it_says_so() -> None:
    result = merged(changed((b"    2\n", b"    2,\n    3\n")), changed((b"    2\n", b"    2,\n    4\n")))
    assert result.proposed == changed((b"    2\n", b"    2,\n    3,\n    4\n"))
    assert result.proposals[0].reasons == ("adds 1 item of /list as theirs does, behind those that ours adds",)


def test_the_same_item_replaced_on_both_sides_is_for_a_person() -> None:
    [proposal] = merged(changed((b"    2\n", b"    3\n")), changed((b"    2\n", b"    4\n"))).proposals
    assert proposal.text is None
    assert proposal.reasons == ("both change the same items of /list",)


def test_different_values_in_one_line_are_both_taken() -> None:
    base = b'{"x": 1, "y": [1, 2]}\n'
    result = merged(b'{"x": 2, "y": [1, 2]}\n', b'{"x": 1, "y": [0, 1]}\n', base)
    assert result.proposed == b'{"x": 2, "y": [0, 1]}\n'


def test_one_value_changed_in_two_ways_is_for_a_person() -> None:
    [proposal] = merged(changed((b'"a": 1', b'"a": 2')), changed((b'"a": 1', b'"a": 3'))).proposals
    assert (proposal.text, proposal.reasons) == (None, ("both change /a, each in its way",))


def test_what_one_side_deletes_and_the_other_changes_is_for_a_person() -> None:
    mine, yours = changed((b'  "a": 1,\n', b"")), changed((b'"a": 1', b'"a": 3'))
    assert merged(mine, yours).proposals[0].reasons == ("theirs changes /a, which ours deletes",)
    assert merged(yours, mine).proposals[0].reasons == ("ours changes /a, which theirs deletes",)


def test_one_conflict_is_settled_where_another_is_for_a_person() -> None:
    base = changed((b'"a": 1,\n', b'"a": 1,\n  "b": 1,\n  "c": 1,\n  "d": 1,\n'))
    ours = changed((b'"a": 1', b'"a": 2'), (b"    2\n", b"    2,\n    3\n"), base=base)
    theirs = changed((b'"a": 1', b'"a": 3'), (b"    2\n", b"    2,\n    4\n"), base=base)
    result = merged(ours, theirs, base)
    assert [proposal.text for proposal in result.proposals] == [None, b"    2,\n    3,\n    4\n"]
    assert result.proposed is None


def test_ours_laid_out_anew_takes_the_value_that_theirs_changed() -> None:
    ours = json.dumps(json.loads(BASE), indent=4).encode()
    result = merged(ours, changed((b"true", b"false"), (b'"a": 1', b'"a": [\n    7\n  ]')))
    assert result.proposed == changed((b"true", b"false"), (b'"a": 1', b'"a": [\n      7\n    ]'), base=ours)


def test_a_rejected_merge_is_proposed_with_the_key_once() -> None:
    base = b'{\n  "a": 1,\n  "b": 1,\n  "c": 1,\n  "d": 1\n}\n'
    ours = changed((b'"a": 1,\n', b'"a": 1,\n  "new": 5,\n'), base=base)
    theirs = changed((b'"c": 1,\n', b'"c": 1,\n  "new": 5,\n'), base=base)
    result = merged(ours, theirs, base)
    assert result.rejected
    assert result.proposed == ours


def test_nothing_is_proposed_for_what_is_no_json_or_yaml() -> None:
    assert three_way(b"a\n", b"b\n", b"c\n", path="x.md").proposals == ()
    assert three_way(b"a\n", b"b\n", b"c\n").proposals == ()
    assert three_way(BASE, b"{}", b"[]", path="x.json", propose=False).proposals == ()


def test_what_cannot_be_read_says_why() -> None:
    [proposal] = three_way(b"{\n1\n}", b"{\n2\n}", b"{\n3\n}", path="x.json").proposals
    assert proposal.text is None
    assert "not all sides can be read" in proposal.reasons[0]


@pytest.mark.parametrize("path", ["x.json", "x.yaml"])
@pytest.mark.parametrize(("levels", "below"), [(190, 0), (190, 700), (10_000, 0)])
def test_deep_documents_are_merged_or_said_to_be_too_deep(path: str, levels: int, below: int) -> None:
    base = b'{"a":\n' * levels + b'{"b": 1,\n"c": 1}' + b"}\n" * levels

    def result(deeper: int) -> MergeResult:
        if deeper:
            return result(deeper - 1)
        return three_way(base, base.replace(b'"b": 1', b'"b": 2'), base.replace(b'"c": 1', b'"c": 2'), path=path)

    [proposal] = result(below).proposals
    if proposal.text is None:
        assert "deep" in proposal.reasons[0]
    else:
        assert (levels, proposal.text.splitlines()[0]) == (190, b'{"b": 2,')
