"""The command line inside this process, over the settings of a test."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from config.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from service.cli.deployment import Deployment

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@dataclass(frozen=True)
class Kept:
    """Reads settings that were chosen before."""

    settings: Settings

    def __call__(self) -> Settings:
        return self.settings


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """One kind is enough here: commands know nothing of databases."""
    return str(request.param)


@pytest.fixture
def deployment(settings: Settings, put_together: Callable[[Settings], "Flask"]) -> "Deployment":
    """The service over the test's own database; what has settings of its own is put together."""
    from service.app import create_app  # noqa: PLC0415 -- pure tests must not load all of it
    from service.cli.deployment import Deployment  # noqa: PLC0415 -- as above

    def made(wanted: Settings) -> "Flask":
        return put_together(wanted) if wanted == settings else create_app(wanted)

    return Deployment(made, Kept(settings))


@pytest.fixture
def run(deployment: "Deployment") -> Run:
    """Run one command; its exit code and what it printed."""
    from fengqiao import main  # noqa: PLC0415 -- as above

    def invoke(*arguments: str, obj: "Deployment" = deployment) -> Result:
        return CliRunner().invoke(main, arguments, obj=obj, catch_exceptions=False)

    return invoke


@pytest.fixture
def program() -> list[str]:
    """How to start the command line as a program of its own."""
    return [sys.executable, "-W", "error", str(ROOT / "fengqiao.py")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FENGQIAO_")}
    return kept | {"FENGQIAO_DATA_DIR": str(folder)}


def start(program: list[str], folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*program, *arguments],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
