"""Pasted lists: headings or places, separators, and what is no list."""

import pytest

from config import spelling
from service.errors import Invalid
from service.rules import listing
from service.rules.listing import Columns

COLUMNS = Columns(
    headings=spelling.index([("名称", "name"), ("name", "name"), ("电话", "phone")]),
    order=("name", "phone"),
    required={"name"},
)


def values(text: str) -> list[dict[str, str]]:
    return [dict(line.values) for line in listing.read(text, COLUMNS)]


@pytest.mark.parametrize("text", ["甲村\t1\n乙村\t2", "甲村,1\n\n乙村,2\n", "甲村，1\r\n乙村，2"])
def test_cells_part_at_tabs_or_commas_of_either_width(text: str) -> None:
    assert values(text) == [{"name": "甲村", "phone": "1"}, {"name": "乙村", "phone": "2"}]


def test_headings_say_which_column_is_which() -> None:
    (line,) = listing.read("电话,名称\n1,甲村", COLUMNS)
    assert (dict(line.values), dict(line.places), line.number) == (
        {"phone": "1", "name": "甲村"},
        {"phone": 1, "name": 2},
        2,
    )


def test_what_is_missing_at_the_end_is_empty_and_what_is_too_much_is_told() -> None:
    short, long = listing.read("甲村\n乙村,2,,x", COLUMNS)
    assert (dict(short.values), short.surplus) == ({"name": "甲村", "phone": ""}, 0)
    assert long.surplus == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "名称,电话\n",
        "名称,备注\n甲村,x",
        "名称,名称\n甲村,x",
        '"甲村,1\n乙村',
        "甲\n" * 1001,
    ],
)
def test_what_is_no_list_is_told_at_the_text(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        listing.read(text, COLUMNS)
    assert list(refusal.value.fields) == ["text"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_as_it_was_saved(encoding: str) -> None:
    assert listing.text_of("白音他拉嘎查".encode(encoding)) == "白音他拉嘎查"


def test_what_is_no_text_is_told_at_the_file() -> None:
    with pytest.raises(Invalid) as refusal:
        listing.text_of(b"\x89PNG\r\n\x1a\n\x00\xff")
    assert list(refusal.value.fields) == ["file"]
