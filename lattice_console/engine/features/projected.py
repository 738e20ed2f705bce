"""Large questions about the graph, asked of a projection where there is one.

A transaction cannot wait for another server. So it ends with `Elsewhere`, the question is asked between two
transactions, and the second has the answer; whether that is good, it says itself, for it knows what the truth is.
"""

from typing import TypeVar

from lattice_console.engine.features.context import Context
from lattice_console.engine.ports import GRAPH_EVENTS
from lattice_console.engine.records import ChainAnswer, DependentsAnswer, GraphQuestion, MarkRecord

Answer = TypeVar("Answer", DependentsAnswer, ChainAnswer)


class Elsewhere(Exception):
    """A transaction has a question that is to be asked of a projection, and is to be run again with the answer."""

    def __init__(self, question: GraphQuestion, seq: int) -> None:
        super().__init__(question)
        self.question = question
        self.seq = seq


def unasked(ctx: Context, question: GraphQuestion) -> bool:
    """Whether there is a projection that could still be asked."""
    return ctx.answers is not None and question not in ctx.answers


def ask(ctx: Context, question: GraphQuestion) -> None:
    """Have the projection asked; raises Elsewhere, unless it was asked already or there is none."""
    if unasked(ctx, question):
        raise Elsewhere(question, ctx.project.event_seq)


def answered(ctx: Context, question: GraphQuestion, kind: type[Answer]) -> Answer | None:
    """What the projection said, if it knows of every change of the graph that this transaction knows of."""
    found = ctx.answers.get(question) if ctx.answers else None
    if found is None or not isinstance(found.answer, kind) or not _is_current(ctx, found.mark):
        return None
    return found.answer


def _is_current(ctx: Context, mark: MarkRecord) -> bool:
    at = ctx.tables.events.since(ctx.project.id, mark.seq - 1, 1) if mark.seq else []
    # What a replica has not got yet cannot be compared; a graph newer than the caller harms nobody.
    if at and at[0].id != mark.event_id:
        return False
    return ctx.tables.events.first(ctx.project.id, mark.seq, GRAPH_EVENTS) is None
