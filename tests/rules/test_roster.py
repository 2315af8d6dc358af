"""Pasted lists come in whole or are told line by line; a reader's text falls into its fields."""

from datetime import date

import pytest

from service.rules.ledger.sheet import Row, Sheet
from service.rules.roster import Person, Roster, card, parse, pasted
from tests.factories.person import mobile, resident_id

MONDAY = date(2026, 11, 2)
FIRST = Person("孙德山", resident_id(1), mobile(1))
SECOND = Person("其木格", resident_id(2), mobile(2))


def read(text: str) -> Roster:
    return parse(text, today=MONDAY)


@pytest.mark.parametrize(
    "line",
    [
        f"孙德山 {resident_id(1)} {mobile(1)}",
        f"孙德山\t{resident_id(1)}\t{mobile(1)}",
        f"孙德山，{mobile(1)}，{resident_id(1)}",
        f"1、孙德山、男、{resident_id(1)}、{mobile(1)}",
        f"１　孙德山　{resident_id(1)}　{mobile(1)}".translate(
            {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}
        ),
        f"{mobile(1)} {resident_id(1)} 孙德山",
    ],
)
def test_a_line_is_read_however_it_is_written(line: str) -> None:
    assert read(line) == Roster((FIRST,), ())


def test_what_is_neither_name_nor_number_is_where_they_live() -> None:
    (person,) = read(f"孙德山 {resident_id(1)} 东街 3 号").people
    assert person == Person("孙德山", resident_id(1), None, "东街 3 号")


def test_a_line_of_headings_says_what_its_columns_hold() -> None:
    text = "\n".join(
        [
            "柳溪村来访人员",
            "序号\t姓名\t性别\t联系电话\t身份证号码",
            f"1\t孙德山\t男\t{mobile(1)}\t{resident_id(1)}",
            f"2\t其木格\t女\t{mobile(2)}\t{resident_id(2)}",
        ]
    )
    assert read(text) == Roster((FIRST, SECOND), ())


def test_a_name_alone_is_enough() -> None:
    assert read("孙德山\n\n其木格\n").people == (Person("孙德山"), Person("其木格"))


def test_every_wrong_line_is_told_by_its_number() -> None:
    text = "\n".join(
        [
            f"孙德山 {resident_id(1)}",
            f"其木格 {resident_id(2)[:-1]}0",
            f"{mobile(3)}",
            "王小满 12345678",
            f"李大有 {resident_id(1)}",
            f"周大有 {mobile(1)} {mobile(2)}",
        ]
    )
    assert read(text).faults == (
        "第 2 行：身份证号校验码不符，请核对",
        "第 3 行：没有姓名",
        "第 4 行：电话应为 11 位手机号或带区号的固定电话",
        "第 5 行：身份证号与第 1 行相同",
        "第 6 行：一行只能写一个人，这一行有两个号码",
    )


def test_no_more_faults_are_told_than_can_be_read() -> None:
    faults = read("\n".join(["123456"] * 30)).faults
    assert (len(faults), faults[-1]) == (11, "后面还有 20 行有问题")


def test_a_list_has_an_end() -> None:
    names = "\n".join(f"来访{place}" for place in range(201))
    assert read(names).faults == ("名单最多 200 人",)


def test_a_worksheet_reads_as_if_it_had_been_pasted() -> None:
    rows = (
        Row(1, ("姓名", "身份证号", "电话")),
        Row(2, ("孙德山", resident_id(1), float(mobile(1)))),
    )
    text = pasted((Sheet("空", ()), Sheet("名单", rows)))
    assert read(text).people == (FIRST,)


def test_a_workbook_without_rows_is_an_empty_list() -> None:
    assert pasted((Sheet("空", ()),)) == ""


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (f"孙德山{resident_id(1)}", Person("孙德山", resident_id(1))),
        (f"孙德山 {resident_id(1)} 东街3号", Person("孙德山", resident_id(1), None, "东街3号")),
        (
            f"姓名：孙德山 性别：男 民族：汉 住址：东街 3 号 公民身份号码：{resident_id(1)}",
            Person("孙德山", resident_id(1), None, "东街 3 号"),
        ),
        (resident_id(1), Person("", resident_id(1))),
    ],
)
def test_what_a_reader_types_into_one_field_falls_apart(text: str, person: Person) -> None:
    assert card(text) == person


@pytest.mark.parametrize("text", ["孙德山", "", f"柳溪建材 {resident_id(1)}9", mobile(1)])
def test_what_holds_no_number_of_a_person_stays_as_it_is(text: str) -> None:
    assert card(text) is None
