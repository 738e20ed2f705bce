"""What two patchsets make of each file, side by side."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.comparison import Pair, State, between, within
from lattice_console.contract.models.mutation import Change, Operation


def change(operation: Operation, path: str, base: str | None, result: str | None, to: str | None = None) -> Change:
    return Change(
        id="c",
        operation_type=operation,
        file_path=path,
        new_path=to,
        document_id=path if base else None,
        base_hash=base * 64 if base else None,
        result_hash=result * 64 if result else None,
    )


def pair(old: str, new: str, path: str = "a.md", to: str | None = None) -> Pair:
    return Pair(State(path, old * 64 or None), State(to or path, new * 64 or None))


MODIFY = change("modify", "a.md", "1", "2")


def test_a_file_of_both_is_compared_by_its_results() -> None:
    assert between([MODIFY], [change("modify", "a.md", "1", "3")]) == [pair("2", "3")]
    assert between([MODIFY], [MODIFY]) == []


def test_a_file_of_the_newer_alone_is_compared_with_what_it_was_made_on() -> None:
    assert between([], [MODIFY]) == [within(MODIFY)] == [pair("1", "2")]


def test_a_file_of_the_older_alone_goes_back_to_what_it_was() -> None:
    assert between([MODIFY], []) == [pair("2", "1")]
    assert between([change("create", "a.md", None, "2")], [])[0].operation == "delete"


def test_a_document_is_the_same_under_another_name() -> None:
    (moved,) = between([MODIFY], [change("rename", "a.md", "1", "2", to="b.md")])
    assert (moved, moved.operation) == (pair("2", "2", to="b.md"), "rename")


def test_a_file_made_by_both_is_one_by_its_path() -> None:
    (made,) = between([change("create", "a.md", None, "2")], [change("create", "a.md", None, "3")])
    assert (made, made.operation) == (pair("2", "3"), "modify")


def test_a_delete_is_a_state_like_others() -> None:
    (gone,) = between([MODIFY], [change("delete", "a.md", "1", None)])
    assert (gone, gone.operation) == (pair("2", ""), "delete")
    assert between([change("delete", "a.md", "1", None)], [MODIFY])[0].operation == "create"


Heads = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("12"), max_size=4)
Results = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([*"3456", None]), max_size=4)


def patchset(head: dict[str, str], result: dict[str, str | None]) -> list[Change]:
    """The changes that lead from a head to a result, file by file."""
    changes = []
    for path, after in result.items():
        before = head.get(path)
        if after is None and before is not None:
            changes.append(change("delete", path, before, None))
        elif after is not None:
            changes.append(change("modify" if before else "create", path, before, after))
    return changes


@given(Heads, Results, Results)
def test_it_is_what_a_comparison_of_whole_trees_would_find(
    head: dict[str, str], first: dict[str, str | None], second: dict[str, str | None]
) -> None:
    def tree(result: dict[str, str | None]) -> dict[str, str]:
        return {path: hash for path, hash in (head | result).items() if hash is not None}

    older, newer = tree(first), tree(second)
    expected = {
        path: (older.get(path), newer.get(path))
        for path in older.keys() | newer.keys()
        if older.get(path) != newer.get(path)
    }
    found = {
        one.new.path: (one.old.hash and one.old.hash[0], one.new.hash and one.new.hash[0])
        for one in between(patchset(head, first), patchset(head, second))
    }
    assert found == expected
