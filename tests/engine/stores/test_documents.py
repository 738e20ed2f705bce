import unicodedata
from sqlite3 import IntegrityError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import HeadMove, HeadRecord, Window
from lattice_console.engine.stores.rows import prefix_range
from tests.engine.stores.samples import OTHER, PROJECT, change, later, mutation, patchset, propose, step


def create(document_id: str, path: str, hash: str = "h1") -> HeadMove:
    return HeadMove(document_id, "create", path, hash)


def test_a_document_stands_in_the_head_with_size_revision_and_sequence(tables: Tables) -> None:
    step(tables, 1, create("d1", "a.md", "hash"))
    step(tables, 2, HeadMove("d1", "modify", "a.md", "longer"))
    expected = HeadRecord("d1", "a.md", "longer", 6, 2, 2, later(2))
    assert tables.documents.at_paths(PROJECT, ["a.md", "b.md"]) == {"a.md": expected}
    assert tables.documents.in_head(PROJECT, ["d1", "d2"]) == {"d1": expected}
    assert tables.documents.starting_with(PROJECT, "") == [expected]
    assert tables.documents.starting_with(OTHER, "") == []


def test_documents_may_swap_their_paths_in_one_step(tables: Tables) -> None:
    step(tables, 1, create("d1", "a.md"), create("d2", "b.md"))
    step(tables, 2, HeadMove("d1", "rename", "b.md", "h1"), HeadMove("d2", "rename", "a.md", "h1"))
    standing = tables.documents.at_paths(PROJECT, ["a.md", "b.md"])
    assert {path: record.document_id for path, record in standing.items()} == {"a.md": "d2", "b.md": "d1"}


def test_a_deleted_document_leaves_the_head_and_keeps_its_history(tables: Tables) -> None:
    step(tables, 1, create("d1", "a.md"))
    step(tables, 2, HeadMove("d1", "delete", None, None))
    assert tables.documents.in_head(PROJECT, ["d1"]) == {}
    history = tables.documents.history(PROJECT, "d1", None, 10)
    assert [(entry.number, entry.operation, entry.path, entry.hash) for entry in history] == [
        (2, "delete", None, None),
        (1, "create", "a.md", "h1"),
    ]
    step(tables, 3, HeadMove("d1", "rollback", "a.md", "h1"))
    assert tables.documents.in_head(PROJECT, ["d1"])["d1"].revision == 3


def test_a_history_is_read_in_windows_and_only_in_its_project(tables: Tables) -> None:
    for sequence in range(1, 6):
        step(tables, sequence, HeadMove("d1", "modify", "a.md", f"h{sequence}"))
    assert [entry.number for entry in tables.documents.history(PROJECT, "d1", None, 2)] == [5, 4]
    assert [entry.number for entry in tables.documents.history(PROJECT, "d1", 4, 2)] == [3, 2]
    assert tables.documents.history(OTHER, "d1", None, 2) == []


def test_a_revision_names_the_number_of_its_mutation(tables: Tables) -> None:
    propose(tables, mutation(7))
    tables.documents.put_blobs({"h": b"x"})
    tables.documents.advance(
        PROJECT, [create("d1", "a.md", "h")], sequence=1, mutation_id="m7", actor_id="u-kim", at=later(1)
    )
    step(tables, 2, create("d2", "b.md"))
    last = tables.documents.last_revisions(["d1", "d2", "d3"])
    assert {key: (entry.mutation_id, entry.mutation_number) for key, entry in last.items()} == {
        "d1": ("m7", 7),
        "d2": (None, None),
    }


def test_revisions_since_a_sequence_come_oldest_first(tables: Tables) -> None:
    for sequence in range(1, 5):
        step(tables, sequence, *(HeadMove(name, "modify", f"{name}.md", f"h{sequence}") for name in ("d1", "d2")))
    since = tables.documents.revisions_since(["d2"], 2)
    assert [(entry.document_id, entry.sequence) for entry in since] == [("d2", 3), ("d2", 4)]


def test_twins_are_found_by_their_key_and_refused_in_the_head(tables: Tables) -> None:
    step(tables, 1, create("d1", "Grüße.md"))
    assert list(tables.documents.at_twins(PROJECT, ["grüsse.md", "other"])) == ["grüsse.md"]
    decomposed = unicodedata.normalize("NFD", "grüße.md")
    with pytest.raises(IntegrityError):
        step(tables, 2, create("d2", decomposed))


def test_a_rename_onto_ones_own_twin_is_stored(tables: Tables) -> None:
    step(tables, 1, create("d1", "readme.md"))
    step(tables, 2, HeadMove("d1", "rename", "README.md", "h1"))
    assert [record.path for record in tables.documents.starting_with(PROJECT, "")] == ["README.md"]


