"""Changes to propose, in one word each."""

from lattice_console.contract.models.mutation import ChangeInput


def create(path: str, content: bytes = b"one\n") -> ChangeInput:
    return ChangeInput(operation_type="create", file_path=path, content=content)


def modify(path: str, content: bytes, *, base_hash: str | None = None) -> ChangeInput:
    return ChangeInput(operation_type="modify", file_path=path, content=content, base_hash=base_hash)


def patch(path: str, diff: bytes) -> ChangeInput:
    """A modification, as a unified diff."""
    return ChangeInput(operation_type="modify", file_path=path, diff=diff)


def delete(path: str) -> ChangeInput:
    return ChangeInput(operation_type="delete", file_path=path)


def rename(path: str, new_path: str, content: bytes | None = None) -> ChangeInput:
    return ChangeInput(operation_type="rename", file_path=path, new_path=new_path, content=content)
