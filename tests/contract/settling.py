"""Random histories settle what others changed: rebases, resolutions, and taking these back."""

from typing import Any

from hypothesis import strategies as st

from lattice_console.contract.models.resolution import ResolvedFile
from tests.contract.operations import operation
from tests.contract.talking import Talking
from tests.support.model import drawing, moves, resolving
from tests.support.model.contents import PATHS
from tests.support.model.resolving import STRATEGIES, Asked
from tests.support.model.world import Mutation, Patchset, Refusals


class Settling(Talking):
    """What is done where others were executed meanwhile, by anybody."""

    @operation(4, lambda self: self.behind())
    def rebase(self, data: st.DataObject) -> None:
        mutation = self.draw_among(data, self.behind() * 20 + list(self.world.mutations.values()))
        actor = self.draw_settler(data, mutation)
        patchset, refused = resolving.rebase(self.world, actor, mutation)
        if self.settling(data, actor, "mutations.rebase", mutation, refused) and patchset:
            self.bring(actor, mutation, patchset)

    @operation(12, lambda self: self.meeting())
    def resolve(self, data: st.DataObject) -> None:
        mutation = self.draw_among(data, self.meeting() * 20 + list(self.world.mutations.values()))
        actor = self.draw_settler(data, mutation)
        asked = self.draw_asked(data, mutation)
        resolved, refused = resolving.resolve(self.world, actor, mutation, asked)
        files = [ResolvedFile(path=asked.written[0], content=asked.written[1])] if asked.written else []
        against = f"M-{asked.against}" if asked.against is not None else None
        sent = {"strategy": asked.strategy, "path": asked.path, "against": against, "files": files}
        done = self.settling(data, actor, "conflicts.resolve", mutation, refused, **sent)
        if not done:
            return
        assert done.resolved == (not resolved.left)
        assert {one.path for one in done.left} == {change.path for change in resolved.left}
        assert done.patchset == len(mutation.patchsets) + (resolved.patchset is not None)
        if resolved.patchset is None:
            assert not done.settled
            return
        assert {one.path: one.chosen for one in done.settled} == {
            one.change.path: one.outcome.chosen for one in resolved.settled if one.outcome
        }
        assert done.votes_stand == (resolved.patchset.difference == mutation.patchset.difference)
        told = resolving.superseded(self.world, mutation, asked, resolved.settled)
        carried = self.bring(actor, mutation, resolved.patchset)
        assert {one.number: one.patchset is not None for one in done.carried} == carried
        for number in told:
            moves.say(self.world.mutations[number], actor)

    @operation(4, lambda self: self.resolved())
    def take_back(self, data: st.DataObject) -> None:
        """A resolution: the patchset before it stands again, with what was in conflict about it."""
        mutation = self.draw_among(data, self.resolved() * 20 + list(self.world.mutations.values()))
        actor = self.draw_settler(data, mutation)
        patchset, refused = resolving.undo(self.world, actor, mutation)
        if self.settling(data, actor, "conflicts.undo", mutation, refused) and patchset:
            self.bring(actor, mutation, patchset)

    def bring(self, actor: str, mutation: Mutation, patchset: Patchset) -> dict[int, bool]:
        """The next patchset, which is its author's; says what of the stack above came along."""
        carried = resolving.bring(self.world, actor, mutation, patchset)
        made = self.run(self.ann.mutations.patchset(str(mutation.number), len(mutation.patchsets)))
        assert made.author.handle == patchset.author
        return carried

    def settling(
        self, data: st.DataObject, actor: str, name: str, mutation: Mutation, refused: Refusals, **arguments: Any
    ) -> Any:
        self.offers(mutation, actor)
        version = self.seen(mutation).version
        return self.attempt(data, actor, name, refused, version, {"mutation": str(mutation.number), **arguments})

    def draw_settler(self, data: st.DataObject, mutation: Mutation) -> str:
        return self.draw_actor(data, lambda actor: not moves.refused(self.world, "update", actor, mutation))

    def draw_asked(self, data: st.DataObject, mutation: Mutation) -> Asked:
        strategy = data.draw(st.sampled_from([*STRATEGIES, "accept_ours", "accept_theirs"]), "strategy")
        own = [path for change in mutation.patchset.changes for path in (change.path, change.result_path)]
        path = data.draw(st.sampled_from([*[None] * 10, *own, *PATHS[:1]]), "path")
        rivals = [one.number for one in self.world.mutations.values() if self.world.between(mutation, one)]
        others = list(self.world.mutations)
        against = data.draw(st.sampled_from([*[None] * 9, *rivals * 9, *others[:1]]), "against")
        written = None
        if strategy == "manual" and mutation.patchset.changes:
            change = data.draw(st.sampled_from(mutation.patchset.changes), "by hand")
            written = change.path, drawing.content(data, change.path, change.result)
        return Asked(strategy, path, against, written)

    def behind(self) -> list[Mutation]:
        return [one for one in self.with_status(*moves.OPEN) if self.world.stale(one.patchset)]

    def meeting(self) -> list[Mutation]:
        """Those that meet the head or another mutation."""
        return [one for one in self.with_status(*moves.OPEN) if self.world.conflicts(one)] or self.behind()

    def resolved(self) -> list[Mutation]:
        """Those whose current patchset is a resolution."""
        return [one for one in self.with_status(*moves.OPEN) if one.patchset.replaced]
