"""Charts are drawings with words: escaped, named, from zero, without a style."""

from xml.etree.ElementTree import Element, fromstring

from service.reports import chart
from service.reports.chart import Bar, Point

SVG = "{http://www.w3.org/2000/svg}"
WEEKS = [
    Point(f"{n}周", received, closed)
    for n, received, closed in [(44, 33, 28), (45, 30, 31), (46, 36, 30), (47, 41, 34)]
]


def drawn(markup: str) -> Element:
    return fromstring(markup)


def texts(markup: str) -> list[str]:
    return [each.text or "" for each in drawn(markup).iter(f"{SVG}text")]


def test_a_trend_is_an_image_with_a_title_and_every_number_in_words() -> None:
    svg = drawn(chart.trend(WEEKS, "近 4 周受理与办结"))
    assert svg.attrib["role"] == "img"
    assert svg.findtext(f"{SVG}title") == "近 4 周受理与办结"
    told = svg.findtext(f"{SVG}desc") or ""
    assert told.endswith("46周受理 36、办结 30；47周受理 41、办结 34")


def test_both_lines_are_labelled_at_their_end() -> None:
    assert texts(chart.trend(WEEKS, "趋势"))[-2:] == ["受理 41", "办结 34"]


def test_the_axis_starts_at_zero_and_ends_above_the_highest() -> None:
    scale = [text for text in texts(chart.trend(WEEKS, "趋势")) if text.isdigit()]
    assert scale == ["0", "10", "20", "30", "40", "50"]


def test_labels_of_lines_that_end_together_stand_apart() -> None:
    svg = drawn(chart.trend([Point("46周", 5, 5), Point("47周", 5, 5)], "趋势"))
    heights = [float(each.attrib["y"]) for each in svg.iter(f"{SVG}text")][-2:]
    assert abs(heights[0] - heights[1]) == 18


def test_twelve_empty_weeks_can_be_drawn() -> None:
    assert texts(chart.trend([Point(str(n), 0, 0) for n in range(12)], "趋势"))[-1] == "办结 0"


def test_the_longest_bar_is_the_highest_number() -> None:
    svg = drawn(chart.bars([Bar("邻里", 8), Bar("家庭", 4), Bar("其他", 0)], "各类"))
    lengths = [
        float(each.attrib["width"])
        for each in svg.iter(f"{SVG}rect")
        if each.attrib["class"] == "chart-bar"
    ]
    assert lengths == [lengths[0], lengths[0] / 2, 0]


def test_no_bars_is_an_empty_drawing() -> None:
    assert texts(chart.bars([], "各类")) == []


def test_names_are_escaped_and_nothing_is_styled() -> None:
    markup = chart.bars([Bar('<script>"&', 1)], "<各类>")
    assert texts(markup) == ['<script>"&', "1"]
    assert "<script" not in markup
    assert "style" not in markup
