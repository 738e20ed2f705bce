"""Run benchmarks and print each row as a JSON line: `python -m benchmarks [NAME…] [--quick]`."""

import argparse
import compileall
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

import benchmarks
import lattice_console


class Run(Protocol):
    """Measures and yields rows: what was measured, in which unit, and the peer's figure from the same run."""

    def __call__(self, quick: bool) -> Iterator[dict[str, object]]: ...


def discover() -> dict[str, Run]:
    """The benchmarks by name: the modules of this package that have a `run`; the others are their helpers."""
    modules = (info.name for info in pkgutil.iter_modules(benchmarks.__path__) if info.name != "__main__")
    loaded = {name: importlib.import_module(f"benchmarks.{name}") for name in sorted(modules)}
    return {name: cast("Run", module.run) for name, module in loaded.items() if hasattr(module, "run")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all of them, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print measurements as JSON lines.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a benchmark; all of them where none is named")
    parser.add_argument("--quick", action="store_true", help="small inputs and few rounds: does it run at all?")
    options = parser.parse_args(arguments)
    known = discover()
    if unknown := sorted(set(options.names) - known.keys()):
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(known) or 'none'}")
    # As it is installed, which compiles it: a checkout need not have its bytecode.
    compileall.compile_dir(Path(lattice_console.__file__).parent, quiet=1)
    for name in options.names or known:
        for row in known[name](quick=options.quick):
            print(json.dumps({"benchmark": name, **row}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
