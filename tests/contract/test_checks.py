"""Checking all that a project tracks: page by page, with what it puts up with."""

import json
from datetime import date

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import CheckedDocument
from lattice_console.contract.models.spec import Suppression
from tests.support.changes import create
from tests.support.house import propose, track


async def test_every_document_is_checked_page_by_page(ann: Backend) -> None:
    later = date(2999, 12, 31)
    entry = {"rule": "syntax", "path": "b/*", "owner": "ann", "reason": "Old.", "expires": later.isoformat()}
    files = {
        "a.json": b"{",
        "b/c.json": b"{",
        "d.bin": b"\xff{",
        "g.yaml": b"a: 1\nb: [{$ref: gone.yaml#/x}, {$ref: a.json}, {$ref: 'https://example.org/x.yaml'}]\n",
        ".lattice/specs/e.json": b'{"name": "e", "version": "1.0.0", "depends_on": ["gone"]}',
        ".lattice/suppressions.json": json.dumps({"suppressions": [entry]}).encode(),
    }
    await track(ann, files)
    found: list[CheckedDocument] = []
    page = await ann.documents.validate(limit=2)
    while True:
        found += page.items
        if not page.has_more:
            break
        assert len(page.items) == 2
        page = await ann.documents.validate(cursor=page.next_cursor, limit=2)
    total = page.total
    assert [one.path for one in found] == sorted(one.path for one in found)
    assert (len(found), {one.path for one in found} >= set(files)) == (total, True)
    told = {one.path: [(each.rule, each.suppressed) for each in one.findings] for one in found if one.findings}
    assert told == {
        "a.json": [("syntax", None)],
        "b/c.json": [("syntax", Suppression(owner="ann", reason="Old.", expires=later))],
        ".lattice/specs/e.json": [("depends_on", None)],
        "g.yaml": [("broken_reference", None)],
    }
    [broken] = next(one.findings for one in found if one.path == "g.yaml")
    assert (broken.message, broken.pointer, broken.line) == (
        "It refers to gone.yaml#/x, which is not there.",
        "/b/0/$ref",
        2,
    )
    proposed = await propose(ann, create("b/f.json", b"{"))
    assert {one.name: one.state for one in proposed.requirements}["specs_valid"] == "satisfied"
