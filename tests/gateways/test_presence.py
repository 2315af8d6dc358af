"""Those who serve share a data directory; who restores has it alone, and only then."""

from pathlib import Path

import pytest

from service.errors import Conflict
from service.gateways.presence import RESTORING, SERVED, alone, serving


def test_any_number_serve_together(tmp_path: Path) -> None:
    with serving(tmp_path), serving(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_nobody_is_alone_while_somebody_serves(tmp_path: Path) -> None:
    with serving(tmp_path), pytest.raises(Conflict) as refusal, alone(tmp_path):
        pass
    assert refusal.value.detail == SERVED
    with alone(tmp_path):
        pass


def test_nobody_begins_to_serve_while_somebody_restores(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(Conflict) as refusal, serving(tmp_path):
        pass
    assert refusal.value.detail == RESTORING
