"""Content is bytes: every kind survives exactly, and too much of it is refused by name and size."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.features.context import Limits
from tests.support.changes import create, modify, patch, rename
from tests.support.house import House, carry_out, hashed, head_of, open_house, propose, track
from tests.support.legs import LEGS
from tests.support.refusals import refusal

CONTENTS = {
    "empty": b"",
    "byte order mark": b'\xef\xbb\xbf{"a": 1}\n',
    "CRLF": b"one\r\ntwo\r\n",
    "CR alone": b"one\rtwo\r",
    "mixed line ends": b"one\r\ntwo\nthree\rfour",
    "no final newline": b"one\ntwo",
    "only a newline": b"\n",
    "invalid UTF-8": b"caf\xe9 \xff\xfe\xc3(\n",
    "UTF-16": "text\n".encode("utf-16"),
    "every byte": bytes(range(256)) * 3,
    "NUL first": b"\x00\x01\x02",
    "trailing spaces": b"one  \ntwo\t\n\n\n",
    "controls": b"\x1b[31mred\x07\n",
}
LIMIT = 1000


@pytest.fixture(params=LEGS)
async def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house where a document may have 1,000 bytes."""
    async with open_house(request.param, tmp_path, limits=Limits(document=LIMIT)) as house:
        yield house


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
async def test_content_survives_every_way_in_and_out(ann: Backend, content: bytes) -> None:
    other = b"something else\n"
    await track(ann, {"tracked.bin": content, "renamed.bin": other})
    await carry_out(ann, create("created.bin", content), rename("renamed.bin", "moved.bin", content))
    await carry_out(ann, modify("created.bin", other), modify("tracked.bin", other))
    await carry_out(ann, modify("created.bin", content), modify("tracked.bin", content))
    assert await head_of(ann) == dict.fromkeys(("created.bin", "moved.bin", "tracked.bin"), content)
    document = await ann.documents.get("created.bin")
    assert (document.hash, document.size) == (hashed(content), len(content))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
async def test_any_bytes_cross_unharmed(ann: Backend, content: bytes) -> None:
    proposed = await propose(ann, create("a.bin", content))
    result = proposed.changes[0].result_hash
    assert result == hashed(content)
    assert await ann.documents.content(result) == content


async def test_a_document_may_be_as_large_as_the_limit_and_no_larger(narrow: House) -> None:
    ann = narrow.backend()
    await carry_out(ann, create("a.txt", b"x" * LIMIT))
    await track(ann, {"b.txt": b"y" * LIMIT})
    for change in (
        create("c.txt", b"x" * (LIMIT + 1)),
        modify("a.txt", b"x" * (LIMIT + 1)),
        rename("a.txt", "c.txt", b"x" * (LIMIT + 1)),
        ChangeInput(operation_type="create", file_path="c.txt", diff=b"+" * (LIMIT + 1)),
    ):
        with refusal("VAL_SIZE") as refused:
            await propose(ann, change)
        assert change.file_path in refused.value.message
        assert "1,001" in refused.value.message
        assert "1,000" in refused.value.message
    with refusal("VAL_SIZE") as refused:
        await track(ann, {"c.txt": b"x" * (LIMIT + 1)})
    assert "c.txt" in refused.value.message
    assert set(await head_of(ann)) == {"a.txt", "b.txt"}
    with refusal("VAL_SIZE"):
        await ann.specs.check([TrackedFile(path="a.json", content=b" " * (LIMIT + 1))])


async def test_a_diff_cannot_make_a_document_larger_than_the_limit(narrow: House) -> None:
    ann = narrow.backend()
    await track(ann, {"a.txt": b"x" * 990 + b"\n"})
    with refusal("VAL_SIZE") as refused:
        await propose(
            ann, patch("a.txt", b"--- a.txt\n+++ a.txt\n@@ -1 +1,2 @@\n " + b"x" * 990 + b"\n+" + b"y" * 20 + b"\n")
        )
    assert "a.txt" in refused.value.message


async def test_bytes_are_found_by_hash_only_where_the_project_holds_them(house: House, ann: Backend) -> None:
    await track(ann, {"a.txt": b"one\n"})
    await propose(ann, create("b.txt", b"proposed\n"))
    assert await ann.documents.known([hashed(b"one\n"), hashed(b"proposed\n"), hashed(b"nowhere\n")]) == tuple(
        sorted([hashed(b"one\n"), hashed(b"proposed\n")])
    )
    other = await house.without_project("zoe").projects.create(name="another")
    zoe = house.with_project(other.id, "zoe")
    assert await zoe.documents.known([hashed(b"one\n")]) == ()
    with refusal("NF_BYTES"):
        await zoe.documents.content(hashed(b"one\n"))
