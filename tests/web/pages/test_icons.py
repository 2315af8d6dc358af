"""Every icon that a template names can be drawn, under the name it has today."""

import re
from pathlib import Path

import pytest

from service.web.icons import icon_drawer

TEMPLATES = Path(__file__).parents[3] / "service" / "web" / "templates"
CALL = re.compile(r"icon\((.*?)\)")
WORD = re.compile(r"'([a-z0-9-]+)'")
BULLETS = re.compile(r"bullets\([^,]+, '[a-z]+', (.*?)\)")


def named() -> list[str]:
    """Names in calls of `icon`, and those handed to the list of a route."""
    texts = [path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))]
    calls = [
        call for text in texts for pattern in (CALL, BULLETS) for call in pattern.findall(text)
    ]
    return sorted({word for call in calls for word in WORD.findall(call)} - {"ok", "warn", "stop"})


@pytest.mark.parametrize("name", named())
def test_the_icon_is_drawn(name: str) -> None:
    assert icon_drawer(strict=True)(name).startswith("<svg")


def test_icons_are_named_at_all() -> None:
    assert {"printer", "search", "octagon-x", "square-check-big"} <= set(named())
