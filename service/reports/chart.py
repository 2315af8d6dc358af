"""Charts of the weekly page as inline SVG: classes, no styles; every text escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 580
HEIGHT: Final = 260
LEFT, RIGHT, TOP, BOTTOM = 36, 88, 14, 30
ROW: Final = 32
VALUE: Final = 48
GLYPH: Final = 14  # a Chinese character of a name is this wide
LONGEST_NAME: Final = 13
LABEL_GAP: Final = 18  # two end labels closer than this would overlap


@dataclass(frozen=True, slots=True)
class Point:
    """One week of the trend: its short name and two numbers."""

    name: str
    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name and its length."""

    name: str
    value: int


def trend(points: Sequence[Point], title: str) -> Markup:
    """Received and closed by week 受理与办结: two labelled lines, told apart by their marks too."""
    scale = _Scale(points)
    received = [(scale.x(i), scale.y(point.received)) for i, point in enumerate(points)]
    closed = [(scale.x(i), scale.y(point.closed)) for i, point in enumerate(points)]
    told = "；".join(f"{p.name}受理 {p.received}、办结 {p.closed}" for p in points)
    upper, lower = _apart(received[-1][1], closed[-1][1])
    parts: list[Markup] = [
        *_grid(scale),
        _tag("polygon", "chart-gap", points=_path([*received, *reversed(closed)])),
        _line(received, "chart-received"),
        _line(closed, "chart-closed"),
        *(_circle(x, y) for x, y in received),
        *(_square(x, y) for x, y in closed),
        *(_text(scale.x(i), HEIGHT - 8, p.name, "chart-tick") for i, p in enumerate(points)),
        _text(WIDTH - RIGHT + 12, upper, f"受理 {points[-1].received}", "chart-label-received"),
        _text(WIDTH - RIGHT + 12, lower, f"办结 {points[-1].closed}", "chart-label-closed"),
    ]
    return _svg(HEIGHT, title, told, parts)


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Numbers by name 分类: bars from zero, each with its number at its end."""
    most = max((row.value for row in rows), default=0) or 1
    named = max((min(len(row.name), LONGEST_NAME) for row in rows), default=0) * GLYPH + 12
    room = WIDTH - named - VALUE
    told = "；".join(f"{row.name} {row.value}" for row in rows)
    parts: list[Markup] = []
    for place, row in enumerate(rows):
        top, length = place * ROW + 4, round(room * row.value / most, 1)
        parts += [
            _text(named - 10, top + 16, _short(row.name), "chart-name"),
            _tag("rect", "chart-rail", x=named, y=top, width=room, height=22),
            _tag("rect", "chart-bar", x=named, y=top, width=length, height=22),
            _text(named + length + 8, top + 16, str(row.value), "chart-value"),
        ]
    return _svg(max(len(rows), 1) * ROW, title, told, parts)


class _Scale:
    """Where a number stands on the paper; the axis starts at zero."""

    def __init__(self, points: Sequence[Point]) -> None:
        most = max((max(p.received, p.closed) for p in points), default=0)
        self.step = _round_step(most)
        self.top = self.step * max(1, -(-most // self.step))
        self._gap = (WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)

    def x(self, place: int) -> float:
        return round(LEFT + place * self._gap, 1)

    def y(self, number: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * number / self.top, 1)


def _round_step(most: int) -> int:
    """A step of 1, 2 or 5 times a power of ten that gives at most five lines."""
    step = 1
    while most > 5 * step:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _grid(scale: _Scale) -> Iterable[Markup]:
    for number in range(0, scale.top + 1, scale.step):
        y = scale.y(number)
        name = "chart-axis" if number == 0 else "chart-grid"
        yield _tag("line", name, x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y)
        yield _text(LEFT - 8, y + 4, str(number), "chart-scale")


def _apart(received: float, closed: float) -> tuple[float, float]:
    """The heights of the two end labels, moved apart when their lines end together."""
    if abs(received - closed) >= LABEL_GAP:
        return received + 5, closed + 5
    middle, half = (received + closed) / 2 + 5, LABEL_GAP / 2
    sign = -1 if received <= closed else 1
    return middle + sign * half, middle - sign * half


# Presentation attributes are what a page without our style sheet shows; its classes win over them.
_LOOKS: Final = {
    "chart-grid": {"stroke": "#d5dbe3"},
    "chart-axis": {"stroke": "#5f6b7d"},
    "chart-gap": {"fill": "#1b2430", "fill-opacity": "0.07"},
    "chart-received": {"fill": "none", "stroke": "#0f5b8c", "stroke-width": "2.5"},
    "chart-closed": {"fill": "none", "stroke": "#c05f0c", "stroke-width": "2.5"},
    "chart-mark-received": {"fill": "#0f5b8c"},
    "chart-mark-closed": {"fill": "#ffffff", "stroke": "#c05f0c", "stroke-width": "2"},
    "chart-tick": {"fill": "#4a5668", "font-size": "13", "text-anchor": "middle"},
    "chart-scale": {"fill": "#4a5668", "font-size": "13", "text-anchor": "end"},
    "chart-label-received": {"fill": "#0f5b8c", "font-size": "14", "font-weight": "700"},
    "chart-label-closed": {"fill": "#9c4a05", "font-size": "14", "font-weight": "700"},
    "chart-name": {"fill": "#1b2430", "font-size": "14", "text-anchor": "end"},
    "chart-value": {"fill": "#1b2430", "font-size": "14", "font-weight": "700"},
    "chart-rail": {"fill": "#eef1f5"},
    "chart-bar": {"fill": "#0f5b8c"},
}


def _svg(height: int, title: str, told: str, parts: Iterable[Markup]) -> Markup:
    frame = Markup(
        '<svg class="chart-svg" viewBox="0 0 {} {}" role="img" xmlns="http://www.w3.org/2000/svg">'
        "<title>{}</title><desc>{}</desc>{}</svg>"
    )
    return frame.format(WIDTH, height, title, told, Markup("").join(parts))


def _tag(name: str, look: str, **attributes: object) -> Markup:
    given = {"class": look} | _LOOKS[look] | attributes
    inside = Markup(" ").join(
        Markup('{}="{}"').format(key, escape(value)) for key, value in given.items()
    )
    return Markup("<{} {}/>").format(name, inside)


def _text(x: float, y: float, words: str, look: str) -> Markup:
    given = {"class": look} | _LOOKS[look] | {"x": x, "y": round(y, 1)}
    inside = Markup(" ").join(Markup('{}="{}"').format(key, value) for key, value in given.items())
    return Markup("<text {}>{}</text>").format(inside, words)


def _line(places: Sequence[tuple[float, float]], look: str) -> Markup:
    return _tag("polyline", look, points=_path(places))


def _circle(x: float, y: float) -> Markup:
    return _tag("circle", "chart-mark-received", cx=x, cy=y, r=4)


def _square(x: float, y: float) -> Markup:
    return _tag("rect", "chart-mark-closed", x=x - 3.5, y=y - 3.5, width=7, height=7)


def _path(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
