"""Reading documents: what their bytes say, and that no bytes can hurt."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.rules import syntax
from lattice_console.engine.rules.yaml_events import ALIAS_LIMIT
from lattice_console.merge.reading import DEPTH_LIMIT, EVENT_LIMIT, NUMBER_LIMIT
from tests.engine.rules.json_like import VALUES, is_json_like

PATHS = ("a.json", "a.yaml", "a.md")


def data_of(path: str, content: bytes) -> Any:
    parsed = syntax.parse(path, content)
    assert parsed.problem is None
    return parsed.data


def problem_of(path: str, content: bytes) -> Finding:
    parsed = syntax.parse(path, content)
    assert parsed.data is None
    assert parsed.problem is not None
    assert (parsed.problem.path, parsed.problem.rule, parsed.problem.severity) == (path, "syntax", "error")
    return parsed.problem


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.json", "json"),
        ("deep/er/A.JSON", "json"),
        ("a.yaml", "yaml"),
        ("a.b.yml", "yaml"),
        ("a.md", "markdown"),
        ("a.markdown", "markdown"),
        ("a.py", "other"),
        ("json", "other"),
        (".json", "other"),
        ("a.json/b", "other"),
    ],
)
def test_the_extension_says_what_a_document_is(path: str, kind: str) -> None:
    assert syntax.parse(path, b"1").kind == kind


def test_other_documents_are_not_read() -> None:
    assert syntax.parse("a.py", b"\xff{") == syntax.Parsed("other", None)


@given(VALUES)
def test_json_says_what_was_written(value: Any) -> None:
    assert data_of("a.json", json.dumps(value).encode()) == value
    assert data_of("a.json", json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(VALUES)
@example({"a": ["yes", "1", "0x1f", "~", "2001-01-01", "<<", "=", "", " a", "1e3", "1:30"]})
def test_yaml_says_what_was_written(value: Any) -> None:
    assert data_of("a.yaml", yaml.safe_dump(value).encode()) == value


@pytest.mark.parametrize("path", ["a.json", "a.yaml"])
def test_a_byte_order_mark_is_no_part_of_the_data(path: str) -> None:
    assert data_of(path, b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_markdown_is_read_for_its_front_matter() -> None:
    assert data_of("a.md", b"---\nname: x\n---\n# Title\n---\n") == {"name": "x"}
    assert data_of("a.md", b"\xef\xbb\xbf---\r\nname: x\r\n---  \r\n# Title") == {"name": "x"}


@pytest.mark.parametrize(
    "content",
    [b"", b"# Title", b"---\nname: x\n", b"\n---\nname: x\n---\n", b"---\n---\n", b"----\na: 1\n----\n"],
)
def test_markdown_without_front_matter_has_no_data_and_no_problem(content: bytes) -> None:
    assert syntax.parse("a.md", content) == syntax.Parsed("markdown", None)


def test_prose_between_thematic_breaks_is_no_front_matter() -> None:
    assert data_of("a.md", b"---\nSome prose.\n---\n") is None


def test_the_first_of_several_yaml_documents_is_the_data() -> None:
    assert data_of("a.yaml", b"--- {a: 1}\n--- {b: 2}\n") == {"a": 1}
    assert data_of("a.yaml", b"# nothing\n") is None


def test_every_document_of_a_yaml_stream_must_be_readable() -> None:
    assert problem_of("a.yaml", b"--- {a: 1}\n--- {b: 2\n").line == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2001-01-01", "2001-01-01"),
        ("2001-01-01 10:00:00", "2001-01-01 10:00:00"),
        ("!!binary aGVsbG8=", "aGVsbG8="),
        (".inf", ".inf"),
        ("-.INF", "-.INF"),
        (".nan", ".nan"),
        ("1.0e+999", "1.0e+999"),
        ("!Ref name", "name"),
        ("!!python/object/apply:os.system [ls]", ["ls"]),
        ("!!set {a, b}", {"a": None, "b": None}),
        ("!!omap [a: 1]", [{"a": 1}]),
        ("!!str 1", "1"),
        ("! 1", "1"),
        ("'1'", "1"),
        ("!!int '1'", 1),
        ("0x1F", 31),
        ("1:30", 90),
        ("=", "="),
        ("yes", True),
        ("~", None),
        ("", None),
    ],
)
def test_yaml_values_become_what_json_can_say(text: str, value: Any) -> None:
    found = data_of("a.yaml", f"key: {text}\n".encode())["key"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("key", ["200", "1.50", "on", "~", "2001-01-01", "0x1F", "null"])
def test_yaml_keys_stay_the_text_that_stands_there(key: str) -> None:
    assert data_of("a.yaml", f"{key}: 1\n".encode()) == {key: 1}


@pytest.mark.parametrize(
    "content",
    [
        "a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2}\n",
        "a: {y: 2, <<: [{x: 3, z: 4}, {x: 5, w: 6}]}\n",
        "a: {<<: {x: 1}, <<: {x: 2}, z: 1}\n",
        "a: &a [1, &b {c: 2}]\nd: *a\ne: *b\n",
        "base: &b {p: {q: 1}}\nnext: &n {<<: *b, r: 2}\nlast: {<<: *n, p: 3}\n",
    ],
)
def test_aliases_and_merges_mean_what_they_mean_to_a_safe_loader(content: str) -> None:
    assert data_of("a.yaml", content.encode()) == yaml.safe_load(content)


def test_an_anchor_may_be_set_anew() -> None:
    assert data_of("a.yaml", b"a: &x 1\nb: &x 2\nc: *x\n") == {"a": 1, "b": 2, "c": 2}


@pytest.mark.parametrize(
    ("path", "content", "line"),
    [
        ("a.json", b"", 1),
        ("a.json", b'{\n"a": 1,\n}', 3),
        ("a.json", b'{"a": "NaN",\n"b": NaN}', 2),
        ("a.json", b'["\\"NaN",\n\n-Infinity]', 3),
        ("a.json", b"[\n1e999]", 2),
        ("a.json", b"[\n" + b"1" * (NUMBER_LIMIT + 1) + b"]", 2),
        ("a.json", b"[\n-0." + b"1" * NUMBER_LIMIT + b"]", 2),
        ("a.json", b'{"a":\n"\xff"}', 2),
        ("a.json", b'\xff\xfe{\x00"\x00', 1),
        ("a.json", b"{} {}", 1),
        ("a.yaml", b"a: 1\nb: c: d", 2),
        ("a.yaml", b"a: 1\nb: \xff", 2),
        ("a.yaml", b"a: 1\nb: \x01", 2),
        ("a.yaml", b"a: 1\nb: *c", 2),
        ("a.yaml", b"a: 1\nb: &c [*c]", 2),
        ("a.yaml", b"a: 1\n? [b]\n: c", 2),
        ("a.yaml", b"a: 1\nb: !!int c", 2),
        ("a.yaml", b"a: 1\nb: !!int ''", 2),
        ("a.yaml", b"a: 1\nb: !!float ''", 2),
        ("a.yaml", b"a: 1\nb: !!bool c", 2),
        ("a.yaml", b"a: 1\nb: " + b"1" * (NUMBER_LIMIT + 1), 2),
        ("a.yaml", b"a: 1\nb: 0x" + b"1" * NUMBER_LIMIT, 2),
        ("a.yaml", b"a: 1\n<<: 2", 2),
        ("a.yaml", b"a: 1\n<<: [2]", 2),
        ("a.yaml", b"%YAML 3.0\n--- a", 1),
        ("a.md", b"---\nname: [x\n---\n# Title", 3),
        ("a.md", b"---\r\na: 1\r\na: b: c\r\n---\r\n# Title", 3),
        ("a.md", b"---\na: 1\n---\n# \xff", 4),
    ],
)
def test_what_cannot_be_read_is_a_finding_with_its_line(path: str, content: bytes, line: int) -> None:
    assert problem_of(path, content).line == line


def test_keys_that_stand_twice_are_no_syntax_error() -> None:
    assert data_of("a.json", b'{"a": 1, "a": 2}') == {"a": 2}
    assert data_of("a.yaml", b"a: 1\na: 2\n") == {"a": 2}


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_kept() -> None:
    assert data_of("a.json", rb'{"\ud800": ["\udc00x", "\ud83d\ude00"]}') == {"\ufffd": ["\ufffdx", "\U0001f600"]}


@pytest.mark.parametrize(
    ("path", "opening", "closing"),
    [
        ("a.json", b"[", b"]"),
        ("a.json", b'{"a":', b"}"),
        ("a.yaml", b"[", b"]"),
        ("a.yaml", b"{a: ", b"}"),
        ("a.yaml", b"- ", b""),
        ("a.md", b"{a: ", b"}"),
    ],
)
def test_nesting_is_read_to_a_limit_and_refused_beyond(path: str, opening: bytes, closing: bytes) -> None:
    def nested(levels: int) -> bytes:
        content = opening * levels + b"1" + closing * levels
        return b"---\n" + content + b"\n---\n" if path == "a.md" else content

    value, depth = data_of(path, nested(DEPTH_LIMIT)), 0
    while isinstance(value, list | dict):
        value, depth = (value if isinstance(value, list) else list(value.values()))[0], depth + 1
    assert depth == DEPTH_LIMIT
    assert str(DEPTH_LIMIT) in problem_of(path, nested(DEPTH_LIMIT + 1)).message


def test_brackets_in_texts_do_not_nest() -> None:
    assert len(data_of("a.json", json.dumps(["[{" * 500, '"[' * 500, "\\"]).encode())) == 3


def test_tag_directives_may_be_so_many_and_no_more() -> None:
    directives = [f"%TAG !e{number}! tag:example.com,2000:\n" for number in range(101)]
    assert data_of("a.yaml", ("".join(directives[:100]) + "--- !e1!x a\n").encode()) == "a"
    assert "%TAG" in problem_of("a.yaml", ("".join(directives) + "--- a\n").encode()).message


def test_aliases_may_repeat_so_much_and_no_more() -> None:
    text = "x" * 999
    within = f"- &a {text}\n" + "- *a\n" * (ALIAS_LIMIT // 1000)
    assert len(data_of("a.yaml", within.encode())) == ALIAS_LIMIT // 1000 + 1
    assert "aliases" in problem_of("a.yaml", (within + "- *a\n").encode()).message


def test_aliases_cannot_nest_deeper_than_what_is_written() -> None:
    # Each line holds the one before it, one level deeper.
    lines = ["- &a0 []"] + [f"- &a{level} [*a{level - 1}]" for level in range(1, DEPTH_LIMIT)]
    assert data_of("a.yaml", "\n".join(lines[:-1]).encode())
    assert "deeper" in problem_of("a.yaml", "\n".join([*lines, f"- [*a{DEPTH_LIMIT - 1}]"]).encode()).message


MEGABYTE = 1_000_000
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 30)
)
MERGED_LAUGHS = "a0: &a0 {x: 1}\n" + "".join(
    f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 10)}], b{level}: *a{level - 1}}}\n"
    for level in range(1, 30)
)
HOSTILE = {
    "laughs": LAUGHS,
    "merged laughs": MERGED_LAUGHS,
    "open lists": "[" * MEGABYTE,
    "open mappings": "{" * MEGABYTE,
    "open json": '{"a":' * (MEGABYTE // 5),
    "open block lists": "- " * (MEGABYTE // 2),
    "open block keys": "? " * (MEGABYTE // 2),
    "stairs": "\n".join(" " * level + "a:" for level in range(1400)),
    "quotes": '"' * MEGABYTE,
    "escaped quotes": '"' + '\\"' * (MEGABYTE // 2),
    "single quotes": "'" * MEGABYTE,
    "backslashes": "\\" * MEGABYTE,
    "half pairs": '"' + "\\ud800" * (MEGABYTE // 6) + '"',
    "one long number": "1" * MEGABYTE,
    "one long fraction": "0." + "1" * MEGABYTE,
    "one long exponent": "1e" + "1" * MEGABYTE,
    "one long sexagesimal": "1" + ":1" * (MEGABYTE // 2),
    "one long line": "a" * MEGABYTE,
    "one long text": '"' + "a" * MEGABYTE + '"',
    "directives": "".join(f"%TAG !e{number}! tag:x,2000:\n" for number in range(MEGABYTE // 30)) + "--- x",
    "anchors": "".join(f"- &a{number} x\n" for number in range(MEGABYTE // 14)),
    "unknown aliases": "- *a\n" * (MEGABYTE // 5),
    "documents": "---\n" * (MEGABYTE // 4),
    "comments": "#\n" * (MEGABYTE // 2),
    "tabs": "\t" * MEGABYTE,
    "blanks": " " * MEGABYTE + "a: b",
    "newlines": "\n" * MEGABYTE + "a: b",
    "fences": "---\n" + "--- \n" * (MEGABYTE // 5),
    "brackets": "[]" * (MEGABYTE // 2),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_is_answered_soon(path: str, name: str) -> None:
    content = HOSTILE[name].encode()
    parsed = syntax.parse(path, b"---\n" + content + b"\n---\n" if path == "a.md" else content)
    # What is read can be written: nothing has grown out of proportion.
    assert parsed.problem or len(json.dumps(parsed.data)) <= 7 * len(content) + 7 * ALIAS_LIMIT


def test_yaml_of_too_many_parts_is_refused() -> None:
    content = b"- a\n" * EVENT_LIMIT
    finding = problem_of("a.yaml", content)
    assert "split" in finding.message
    assert finding.line is not None


SIGNS = "a1: \n[]{},|>'\"\\%#\t\r\x00\x85\ufeffé\U0001f600\u2028=@~"
WORDS = (
    "- ",
    "? ",
    ": ",
    "&a ",
    "*a",
    "!t ",
    "!!int ",
    "!!bool ",
    "<<: ",
    "---\n",
    "...\n",
    "NaN",
    "-Infinity",
    "1e999",
)
MORE_WORDS = (".inf", "null", "true", "0x", "0b", "1_0", "1:30", "\\ud800", "2001-01-01")
PIECES = st.sampled_from([*SIGNS, *WORDS, *MORE_WORDS])
BYTES = st.binary(max_size=60) | st.lists(PIECES, max_size=30).map("".join).map(str.encode)


@given(st.sampled_from(PATHS), BYTES)
def test_any_bytes_give_data_of_json_or_a_finding(path: str, content: bytes) -> None:
    for whole in (content, b"---\n" + content + b"\n---\n", b"- &a [x]\n- " + content):
        parsed = syntax.parse(path, whole)
        assert is_json_like(parsed.data)
        if parsed.problem:
            assert parsed.data is None
            assert 1 <= (parsed.problem.line or 1) <= whole.count(b"\n") + whole.count(b"\r") + 9


@given(BYTES)
def test_what_json_reads_strictly_is_read_the_same(content: bytes) -> None:
    def refuse(_: str) -> None:
        raise ValueError

    try:
        expected = json.loads(content.decode(), parse_constant=refuse)
    except ValueError:
        assert syntax.parse("a.json", content).problem or content.startswith(b"\xef\xbb\xbf")
    else:
        if is_json_like(expected):
            assert data_of("a.json", content) == expected


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.json", b'{\n"a/b": [\n{"c~d": 1},\n{}],\n"e":\n2}'),
        ("a.yaml", b"\na/b:\n- c~d: 1\n- {}\n\ne:\n 2\n"),
    ],
)
def test_a_pointer_is_found_with_the_lines_of_its_value(path: str, content: bytes) -> None:
    wanted = {"", "/a~1b", "/a~1b/0/c~0d", "/a~1b/1", "/e", "/e/f", "/none"}
    found = syntax.spans(syntax.parse(path, content).kind, content, wanted)
    lines = {
        "a.json": [(1, 6), (2, 4), (3, 3), (4, 4), (5, 6)],
        "a.yaml": [(2, 7), (2, 4), (3, 3), (4, 4), (6, 7)],
    }[path]
    assert found == dict(zip(["", "/a~1b", "/a~1b/0/c~0d", "/a~1b/1", "/e"], lines, strict=True))


def test_a_pointer_into_front_matter_counts_the_lines_of_the_file() -> None:
    assert syntax.spans("markdown", b"\xef\xbb\xbf---\na: 1\nb: |\n 2\n 3\n---\n", {"/b"}) == {"/b": (3, 5)}


@given(VALUES.filter(lambda value: isinstance(value, dict)), st.sampled_from([None, 1]))
def test_every_key_of_a_json_document_has_a_line(value: dict[str, Any], indent: int | None) -> None:
    content = json.dumps(value, ensure_ascii=False, indent=indent)
    pointers = {f"/{key.replace('~', '~0').replace('/', '~1')}" for key in value}
    found = syntax.spans("json", content.encode(), pointers)
    # YAML has no names for some characters, and takes others for the end of a line.
    if content.isascii() and "\\u" not in content and "\x7f" not in content:
        assert found.keys() == pointers
        if indent is None:
            assert set(found.values()) <= {(1, 1)}
    assert found.keys() <= pointers


@pytest.mark.parametrize("text", ["x\u2028y", "x\u2029y", "x\u0085y", "x\ry"], ids=ascii)
def test_only_a_newline_ends_a_line_whatever_yaml_takes_for_the_end_of_one(text: str) -> None:
    json_text = f'{{"a": "{text}",\n"b":\n2, "c": "{text}"}}'
    assert syntax.spans("json", json_text.encode(), {"", "/a", "/b", "/c"}) == {
        "": (1, 3),
        "/a": (1, 1),
        "/b": (2, 3),
        "/c": (3, 3),
    }
    yaml_text = f'a: "{text}"\r\nb:\r\n- 2\n'
    assert syntax.spans("yaml", yaml_text.encode(), {"/a", "/b"}) == {"/a": (1, 1), "/b": (2, 3)}


LINED = st.lists(st.sampled_from(["x", "x y", "x\u2028y", "\u0085", "ü", "a: b", "# c", ""]), max_size=6)


@given(LINED, st.sampled_from(["\n", "\r\n"]))
def test_every_key_is_at_the_line_that_it_stands_on(texts: list[str], end: str) -> None:
    """Of JSON with a key on each line; the end of each is where the next one begins."""
    lines = ["{", *(f'"{at}": {json.dumps(text, ensure_ascii=False)},' for at, text in enumerate(texts)), '"end": 0}']
    found = syntax.spans("json", end.join(lines).encode(), {f"/{at}" for at in range(len(texts))} | {"/end"})
    assert found == {f"/{at}": (at + 2, at + 2) for at in range(len(texts))} | {"/end": (len(lines), len(lines))}
