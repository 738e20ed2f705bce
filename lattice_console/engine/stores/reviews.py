"""Votes and comments."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, insert, select, update

from lattice_console.engine.records import CommentRecord, ReviewRecord
from lattice_console.engine.stores.database import Database, Prepared
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.tables import comments, reviews

_MUTATIONS = several("mutations")
_REVIEWS = Prepared(
    select(*columns(reviews, ReviewRecord))
    .where(reviews.c.mutation_id.in_(_MUTATIONS))
    .order_by(reviews.c.created_at.desc(), reviews.c.id.desc())
)
_SETTLE = Prepared(update(reviews).where(reviews.c.id == bindparam("review")).values(state=bindparam("new_state")))
_ADD = Prepared(insert(reviews))
_ADD_COMMENT = Prepared(insert(comments))
_COMMENTS = Prepared(
    select(*columns(comments, CommentRecord))
    .where(comments.c.mutation_id == bindparam("mutation"))
    .order_by(comments.c.created_at, comments.c.id)
)
_COMMENTERS = Prepared(
    select(comments.c.mutation_id, comments.c.author_id).where(comments.c.mutation_id.in_(_MUTATIONS)).distinct()
)


class Reviews:
    """`ports.Reviews` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: ReviewRecord) -> None:
        self._database.run(_ADD, **values(record))

    def settle(self, review_ids: Sequence[str], state: str) -> None:
        """Set the state of those votes."""
        self._database.run_each(_SETTLE, [{"review": review_id, "new_state": state} for review_id in review_ids])

    def of(self, mutation_ids: Iterable[str]) -> dict[str, list[ReviewRecord]]:
        """The votes on each mutation, newest first."""
        found: dict[str, list[ReviewRecord]] = {}
        for portion in chunks(mutation_ids):
            found.update((mutation_id, []) for mutation_id in portion)
            for row in self._database.rows(_REVIEWS, mutations=portion):
                review = ReviewRecord(*row)
                found[review.mutation_id].append(review)
        return found

    def add_comment(self, mutation_id: str, record: CommentRecord) -> None:
        self._database.run(_ADD_COMMENT, **values(record, mutation_id=mutation_id))

    def comments(self, mutation_id: str) -> list[CommentRecord]:
        """The comments on the mutation, oldest first."""
        return [CommentRecord(*row) for row in self._database.rows(_COMMENTS, mutation=mutation_id)]

    def commenters(self, mutation_ids: Iterable[str]) -> dict[str, set[str]]:
        """Who commented on each mutation, by user id."""
        found: dict[str, set[str]] = {}
        for portion in chunks(mutation_ids):
            found.update((mutation_id, set()) for mutation_id in portion)
            for mutation_id, author_id in self._database.rows(_COMMENTERS, mutations=portion):
                found[mutation_id].add(author_id)
        return found
