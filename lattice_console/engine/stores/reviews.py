"""Votes and comments."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from lattice_console.engine.records import CommentRecord, ReviewRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.dialects import greater
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import comments, review_requests, reviews, seen

_MUTATIONS = several("mutations")
_REVIEWS = Prepared(
    select(*columns(reviews, ReviewRecord))
    .where(reviews.c.mutation_id.in_(_MUTATIONS))
    .order_by(reviews.c.created_at.desc(), reviews.c.id.desc())
)
_SETTLE = Prepared(update(reviews).where(reviews.c.id == bindparam("review")).values(state=bindparam("new_state")))
_ADD = Prepared(insert(reviews))
_ADD_COMMENT = Prepared(insert(comments))
_UPDATE_COMMENT = Prepared(update(comments).where(comments.c.id == bindparam("comment")))
_CAST_BY = Prepared(
    select(reviews.c.mutation_id).where(
        reviews.c.author_id == bindparam("user"), reviews.c.state == "current", reviews.c.mutation_id.in_(_MUTATIONS)
    )
)
_SEEN = Prepared(
    select(seen.c.patchset).where(seen.c.user_id == bindparam("user"), seen.c.mutation_id == bindparam("mutation"))
)
_NEWLY_SEEN = insert_or_update(seen)
_NOTE_SEEN = Prepared(
    _NEWLY_SEEN.on_conflict_do_update(
        index_elements=["user_id", "mutation_id"],
        set_={"patchset": greater(seen.c.patchset, _NEWLY_SEEN.excluded.patchset)},
    )
)
_REQUESTED = Prepared(
    select(review_requests.c.user_id)
    .where(review_requests.c.mutation_id == bindparam("mutation"))
    .order_by(review_requests.c.user_id)
)
_REQUEST = Prepared(insert(review_requests))
_FORGET_SEEN = Prepared(
    delete(seen).where(seen.c.user_id == bindparam("user"), seen.c.mutation_id == bindparam("mutation"))
)
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

    def cast_by(self, user_id: str, mutation_ids: Iterable[str]) -> set[str]:
        """Those of the mutations on which that user has a vote that counts."""
        return {
            mutation_id
            for portion in chunks(mutation_ids)
            for mutation_id in self._database.column(_CAST_BY, user=user_id, mutations=portion)
        }

    def seen(self, user_id: str, mutation_id: str) -> int | None:
        """The newest patchset that the user voted or commented on."""
        row = self._database.row(_SEEN, user=user_id, mutation=mutation_id)
        return row[0] if row else None

    def note_seen(self, user_id: str, mutation_id: str, patchset: int) -> None:
        """Remember that the user voted or commented on that patchset."""
        self._database.run(_NOTE_SEEN, user_id=user_id, mutation_id=mutation_id, patchset=patchset)

    def forget_seen(self, user_id: str, mutation_id: str) -> None:
        """Know no more of what the user voted or commented on."""
        self._database.run(_FORGET_SEEN, user=user_id, mutation=mutation_id)

    def requested(self, mutation_id: str) -> list[str]:
        """Whose review was asked for, by user id."""
        return list(self._database.column(_REQUESTED, mutation=mutation_id))

    def request(self, mutation_id: str, user_ids: Iterable[str]) -> None:
        """Ask for the review of those, whom nobody asked before."""
        self._database.run_each(_REQUEST, [{"mutation_id": mutation_id, "user_id": user_id} for user_id in user_ids])

    def update_comment(self, comment_id: str, **columns: Any) -> None:
        """Set columns of a comment."""
        self._database.run(_UPDATE_COMMENT, comment=comment_id, **columns)

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
