"""Rosters 名单 as people paste them, and what an ID-card reader types into one field.

A roster is taken whole or not at all: one line that cannot be read is told by its number, and the
text stays as it was pasted, so that nothing is lost.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.text import Malformed, clean_line
from service.rules import identity
from service.rules.ledger.sheet import Sheet, plain

MOST_PEOPLE: Final = 200
MOST_FAULTS: Final = 10  # told at once
LONGEST_NAME: Final = 100
# what stands over a column, and which part of a person it is; other columns are not read
HEADINGS: Final = (
    ("name", re.compile("姓名|名字")),
    ("id_number", re.compile("身份证|证件|公民身份")),
    ("phone", re.compile("电话|手机|联系方式")),
    ("address", re.compile("住址|地址|住所")),
)
SEXES: Final = ("男", "女")
HEADING_WITHIN: Final = 5  # lines from the top, under the title of the list
_GAPS: Final = re.compile(r"[\s,、;|]+")
_SERIAL: Final = re.compile(r"\d{1,3}\.?", re.ASCII)
_NUMBER: Final = re.compile(r"[+(]?\d[\d\-() ]{2,}[\dXx]", re.ASCII)
_DOCUMENT: Final = re.compile(r"\d{15}|\d{16,18}[Xx]?|[0-9A-Za-z]{18}", re.ASCII)
_CARD: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", re.ASCII)
_CARD_WORDS: Final = re.compile(
    "(姓名|性别|民族|出生|住址|公民身份号码|身份证号码?|签发机关|有效期限)[:\\s]*"
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a list: what could be told apart, numbers clean."""

    name: str
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody on a list, and what is wrong with it, in Chinese with the number of the line."""

    people: tuple[Person, ...]
    faults: tuple[str, ...]


def parse(text: str, *, today: date) -> Roster:
    """A pasted list, one person a line: name, ID number and phone in any order.

    Tabs (a list from a spreadsheet), spaces, commas; full-width forms too. A line of headings is
    recognised within the first five; what stands above it is the title of the list.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    columns, lines = _under_headings(lines)
    people: list[Person] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, line in lines:
        try:
            person = _person(line, columns, today)
            if (first := seen.setdefault(person.id_number or f"#{number}", number)) != number:
                raise Malformed("twice", f"身份证号与第 {first} 行相同")
        except Malformed as refusal:
            faults.append(f"第 {number} 行：{refusal.reason}")
        else:
            people.append(person)
    if len(people) > MOST_PEOPLE:
        faults.append(f"名单最多 {MOST_PEOPLE} 人")
    return Roster(tuple(people), tuple(_told(faults)))


def pasted(sheets: Sequence[Sheet]) -> str:
    """The first worksheet that is not empty, as it would have been pasted; raises Malformed."""
    filled = next((sheet for sheet in sheets if sheet.rows and not sheet.hidden), None)
    if filled is None:
        return ""
    return "\n".join(
        "\t".join(" ".join(plain(cell).split()) for cell in row.cells) for row in filled.rows
    )


def card(text: str) -> Person | None:
    """Name, ID number and address that were typed into one field; None when no ID number is there.

    Readers of ID cards type `姓名 号码 住址`, or everything that is printed on the card. The name
    is empty when only the number was typed.
    """
    told = unicodedata.normalize("NFKC", text)
    found = _CARD.search(told)
    if found is None:
        return None
    if "姓名" in told:
        parts = _CARD_WORDS.split(told)
        named = dict(zip(parts[1::2], parts[2::2], strict=True))
        name, address = named.get("姓名", ""), named.get("住址", "")
    else:
        name, address = told[: found.start()], told[found.end() :]
    return Person(
        _stripped(name), found[0].upper(), address=_stripped(_CARD.sub("", address)) or None
    )


def _told(faults: list[str]) -> list[str]:
    """No more of them than somebody reads at once."""
    left = len(faults) - MOST_FAULTS
    return faults if left <= 0 else [*faults[:MOST_FAULTS], f"后面还有 {left} 行有问题"]


def _under_headings(lines: list[tuple[int, str]]) -> tuple[list[str], list[tuple[int, str]]]:
    """What the columns hold, when that is written above them, and the lines below."""
    for place, (_, line) in enumerate(lines[:HEADING_WITHIN], 1):
        if columns := _columns(line):
            return columns, lines[place:]
    return [], lines


def _stripped(text: str) -> str:
    return " ".join(text.split()).strip(" ,、;:|")


def _columns(line: str) -> list[str]:
    """What each column holds when the line is one of headings; nothing otherwise."""
    cells = _cells(line)
    named = [next((part for part, word in HEADINGS if word.search(cell)), "") for cell in cells]
    known = [part for part in named if part]
    told = "name" in named and (len(known) > 1 or cells == ["姓名"])
    return named if told and not any(map(_is_number, cells)) else []


def _cells(line: str) -> list[str]:
    """A line cut at its tabs, else at spaces and commas."""
    told = unicodedata.normalize("NFKC", line)
    cells = told.split("\t") if "\t" in told.strip() else _GAPS.split(told.strip())
    return [cell.strip() for cell in cells]


def _is_number(cell: str) -> bool:
    bare = cell.replace(" ", "")
    return bool(_DOCUMENT.fullmatch(bare) or _NUMBER.fullmatch(cell))


def _person(line: str, columns: Sequence[str], today: date) -> Person:
    cells = _cells(line)
    told = _by_column(cells, columns) if len(cells) == len(columns) else _by_shape(cells)
    if not told.get("name"):
        raise Malformed("no-name", "没有姓名")
    if _is_number(told["name"]) or len(told["name"]) > LONGEST_NAME:
        raise Malformed("no-name", "姓名栏里不是姓名")
    id_number, phone = told.get("id_number"), told.get("phone")
    return Person(
        clean_line(told["name"]),
        identity.clean_resident_id(id_number, today) if id_number else None,
        identity.clean_phone(phone) if phone else None,
        clean_line(told["address"], limit=200) if told.get("address") else None,
    )


def _by_column(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    return {part: cell for part, cell in zip(columns, cells, strict=True) if part and cell}


def _by_shape(cells: Sequence[str]) -> dict[str, str]:
    """A long number is the ID number, a shorter one the phone, the first word the name.

    A serial number before everything else and a bare 男 or 女 are no part of a person.
    """
    filled = [cell for cell in cells if cell and cell not in SEXES]
    if filled and _SERIAL.fullmatch(filled[0]):
        filled = filled[1:]
    told: dict[str, str] = {}
    for cell in filled:
        part = _part(cell, told)
        told[part] = f"{told[part]} {cell}" if part == "address" and part in told else cell
    return told


def _part(cell: str, told: dict[str, str]) -> str:
    bare = cell.replace(" ", "")
    tests: tuple[tuple[str, Callable[[], object]], ...] = (
        ("id_number", lambda: _DOCUMENT.fullmatch(bare)),
        ("phone", lambda: _NUMBER.fullmatch(cell)),
        ("name", lambda: "name" not in told),
    )
    part = next((part for part, test in tests if test()), "address")
    if part in told and part != "address":
        raise Malformed("several", "一行只能写一个人，这一行有两个号码")
    return part
