"""An import-linter contract that allows instead of forbids: each room of the house lists what it may import."""

import sys
from typing import Any, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

# Modules of the standard library that are not free for all: one is a database driver, the other a second diff.
KEPT_APART = frozenset({"sqlite3", "difflib"})
# `_typeshed` holds the types of the standard library; it exists for type checkers alone.
FREE = (sys.stdlib_module_names | {"_typeshed"}) - KEPT_APART

Rows = dict[str, list[str]]


class RowsField(fields.Field[Rows]):
    """A table of rooms: name (dotted, inside the root package) to the rooms and packages that it may import."""

    def parse(self, raw_data: Any) -> Rows:
        if not isinstance(raw_data, dict) or not all(isinstance(row, list) for row in raw_data.values()):
            raise fields.ValidationError("Expected a table of lists.")
        return raw_data


class RoomsContract(Contract):
    """Every module lies in a room, and imports that room, the free standard library and the room's row alone.

    The most specific row that holds a module is its room. A row may name rooms that do not exist yet; a module
    that no row holds breaks the contract, so a misspelt row does not pass unseen.
    """

    rooms = RowsField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rows = cast("Rows", self.rooms)
        root: str = self.session_options["root_packages"][0]
        trespasses: list[str] = []
        inside = {root} | graph.find_descendants(root)
        for module in sorted(inside):
            room = _room_of(_within(root, module), rows)
            if room is None:
                trespasses.append(f"{module} lies in no room")
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(module)):
                if imported in inside:
                    name = _within(root, imported)
                    allowed = _room_of(name, rows) == room or any(_lies_in(name, entry) for entry in rows[room])
                else:
                    allowed = imported in FREE or imported in rows[room]
                if not allowed:
                    details = graph.get_import_details(importer=module, imported=imported)
                    lines = ", ".join(str(detail["line_number"]) for detail in details)
                    trespasses.append(f"{module} -> {imported} (l. {lines})")
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for trespass in check.metadata["trespasses"]:
            output.print_error(trespass, bold=False)


def _within(root: str, module: str) -> str:
    """The name of a module as rows write it: without the root package, whose own module is `__init__`."""
    return "__init__" if module == root else module.removeprefix(f"{root}.")


def _lies_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def _room_of(name: str, rows: Rows) -> str | None:
    return max((row for row in rows if _lies_in(name, row)), key=len, default=None)
