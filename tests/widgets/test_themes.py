"""Colours that can be read."""

import pytest
from textual.color import Color
from textual.theme import Theme

from lattice_console.widgets.themes import ANSI, CONTRAST, DARK, LIGHT, default_theme

OWN_BACKGROUNDS = {"surface", "field", "cursor", "added", "removed", "added-word", "removed-word", "match"}
ON_THE_TERMINALS = ("accent", "muted", "good", "bad", "warning", "changed", "added-sign", "removed-sign")
SYNTAX = ("syntax-key", "syntax-string", "syntax-number", "syntax-keyword", "syntax-comment")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(name: str) -> float:
        parts = [part / 255 for part in Color.parse(name).rgb]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT, CONTRAST], ids=lambda theme: theme.name)
def test_what_sets_a_background_sets_a_foreground_that_is_legible_on_it(theme: Theme) -> None:
    for role in OWN_BACKGROUNDS:
        assert contrast(theme.variables[role], theme.variables[f"{role}-text"]) >= 7, role


@pytest.mark.parametrize("role", [*ON_THE_TERMINALS, *SYNTAX])
def test_the_dark_theme_is_legible_on_dark_and_on_white_where_the_guess_was_wrong(role: str) -> None:
    assert contrast(DARK.variables[role], "#1e1e1e") >= 4.5
    assert contrast(DARK.variables[role], "#ffffff") >= 3


@pytest.mark.parametrize("role", [*ON_THE_TERMINALS, *SYNTAX])
def test_the_light_theme_is_legible_on_white(role: str) -> None:
    assert contrast(LIGHT.variables[role], "#ffffff") >= 4.5


@pytest.mark.parametrize("role", [*ON_THE_TERMINALS, *SYNTAX])
def test_in_high_contrast_everything_is_seven_times_as_bright_as_its_own_page(role: str) -> None:
    assert CONTRAST.background == "#000000"
    assert contrast(CONTRAST.variables[role], "#000000") >= 7


@pytest.mark.parametrize("theme", [DARK, LIGHT, CONTRAST], ids=lambda theme: theme.name)
def test_syntax_is_legible_on_changed_lines(theme: Theme) -> None:
    for role in SYNTAX:
        for ground in ("added", "removed"):
            assert contrast(theme.variables[role], theme.variables[ground]) >= 3.5, (role, ground)


@pytest.mark.parametrize("theme", [DARK, LIGHT, ANSI], ids=lambda theme: theme.name)
def test_body_text_and_background_are_the_terminals_own(theme: Theme) -> None:
    assert (theme.foreground, theme.background) == ("ansi_default", "ansi_default")


@pytest.mark.parametrize(
    ("setting", "environ", "chosen"),
    [
        (None, {}, DARK),
        (None, {"COLORFGBG": "0;15"}, LIGHT),
        (None, {"COLORFGBG": "15;default;0"}, DARK),
        ("light", {}, LIGHT),
        ("dark", {"COLORFGBG": "0;15"}, DARK),
        ("contrast", {}, CONTRAST),
        ("light", {"NO_COLOR": "1"}, ANSI),
        ("light", {"NO_COLOR": ""}, LIGHT),
    ],
)
def test_the_first_theme_is_as_set_or_as_the_terminal_says(
    setting: str | None, environ: dict[str, str], chosen: Theme
) -> None:
    assert default_theme(setting, environ) == chosen.name
