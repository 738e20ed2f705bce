"""Sides that nobody wants to merge: each case a path, and the contents of base, ours and theirs."""

from collections.abc import Iterator

BOM = b"\xef\xbb\xbf"
DOCUMENT = b"a: 1\nlimits:\n  hour: 1\n  day: 24\nb: 2\nc: 3\nd: 4\ne: 5\n"
OURS = DOCUMENT.replace(b"24", b"48")
APART = DOCUMENT.replace(b"e: 5", b"e: 6")
MEETING = DOCUMENT.replace(b"24", b"12")
SIDES = {"apart": (DOCUMENT, OURS, APART), "meeting": (DOCUMENT, OURS, MEETING)}

Case = tuple[str, bytes, bytes, bytes]

DEEP = 10_000
BLOCKS = b"".join(b" " * depth + b"a:\n" for depth in range(1, 1000)) + b" " * 1000 + b"- 1\n"
NESTED = {
    "json objects": (
        "a.json",
        b'{\n"k": 1,\n"l": 2,\n"m":\n' + b'{"a":\n' * DEEP + b"1\n" + b"}\n" * DEEP + b',"z": 2\n}',
    ),
    "json lists": ("a.json", b'{\n"k": 1,\n"l": 2,\n"m":\n' + b"[" * DEEP + b"]" * DEEP + b',\n"y": 1,\n"z": 2\n}\n'),
    "yaml in brackets": ("a.yaml", b"k: 1\nl: 2\nm: " + b"[" * DEEP + b"]" * DEEP + b"\ny: 1\nz: 2\n"),
    "yaml in braces": ("a.yaml", b"k: 1\nl: 2\nm: " + b"{a: " * DEEP + b"}" * DEEP + b"\ny: 1\nz: 2\n"),
    "yaml in blocks": ("a.yaml", b"k: 1\nl: 2\nm:\n" + BLOCKS + b"y: 1\nz: 2\n"),
    "yaml items": ("a.yaml", b"k: 1\nl: 2\nm:\n" + b"- " * DEEP + b"1\ny: 1\nz: 2\n"),
    "yaml keys": ("a.yaml", b"k: 1\nl: 2\nm:\n  " + b"? " * DEEP + b"1\ny: 1\nz: 2\n"),
    "front matter": ("a.md", b"---\nk: 1\nl: 2\nm: " + b"[" * DEEP + b"]" * DEEP + b"\ny: 1\nz: 2\n---\n"),
}
"""Documents 10,000 levels deep, all but that in blocks, whose indentation would be 50 MB."""


def _marked(size: int) -> bytes:
    """Lines like markers of so many signs, with the label that libgit2 is asked for."""
    label = b" " + bytes(range(1, 9)) * 5 + b"\n"
    return b"".join(sign * size + label for sign in (b"<", b"|", b"=", b">")) + b"=" * size + b"\n"


def _bomb() -> bytes:
    """Thirty lines of YAML that come to 9^30 items."""
    lines = [b"&x0 [x, x, x, x, x, x, x, x, x]"]
    lines += [b"&x%d [%b]" % (number, b", ".join([b"*x%d" % (number - 1)] * 9)) for number in range(1, 30)]
    return b"".join(b"x%d: %b\n" % (number, line) for number, line in enumerate(lines))


def cases() -> Iterator[tuple[str, Case]]:
    """Each case with its name; the sides of all change other places, or the same one."""
    for how, sides in SIDES.items():
        base, ours, theirs = sides
        for size in (7, 59, 60, 61, 65_535, 70_000):
            lines = _marked(size)
            yield (
                f"markers of {size}, {how}",
                ("a.txt", lines + base, lines + ours.replace(b"48", lines), lines + theirs),
            )
        for number in range(3):
            crlf, bom, open_end, late = (list(sides) for _ in range(4))
            crlf[number] = sides[number].replace(b"\n", b"\r\n")
            bom[number] = BOM + sides[number]
            open_end[number] = sides[number][:-1]
            late[number] = b"#" * 9000 + sides[number] + b"#\0\n"
            for name, (one, two, three) in (("crlf", crlf), ("bom", bom), ("no end", open_end), ("late nul", late)):
                yield f"{name} in side {number}, {how}", ("a.yaml", one, two, three)
        for name, old, new in (("cr", b"\n", b"\r"), ("crlf", b"\n", b"\r\n"), ("half crlf", b"b: 2\n", b"b: 2\r\n")):
            yield f"{name} everywhere, {how}", ("a.yaml", *(side.replace(old, new) for side in sides))  # type: ignore[misc]
        twice = b"b: 7\n"
        yield f"a key twice everywhere, {how}", ("a.yaml", base + twice, ours + twice, theirs + twice)
        bomb = _bomb()
        yield f"aliases of aliases, {how}", ("a.yaml", bomb + base, bomb + ours, bomb + theirs)
        line = b'{"a": [' + b"1, " * 300_000 + b"1]"
        ends = (b"}", b', "b": 1}', b', "c": 1}' if how == "meeting" else b"\n}")
        yield f"a line of a megabyte, {how}", ("a.json", line + ends[0], line + ends[1], line + ends[2])
    yield "nothing against something", ("a.yaml", DOCUMENT, b"", APART)
    yield "something against nothing", ("a.yaml", DOCUMENT, OURS, b"")
    yield "both from nothing", ("a.yaml", b"", OURS, APART)
    for name, (path, document) in NESTED.items():
        sign = b'"k": ' if path == "a.json" else b"k: "
        ours, last = document.replace(sign + b"1", sign + b"[5]"), document.rfind(b"2")
        yield f"{name}, apart", (path, document, ours, document[:last] + b"[6]" + document[last + 1 :])
        yield f"{name}, meeting", (path, document, ours, document.replace(sign + b"1", sign + b"[7]"))


def all_cases() -> dict[str, Case]:
    """The cases by name."""
    return dict(cases())
