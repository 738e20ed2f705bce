"""Proposals for random JSON and YAML documents that two sides changed at random."""

import json
import re
from collections import Counter
from typing import Any, NamedTuple

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.merge.merging import MergeResult, three_way

KEYS = st.sampled_from("abcdefg")
SCALARS = st.sampled_from([0, 1, 2, "x", "y", None, True])
VALUES = st.recursive(
    SCALARS, lambda each: st.lists(each, max_size=4) | st.dictionaries(KEYS, each, max_size=5), max_leaves=12
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=6)
INDENTS = st.sampled_from([None, 1, 2, "\t"])


@st.composite
def edits(draw: st.DrawFn, value: Any) -> Any:
    """A document with a few changes, at any depth."""
    if isinstance(value, dict):
        result = dict(value)
        for key in draw(st.lists(KEYS, max_size=2)):
            how = draw(st.integers(0, 2))
            if how == 0:
                result.pop(key, None)
            elif how == 1 and key in result:
                result[key] = draw(edits(result[key]))
            else:
                result[key] = draw(VALUES)
        return result
    if isinstance(value, list):
        items = list(value)
        at = draw(st.integers(0, len(items)))
        items[at : at + draw(st.integers(0, 2))] = draw(st.lists(VALUES, max_size=2))
        return items
    return draw(SCALARS)


GONE: Any = object()


def exactly(value: Any) -> Any:
    return value if value is GONE else json.dumps(value, sort_keys=True)


def keyed(base: Any, ours: Any, theirs: Any) -> Any:
    """The merge of mappings key by key; raises ValueError where both sides meet, and for lists."""
    if exactly(theirs) in (exactly(base), exactly(ours)):
        return ours
    if exactly(ours) == exactly(base):
        return theirs
    if not (isinstance(ours, dict) and isinstance(theirs, dict) and (base is GONE or isinstance(base, dict))):
        raise ValueError
    before = {} if base is GONE else base
    found = {
        key: keyed(before.get(key, GONE), ours.get(key, GONE), theirs.get(key, GONE))
        for key in {**before, **ours, **theirs}
    }
    return {key: value for key, value in found.items() if value is not GONE}


def block(value: Any, indent: int, step: int) -> list[str]:
    """Lines of YAML that say a value: some keys have a comment above, some beside them, some values are in brackets."""
    blanks = " " * indent
    lines: list[str] = []
    if isinstance(value, dict) and value:
        for key, each in value.items():
            if key in "ad":
                lines.append(f"{blanks}# about {key}")
            if isinstance(each, dict | list) and each and key not in "bf":
                lines += [f"{blanks}{key}:", *block(each, indent + step, step)]
            else:
                beside = f"  # beside {key}" if key == "c" else ""
                lines.append(f"{blanks}{key}: {json.dumps(each)}{beside}")
    elif isinstance(value, list) and value:
        for each in value:
            first, *others = block(each, indent + 2, step)
            if first.lstrip().startswith("#"):
                lines += [f"{blanks}-", first, *others]
            else:
                lines += [f"{blanks}- {first.lstrip()}", *others]
    else:
        lines.append(blanks + json.dumps(value))
    return lines


class Case(NamedTuple):
    """Three documents: what they say, and their texts."""

    data: tuple[Any, Any, Any]
    texts: tuple[bytes, bytes, bytes]
    path: str

    def merged(self, *, swapped: bool = False) -> MergeResult:
        base, *sides = self.texts
        return three_way(base, *(reversed(sides) if swapped else sides), path=self.path)


def text_of(value: Any, path: str, layout: Any) -> bytes:
    if path.endswith("json"):
        return json.dumps(value, indent=layout).encode() + b"\n"
    return "\n".join(block(value, 0, layout)).encode() + b"\n"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    path = draw(st.sampled_from(["x.json", "x.yaml"]))
    layouts = st.sampled_from([None, 1, 2, "\t"] if path == "x.json" else [1, 2, 4])
    base, usual = draw(DOCUMENTS), draw(layouts)
    ours, theirs = draw(edits(base)), draw(edits(base))
    texts = [
        text_of(side, path, draw(st.sampled_from([usual, usual, usual, draw(layouts)]))) for side in (ours, theirs)
    ]
    return Case((base, ours, theirs), (text_of(base, path, usual), texts[0], texts[1]), path)


def said(text: bytes, path: str) -> Any:
    return json.loads(text) if path.endswith("json") else yaml.safe_load(text)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_proposed_document_says_what_the_merge_of_the_data_says(case: Case) -> None:
    if (proposed := case.merged().proposed) is None:
        return
    try:
        expected = keyed(*case.data)
    except ValueError:
        return
    assert exactly(said(proposed, case.path)) == exactly(expected)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_proposals_stand_together_with_ours_in_the_other_conflicts(case: Case) -> None:
    result = case.merged()
    pairs = list(zip(result.conflicts, result.proposals, strict=True))
    if any(proposal.text is not None for _, proposal in pairs):
        texts = [conflict.ours if proposal.text is None else proposal.text for conflict, proposal in pairs]
        said(result.settled_with(texts), case.path)
    assert all(proposal.reasons for _, proposal in pairs)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_proposals_for_swapped_sides_say_the_same(case: Case) -> None:
    one, other = case.merged().proposed, case.merged(swapped=True).proposed
    if one is None or other is None:
        return
    try:
        keyed(*case.data)
    except ValueError:
        # What both sides add to a list stands in the order of the sides.
        return
    assert exactly(said(one, case.path)) == exactly(said(other, case.path))


def comments(text: bytes) -> Counter[bytes]:
    return Counter(re.findall(rb"# (?:about|beside) [a-g]", text))


@settings(max_examples=300, deadline=None)
@given(cases())
def test_no_word_is_invented_and_no_comment_is_lost(case: Case) -> None:
    if (proposed := case.merged().proposed) is None:
        return
    words = [set(re.split(rb"[\s,\[\]{}]+", text)) for text in (proposed, *case.texts[1:])]
    assert words[0] <= words[1] | words[2] | {b"", b"-"}
    base, ours, theirs = (comments(text) for text in case.texts)
    # Each side may take some out; what both add they may have added in one place.
    for comment in ours & theirs:
        least = min(ours[comment], theirs[comment], ours[comment] + theirs[comment] - base[comment])
        assert comments(proposed)[comment] >= least
