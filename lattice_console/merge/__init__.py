"""The one diff and the one merge: pure functions on bytes, which know no project and do no I/O."""
