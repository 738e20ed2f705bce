"""`lattice graph check | rebuild | export | restore`."""

import asyncio
from typing import TYPE_CHECKING

import click

from lattice_console.headless import options
from lattice_console.headless.commands import Group
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, current
from lattice_console.text import count, inert

# What opens servers is imported by the commands: `lattice --help` asks for every one.
if TYPE_CHECKING:
    from lattice_console.ops.graph import GraphChecked

group = Group(
    "graph",
    help="Look after the graph of specs and files.",
    examples=("lattice graph check", "lattice graph rebuild", "lattice graph export > graph.json"),
)


@group.command("check", examples=("lattice graph check", "lattice graph check --output json"))
@options.output
def check() -> int:
    """Compare the graph with the documents.

    The edges in the database with what specs declare and files refer to, and where there is a Neo4j its graph as well,
    after it was given every event. Exits 10 on findings.
    """
    from lattice_console.ops import graph

    session = current()
    return _tell(session, asyncio.run(graph.check(session.settings)))


@group.command("rebuild", examples=("lattice graph rebuild",))
@options.output
def rebuild() -> int:
    """Make the graph anew, and compare it.

    Every document is read again; the edges in the database are made of that, and where there is a Neo4j its graph as
    well. Until that is whole, the database answers.
    """
    from lattice_console.ops import graph

    session = current()
    return _tell(session, asyncio.run(graph.rebuild(session.settings)))


@group.command("export", examples=("lattice graph export > graph.json",))
@options.output
def export() -> None:
    """Write the graph as JSON.

    What each spec and file depends on, as of which event.
    """
    from lattice_console.ops import graph

    session = current()
    found = asyncio.run(graph.export(session.settings))
    session.output.one(found, lambda: [found.model_dump_json(indent=2)])


@group.command("restore", examples=("lattice graph restore graph.json",))
@click.argument("file", metavar="FILE")
@options.output
def restore(file: str) -> int:
    """Give Neo4j an exported graph back.

    And every event since, then compare it. The export has to be of this project; `-` is stdin.
    """
    from lattice_console.ops import graph

    session = current()
    return _tell(session, asyncio.run(graph.restore(session.settings, session.file(file, "FILE"))))


def _tell(session: Session, found: "GraphChecked") -> int:
    where = "in the database and in Neo4j" if found.neo4j else "in the database; there is no Neo4j"
    session.output.one(
        found,
        lambda: [
            f"{'ok' if found.ok else 'broken'}: {count(found.specs, 'spec')} and {count(found.files, 'file')}, "
            f"{count(found.dependencies, 'dependency', 'dependencies')} {where}",
            *(f"  {inert(problem)}" for problem in found.problems),
        ],
    )
    if not found.ok:
        session.output.say("Make it anew: lattice graph rebuild")
    return Exit.OK if found.ok else Exit.FINDINGS
