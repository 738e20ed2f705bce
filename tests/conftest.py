"""What holds for every test."""

import gc
import os
import shutil
import signal
import tempfile

import pytest
from hypothesis import settings

pytest_plugins = ["tests.services.fixtures"]

settings.register_profile("explore", deadline=None)
# An integration run looks at the same examples every time: it fails for what changed, not by luck.
settings.register_profile("integration", deadline=None, derandomize=True)
settings.load_profile("integration" if os.environ.get("CI") else "explore")

# Nobody's own settings, identity or terminal decide what a test sees; child processes inherit this.
for name in [name for name in os.environ if name.startswith("LATTICE_") and not name.startswith("LATTICE_TEST_")]:
    del os.environ[name]
for name in ("DATABASE_URL", "NO_COLOR", "FORCE_COLOR", "COLORTERM"):
    os.environ.pop(name, None)
os.environ["XDG_CONFIG_HOME"] = os.path.join(tempfile.gettempdir(), "lattice-tests-have-no-profile")
STATE = tempfile.mkdtemp(prefix="lattice-tests-")
os.environ["XDG_STATE_HOME"] = STATE
os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
os.environ["GIT_CONFIG_NOSYSTEM"] = "1"

# What runs in the background of a shell may be deaf to Ctrl+C, and so would be the commands that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Four more than there are processors: most of a run is waiting for servers, child processes and screens."""
    return (os.cpu_count() or 1) + 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what may take longest, so that no processor waits for it in the end."""

    def limit(item: pytest.Item) -> float:
        marked = item.get_closest_marker("timeout")
        return marked.args[0] if marked else 0

    items.sort(key=limit, reverse=True)


def pytest_collection_finish() -> None:
    """Search what is loaded by now for garbage no more, and the rest less often: that took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_unconfigure() -> None:
    """Take away what the tests' consoles and commands have kept."""
    shutil.rmtree(STATE, ignore_errors=True)
