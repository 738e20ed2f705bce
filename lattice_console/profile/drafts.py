"""What was typed and not sent: drafts of comments, and the texts of dialogs that were left."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

from pydantic import Field, ValidationError

from lattice_console.contract.errors import ValidationFailed, from_validation
from lattice_console.contract.models.base import Count, Model, Moment, Reference
from lattice_console.contract.models.review import Anchor, NewComment
from lattice_console.json_file import Content
from lattice_console.profile.store import JsonFile, Tell

__all__ = ["LONGEST", "Draft", "Drafts"]

LONGEST = 1_000_000
"""Characters of a text that is kept: more than can be sent, so that nobody loses what is still to be shortened."""


class Draft(Model):
    """A comment that waits to be sent with the verdict. Its `id` is the idempotency key of the sending.

    Its text is as it was typed; whether it can be sent is seen when it is.
    """

    id: Reference = Field(default_factory=lambda: str(uuid4()))
    mutation_id: Reference
    patchset: Count
    text: str
    anchor: Anchor | None = None
    reply_to: Reference | None = None
    suggestion: str | None = None
    created_at: Moment

    def as_comment(self) -> NewComment:
        """The comment that it becomes; raises ValidationFailed where it cannot be one."""
        try:
            return NewComment(
                text=self.text,
                anchor=self.anchor,
                reply_to=self.reply_to,
                suggestion=self.suggestion,
                patchset=self.patchset,
            )
        except ValidationError as error:
            raise from_validation(error) from None


class Drafts:
    """What one person typed and did not send in one project, kept in `folder`; on the disk when a method returns.

    Of several consoles that keep different drafts none loses any; of one draft the last text stays.
    """

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._drafts = JsonFile(folder / "drafts.json", ("drafts",), tell)
        # Apart from the drafts: it is written while people type.
        self._unsent = JsonFile(folder / "unsent.json", ("texts",), tell)
        self._tell = tell
        self._told: set[str] = set()

    def of(self, mutation_id: str) -> tuple[Draft, ...]:
        """The drafts of a mutation, the oldest first."""
        found = [draft for draft in self._all() if draft.mutation_id == mutation_id]
        return tuple(sorted(found, key=lambda draft: (draft.created_at, draft.id)))

    def count(self) -> dict[str, int]:
        """How many drafts each mutation has, of those that have any."""
        return dict(Counter(draft.mutation_id for draft in self._all()))

    def save(self, draft: Draft) -> None:
        """Keep a draft, in the place of the one with its id.

        Raises ValidationFailed (`VAL_TEXT`) for a text of more than LONGEST characters.
        """
        for text in (draft.text, draft.suggestion or ""):
            _check_length(text)
        said = draft.model_dump(mode="json", exclude={"id"})

        def change(content: Content) -> None:
            content.setdefault("drafts", {})[draft.id] = said

        self._drafts.update(change)

    def remove(self, *ids: str) -> None:
        """Forget drafts: they were sent, or are not wanted."""

        def change(content: Content) -> None:
            for id in ids:
                content.get("drafts", {}).pop(id, None)

        self._drafts.update(change)

    def unsent(self, mutation_id: str, action: str) -> str:
        """What was typed in the dialog of an action on a mutation; empty where nothing was."""
        texts = self._unsent.section("texts").get(mutation_id)
        text = texts.get(action) if isinstance(texts, dict) else None
        return text if isinstance(text, str) else ""

    def keep_unsent(self, mutation_id: str, action: str, text: str) -> None:
        """Keep what was typed in a dialog; an empty text forgets it. Raises ValidationFailed like `save`."""
        _check_length(text)

        def change(content: Content) -> None:
            texts = content.setdefault("texts", {})
            old = texts.get(mutation_id)
            kept = {**(old if isinstance(old, dict) else {}), action: text}
            texts[mutation_id] = {known: typed for known, typed in kept.items() if typed}
            if not texts[mutation_id]:
                del texts[mutation_id]

        self._unsent.update(change)

    def _all(self) -> Iterator[Draft]:
        for id, said in self._drafts.section("drafts").items():
            try:
                yield Draft.model_validate({"id": id, **said} if isinstance(said, Mapping) else said)
            except ValidationError as error:
                self._pass_over(id, from_validation(error))

    def _pass_over(self, id: str, error: ValidationFailed) -> None:
        if id not in self._told:
            self._told.add(id)
            self._tell(f"A draft in {self._drafts.path} cannot be read, and is left there: {error.message}")


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise ValidationFailed(
            "VAL_TEXT",
            f"The text has more than {LONGEST:,} characters, and is not kept; shorten it, or put it in a file.",
            field="text",
        )
