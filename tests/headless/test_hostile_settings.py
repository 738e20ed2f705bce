"""Files of settings that anybody may have written: each is refused in a sentence, at once, and stays as it was."""

from pathlib import Path

import pytest

from tests.headless.driver import Lattice

UNUSABLE: dict[str, tuple[bytes, str]] = {
    "cut short": (b'{"documents": ', "cannot be read as JSON"),
    "empty": (b"", "cannot be read as JSON"),
    "no UTF-8": (b'{"name": "\xff"}', "cannot be read as JSON"),
    "noise": (bytes(range(256)), "cannot be read as JSON"),
    "a list": (b"[]", "holds no JSON object"),
    "a number that is none": (b'{"documents": {"limit": NaN}}', "NaN is no number in JSON"),
    "10,000 levels deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "cannot be read as JSON"),
    "a number of 5,000 digits": (b'{"documents": {"limit": ' + b"9" * 5000 + b"}}", "cannot be read as JSON"),
    "2 MB": (b'{"a": "' + b"x" * 2_000_000 + b'"}', "is larger than 1,000,000 bytes"),
}
FILES = [".lattice/local.json", ".lattice/config.json"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", UNUSABLE)
def test_a_file_of_settings_that_cannot_be_used_is_named_with_the_reason(
    lattice: Lattice, name: str, content: str
) -> None:
    written, reason = UNUSABLE[content]
    lattice.write(name, written)
    refused = lattice("status")
    assert (refused.code, refused.out) == (2, b"")
    assert reason in refused.err
    assert f"{name} " in refused.err
    assert "Mend or remove it." in refused.err
    assert lattice.read(name) == written


@pytest.mark.parametrize("name", FILES)
def test_what_lies_in_the_place_of_settings_and_is_no_file_is_not_read(lattice: Lattice, name: str) -> None:
    place = lattice.root / name
    place.unlink(missing_ok=True)
    place.symlink_to("/dev/zero")
    assert "is no regular file" in lattice("status").err
    place.unlink()
    place.mkdir()
    assert "is no regular file" in lattice("status").err


def test_a_link_to_a_file_of_settings_is_followed(lattice: Lattice, tmp_path: Path) -> None:
    (tmp_path / "shared.json").write_text('{"documents": {"limit": 3}}')
    (lattice.root / ".lattice/local.json").symlink_to(tmp_path / "shared.json")
    lattice.write("docs/new.md", "Hello\n")
    assert "the limit for a document is 3" in lattice("track", "docs/new.md").err
