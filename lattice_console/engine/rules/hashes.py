"""What identifies a patchset: canonical JSON, hashed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from lattice_console.contract.models.mutation import Operation


def digest(content: bytes) -> str:
    """SHA-256 of some bytes, as everything here is addressed."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and ASCII only: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def patchset_hash(
    changes: Iterable[tuple[Operation, str, str | None, str | None, str | None]], parents: Sequence[tuple[str, str]]
) -> str:
    """SHA-256 over the sorted changes (operation, path, new path, base hash, result hash) and parents (id, hash)."""
    ordered = sorted(changes, key=lambda change: tuple(part or "" for part in change))
    return digest(canonical({"changes": ordered, "parents": sorted(parents)}).encode())


def diff_hash(changes: Iterable[tuple[Operation, str, str | None, str]]) -> str:
    """SHA-256 over the sorted changes (operation, path, new path, digest of the hunks without line numbers)."""
    ordered = sorted(changes, key=lambda change: tuple(part or "" for part in change))
    return digest(canonical(ordered).encode())
