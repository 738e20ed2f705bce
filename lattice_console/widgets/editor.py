"""A field for several lines of text."""

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import TextArea

__all__ = ["Editor"]

_KEPT_FREE = {"f6", "f7"}


def _bindings() -> list[BindingType]:
    """The keys of a text area, each with an id, without the two that belong to places."""
    return [
        replace(binding, id=f"editor.{binding.action}.{binding.key}")
        for binding in Binding.make_bindings(TextArea.BINDINGS)
        if binding.key not in _KEPT_FREE
    ]


class Editor(TextArea, inherit_bindings=False):
    """Plain text, soft wrapped; line editing as everywhere, and nothing on F6 and F7."""

    BINDINGS: ClassVar[list[BindingType]] = _bindings()

    DEFAULT_CSS = """
    Editor {
        height: 6;
        border: none;
        border-left: $field-edge;
        padding: 0 1;
        background: $field;
        color: $field-text;
        scrollbar-size-vertical: 1;
        &:focus { border: none; border-left: $field-edge; }
        &:ansi { background: $field; }
        & .text-area--cursor { color: $field; background: $field-text; text-style: none; }
        & .text-area--selection { background: $cursor; }
        & .text-area--cursor-line { background: $field; }
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(text, id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    def on_resize(self) -> None:
        # The text area wraps its lines anew after it has been painted, and does not say that they changed.
        self.refresh()
        self.call_after_refresh(self.scroll_cursor_visible)
