"""Before anybody comes, the machine is looked at; outside of production nothing is forbidden."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from service.operations import start

pytestmark = [
    pytest.mark.usefixtures("inside"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def grave(settings: Settings, tmp_path: Path) -> Settings:
    """A production that may start."""
    return replace(settings, env="production", cookie_secure=True, anchor_path=tmp_path / "anchors")


def told(settings: Settings, *, debug: bool = False) -> list[str]:
    return start.unsafe(settings, debug=debug, testing=False)


def test_a_safe_production_may_start(grave: Settings) -> None:
    assert told(grave) == []


def test_a_development_may_be_anything(settings: Settings) -> None:
    assert told(settings, debug=True) == []


def test_an_anchor_path_must_take_a_line(grave: Settings, tmp_path: Path) -> None:
    (refused,) = told(replace(grave, anchor_path=tmp_path / "not" / "there"))
    assert refused.startswith("FENGQIAO_ANCHOR_PATH ")
    assert told(replace(grave, anchor_path=Path("/proc/version"))) == [refused]
    assert told(replace(grave, anchor_path=None)) == [refused]
    for fine in (tmp_path, tmp_path / "kept"):
        assert told(replace(grave, anchor_path=fine)) == []
    (tmp_path / "kept").write_text("1\n")
    assert told(replace(grave, anchor_path=tmp_path / "kept")) == []
    assert (tmp_path / "kept").read_text() == "1\n"


def test_the_data_of_a_demo_serve_nobody(grave: Settings) -> None:
    (grave.data_dir / "accounts.json").write_text("[]")
    (refused,) = told(grave)
    assert "accounts.json" in refused


def test_debugging_is_refused(grave: Settings) -> None:
    (refused,) = told(grave, debug=True)
    assert "DEBUG" in refused


def test_the_free_share_of_a_disk_is_a_share(tmp_path: Path) -> None:
    assert 0 <= start.free_share(tmp_path) <= 1
