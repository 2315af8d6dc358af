"""Every variable of the environment that changes the service is explained in the README."""

import re
from pathlib import Path

from config.settings import KEY_NAMES
from tests.architecture.source import product_files, read

VARIABLE = re.compile(r"\bFENGQIAO_[A-Z]+(?:_[A-Z]+)*\b")


def variables() -> set[str]:
    """Every variable the product reads."""
    written = {name for path in product_files() for name in VARIABLE.findall(read(path))}
    return written | {f"FENGQIAO_{name.upper()}_KEY" for name in KEY_NAMES}


def test_every_variable_is_in_the_readme() -> None:
    assert variables() - set(VARIABLE.findall(read(Path("README.md")))) == set()


def test_only_the_settings_read_the_environment() -> None:
    found = [str(path) for path in product_files() if "os.environ" in read(path)]
    assert found == ["config/settings.py"]
