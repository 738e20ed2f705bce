"""The three shapes of data, and errors."""

import json
import sys

import pytest
from pydantic import BaseModel

from lattice_console.contract.errors import Blocked, Drift, LatticeError, NotFound, ValidationFailed
from lattice_console.headless.output import Output, Shape
from lattice_console.headless.table import Column


class Thing(BaseModel):
    """Something to print."""

    id: str
    title: str


THINGS = [Thing(id="1", title="plain"), Thing(id="2", title="bidi \u202e and \x1b[31m")]
COLUMNS = (Column[Thing]("ID", lambda row: row.id), Column[Thing]("TITLE", lambda row: row.title))


def output(shape: Shape) -> Output:
    made = Output({})
    made.shape = shape
    return made


def test_json_of_one_object_is_the_object_itself(capsys: pytest.CaptureFixture[str]) -> None:
    output("json").one(THINGS[0], list)
    assert json.loads(capsys.readouterr().out) == {"schema_version": 1, "id": "1", "title": "plain"}


def test_json_of_a_list_has_items_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    output("json").many(THINGS, COLUMNS, empty="", facts={"total": 2})
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"schema_version": 1, "items": [thing.model_dump() for thing in THINGS], "total": 2}


def test_ndjson_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    output("ndjson").many(THINGS, COLUMNS, empty="")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [{"schema_version": 1, **thing.model_dump()} for thing in THINGS]


@pytest.mark.parametrize("shape", ["table", "json", "ndjson"])
def test_no_shape_lets_a_live_character_through(shape: Shape, capsys: pytest.CaptureFixture[str]) -> None:
    output(shape).many(THINGS, COLUMNS, empty="")
    printed = capsys.readouterr().out
    assert "\u202e" not in printed
    assert "\x1b" not in printed


def test_an_empty_table_is_narration_and_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    output("table").many([], COLUMNS, empty="Nothing here.")
    assert capsys.readouterr() == ("", "Nothing here.\n")


@pytest.mark.parametrize("shape", ["json", "ndjson"])
def test_an_empty_list_is_data_all_the_same(shape: Shape, capsys: pytest.CaptureFixture[str]) -> None:
    output(shape).many([], COLUMNS, empty="Nothing here.")
    out, err = capsys.readouterr()
    assert out.split() == {"json": ["{", '"schema_version":', "1,", '"items":', "[]", "}"], "ndjson": []}[shape]
    assert err == ""


def test_an_error_is_words_on_stderr_and_inert(capsys: pytest.CaptureFixture[str]) -> None:
    output("table").error(NotFound("NF_PATH", "There is no \x1b[1m."))
    assert capsys.readouterr() == ("", "error: There is no ⟨U+001B⟩[1m.\n")


BLOCKERS = [
    {"name": "base_current", "state": "unsatisfied", "reason": "It is stale."},
    {"name": "approvals", "state": "unsatisfied", "reason": "0 of 1."},
]
TOLD = ["  base current: It is stale.", "  approvals: 0 of 1."]


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (
            Blocked("BR_BLOCKED", "Held back by 2: base current: It is stale. approvals: 0 of 1.", blockers=BLOCKERS),
            ["error: Held back by 2:", *TOLD],
        ),
        (
            Drift(
                "CF_DRIFT",
                "a.md drifts. Blocked as well: base_current (It is stale); approvals (0 of 1).",
                blockers=BLOCKERS,
            ),
            ["error: a.md drifts. Blocked as well:", *TOLD],
        ),
        (Blocked("BR_BLOCKED", "Told otherwise.", blockers=BLOCKERS), ["error: Told otherwise."]),
        (
            ValidationFailed(
                "VAL_A", "a: x; b: y.", problems=[{"field": "a", "problem": "x"}, {"field": "b", "problem": "y\x1b"}]
            ),
            ["error: 2 values are not acceptable:", "  a: x", "  b: y⟨U+001B⟩"],
        ),
        (ValidationFailed("VAL_A", "a: x.", problems=[{"field": "a", "problem": "x"}]), ["error: a: x."]),
    ],
)
def test_what_is_several_things_is_told_one_a_line(
    error: LatticeError, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    output("table").error(error)
    assert capsys.readouterr() == ("", "".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize("shape", ["json", "ndjson"])
def test_an_error_under_json_is_one_line_of_json_on_stderr(shape: Shape, capsys: pytest.CaptureFixture[str]) -> None:
    output(shape).error(NotFound("NF_MUTATION", "There is no M-9.", mutation="9"))
    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err) == {
        "schema_version": 1,
        "errors": [{"code": "NF_MUTATION", "message": "There is no M-9.", "details": {"mutation": "9"}}],
    }


def test_colour_is_for_terminals_and_not_for_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Output({}).palette.colour
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert Output({}).palette.colour
    assert not Output({"NO_COLOR": "1"}).palette.colour
    assert not Output({"TERM": "dumb"}).palette.colour
