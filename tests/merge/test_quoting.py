import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.quoting import quote, quote_with_prefix, shown, unquote


@pytest.mark.parametrize(
    ("path", "quoted"),
    [
        (b"plain/name with blank.json", b"plain/name with blank.json"),
        (b"tab\there", rb'"tab\there"'),
        (b'say "hi"', rb'"say \"hi\""'),
        (b"back\\slash", rb'"back\\slash"'),
        ("ü.yaml".encode(), rb'"\303\274.yaml"'),
        (b"\x01\x1f\x7f", rb'"\001\037\177"'),
        (b"new\nline\r", rb'"new\nline\r"'),
    ],
)
def test_odd_bytes_are_quoted_as_git_quotes_them(path: bytes, quoted: bytes) -> None:
    assert quote(path) == quoted


def test_a_prefix_lies_within_the_quotes() -> None:
    assert quote_with_prefix(b"a/", b"x\ty") == rb'"a/x\ty"'


@given(st.binary(), st.binary())
def test_a_quoted_name_is_read_back_and_its_end_is_found(path: bytes, rest: bytes) -> None:
    quoted = quote(b'"' + path)
    assert unquote(quoted + rest) == (b'"' + path, len(quoted))


@pytest.mark.parametrize("text", [b"plain", b'"no end', rb'"\q"', rb'"\400"', rb'"\08"', b'"', b""])
def test_what_is_not_well_quoted_has_no_name(text: bytes) -> None:
    assert unquote(text) is None


@given(st.binary())
def test_a_shown_path_is_printable_ascii(path: bytes) -> None:
    assert shown(path).isascii()
    assert shown(path).isprintable()
