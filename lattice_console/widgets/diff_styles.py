"""How changed lines look, wherever they stand: the style of each role that views of them share."""

from collections.abc import Mapping

__all__ = ["LINE_STYLES", "component_classes", "component_css"]

LINE_STYLES: Mapping[str, str] = {
    "accent": "color: $accent;",
    "added": "background: $added; color: $added-text;",
    "added-sign": "color: $added-sign; text-style: bold;",
    "added-word": "background: $added-word; color: $added-word-text; text-style: $word-style;",
    "bad": "color: $bad;",
    "bar": "color: $accent; text-style: bold;",
    "good": "color: $good;",
    "muted": "color: $muted; text-style: $muted-style;",
    "plain": "",
    "removed": "background: $removed; color: $removed-text;",
    "removed-sign": "color: $removed-sign; text-style: bold;",
    "removed-word": "background: $removed-word; color: $removed-word-text; text-style: $word-style;",
    "rule": "color: $rule;",
    "strong": "text-style: bold;",
    "syntax-comment": "color: $syntax-comment; text-style: italic;",
    "syntax-key": "color: $syntax-key;",
    "syntax-keyword": "color: $syntax-keyword;",
    "syntax-number": "color: $syntax-number;",
    "syntax-plain": "",
    "syntax-string": "color: $syntax-string;",
    "warning": "color: $warning;",
}


def component_classes(prefix: str, styles: Mapping[str, str]) -> set[str]:
    """The component classes of a widget that has these roles."""
    return {f"{prefix}--{role}" for role in styles}


def component_css(prefix: str, styles: Mapping[str, str]) -> str:
    """Their rules, to stand in the widget's own."""
    return "".join(f"& > .{prefix}--{role} {{ {style} }}" for role, style in styles.items() if style)