def test_under_a_folder_lies_what_is_below_it_and_not_what_sorts_beside(tables: Tables) -> None:
    step(tables, 1, *(create(path, path) for path in ("src", "src-old/a", "src.md", "src0/a")))
    assert tables.documents.under(PROJECT, "src") is None
    step(tables, 2, create("d1", "src2/a"), create("d2", "src2/b"))
    below = tables.documents.under(PROJECT, "src2", besides={"src2/a"})
    assert below is not None
    assert below.path == "src2/b"
    assert tables.documents.under(PROJECT, "src2", besides={"src2/a", "src2/b"}) is None


def test_moved_paths_are_those_left_and_those_taken(tables: Tables) -> None:
    step(tables, 1, create("d1", "a"), create("d2", "b"), create("d3", "c"))
    step(tables, 2, HeadMove("d1", "rename", "a2", "h1"), HeadMove("d2", "delete", None, None))
    step(tables, 3, HeadMove("d3", "modify", "c", "h2"))
    assert tables.documents.moved_paths(PROJECT, 0) == {"a", "a2", "b", "c"}
    assert tables.documents.moved_paths(PROJECT, 1) == {"a", "a2", "b", "c"}
    assert tables.documents.moved_paths(PROJECT, 2) == {"c"}
    assert tables.documents.moved_paths(PROJECT, 3) == set()
    assert tables.documents.moved_paths(OTHER, 0) == set()


def test_bytes_are_given_only_to_a_project_that_has_them(tables: Tables) -> None:
    step(tables, 1, create("d1", "a", "head"))
    tables.documents.put_blobs({"proposed": b"proposed", "nobody's": b"x"})
    tables.mutations.create(PROJECT, mutation(1))
    proposal = change("c1", "b", result_hash="proposed", base_hash="nobody's")
    tables.mutations.add_patchset(PROJECT, patchset("m1"), [proposal], [])
    hashes = ["head", "proposed", "nobody's", "missing"]
    assert tables.documents.known(PROJECT, hashes) == {"head", "proposed"}
    assert tables.documents.known(OTHER, hashes) == set()
    assert [tables.documents.content(PROJECT, hash) for hash in hashes] == [b"head", b"proposed", None, None]
    assert [tables.documents.content(OTHER, hash) for hash in hashes] == [None] * 4
    assert tables.documents.blobs(hashes) == {"head": b"head", "proposed": b"proposed", "nobody's": b"x"}


def test_bytes_are_kept_once_and_exactly(tables: Tables) -> None:
    odd = bytes(range(256)) * 3
    tables.documents.put_blobs({"odd": odd, "empty": b""})
    tables.documents.put_blobs({"odd": odd, "more": b"1"})
    assert tables.documents.blobs(["odd", "empty", "more"]) == {"odd": odd, "empty": b"", "more": b"1"}


def test_more_documents_than_one_statement_takes_are_asked_for_in_portions(tables: Tables) -> None:
    count = 1201
    step(tables, 1, *(create(f"d{n}", f"f{n:04}", f"h{n}") for n in range(count)))
    assert len(tables.documents.at_paths(PROJECT, [f"f{n:04}" for n in range(count)])) == count
    assert len(tables.documents.in_head(PROJECT, [f"d{n}" for n in range(count)])) == count
    assert len(tables.documents.blobs(f"h{n}" for n in range(count))) == count
    step(tables, 2, *(HeadMove(f"d{n}", "modify", f"f{n:04}", "h0") for n in range(count)))
    assert {record.revision for record in tables.documents.starting_with(PROJECT, "f")} == {2}


def test_an_empty_step_changes_nothing(tables: Tables) -> None:
    step(tables, 1)
    assert tables.documents.starting_with(PROJECT, "") == []


def test_pages_follow_the_paths_bytes_and_narrow_by_prefix(tables: Tables) -> None:
    paths = ["Z", "a", "a/b", "a/é", "ab", "é"]
    step(tables, 1, *(create(path, path) for path in paths))
    page, total = tables.documents.page(PROJECT, "", Window(None, "next", 0, 100))
    assert ([record.path for record in page], total) == (sorted(paths), 6)
    page, total = tables.documents.page(PROJECT, "a", Window(("a",), "next", 1, 2))
    assert ([record.path for record in page], total) == (["a/é", "ab"], 4)
    page, total = tables.documents.page(PROJECT, "a", Window(("ab",), "prev", 0, 2))
    assert ([record.path for record in page], total) == (["a/b", "a/é"], 4)
    page, total = tables.documents.page(PROJECT, "", Window(None, "prev", 1, 2))
    assert ([record.path for record in page], total) == (["a/é", "ab"], 6)


ODD = st.text(st.sampled_from("a\u007f\u07ff\ud7ff\ue000\uffff\U00010000\U0010ffff"), max_size=4)


@given(ODD, ODD)
def test_a_prefix_is_exactly_a_range_of_texts_by_code_points(prefix: str, text: str) -> None:
    bounds = prefix_range(prefix)
    assert (bounds["prefix"] <= text < bounds["prefix_end"]) == text.startswith(prefix)
