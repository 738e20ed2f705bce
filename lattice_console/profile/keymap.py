"""Which keys the person gave to which actions, under `keys` in the profile: `{"act.approve": "ctrl+y"}`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lattice_console.contract.nearness import edits
from lattice_console.profile.keys import key_names, types_text
from lattice_console.profile.store import JsonFile

__all__ = ["Keymap", "read_keymap"]

_NEAR = 3
"""Characters by which a misspelt id may differ from the one that was meant."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """The rebound actions with their keys, commas between them; and what of the profile was left out, in sentences."""

    keys: Mapping[str, str]
    problems: tuple[str, ...]


def read_keymap(
    path: Path,
    known: Mapping[str, Sequence[str]],
    places: Mapping[str, Collection[str]],
    *,
    while_typing: Collection[str] = (),
) -> Keymap:
    """The keymap that the profile at `path` asks for, as far as it can be had.

    `known` has every action's keys as they ship. `places` has, by a name for people, which actions can be chosen at
    once; one that no place lists can be chosen in all of them. Those `while_typing` also act in fields, so that no key
    which types is for them. What has a problem keeps its keys; the rest applies. Raises SystemFailure.
    """
    problems: list[str] = []
    file = JsonFile(path, ("keys",), problems.append, hand_written=True)
    wanted: dict[str, tuple[str, ...]] = {}
    for action, said in file.section("keys").items():
        try:
            wanted[action] = _keys(action, said, known, while_typing)
        except ValueError as problem:
            problems.append(f"{problem} (keys in {path}).")
    problems += _settle(wanted, known, places)
    return Keymap({action: ",".join(keys) for action, keys in wanted.items()}, tuple(problems))


def _keys(
    action: str, said: object, known: Mapping[str, Sequence[str]], while_typing: Collection[str]
) -> tuple[str, ...]:
    """The keys for one action; raises ValueError with a sentence that wants only its end."""
    if action not in known:
        near = _nearest(action, known)
        hint = f"perhaps {near} was meant" if near else "the help (?) shows what can be done where you are"
        raise ValueError(f"There is no action {action!r}; {hint}")
    stays = f"{action} stays on {' '.join(known[action])}"
    try:
        keys = key_names(said)
    except ValueError as error:
        raise ValueError(f"{stays}: {error}; choose another key") from None
    typing = next((key for key in keys if action in while_typing and types_text(key)), None)
    if typing is not None:
        raise ValueError(
            f"{stays}: it acts while you type, and {typing} would not reach the text; take one with ctrl, or F1 to F12"
        )
    return keys


def _settle(
    wanted: dict[str, tuple[str, ...]], known: Mapping[str, Sequence[str]], places: Mapping[str, Collection[str]]
) -> list[str]:
    """Take out of `wanted` what meets another action on a key; returns what was taken out, and why.

    What was taken out has its own keys again, which somebody else may have been given: so until nothing meets.
    """
    problems: list[str] = []
    while (clash := _clash(wanted, known, places)) is not None:
        action, key, other, place = clash
        del wanted[action]
        where = f" in {place}" if place else ""
        problems.append(
            f"{action} stays on {' '.join(known[action])}: {key} is {other}{where}. Choose another key for one of them."
        )
    return problems


def _clash(
    wanted: Mapping[str, tuple[str, ...]], known: Mapping[str, Sequence[str]], places: Mapping[str, Collection[str]]
) -> tuple[str, str, str, str] | None:
    """The first rebound action that meets one which ships with that key or was rebound before it: both, key, place."""
    before: set[str] = set()
    for action, keys in wanted.items():
        before.add(action)
        for other in known:
            if other == action or (other in wanted and other not in before):
                continue
            place = _shared_place(action, other, places)
            for key in keys if place is not None else ():
                # What meets as it ships is meant to: the inner one hides the outer one.
                ships = key in known[action] and key in known[other]
                if key in wanted.get(other, known[other]) and not ships:
                    return action, key, other, place or ""
    return None


def _shared_place(one: str, other: str, places: Mapping[str, Collection[str]]) -> str | None:
    """A place where both can be chosen; empty where that is everywhere, None where it is nowhere."""
    listed = {action for actions in places.values() for action in actions}
    if one not in listed and other not in listed:
        return ""
    for place, actions in places.items():
        if all(action in actions or action not in listed for action in (one, other)):
            return place
    return None


def _nearest(action: str, known: Collection[str]) -> str | None:
    """The known id that is nearest, if it is near."""
    near = {name: edits(action[:100], name) for name in known}
    best = min(near, key=lambda name: (near[name], name), default=None)
    return best if best is not None and near[best] <= _NEAR else None
