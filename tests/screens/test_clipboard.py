"""The clipboard of a terminal, and the file beside it."""

import base64
import re
from pathlib import Path

from lattice_console.screens.clipboard import LIMIT, copy


def copied(text: str, file: Path, **environ: str) -> tuple[str, str]:
    """What was written to the terminal, and what the person was told."""
    written: list[str] = []
    told = copy(text, "M-12", written.append, file, environ)
    return "".join(written), told


def test_a_text_reaches_the_terminal_and_the_file(tmp_path: Path) -> None:
    written, told = copied("M-12 – ü", tmp_path / "new" / "copied.txt")
    assert written == f"\x1b]52;c;{base64.b64encode('M-12 – ü'.encode()).decode()}\a"
    assert told == "Copied M-12."
    assert (tmp_path / "new" / "copied.txt").read_text(encoding="utf-8") == "M-12 – ü"
    assert (tmp_path / "new" / "copied.txt").stat().st_mode & 0o777 == 0o600


def test_tmux_is_asked_to_hand_it_on_and_the_file_is_named(tmp_path: Path) -> None:
    written, told = copied("M-12", tmp_path / "copied.txt", TMUX="/tmp/tmux")
    plain = f"\x1b]52;c;{base64.b64encode(b'M-12').decode()}\a"
    assert written.startswith(plain)
    wrapped = re.fullmatch(r"\x1bPtmux;(.*)\x1b\\", written.removeprefix(plain), re.DOTALL)
    assert wrapped is not None
    assert wrapped[1].replace("\x1b\x1b", "\x1b") == plain
    assert told == f"Copied M-12; also in {tmp_path / 'copied.txt'}."


def test_the_file_is_named_once(tmp_path: Path) -> None:
    file = tmp_path / "copied.txt"
    assert copy("M-12", "M-12", len, file, {"TMUX": "/tmp/tmux"}, again=True) == "Copied M-12."


def test_over_ssh_without_a_file_nothing_is_promised(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    _, told = copied("M-12", tmp_path / "taken" / "copied.txt", SSH_TTY="/dev/pts/3")
    assert told == "Copied M-12, if the terminal allows it."


def test_what_a_terminal_would_cut_goes_to_the_file_alone(tmp_path: Path) -> None:
    written, told = copied("x" * (LIMIT + 1), tmp_path / "copied.txt")
    assert written == ""
    assert told == f"M-12 is too long for a terminal's clipboard: it is in {tmp_path / 'copied.txt'}."
    assert (tmp_path / "copied.txt").stat().st_size == LIMIT + 1


def test_a_longer_text_before_leaves_nothing_behind(tmp_path: Path) -> None:
    copied("a long text", tmp_path / "copied.txt")
    copied("short", tmp_path / "copied.txt")
    assert (tmp_path / "copied.txt").read_text(encoding="utf-8") == "short"
