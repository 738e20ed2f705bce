"""A field for one line of text."""

from textual.widgets import Input

__all__ = ["Field"]


class Field(Input):
    """One line without a frame; where a theme has no colour for it, an underline shows how far it goes."""

    DEFAULT_CSS = """
    Field {
        border: none;
        height: 1;
        padding: 0;
        background: $field;
        color: $field-text;
        text-style: $field-style;
        &:focus { border: none; background: $field; }
        &:ansi { background: $field; color: $field-text; }
        & > .input--placeholder, &:ansi > .input--placeholder { color: $muted; text-style: $muted-style; }
    }
    """

    def __init__(self, placeholder: str, *, select_on_focus: bool = False) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=select_on_focus)
        self.cursor_blink = False
