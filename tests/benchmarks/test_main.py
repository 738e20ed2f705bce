"""`python -m benchmarks` finds the benchmarks and prints their rows."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import benchmarks
from benchmarks.__main__ import main

BENCHMARK = """
def run(quick):
    yield {"figure": 1 if quick else 2, "unit": "ms"}
    yield {"figure": 3, "unit": "ms"}
"""


@pytest.fixture
def folder_of_benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package's folder for one test: a benchmark called made_up and a helper that is none."""
    (tmp_path / "made_up.py").write_text(BENCHMARK, encoding="utf-8")
    (tmp_path / "made_helper.py").write_text("figures = [1]\n", encoding="utf-8")
    monkeypatch.setattr(benchmarks, "__path__", [str(tmp_path)])
    yield tmp_path
    for name in ("made_up", "made_helper"):
        sys.modules.pop(f"benchmarks.{name}", None)
        vars(benchmarks).pop(name, None)


@pytest.mark.usefixtures("folder_of_benchmarks")
@pytest.mark.parametrize(("arguments", "figure"), [([], 2), (["--quick"], 1), (["made_up", "--quick"], 1)])
def test_each_row_is_printed_as_a_json_line_with_its_benchmark(
    arguments: list[str], figure: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"benchmark": "made_up", "figure": figure, "unit": "ms"},
        {"benchmark": "made_up", "figure": 3, "unit": "ms"},
    ]


@pytest.mark.usefixtures("folder_of_benchmarks")
def test_an_unknown_name_is_a_usage_error_that_lists_the_benchmarks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["made_helper"])
    assert stopped.value.code == 2
    assert "no benchmark is called made_helper; there are: made_up" in capsys.readouterr().err
