"""The themes, as colours of roles. Body text and background stay the terminal's own, save in high contrast.

A role that sets a background sets its foreground as well, so that text stays legible where a terminal's own colours
are not what the theme expects.
"""

from collections.abc import Mapping

from textual.theme import Theme

__all__ = ["ANSI", "CONTRAST", "DARK", "LIGHT", "THEMES", "default_theme"]


def _theme(
    name: str, *, dark: bool, roles: dict[str, str], page: str = "ansi_default", ink: str = "ansi_default"
) -> Theme:
    accent, surface, text = roles["accent"], roles["surface"], roles["surface-text"]
    return Theme(
        name=name,
        # Lets `ansi_default` through to the terminal; colours beside it may be of any kind.
        ansi=True,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=roles["warning"],
        error=roles["bad"],
        success=roles["good"],
        foreground=ink,
        background=page,
        variables={
            **roles,
            "page": page,
            "ink": ink,
            "border": accent,
            "border-blurred": roles["rule"],
            "block-cursor-background": roles["cursor"],
            "block-cursor-foreground": roles["cursor-text"],
            "block-cursor-text-style": roles["cursor-style"],
            "block-cursor-blurred-background": roles["cursor"],
            "block-cursor-blurred-foreground": roles["cursor-text"],
            "block-hover-background": surface,
            "ansi-background": surface,
            "ansi-foreground": text,
            "input-cursor-background": roles["surface-text"],
            "input-cursor-foreground": roles["surface"],
            "input-selection-background": roles["cursor"],
            "input-selection-foreground": roles["cursor-text"],
            "scrollbar": roles["rule"],
            "scrollbar-hover": roles["muted"],
            "scrollbar-active": accent,
            "scrollbar-background": page,
            "scrollbar-background-hover": page,
            "scrollbar-background-active": page,
            "screen-selection-background": roles["cursor"],
            "screen-selection-foreground": roles["cursor-text"],
        },
    )


DARK = _theme(
    "lattice-dark",
    dark=True,
    roles={
        # Drawn on the terminal's own background: legible on white too, where the guess was wrong.
        "accent": "#4493f8",
        "muted": "#808893",
        "muted-style": "not dim",
        "good": "#3f9c5a",
        "bad": "#e5604f",
        "warning": "#b8862b",
        "changed": "#b8862b",
        "rule": "#808893",
        "syntax-key": "#4f93d8",
        "syntax-string": "#4a9c77",
        "syntax-number": "#bd7f3a",
        "syntax-keyword": "#a97ae6",
        "syntax-comment": "#808893",
        "surface": "#22272e",
        "surface-text": "#d6dde6",
        "field": "#333b45",
        "field-text": "#f0f4f8",
        "field-style": "none",
        "field-edge": "none",
        "cursor": "#2d3b4e",
        "cursor-text": "#f0f4f8",
        "cursor-style": "bold",
        "added": "#12281b",
        "added-text": "#d2e4d6",
        "added-sign": "#3f9c5a",
        "removed": "#341b1d",
        "removed-text": "#ecd3d1",
        "removed-sign": "#e5604f",
        "added-word": "#1d5632",
        "added-word-text": "#e9fbee",
        "removed-word": "#7a2b2c",
        "removed-word-text": "#ffecea",
        "word-style": "not bold",
        "match": "#5e4a10",
        "match-text": "#fff4cf",
        "match-style": "not bold",
    },
)

