"""How comments look in a terminal: threads with their place, suggestions as the lines that they are."""

from collections.abc import Iterable, Sequence

from lattice_console.contract.models.review import Anchor, Comment
from lattice_console.headless.output import Output
from lattice_console.text import age, inert, inert_lines

SHORTEST = 8
"""Characters of a comment's id that name it, at least."""


def gather(comments: Sequence[Comment], *, open: bool = False) -> list[list[Comment]]:
    """Comments by thread, each begun by its first; with `open`, those that wait for somebody."""
    found: dict[str, list[Comment]] = {}
    for one in comments:
        found.setdefault(one.thread, []).append(one)
    return [thread for thread in found.values() if not open or thread[0].open]


def lines(output: Output, found: Sequence[Sequence[Comment]], known: Sequence[Comment] = ()) -> Iterable[str]:
    """The threads for reading; ids are cut to what tells them from all `known` ones."""
    size = _size([one.id for one in known or [comment for thread in found for comment in thread]])
    for at, thread in enumerate(found):
        if at:
            yield ""
        yield from _thread(output, thread, size)


def where(anchor: Anchor | None) -> str:
    """A place in words: `api.yaml:12-14`, `api.yaml#/info/title (line 3)`, or that it is about the whole mutation."""
    if anchor is None:
        return "the mutation"
    span = f"{anchor.line}-{anchor.end_line}" if anchor.end_line else f"{anchor.line or ''}"
    side = " (before the change)" if anchor.side == "old" else ""
    if anchor.pointer is not None:
        return f"{anchor.file_path}#{anchor.pointer}{f' (line {span})' if span else ''}{side}"
    return f"{anchor.file_path}{f':{span}' if span else ''}{side}"


def _thread(output: Output, thread: Sequence[Comment], size: int) -> Iterable[str]:
    first, paint = thread[0], output.palette.paint
    head = [paint("strong", inert(where(first.place or first.anchor)))]
    if first.gone:
        head.append(paint("warning", f"gone since patchset {first.patchset}"))
    if first.open:
        head.append(paint("accent", "open"))
    elif first.resolved_by:
        head.append(paint("good", f"resolved by {inert(first.resolved_by.handle)}"))
    yield "  ".join(head)
    for one in thread:
        facts = f"{inert(one.author.handle)}  {age(one.created_at)}  patchset {one.patchset}"
        yield f"  {facts}  {paint('muted', one.id[:size])}"
        if one.text:
            yield from (f"    {line}" for line in inert_lines(one.text))
        if one.suggestion is not None:
            yield from _suggestion(output, one)


def _suggestion(output: Output, comment: Comment) -> Iterable[str]:
    applied = f", applied in patchset {comment.applied}" if comment.applied is not None else ""
    paint = output.palette.paint
    if not comment.suggestion:
        yield f"    {paint('muted', f'suggests to take the lines out{applied}')}"
        return
    yield f"    {paint('muted', f'suggests{applied}:')}"
    for line in inert_lines(comment.suggestion.removesuffix("\n")):
        yield f"    {paint('added', f'+ {line}')}"


def _size(ids: Sequence[str]) -> int:
    """Characters that tell the ids apart; they begin with their time, so that several of a moment begin alike."""
    longest = max(map(len, ids), default=SHORTEST)
    return next((size for size in range(SHORTEST, longest) if len({id[:size] for id in ids}) == len(ids)), longest)
