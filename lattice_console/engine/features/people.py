"""Users: finding them, making them, with handles that are unique."""

import re
import unicodedata

from lattice_console.contract.errors import ValidationFailed
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.records import UserRecord

_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def handle_from(text: str) -> str:
    """A handle made of a name or an e-mail's local part: lower case, ASCII, never empty."""
    plain = unicodedata.normalize("NFKD", text.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._")[:48] or "user"


def make(ctx: Context, name: str, *, full_name: str = "", email: str | None = None, exact: bool = False) -> UserRecord:
    """Make a user from a handle or an e-mail; with `exact` a handle must be free and well-formed as it is."""
    if "@" in name:
        email = email or name
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise ValidationFailed("VAL_EMAIL", f"{email} is no e-mail address.", field="email")
    if exact and "@" not in name:
        if not _HANDLE.fullmatch(name):
            raise ValidationFailed(
                "VAL_USER", f"{name} is no handle: use a-z, 0-9, dot, dash and underscore.", field="user"
            )
        handle = name
    else:
        handle = _free(ctx, handle_from(name))
    user = UserRecord(id=new_id(), handle=handle, email=email, name=full_name or name.partition("@")[0])
    ctx.tables.people.create(user, ctx.now)
    ctx.record("user.created", user.id, installation=True, handle=handle)
    return user


def _free(ctx: Context, stem: str) -> str:
    taken = ctx.tables.people.handles_like(stem)
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
