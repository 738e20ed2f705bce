"""The rows of a merge: every line of each side once, and the result's as they are chosen."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.choices import Choice, Written, result, whole
from lattice_console.merge.lines import split_lines
from lattice_console.merge.merging import MergeResult, three_way
from lattice_console.widgets.resolve_layout import PANES, Offer, ResolveLayout, Sides

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n", b"e\n"]), max_size=14)
TEXTS = st.builds(lambda lines, rest: b"".join(lines) + rest, LINES, st.sampled_from([b"", b"", b"end"]))
CHOICES: st.SearchStrategy[Choice | None] = st.one_of(
    st.none(),
    st.sampled_from(["ours", "theirs", "ours+theirs", "theirs+ours", "base"]),
    st.builds(Written, st.sampled_from([b"", b"new\n", b"one\ntwo\n"]), st.just(False)),
)


def laid(base: bytes, ours: bytes, theirs: bytes, path: str = "a.txt") -> ResolveLayout:
    merge = three_way(base, ours, theirs, path=path)
    if merge.unmergeable:
        merge = whole(base, ours, theirs)
    return ResolveLayout(Sides.merged(path, base, ours, theirs, merge))


@st.composite
def layouts(draw: st.DrawFn) -> ResolveLayout:
    layout = laid(draw(TEXTS), draw(TEXTS), draw(TEXTS))
    size = len(layout.conflicts)
    layout.choose(tuple(draw(st.lists(CHOICES, min_size=size, max_size=size))))
    return layout


@given(layouts())
def test_every_line_of_each_side_stands_on_one_row_in_order(layout: ResolveLayout) -> None:
    rows = [layout.side_row(number) for number in range(layout.total)]
    for pane, content in zip(PANES, (layout.sides.ours, layout.sides.base, layout.sides.theirs), strict=True):
        seen = [
            layout.parts[row.part].lines(pane)[0] + row.offset
            for row in rows
            if row.offset is not None and row.offset < layout.parts[row.part].lines(pane)[1]
        ]
        assert seen == list(range(len(split_lines(content))))


@given(layouts())
def test_the_rows_of_the_result_are_its_lines_with_their_numbers(layout: ResolveLayout) -> None:
    merge: MergeResult = layout.sides.merge
    content = merge.content if merge.content is not None else result(merge, layout.choices)
    shown: list[bytes] = []
    for number in range(layout.result_total):
        row = layout.result_row(number)
        if row.offset is not None:
            document, line, _ = layout.source(row.part, row.offset)
            assert row.number == len(shown) + 1
            shown.append(document.span(line, line + 1).rstrip(b"\n"))
    assert shown == [line.rstrip(b"\n") for line in split_lines(content)]
    assert layout.lines == len(shown)


@given(layouts())
def test_each_conflict_has_one_row_that_heads_it_and_none_is_passed_over(layout: ResolveLayout) -> None:
    heads = [at for at in range(layout.total) if layout.side_row(at).offset is None]
    assert heads == [layout.head_row(number) for number in range(len(layout.conflicts))]
    at, seen = 0, [at for at in heads if at == 0]
    while (number := layout.next_conflict(at, 1)) is not None:
        at = layout.head_row(number)
        seen.append(at)
    assert seen == heads
    assert [layout.conflict_at(row) for row in heads] == list(range(len(heads)))


@given(layouts())
def test_going_down_the_sides_goes_down_the_result_and_to_the_same_part(layout: ResolveLayout) -> None:
    across = [layout.across(row) for row in range(layout.total)]
    assert across == sorted(across)
    for row, other in enumerate(across):
        assert layout.result_row(other).part == layout.side_row(row).part
        assert layout.side_row(layout.back(other)).part == layout.side_row(row).part


@given(layouts())
def test_words_are_told_of_changed_lines_alone(layout: ResolveLayout) -> None:
    texts = {pane: layout.documents[pane] for pane in PANES}
    for number, part in enumerate(layout.parts):
        if part.same:
            continue
        base = [texts["base"].span(part.base[0] + at, part.base[0] + at + 1) for at in range(part.base[1])]
        for pane in ("ours", "theirs"):
            first, count = part.lines(pane)
            unchanged = [
                texts[pane].span(first + at, first + at + 1)
                for at in range(count)
                if layout.words(number, pane, at) is None
            ]
            assert all(line in base for line in unchanged)


def test_what_either_side_changed_of_the_base_is_marked_by_the_words_that_go() -> None:
    layout = laid(b"the old brown fox\n", b"the new brown fox\n", b"the old brown dog\n")
    assert layout.words(0, "base", 0) == [(4, 7), (14, 17)]
    assert layout.words(0, "ours", 0) == ((4, 7),)
    assert layout.words(0, "theirs", 0) == ((14, 17),)


def test_a_side_that_is_binary_is_told_in_words() -> None:
    layout = laid(b"\0base", b"\0ours and more", b"\0theirs")
    assert layout.total == 3
    assert layout.documents["ours"].plain[0] == "It is binary: 14 bytes."


def test_signs_tell_whose_a_line_is() -> None:
    layout = laid(b"a\nb\nc\nd\ne\nf\ng\n", b"A\nb\nc\nO\ne\nf\nS\n", b"a\nb\nT\nH\ne\nf\nS\n")

    def signs() -> str:
        rows = [layout.result_row(number) for number in range(layout.result_total)]
        found = [layout.source(row.part, row.offset)[2] for row in rows if row.offset is not None]
        return "".join(sign or "." for sign in found)

    assert signs() == "1.....3"
    layout.choose(("ours+theirs",))
    assert signs() == "1.1122..3"


def test_the_key_of_what_is_offered_goes_through_it_and_leaves_out_what_stands_there_already() -> None:
    sides = laid(b"a\n", b"b\n", b"c\n").sides
    good, doubtful, again = Offer(b"d\n", "good", ""), Offer(b"e\n", "doubtful", "", good=False), Offer(b"d\n", "", "")
    layout = ResolveLayout(sides, {0: [doubtful, good, again]})
    assert layout.offers(0) == [good, doubtful]
    chosen = []
    for _ in range(3):
        offer = layout.offer(0)
        assert offer is not None
        layout.choose((offer.choice,))
        assert layout.offered(0) == offer
        chosen.append(offer.name)
    assert chosen == ["good", "doubtful", "good"]
    alone = ResolveLayout(sides, {0: [Offer(b"b\n", "ours", "")]})
    alone.choose(("ours",))
    assert alone.offer(0) is None
