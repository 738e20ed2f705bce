"""What the committed files of the house must and must not say."""

import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

CONFIGURATION = sorted(
    path
    for pattern in ("*.toml", "Makefile", "*.cfg", "*.ini", ".ci/*", "requirements/*", "requirements/.*")
    for path in REPOSITORY.glob(pattern)
    if path.is_file()
)

# Options and variables that choose a package registry, and the addresses of the public one.
REGISTRY = re.compile(
    r"--(?:extra-)?index-url|--index\b|--find-links|--trusted-host|(?<!emit-)\bindex[-_]url\b|\b(?:PIP|UV)_(?:\w*INDEX\w*|FIND_LINKS)"
    r"|\btool\.uv\.index|pypi\.org|pythonhosted\.org|://[^\s\"']*/simple\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("file", CONFIGURATION, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_no_configuration_or_lock_file_names_a_package_registry(file: Path) -> None:
    named = [line for line in file.read_text(encoding="utf-8").splitlines() if REGISTRY.search(line)]
    assert named == []


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_every_pin_carries_a_hash(name: str) -> None:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert pins
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_the_lock_files_agree_and_cover_every_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    runtime, dev = (pinned(REPOSITORY / "requirements" / f"{name}.txt") for name in ("runtime", "dev"))
    assert runtime.items() <= dev.items()
    assert names(project["project"]["dependencies"]) <= runtime.keys()
    assert names(project["dependency-groups"]["dev"]) <= dev.keys()


def pinned(file: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(encoding="utf-8"), re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~;\[ ]", requirement)[0].lower() for requirement in requirements}
