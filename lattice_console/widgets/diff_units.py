"""Which part of a compared file a line is in, and which line stands for it on the other side. Lines count from 0."""

from bisect import bisect_right

from lattice_console.merge.diff import FileDiff, Side

__all__ = ["new_line", "unit_of"]


def unit_of(compared: FileDiff, side: Side, line: int) -> int:
    """The gap (even) or block (odd) of a file that a line is in: block k is number 2k + 1."""
    old = side == "old"
    at = bisect_right(compared.blocks, line, key=lambda block: block.old if old else block.new) - 1
    if at < 0:
        return 0
    block = compared.blocks[at]
    start, size = (block.old, block.removed) if old else (block.new, block.added)
    return 2 * at + (1 if line < start + size else 2)


def new_line(compared: FileDiff, line: int) -> int | None:
    """The line of the new side that a line of the old one is, or that replaces it; None where nothing does."""
    unit = unit_of(compared, "old", line)
    if not unit:
        return line
    block = compared.blocks[(unit - 1) // 2]
    if unit % 2 == 0:
        return line + block.new + block.added - block.old - block.removed
    return block.new + min(line - block.old, block.added - 1) if block.added else None
