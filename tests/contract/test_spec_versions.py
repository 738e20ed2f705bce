"""Versions of specs: what a mutation asks for, what is advised, and what they were."""

import json

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.advice import SpecVersion
from tests.support.changes import create, delete, modify
from tests.support.house import carry_out, propose, track

BILLING = ".lattice/specs/billing.json"


def spec(version: str, *paths: str) -> bytes:
    endpoints = [{"path": path, "method": "GET"} for path in paths]
    return json.dumps({"name": "billing", "version": version, "type": "api", "endpoints": endpoints}).encode()


async def test_a_mutation_shows_the_version_now_what_it_states_what_is_proposed_and_why(ann: Backend) -> None:
    await track(ann, {BILLING: spec("1.0.0", "/a", "/b"), "notes.txt": b"x"})
    proposed = await propose(ann, modify(BILLING, spec("1.0.1", "/a")), modify("notes.txt", b"y"))
    advice = await ann.mutations.advice(proposed.id)
    [found] = advice.versions
    assert (found.spec, found.path, found.now, found.states, found.proposed) == (
        "billing",
        BILLING,
        "1.0.0",
        "1.0.1",
        "2.0.0",
    )
    assert (found.step, found.short, found.further) == ("major", True, 0)
    assert [(one.step, one.pointer, one.message) for one in found.reasons] == [
        ("major", "/endpoints/1", "removed endpoint GET /b")
    ]
    [remark] = advice.remarks
    assert remark.rule == "version"
    assert "billing states 1.0.1, and 2.0.0 is proposed: removed endpoint GET /b." in remark.message

    await ann.mutations.update(proposed.id, metadata={"version_reason": "nobody used it"})
    assert (await ann.mutations.advice(proposed.id)).remarks == ()
    raised = await ann.mutations.update(proposed.id, changes=[modify(BILLING, spec("2.0.0", "/a"))])
    [found] = (await ann.mutations.advice(raised.id)).versions
    assert (found.states, found.short) == ("2.0.0", False)


async def test_what_is_stacked_goes_on_from_the_version_of_its_parent(ann: Backend) -> None:
    parent = await propose(ann, create(BILLING, spec("1.0.0", "/a")))
    child = await propose(ann, modify(BILLING, spec("1.0.0", "/a", "/b")), parents=[parent.id])

    async def versions(mutation: str) -> list[SpecVersion]:
        return list((await ann.mutations.advice(mutation)).versions)

    [new], [next_] = await versions(parent.id), await versions(child.id)
    assert (new.now, new.states, new.proposed, new.short) == (None, "1.0.0", "1.0.0", False)
    assert (next_.now, next_.proposed, next_.step) == ("1.0.0", "1.1.0", "minor")


async def test_a_spec_keeps_a_history_of_its_versions_by_mutation(ann: Backend) -> None:
    await track(ann, {BILLING: spec("1.0.0")})
    for version in ("1.1.0", "2.0.0"):
        await carry_out(ann, modify(BILLING, spec(version)))
    first = await ann.specs.history("billing", limit=2)
    assert first.next_cursor is not None
    rest = await ann.specs.history("billing", cursor=first.next_cursor)
    found = [(one.number, one.version, one.mutation) for one in (*first.items, *rest.items)]
    assert found == [(3, "2.0.0", 2), (2, "1.1.0", 1), (1, "1.0.0", None)]
    gone = await propose(ann, delete(BILLING))
    [last] = (await ann.mutations.advice(gone.id)).versions
    assert (last.now, last.states, last.proposed, last.step) == ("2.0.0", None, None, "major")
