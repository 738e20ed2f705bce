"""What holds for every test."""

import os

from hypothesis import settings

settings.register_profile("explore", deadline=None)
# An integration run looks at the same examples every time: it fails for what changed, not by luck.
settings.register_profile("integration", deadline=None, derandomize=True)
settings.load_profile("integration" if os.environ.get("CI") else "explore")
