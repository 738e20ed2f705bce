"""Saved views: those that everybody has, and one's own."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import LatticeError, NotFound, ValidationFailed
from lattice_console.contract.filters import parse
from lattice_console.profile.views import BUILT_IN, VIEW_LIMIT, SavedViews, View
from tests.fault import forks
from tests.profile.support import FORKS, Listener

RISKY = View("My risky ones", "author:me -status:completed", "-age")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lattice" / "profile.json"


@pytest.fixture
def views(path: Path, told: Listener) -> SavedViews:
    return SavedViews(path, told)


def written(path: Path, views: object) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"console": {"theme": "light"}, "views": views}))


def test_everybody_has_five_views_in_this_order(views: SavedViews) -> None:
    assert [(view.name, view.slug, view.filter) for view in views.all()] == [
        ("Awaiting me", "awaiting", "is:awaiting"),
        ("Changed", "changed", "is:changed"),
        ("Mine", "mine", "is:mine is:open"),
        ("Ready", "ready", "is:ready"),
        ("All", "all", ""),
    ]


def test_the_filters_of_the_built_in_views_can_be_read() -> None:
    for view in BUILT_IN:
        parse(view.filter)


def test_a_view_is_found_by_name_and_slug_in_any_case(views: SavedViews) -> None:
    views.save(RISKY)
    for name in ("My risky ones", "my RISKY ones", "my-risky-ones", "MY-RISKY-ONES"):
        assert views.get(name) == RISKY
    for name in ("awaiting", "Awaiting me", "AWAITING", "awaiting-me"):
        assert views.get(name) == BUILT_IN[0]


@pytest.mark.parametrize("name", ["nothing", "", "?"])
def test_an_unknown_view_is_told_with_those_that_there_are(views: SavedViews, name: str) -> None:
    views.save(RISKY)
    with pytest.raises(NotFound, match="awaiting, changed, mine, ready, all, my-risky-ones") as raised:
        views.get(name)
    assert raised.value.code == "NF_VIEW"


def test_own_views_follow_in_the_order_in_which_they_were_saved(views: SavedViews, path: Path) -> None:
    for view in (View("Zebra", "is:open"), RISKY, View("Apple", "")):
        views.save(view)
    again = View("MY RISKY ones", "author:me", "")
    views.save(again)
    assert SavedViews(path, Listener()).all()[5:] == (View("Zebra", "is:open"), again, View("Apple", ""))


def test_saving_keeps_the_rest_of_the_profile(views: SavedViews, path: Path) -> None:
    written(path, {})
    views.save(RISKY)
    assert json.loads(path.read_text()) == {
        "console": {"theme": "light"},
        "views": {"My risky ones": {"filter": "author:me -status:completed", "sort": "-age"}},
    }


def test_a_removed_view_is_gone_and_the_others_stay(views: SavedViews) -> None:
    views.save(RISKY)
    views.save(View("Other", "is:open"))
    assert views.remove("my-risky-ones") == RISKY
    assert views.all()[5:] == (View("Other", "is:open"),)
    with pytest.raises(NotFound):
        views.remove("my-risky-ones")


@pytest.mark.parametrize("name", ["All", "all", "awaiting", "Awaiting  Me", "READY"])
def test_a_built_in_view_can_be_neither_replaced_nor_removed(views: SavedViews, path: Path, name: str) -> None:
    for attempt in (lambda: views.save(View(name, "is:open")), lambda: views.remove(name)):
        with pytest.raises(ValidationFailed, match="built in") as raised:
            attempt()
        assert raised.value.code == "VAL_VIEW"
    assert not path.exists()


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (View("", "is:open"), "VAL_VIEW"),
        (View("???", "is:open"), "VAL_VIEW"),
        (View(" Blank", "is:open"), "VAL_VIEW"),
        (View("Two\nlines", "is:open"), "VAL_VIEW"),
        (View("x" * 61, "is:open"), "VAL_VIEW"),
        (View("Mistyped", "statsu:pending"), "VAL_FILTER"),
        (View("Mistyped", "status:nothing"), "VAL_FILTER"),
        (View("Long", "a " * 2000), "VAL_FILTER"),
        (View("Mistyped", "is:open", "loudness"), "VAL_SORT"),
    ],
)
def test_a_view_that_could_not_be_used_is_refused(views: SavedViews, path: Path, view: View, code: str) -> None:
    with pytest.raises(ValidationFailed) as raised:
        views.save(view)
    assert raised.value.code == code
    assert not path.exists()


def test_there_is_an_end_to_how_many_are_kept(views: SavedViews, path: Path) -> None:
    written(path, {f"View {number}": {"filter": "is:open"} for number in range(VIEW_LIMIT)})
    with pytest.raises(ValidationFailed, match="remove one first"):
        views.save(RISKY)
    views.save(View("View 7", "is:mine"))
    assert views.get("view-7").filter == "is:mine"


def test_what_was_written_wrongly_by_hand_is_passed_over_and_told_of_once(
    views: SavedViews, path: Path, told: Listener
) -> None:
    wrong = {"Text": "is:open", "None": {}, "Number": {"filter": 3}, "All": {"filter": ""}, "a b": {"filter": "x"}}
    written(path, {"Good": {"filter": "is:open"}, "A  B": {"filter": "y"}, **wrong})
    for _ in range(2):
        assert views.all()[5:] == (View("Good", "is:open"), View("A  B", "y"))
    assert len(told) == len(wrong)
    for name, message in zip(wrong, told, strict=True):
        assert message.startswith(f"The view '{name}' in {path} is not shown. ")


def test_of_twins_that_were_written_by_hand_one_is_left_when_it_is_saved(views: SavedViews, path: Path) -> None:
    written(path, {"a b": {"filter": "x"}, "Good": {"filter": "is:open"}, "A B": {"filter": "y"}})
    views.save(View("A-B", "z"))
    assert json.loads(path.read_text())["views"] == {"A-B": {"filter": "z"}, "Good": {"filter": "is:open"}}


def test_a_filter_that_was_written_by_hand_is_shown_to_be_mended_where_it_is_typed(
    views: SavedViews, path: Path
) -> None:
    written(path, {"Old": {"filter": "colour:red"}})
    assert views.get("old").filter == "colour:red"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["save", "remove"]),
            st.sampled_from(["a", "A", "b c", "B-C", "ß", "SS", "all", "Mine", "d"]),
            st.sampled_from(["", "is:open", "wrong:"]),
        )
    )
)
def test_any_history_of_views_agrees_with_a_plain_list(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("views") / "profile.json"
    model: list[tuple[str, str, str]] = []
    for what, name, text in history:
        key = name.casefold().replace(" ", "-")
        at = next((at for at, (known, _, _) in enumerate(model) if known == key), None)
        views = SavedViews(path, Listener())
        built_in = key in {"all", "mine"}
        allowed = not built_in and (text != "wrong:" if what == "save" else at is not None)
        try:
            if what == "save":
                views.save(View(name, text))
            else:
                views.remove(name)
        except LatticeError:
            assert not allowed
            continue
        assert allowed
        if what == "remove":
            assert at is not None
            del model[at]
        elif at is None:
            model.append((key, name, text))
        else:
            model[at] = (key, name, text)
    assert SavedViews(path, Listener()).all()[5:] == tuple(View(name, text) for _, name, text in model)


@FORKS
def test_two_consoles_that_save_different_views_lose_none(path: Path, told: Listener) -> None:
    def work(which: int) -> forks.Work:
        def save(_: forks.Marks) -> None:
            for number in range(20):
                SavedViews(path, told).save(View(f"View {which} {number}", "is:open"))

        return save

    forks.run_all([work(1), work(2)])
    names = {view.name for view in SavedViews(path, told).all()[5:]}
    assert names == {f"View {which} {number}" for which in (1, 2) for number in range(20)}
