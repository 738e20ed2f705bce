"""What was typed and not sent is kept until it is."""

import json
import os
import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.review import Anchor
from lattice_console.profile.drafts import LONGEST, Draft, Drafts
from tests.fault import forks
from tests.profile.support import FORKS, Listener

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANY_TEXT = st.text(max_size=30)
MUTATIONS = st.sampled_from(["a/b", "a", "", "\x00"])
ACTIONS = st.sampled_from(["b/c", "b", ""])

ANCHORS = st.one_of(
    st.none(),
    st.builds(Anchor, file_path=ANY_TEXT, side=st.sampled_from(["old", "new"])),
    st.builds(Anchor, file_path=st.just("docs/a.md"), line=st.integers(1, 9), end_line=st.integers(9, 20)),
    st.builds(Anchor, file_path=st.just("specs/a.json"), pointer=st.just("/requirements/0")),
)
DRAFTS = st.builds(
    Draft,
    id=st.sampled_from("abcdef"),
    mutation_id=st.sampled_from(["one", "two", "../three"]),
    patchset=st.integers(1, 5),
    text=ANY_TEXT,
    anchor=ANCHORS,
    reply_to=st.none() | st.just("comment"),
    suggestion=st.none() | ANY_TEXT,
    created_at=st.integers(0, 3).map(lambda minutes: NOON + timedelta(minutes=minutes)),
)


def a_draft(text: str = "Why 48?", mutation_id: str = "one", id: str | None = None) -> Draft:
    return Draft(id=id or str(uuid4()), mutation_id=mutation_id, patchset=1, text=text, created_at=NOON)


def test_a_draft_is_there_for_the_next_console(tmp_path: Path, told: Listener) -> None:
    draft = Draft(
        mutation_id="one",
        patchset=3,
        text="Why *48*?\n\tReally",
        anchor=Anchor(file_path="docs/a.md", line=2, end_line=4),
        suggestion="Sessions expire after 24 hours",
        created_at=NOON,
    )
    Drafts(tmp_path, told).save(draft)
    assert Drafts(tmp_path, told).of("one") == (draft,)
    assert Drafts(tmp_path, told).count() == {"one": 1}
    assert Drafts(tmp_path, told).of("two") == ()


def test_every_draft_has_an_id_of_its_own() -> None:
    made = {Draft(mutation_id="one", patchset=1, text="same", created_at=NOON).id for _ in range(3)}
    assert len(made) == 3


@given(st.lists(st.tuples(st.sampled_from(["save", "save", "remove"]), DRAFTS)))
def test_any_history_of_drafts_agrees_with_a_plain_table(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, Draft]]
) -> None:
    folder, told = tmp_path_factory.mktemp("drafts"), Listener()
    model: dict[str, Draft] = {}
    for what, draft in history:
        if what == "save":
            Drafts(folder, told).save(draft)
            model[draft.id] = draft
        else:
            Drafts(folder, told).remove(draft.id)
            model.pop(draft.id, None)
    drafts = Drafts(folder, told)
    for mutation in ("one", "two", "../three"):
        mine = [draft for draft in model.values() if draft.mutation_id == mutation]
        assert drafts.of(mutation) == tuple(sorted(mine, key=lambda draft: (draft.created_at, draft.id)))
        assert drafts.count().get(mutation, 0) == len(mine)
    assert told == []


def test_drafts_that_were_sent_go_together(tmp_path: Path, told: Listener) -> None:
    drafts = Drafts(tmp_path, told)
    kept = [a_draft(str(number)) for number in range(4)]
    for draft in kept:
        drafts.save(draft)
    drafts.remove(*(draft.id for draft in kept[:3]), "unknown")
    assert drafts.of("one") == (kept[3],)


def test_a_text_that_is_far_too_long_is_refused_and_the_old_one_stays(tmp_path: Path, told: Listener) -> None:
    drafts = Drafts(tmp_path, told)
    drafts.save(a_draft("short", id="a"))
    drafts.keep_unsent("one", "approve", "short")
    long = a_draft("x" * (LONGEST + 1), id="a")
    for attempt in (
        partial(drafts.save, long),
        partial(drafts.save, long.model_copy(update={"text": "", "suggestion": long.text})),
        partial(drafts.keep_unsent, "one", "approve", long.text),
    ):
        with pytest.raises(ValidationFailed, match="1,000,000 characters") as raised:
            attempt()
        assert raised.value.code == "VAL_TEXT"
    assert drafts.of("one")[0].text == drafts.unsent("one", "approve") == "short"


