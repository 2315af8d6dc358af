"""A ledger read cell by cell: dates, amounts, headings, fates, duplicates, and nothing lost."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import category, source
from config import ledger as ledger_words
from config.text import Malformed
from config.vocabulary import DisputeStatus, IdType, LedgerFate, Outcome, Source
from service.rules.ledger import Broken, Cell, Ledger, Row, Sheet, column_letter, fingerprint, parse
from service.rules.ledger.date import read_date
from service.rules.ledger.number import read_amount, read_people_count
from service.rules.ledger.sheet import EPOCH_1900, EPOCH_1904

TODAY = date(2026, 3, 2)
CATEGORIES, SOURCES, WORDS = category.load(), source.load(), ledger_words.load()
HEADING = ["序号", "登记日期", "申请人", "身份证号", "电话", "被申请人", "纠纷类型", "简要情况"]
MORE = ["涉及金额", "涉及人数", "办理结果", "办结日期", "司法确认"]
ENTRY: list[Cell] = [
    1,
    "2025-01-06",
    "高明远",
    "150525197503121015",
    "13800000001",
    "高小满",
    "赡养",
    "谁养老人。",
]


def sheet(*rows: list[Any] | None, name: str = "台账", epoch: date = EPOCH_1900) -> Sheet:
    """A sheet of these rows from the first on; None instead of a row leaves it out."""
    numbered = enumerate(rows, 1)
    return Sheet(name, tuple(Row(n, tuple(cells)) for n, cells in numbered if cells), epoch=epoch)


def read(*sheets: Sheet, known: frozenset[str] = frozenset()) -> Ledger:
    return parse(
        sheets, categories=CATEGORIES, sources=SOURCES, words=WORDS, today=TODAY, known=known
    )


def changed(**cells: Cell) -> list[Cell]:
    """The entry with other cells, by heading; the headings of MORE are empty unless given."""
    empty: dict[str, Cell] = dict.fromkeys(MORE)
    whole = dict(zip(HEADING, ENTRY, strict=True)) | empty | cells
    return [whole[heading] for heading in HEADING + MORE]


def errors(*rows: list[Cell]) -> list[tuple[str | None, str | None]]:
    table = read(sheet(HEADING + MORE, *rows))
    return [(row.field, row.column) for row in table.rows]


def fates(table: Ledger) -> list[str]:
    return [row.fate.value for row in table.rows]


@pytest.mark.parametrize(
    "written",
    [
        date(2024, 1, 3),
        datetime.fromisoformat("2024-01-03T09:30"),
        45294,
        45294.75,
        20240103,
        20240103.0,
        "2024-01-03",
        " 2024-1-3 ",
        "2024/01/03",
        "2024/1/3",
        "2024.1.3",
        "2024年1月3日",
        "2024年01月03号",
        "2024 年 1 月 3 日",
        "２０２４－１－３",
        "２０２４．１．３",
        "20240103",
        "2024-01-03 00:00:00",
        "2024-01-03T08:30",
        "二〇二四年一月三日",
        "二○二四年一月三日",
    ],
)
def test_every_spelling_of_a_day_is_that_day(written: Cell) -> None:
    assert read_date(written, EPOCH_1900) == date(2024, 1, 3)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("二〇二三年十月三十一日", date(2023, 10, 31)),
        ("二零二三年十二月二十日", date(2023, 12, 20)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_day_in_han_numbers_is_read(written: str, day: date) -> None:
    assert read_date(written, EPOCH_1900) == day


def test_a_serial_counts_from_the_epoch_of_the_workbook() -> None:
    assert read_date(43832, EPOCH_1904) == date(2024, 1, 3)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("三月初五", "date-lunar"),
        ("二〇二四年正月初三", "date-lunar"),
        ("2026.2.30", "date-impossible"),
        ("20241301", "date-impossible"),
        ("二〇二四年二月三十日", "date-impossible"),
        ("二〇二四年三十月三日", "date-impossible"),
        ("二〇二六年", "date-shape"),
        ("2024年1月", "date-shape"),
        ("1月3日", "date-shape"),
        ("24.1.3", "date-shape"),
        ("1/3/2024", "date-shape"),
        ("2024 01 03", "date-shape"),
        ("2024-1-3至2024-1-5", "date-shape"),
        ("昨天", "date-shape"),
        (3, "date-shape"),
        (2024.1, "date-shape"),
        (float("nan"), "date-shape"),
        (True, "date-shape"),
        (time(9, 30), "date-shape"),
        (timedelta(days=3), "date-shape"),
        (date(1900, 1, 3), "date-range"),
        ("0204-01-03", "date-range"),
    ],
)
def test_what_is_no_day_is_refused(written: Cell, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_date(written, EPOCH_1900)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        (30400, 3_040_000),
        (1260.5, 126_050),
        (0.1 + 0.2, 30),
        ("31700元", 3_170_000),
        ("¥107,000.00", 10_700_000),
        ("￥１，２００", 120_000),
        ("45,200", 4_520_000),
        ("9.3万", 9_300_000),
        ("约11.6万元", 11_600_000),
        ("1.2亿", 12_000_000_000),
        ("人民币5000元整", 500_000),
        ("5千", 500_000),
        ("五万元", 5_000_000),
        ("十二万", 12_000_000),
        ("三千五百元", 350_000),
        ("一百零五元", 10_500),
        ("伍仟圆整", 500_000),
        (" 8 000 元 ", 800_000),
        ("0.05", 5),
        ("0", 0),
        ("无", None),
        ("/", None),
        ("-", None),
        ("  ", None),
        (None, None),
    ],
)
def test_an_amount_is_read_in_fen(written: Cell, fen: int | None) -> None:
    assert read_amount(written) == fen


@pytest.mark.parametrize(
    "written",
    [
        *"若干 三五万 3-5万 3万多 5万余元 一万二 两千五 百元".split(),
        *"-500 4,52 1,2345 $100 0.001 1.2.3 约 元 万".split(),
        -1,
        10**13,
        float("inf"),
        float("nan"),
        True,
        date(2024, 3, 5),
    ],
)
def test_an_amount_nobody_can_be_sure_of_is_refused(written: Cell) -> None:
    with pytest.raises(Malformed):
        read_amount(written)


@pytest.mark.parametrize("written", [9.3, "9.3", "93000元", "9.3万"])
def test_a_unit_in_the_heading_counts_where_the_cell_has_none(written: Cell) -> None:
    assert read_amount(written, 10_000) == 9_300_000


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (4, 4),
        (4.0, 4),
        ("4人", 4),
        ("12 人", 12),
        ("１２", 12),
        ("三人", 3),
        ("十二名", 12),
        (None, None),
        ("/", None),
    ],
)
def test_a_head_count_is_read(written: Cell, count: int | None) -> None:
    assert read_people_count(written) == count


@pytest.mark.parametrize("written", [0, -1, 2.5, "若干", "3-5人", "10余人", "三五人", True, 10**7])
def test_a_head_count_nobody_can_be_sure_of_is_refused(written: Cell) -> None:
    with pytest.raises(Malformed):
        read_people_count(written)


def test_an_entry_is_read_whole() -> None:
    more = ["￥500", "两人", "达成协议", "2025-1-9", "是"]

    row = read(sheet([*HEADING, *MORE, "来源"], [*ENTRY, *more, "来访"])).rows[0]

    assert row.fate is LedgerFate.OK
    assert row.values.as_json() == {
        "registered_on": "2025-01-06",
        "category": "family",
        "applicant": "高明远",
        "respondent": "高小满",
        "id_number": "150525197503121015",
        "phone": "13800000001",
        "amount": "500",
        "people_count": 2,
        "outcome": "达成协议",
        "closed_on": "2025-01-09",
        "narrative": "谁养老人。",
    }
    assert (row.values.id_type, row.values.source) == (IdType.RESIDENT_ID, Source.WALK_IN)
    assert row.values.result.outcome is Outcome.AGREED
    assert row.values.judicial_confirmation is True


def test_an_entry_without_a_result_is_registered() -> None:
    row = read(sheet(HEADING, ENTRY)).rows[0]

    assert (row.values.outcome, row.values.result.status) == (None, DisputeStatus.REGISTERED)


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"登记日期": None}, ("registered_on", "B")),
        ({"登记日期": "2026-03-03"}, ("registered_on", "B")),
        ({"申请人": " "}, ("applicant", "C")),
        ({"申请人": 12}, ("applicant", "C")),
        ({"申请人": "高\x00"}, ("applicant", "C")),
        ({"身份证号": 1.505251975031210e17}, ("id_number", "D")),
        ({"身份证号": "150525197503121016"}, ("id_number", "D")),
        ({"电话": 4754212345}, ("phone", "E")),
        ({"被申请人": "/"}, ("respondent", "F")),
        ({"纠纷类型": None}, ("category", "G")),
        ({"纠纷类型": "别的什么"}, ("category", "G")),
        ({"简要情况": "  "}, ("narrative", "H")),
        ({"简要情况": Broken("坏了")}, ("narrative", "H")),
        ({"涉及金额": "若干"}, ("amount", "I")),
        ({"涉及人数": "若干"}, ("people_count", "J")),
        ({"办理结果": "搁置"}, ("outcome", "K")),
        ({"办理结果": "达成协议"}, ("closed_on", "L")),
        ({"办理结果": "达成协议", "办结日期": "2025-01-05"}, ("closed_on", "L")),
        ({"办理结果": "达成协议", "办结日期": "2026-03-03"}, ("closed_on", "L")),
        ({"办理结果": "正在调解", "办结日期": "2025-01-09"}, ("closed_on", "L")),
        ({"办结日期": "2025-01-09"}, ("outcome", "K")),
        ({"司法确认": "也许"}, ("judicial_confirmation", "M")),
        ({"简要情况": None, "登记日期": "三月初五"}, ("registered_on", "B")),
        ({"司法确认": "也许", "办理结果": "达成协议"}, ("closed_on", "L")),
    ],
)
def test_the_leftmost_error_is_told_at_its_column(
    cells: dict[str, Cell], error: tuple[str, str]
) -> None:
    assert errors(changed(**cells)) == [error]


def test_a_number_in_the_id_column_says_what_happened_to_it() -> None:
    row = read(sheet(HEADING + MORE, changed(身份证号=1.505251975031210e17))).rows[0]

    assert row.reason == "身份证号被 Excel 转为数字，请将该列设为文本后重新填写"


def test_the_erroneous_value_is_null_and_the_others_stand() -> None:
    cells = changed(简要情况=None, 办理结果="达成协议", 办结日期="2025-01-09")

    values = read(sheet(HEADING + MORE, cells)).rows[0].values

    assert (values.narrative, values.applicant, values.outcome) == (None, "高明远", "达成协议")


def test_a_closing_date_before_registration_is_null_in_the_answer() -> None:
    cells = changed(办理结果="达成协议", 办结日期="2025-01-05")

    assert read(sheet(HEADING + MORE, cells)).rows[0].values.closed_on is None


@pytest.mark.parametrize("blank", [None, "", "/", "无"])
def test_an_entry_may_lack_id_and_phone(blank: Cell) -> None:
    assert fates(read(sheet(HEADING + MORE, changed(身份证号=blank, 电话=blank)))) == ["ok"]


def test_an_entry_again_is_a_duplicate_of_the_first_even_on_another_sheet() -> None:
    again = [9, "2025-02-01", *ENTRY[2:7], " 谁养 老人。 "]

    table = read(sheet(HEADING, ENTRY, name="1月"), sheet(HEADING, again, name="2月"))

    assert fates(table) == ["ok", "duplicate"]
    assert (table.rows[1].duplicate_of, table.rows[1].field) == (("1月", 2), None)


def test_a_duplicate_is_told_before_its_dates_are_compared() -> None:
    again = changed(办理结果="达成协议", 办结日期="2025-01-05")

    assert fates(read(sheet(HEADING + MORE, changed(), again))) == ["ok", "duplicate"]


def test_an_erroneous_entry_has_no_duplicates() -> None:
    wrong = changed(电话="12")

    assert fates(read(sheet(HEADING + MORE, wrong, changed()))) == ["error", "ok"]


@pytest.mark.parametrize(
    "other",
    [
        {"身份证号": "150525197503120020"},
        {"被申请人": "高大满"},
        {"简要情况": "谁养老人？"},
    ],
)
def test_one_difference_makes_another_dispute(other: dict[str, Cell]) -> None:
    assert fates(read(sheet(HEADING + MORE, changed(), changed(**other)))) == ["ok", "ok"]


def test_without_an_id_name_and_phone_stand_for_the_applicant() -> None:
    bare = {"身份证号": None}
    rows = [changed(**bare), changed(**bare), changed(**bare, 电话="13800000002")]

    assert fates(read(sheet(HEADING + MORE, *rows))) == ["ok", "duplicate", "ok"]


def test_a_stored_dispute_makes_the_entry_a_duplicate() -> None:
    known = fingerprint("150525197503121015", "高小满", "谁养老人。")

    table = read(sheet(HEADING, ENTRY), known=frozenset([known]))

    assert (fates(table), table.rows[0].duplicate_of) == (["duplicate"], None)


def test_a_second_run_over_what_was_accepted_says_nothing_is_new() -> None:
    first = read(sheet(HEADING, ENTRY))
    known = frozenset(row.fingerprint for row in first.rows if row.fingerprint)

    assert read(sheet(HEADING, ENTRY), known=known).counts["ok"] == 0


def test_only_entries_and_the_empty_rows_between_them_count() -> None:
    table = read(
        sheet(
            ["某镇台账"],
            ["单位：件、元"],
            [*HEADING, "备注"],
            [1, 2, 3, 4, 5, 6, 7, 8],
            changed()[:8],
            None,
            [" ", None],
            changed(简要情况="另一件。")[:8],
            [3, None, None],
            ["合计", None, "共2件"],
            None,
            ["一、上年结转"],
            [None, "填表人：哈斯", None, "审核人：王芳"],
            [None, "注：本表一式两份", "存档"],
        )
    )

    assert [row.row for row in table.rows] == [5, 8]
    assert table.counts == {"rows": 2, "ok": 2, "duplicate": 0, "error": 0, "blank": 3}


def test_empty_rows_after_the_last_entry_are_paper() -> None:
    table = read(sheet(HEADING, ENTRY, None, [2], [None, "制表人：哈斯"]))

    assert table.counts["blank"] == 0


def test_a_heading_printed_again_starts_another_table() -> None:
    other = ["登记日期", "被申请人", "申请人", "案由", "事由"]
    moved = ["2025-01-07", "乙", "甲", "借款", "欠款。"]

    table = read(sheet(HEADING, ENTRY, None, other, moved))

    assert [row.values.applicant for row in table.rows] == ["高明远", "甲"]
    assert table.counts["blank"] == 0


def test_columns_are_found_by_their_headings_in_any_order() -> None:
    heading = ["案由", "基本案情", "受理\n时间", "*对方当事人", "当事人（单位）", "标的额（万元）"]
    row = ["借贷", "欠款。", "2025.1.6", "乙", "甲", 9.3]

    values = read(sheet(heading, row)).rows[0].values

    assert (values.category, values.applicant, values.respondent) == ("debt", "甲", "乙")
    assert values.amount_fen == 9_300_000


def test_a_second_phone_right_of_the_respondent_is_the_respondents() -> None:
    heading = ["登记日期", "申请人", "电话", "被申请人", "电话", "类型", "事由"]
    row = ["2025-01-06", "甲", "13800000001", "乙", "13800000002", "借款", "欠款。"]

    values = read(sheet(heading, row)).rows[0].values

    assert (values.phone, values.respondent_phone) == ("13800000001", "13800000002")


def test_a_heading_of_two_rows_is_read_together() -> None:
    above = ["登记日期", "申请人", None, "被申请人", None, "类型", "事由"]
    below = [None, "姓名", "联系电话", "姓名", "联系电话", None, None]
    row = ["2025-01-06", "甲", "13800000001", "乙", "13800000002", "借款", "欠款。"]

    table = read(sheet(above, below, row))

    assert (fates(table), table.rows[0].values.respondent_phone) == (["ok"], "13800000002")


def test_a_missing_column_is_an_error_of_every_entry() -> None:
    row = read(sheet(HEADING[:6] + HEADING[7:], ENTRY[:6] + ENTRY[7:])).rows[0]

    assert (row.field, row.column) == ("category", None)
    assert row.reason == "工作表缺少“纠纷类型”一列"


def test_a_sheet_without_a_heading_is_named() -> None:
    table = read(sheet(["一、本表按月填报"], name="填表说明"), sheet(HEADING, ENTRY), sheet())

    assert (table.unheaded, table.counts["rows"]) == (("填表说明",), 1)


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (59, "BH")])
def test_columns_have_the_letters_of_excel(column: int, letters: str) -> None:
    assert column_letter(column) == letters


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.text(st.characters(exclude_categories=[])),
    st.sampled_from(
        ["2024-01-03", "三五万", "约2万", "合计", "注：", "达成协议", "赡养", "/", "０４７５"]
    ),
    st.just(Broken("坏了")),
)


@given(st.lists(st.lists(CELLS, min_size=13, max_size=13), max_size=6))
def test_whatever_the_cells_hold_every_entry_has_one_fate(bodies: list[list[Cell]]) -> None:
    for body in bodies:
        body[0] = 1
    whole = changed(简要情况="另一件。")

    table = read(sheet(HEADING + MORE, *bodies, whole))

    counts = table.counts
    assert counts["ok"] + counts["duplicate"] + counts["error"] == counts["rows"]
    assert counts["rows"] == 1 + sum(any(_written(cell) for cell in body[1:]) for body in bodies)
    assert table.rows[-1].fate is LedgerFate.OK
    assert all(bool(row.reason) == (row.fate is not LedgerFate.OK) for row in table.rows)


@given(st.lists(st.lists(CELLS, max_size=15), max_size=8))
def test_no_sheet_makes_the_reading_fail(rows: list[list[Cell]]) -> None:
    table = read(sheet(*rows), sheet(HEADING + MORE, *rows))

    assert len(table.as_json()["rows"]) == table.counts["rows"]


def _written(cell: Cell) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())
