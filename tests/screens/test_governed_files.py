"""What a spec governs, and who governs a file, in the place of specs."""

import pytest

from tests.screens.console import make_app, open_console
from tests.screens.project import Office
from tests.support.house import track

FILES = {
    ".lattice/specs/shop.json": b"""{
  "name": "shop", "version": "1.0.0", "type": "generic", "depends_on": ["stock"], "allowed_files": ["shop/**/*"]
}""",
    ".lattice/specs/stock.json": b'{"name": "stock", "version": "2.0.0", "type": "generic"}',
    "shop/api.yaml": b"openapi: 3.1.0\ninfo: {title: Store, version: 1.2.0}\npaths: {}\nx: {$ref: a.yaml}\n",
    "shop/a.yaml": b"x: {$ref: b.yaml}\n",
    "shop/b.yaml": b"x: {$ref: a.yaml}\n",
}


@pytest.fixture
async def shop(office: Office) -> Office:
    """A spec that governs a folder of files, two of which refer to each other."""
    kim = await office.as_("kim")
    await track(kim, FILES)
    await kim.close()
    return office


async def test_the_files_that_a_spec_governs_have_a_heading_of_their_own(shop: Office) -> None:
    async with open_console(make_app(shop, start="specs"), size=(80, 24)) as console:
        await console.sees("shop.json")
        await console.press("slash")
        await console.type("shop.json")
        await console.press("enter", "2")
        await console.sees("Depends on 1 spec", "Governs 1 spec and 2 files", "Nothing else depends on it.")
        assert "file" in console.line("shop/a.yaml")
        await console.press("j")
        await console.on("shop/a.yaml")
        await console.press("enter")
        await console.sees("› shop/a.yaml", "Depends on 1 file", "Depended on by 2 specs and 1 file")
        assert "governs it" in console.line("shop  1.0.0")
        assert "refers back here" in console.text
        assert "a circle" not in console.text
