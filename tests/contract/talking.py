"""Random histories talk: remarks, questions, answers, and suggestions that are taken over."""

from hypothesis import strategies as st

from lattice_console.contract.models.review import Anchor
from tests.contract.history import ACTORS, History
from tests.contract.operations import operation
from tests.support.model import moves
from tests.support.model.contents import SECTIONS, line_of, values_of, with_value
from tests.support.model.settling import Change
from tests.support.model.world import Mutation, Thread


class Talking(History):
    """What is said about mutations, by anybody."""

    @operation(1, lambda self: self.world.mutations)
    def comment(self, data: st.DataObject) -> None:
        mutation = self.draw_mutation(data)
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "comment"))
        if self.on_mutation(data, actor, "reviews.comment", "comment", mutation, text="a remark"):
            moves.say(mutation, actor)

    @operation(3, lambda self: self.with_files())
    def ask(self, data: st.DataObject) -> None:
        """A question about a file opens a thread."""
        mutation = self.draw_among(data, self.with_files())
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "comment"))
        anchor = Anchor(file_path=mutation.patchset.changes[-1].result_path)
        if said := self.on_mutation(data, actor, "reviews.comment", "comment", mutation, text="why?", anchor=anchor):
            moves.say(mutation, actor, Thread(said.id, actor))

    @operation(4, lambda self: any(one.threads for one in self.world.mutations.values()))
    def answer_or_settle(self, data: st.DataObject) -> None:
        mutation = self.draw_among(data, [one for one in self.world.mutations.values() if one.threads])
        thread = data.draw(st.sampled_from(mutation.threads), "thread")
        actor = data.draw(st.sampled_from([mutation.author, *ACTORS]), "actor")
        resolved = data.draw(st.sampled_from([None, True, False]), "resolved")
        if resolved is None:
            if self.on_mutation(data, actor, "reviews.comment", "comment", mutation, text="since", reply_to=thread.id):
                moves.say(mutation, actor, thread)
        elif self.on_mutation(data, actor, "reviews.resolve", "comment", mutation, thread=thread.id, resolved=resolved):
            thread.open = not resolved

    @operation(3, lambda self: self.with_pages())
    def suggest(self, data: st.DataObject) -> None:
        """Another value for one of a page, which somebody takes over at once."""
        mutation, changed = data.draw(st.sampled_from(self.with_pages()), "page")
        assert changed.result is not None
        section, value = data.draw(st.integers(0, SECTIONS - 1), "section"), data.draw(st.integers(0, 3), "value")
        after = with_value(changed.result, section, value)
        anchor = Anchor(file_path=changed.result_path, line=line_of(section))
        commenter = self.draw_actor(data, lambda actor: self.world.may(actor, "comment"))
        text = f"value {section}: {value}"
        said = self.on_mutation(data, commenter, "reviews.comment", "comment", mutation, suggestion=text, anchor=anchor)
        if not said:
            return
        thread = Thread(said.id, commenter)
        moves.say(mutation, commenter, thread)
        self.agrees()
        actor = self.draw_actor(data, lambda actor: not moves.refused(self.world, "update", actor, mutation))
        edits, parents = (
            moves.with_suggestion(self.world, mutation, changed, after),
            self.world.parents(mutation.number),
        )
        patchset, refused = self.next_patchset(mutation, actor, edits, parents, {"changes": edits})
        refused = moves.refused(self.world, "update", actor, mutation) or refused
        arguments = {"mutation": str(mutation.number), "comments": [said.id]}
        version = self.seen(mutation).version
        done = self.attempt(data, actor, "reviews.apply_suggestions", refused, version, arguments)
        if done and patchset:
            moves.add_patchset(self.world, mutation, patchset)
            thread.open = False

    def with_files(self) -> list[Mutation]:
        return [one for one in self.world.mutations.values() if one.patchset.changes]

    def with_pages(self) -> list[tuple[Mutation, Change]]:
        """Every page that a patchset brings."""
        return [
            (one, change)
            for one in self.world.mutations.values()
            for change in one.patchset.changes
            if values_of(change.result or b"")
        ]
