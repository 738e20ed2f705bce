"""What hooks answer is read whatever it is: it adds something, or it refuses, in words that are harmless."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.base import SEVERAL_LIMIT
from lattice_console.contract.models.hook import HookAnswer
from lattice_console.engine.rules import hooks


def objects(inner: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    keys = st.sampled_from(["refuse", "labels", "reviewers", "metadata"]) | st.text(max_size=3)
    return st.dictionaries(keys, inner, max_size=4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | objects(inner)
)
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs"]), min_size=1, max_size=20)
ANSWERS = st.builds(
    HookAnswer,
    labels=st.lists(LINES, max_size=5).map(tuple),
    reviewers=st.lists(LINES, max_size=3).map(tuple),
    metadata=st.dictionaries(LINES, st.none() | st.integers(-9, 9) | LINES, max_size=3),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.integers(-70, 255), st.binary())
def test_whatever_a_hook_writes_it_answers_or_refuses(output: bytes, status: int, errors: bytes) -> None:
    answer, refused = hooks.read("pre-mutation", status, output, errors)
    assert refused or status == 0
    assert not refused or answer == hooks.NOTHING
    assert len(refused) < 700
    for said in (refused, hooks.failure("post-mutation", status, errors)):
        assert {unicodedata.category(char) for char in said}.isdisjoint({"Cc", "Cs"})
    assert bool(hooks.failure("post-mutation", status, errors)) == (status != 0)


@given(st.lists(LINES, max_size=3, unique=True), st.lists(ANSWERS, max_size=3))
def test_answers_add_and_take_nothing_away_and_adding_them_again_changes_nothing(
    labels: list[str], answers: list[HookAnswer]
) -> None:
    mutation = {"labels": labels, "reviewers": ["ann"], "metadata": {"ticket_id": "T-1"}}
    after = mutation | hooks.added(mutation, answers)
    assert after["labels"][: len(labels)] == labels
    assert after["reviewers"][0] == "ann"
    assert set(mutation["metadata"]) <= set(after["metadata"])
    assert hooks.added(after, answers) == {}
    for answer in answers:
        assert set(answer.labels) <= set(after["labels"])
        assert set(answer.reviewers) <= set(after["reviewers"])


def test_no_more_labels_are_added_than_anybody_may_give() -> None:
    answers = [HookAnswer(labels=tuple(f"{start}-{number}" for number in range(SEVERAL_LIMIT))) for start in range(3)]
    added = hooks.added({"labels": ["mine"], "reviewers": [], "metadata": {}}, answers)
    assert (len(added["labels"]), added["labels"][0]) == (SEVERAL_LIMIT, "mine")