LIGHT = _theme(
    "lattice-light",
    dark=False,
    roles={
        "accent": "#0a5fc2",
        "muted": "#6a737d",
        "muted-style": "not dim",
        "good": "#1a7f37",
        "bad": "#c5221f",
        "warning": "#8a5a00",
        "changed": "#8a5a00",
        "rule": "#c4cad1",
        "surface": "#eef1f4",
        "surface-text": "#1f2328",
        "field": "#ffffff",
        "field-text": "#0b1a2b",
        "field-style": "none",
        "field-edge": "none",
        "cursor": "#d6e6fb",
        "cursor-text": "#0b1a2b",
        "cursor-style": "bold",
        "added": "#e2f5e6",
        "added-text": "#10331b",
        "added-sign": "#1a7f37",
        "removed": "#fde8e6",
        "removed-text": "#4a1210",
        "removed-sign": "#c5221f",
        "syntax-key": "#0550ae",
        "syntax-string": "#116329",
        "syntax-number": "#8a4b00",
        "syntax-keyword": "#7d3cc8",
        "syntax-comment": "#6a737d",
        "added-word": "#a6e5b5",
        "added-word-text": "#06230f",
        "removed-word": "#f9b9b3",
        "removed-word-text": "#330706",
        "word-style": "not bold",
        "match": "#ffe58a",
        "match-text": "#2b2100",
        "match-style": "not bold",
    },
)

ANSI = _theme(
    "lattice-ansi",
    dark=True,
    roles={
        "accent": "ansi_cyan",
        "muted": "ansi_default",
        "muted-style": "dim",
        "good": "ansi_green",
        "bad": "ansi_red",
        "warning": "ansi_yellow",
        "changed": "ansi_yellow",
        "rule": "ansi_default",
        "surface": "ansi_default",
        "surface-text": "ansi_default",
        "field": "ansi_default",
        "field-text": "ansi_default",
        "field-style": "underline",
        "field-edge": "solid ansi_default",
        "cursor": "ansi_default",
        "cursor-text": "ansi_default",
        "cursor-style": "bold reverse",
        "added": "ansi_default",
        "added-text": "ansi_green",
        "added-sign": "ansi_green",
        "removed": "ansi_default",
        "removed-text": "ansi_red",
        "removed-sign": "ansi_red",
        "syntax-key": "transparent",
        "syntax-string": "transparent",
        "syntax-number": "transparent",
        "syntax-keyword": "transparent",
        "syntax-comment": "transparent",
        "added-word": "ansi_default",
        "added-word-text": "ansi_green",
        "removed-word": "ansi_default",
        "removed-word-text": "ansi_red",
        "word-style": "bold underline",
        "match": "ansi_default",
        "match-text": "ansi_default",
        "match-style": "reverse",
    },
)

CONTRAST = _theme(
    "lattice-contrast",
    dark=True,
    page="#000000",
    ink="#ffffff",
    roles={
        "accent": "#5fd7ff",
        "muted": "#d0d0d0",
        "muted-style": "not dim",
        "good": "#5fff87",
        "bad": "#ff9b93",
        "warning": "#ffd75f",
        "changed": "#ffd75f",
        "rule": "#ffffff",
        "syntax-key": "#87d7ff",
        "syntax-string": "#afffaf",
        "syntax-number": "#ffd787",
        "syntax-keyword": "#ffafff",
        "syntax-comment": "#d0d0d0",
        "surface": "#000000",
        "surface-text": "#ffffff",
        "field": "#1c1c1c",
        "field-text": "#ffffff",
        "field-style": "underline",
        "field-edge": "solid #ffffff",
        "cursor": "#ffffff",
        "cursor-text": "#000000",
        "cursor-style": "bold",
        "added": "#003a10",
        "added-text": "#ffffff",
        "added-sign": "#5fff87",
        "removed": "#570000",
        "removed-text": "#ffffff",
        "removed-sign": "#ff9b93",
        "added-word": "#5fff87",
        "added-word-text": "#000000",
        "removed-word": "#ff9b93",
        "removed-word-text": "#000000",
        "word-style": "bold",
        "match": "#ffff00",
        "match-text": "#000000",
        "match-style": "bold",
    },
)

THEMES = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST, "ansi": ANSI}
"""The themes by the name that a setting takes."""


def default_theme(setting: str | None, environ: Mapping[str, str]) -> str:
    """The theme to start with: without colour `ansi`, else as set, else by what the terminal says of its background."""
    if environ.get("NO_COLOR"):
        return ANSI.name
    if setting in THEMES:
        return THEMES[setting].name
    # `foreground;background` as numbers of the 16 colours; 7 and 15 are the whites.
    return (LIGHT if environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15") else DARK).name
