"""Which Chromium the tests and the pictures of the handbook use: the system's own."""

import shutil
from typing import Final

# the one without windows first: with them, opening one takes longer than most of our pages
PROGRAMS: Final = ("chromium-headless-shell", "chromium", "chromium-browser")


def program() -> str:
    """Where it is; RuntimeError when there is none."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise RuntimeError("no Chromium: `make test` says what to install")
    return found
