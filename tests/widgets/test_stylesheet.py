"""Each source of style is parsed once for each theme."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual.css import stylesheet as textuals
from textual.css.stylesheet import StylesheetParseError

from lattice_console.widgets.stylesheet import KeptStylesheet

DARK, LIGHT = {"ink": "#ffffff"}, {"ink": "#000000"}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were parsed, in order."""
    found: list[str] = []
    parse = vars(textuals)["parse"]

    def noted(scope: str, css: str, *arguments: Any, **named: Any) -> Iterator[Any]:
        found.append(css)
        return iter(list(parse(scope, css, *arguments, **named)))

    monkeypatch.setattr(textuals, "parse", noted)
    return found


def a_sheet(*sources: str) -> KeptStylesheet:
    sheet = KeptStylesheet(variables=dict(DARK))
    for number, css in enumerate(sources):
        sheet.add_source(css, read_from=(str(number), ""))
    return sheet


def colours(sheet: KeptStylesheet) -> list[str]:
    return [rule.styles.color.hex for rule in sheet.rules]


def test_a_source_that_comes_is_parsed_and_the_others_are_not_parsed_again(parsed: list[str]) -> None:
    sheet = a_sheet("A { color: $ink; }", "B { color: red; }")
    sheet.reparse()
    parsed.clear()
    sheet.add_source("C { color: blue; }", read_from=("c", ""))
    sheet.reparse()
    assert parsed == ["C { color: blue; }"]
    assert len(sheet.rules) == 3


def test_another_theme_gives_other_rules_and_going_back_parses_nothing(parsed: list[str]) -> None:
    sheet = a_sheet("A { color: $ink; }")
    sheet.reparse()
    assert colours(sheet) == ["#FFFFFF"]
    sheet.set_variables(dict(LIGHT))
    sheet.reparse()
    assert colours(sheet) == ["#000000"]
    parsed.clear()
    sheet.set_variables(dict(DARK))
    sheet.reparse()
    assert colours(sheet) == ["#FFFFFF"]
    assert parsed == []


def test_what_was_prepared_is_there_when_the_theme_changes(parsed: list[str]) -> None:
    sheet = a_sheet("A { color: $ink; }")
    sheet.reparse()
    sheet.prepared(dict(LIGHT))
    assert colours(sheet) == ["#FFFFFF"]
    parsed.clear()
    sheet.set_variables(dict(LIGHT))
    sheet.reparse()
    assert colours(sheet) == ["#000000"]
    assert parsed == []


def test_a_source_with_an_error_leaves_the_rules_in_force() -> None:
    sheet = a_sheet("A { color: $ink; }")
    sheet.reparse()
    sheet.add_source("B { color: no-colour-at-all; }", read_from=("b", ""))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
    del sheet.source["b", ""]
    sheet.reparse()
    assert colours(sheet) == ["#FFFFFF"]