def test_a_text_that_cannot_be_sent_is_kept_as_it_was_typed(tmp_path: Path, told: Listener) -> None:
    text = "\x1b[31m\ud800\u202e\r\n" + "x" * 200_000
    drafts = Drafts(tmp_path, told)
    drafts.save(a_draft(text))
    drafts.keep_unsent("one", "approve", text)
    again = Drafts(tmp_path, told)
    assert again.of("one")[0].text == again.unsent("one", "approve") == text


def test_a_draft_that_cannot_be_read_is_told_of_once_and_left_where_it_is(tmp_path: Path, told: Listener) -> None:
    drafts = Drafts(tmp_path, told)
    drafts.save(a_draft(id="good"))
    place = tmp_path / "drafts.json"
    content = json.loads(place.read_text())
    strange = {"mutation_id": "one", "patchset": 1, "text": "later", "created_at": NOON.isoformat(), "colour": "red"}
    content["drafts"] |= {"later": strange, "odd": [1]}
    place.write_text(json.dumps(content))
    for _ in range(2):
        assert [draft.id for draft in drafts.of("one")] == ["good"]
    assert len(told) == 2
    drafts.save(a_draft(id="another"))
    assert json.loads(place.read_text())["drafts"]["later"] == strange
    assert drafts.count() == {"one": 2}


def test_what_was_typed_in_a_dialog_is_there_again_until_it_is_sent(tmp_path: Path, told: Listener) -> None:
    drafts = Drafts(tmp_path, told)
    assert drafts.unsent("one", "reject") == ""
    drafts.keep_unsent("one", "reject", "Because")
    drafts.keep_unsent("one", "comment", "Well")
    drafts.keep_unsent("two", "reject", "No")
    again = Drafts(tmp_path, told)
    assert (again.unsent("one", "reject"), again.unsent("one", "comment")) == ("Because", "Well")
    again.keep_unsent("one", "reject", "")
    again.keep_unsent("two", "reject", "")
    assert (drafts.unsent("one", "reject"), drafts.unsent("one", "comment")) == ("", "Well")
    assert json.loads((tmp_path / "unsent.json").read_text())["texts"] == {"one": {"comment": "Well"}}


@given(st.lists(st.tuples(MUTATIONS, ACTIONS, st.sampled_from(["x", "y", ""]))))
def test_any_history_of_unsent_texts_agrees_with_a_plain_table(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str, str]]
) -> None:
    drafts = Drafts(tmp_path_factory.mktemp("unsent"), Listener())
    model: dict[tuple[str, str], str] = {}
    for mutation, action, text in history:
        drafts.keep_unsent(mutation, action, text)
        model[mutation, action] = text
    for (mutation, action), text in model.items():
        assert drafts.unsent(mutation, action) == text


@FORKS
def test_two_consoles_that_save_different_drafts_lose_none(tmp_path: Path, told: Listener) -> None:
    def work(which: int) -> forks.Work:
        def save(_: forks.Marks) -> None:
            drafts = Drafts(tmp_path, told)
            for number in range(30):
                drafts.save(a_draft(id=f"{which}-{number}", mutation_id=str(which)))
                drafts.keep_unsent(str(which), str(number), "text")
                if number % 3 == 0:
                    drafts.remove(f"{which}-{number}")

        return save

    forks.run_all([work(1), work(2)])
    drafts = Drafts(tmp_path, told)
    assert drafts.count() == {"1": 20, "2": 20}
    assert all(drafts.unsent(which, str(number)) for which in "12" for number in range(30))
    assert told == []


@FORKS
def test_no_draft_that_was_saved_is_lost_with_the_console(tmp_path: Path, told: Listener) -> None:
    saved: set[str] = set()

    def work(marks: forks.Marks) -> None:
        drafts = Drafts(tmp_path, told)
        while True:
            name = f"{os.getpid()}-{time.monotonic_ns()}"
            drafts.save(a_draft(id=name))
            marks.leave(name)

    for _ in range(6):
        saved |= {name for name, _ in forks.run(work, kill_after=random.uniform(0, 0.05)).marks if name != "start"}
        assert saved <= {draft.id for draft in Drafts(tmp_path, told).of("one")}
    assert saved
    assert told == []
