"""The letter's forms tell the same numbers, and none of them needs anything from outside."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from service.reports import weekly as reports
from service.rules.calendar import Week
from service.rules.statistics import Rate
from tests.factories.figures import STILL, WEEK_47

ZONE = ZoneInfo("Asia/Shanghai")


def cells(sheet: str) -> dict[Any, list[Any]]:
    book = openpyxl.load_workbook(BytesIO(reports.workbook(WEEK_47, ZONE)))
    return {row[0]: list(row[1:]) for row in book[sheet].iter_rows(values_only=True) if row[0]}


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (Rate(0, 0), "—"),
        (Rate(0, 7), "0.0%"),
        (Rate(27, 31), "87.1%"),
        (Rate(1, 16), "6.3%"),
        (Rate(7, 7), "100.0%"),
        (Rate(2999, 3000), "99.9%"),
    ],
)
def test_a_rate_is_rounded_once_and_half_up(rate: Rate, told: str) -> None:
    assert reports.percent(rate) == told


@pytest.mark.parametrize(
    ("rate", "told", "with_both"),
    [
        (Rate(0, 0), "—", "—"),
        (Rate(0, 1), "1 件中 0 件", "1 件中 0 件"),
        (Rate(2, 2), "2 件中 2 件", "2 件中 2 件"),
        (Rate(4, 5), "80.0%", "80.0%（4／5）"),
    ],
)
def test_of_fewer_than_five_the_cases_are_told(rate: Rate, told: str, with_both: str) -> None:
    assert (reports.share(rate), reports.share_of(rate)) == (told, with_both)


def test_the_letter_tells_few_cases_as_cases() -> None:
    few = replace(WEEK_47, success=Rate(2, 2))
    assert '<div class="big">2 件中 2 件</div>' in reports.html(few, ZONE)
    assert "<td>2 件中 2 件</td></tr></tfoot>" in reports.html(few, ZONE)
    assert "调解成功率　2 件中 2 件（" in reports.text(few, ZONE)


@pytest.mark.parametrize(
    ("week", "told"),
    [
        (Week(2026, 47), "2026年11月16日（星期一）至11月22日（星期日）"),
        (Week(2026, 53), "2026年12月28日（星期一）至2027年1月3日（星期日）"),
    ],
)
def test_the_period_names_its_first_and_last_day(week: Week, told: str) -> None:
    assert reports.period_text(week) == told


def test_the_cut_off_is_told_in_the_office_s_time() -> None:
    assert reports.cut_off_text(WEEK_47.cut_off, ZONE) == "2026年11月23日 08:00"


def test_the_page_says_the_sentence_before_any_number() -> None:
    page = reports.html(WEEK_47, ZONE)
    assert page.index("本周受理 <strong>41</strong> 件") < page.index('class="big"')
    assert re.findall(r'class="big">([0-9.]+%?)<', page) == ["41", "34", "87.1%", "3"]


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    assert (
        re.findall(
            r"<(script|img|link|iframe|form)|(?:src|href)=|@import|url\(",
            reports.html(WEEK_47, ZONE),
        )
        == []
    )


def test_names_are_escaped_on_the_page() -> None:
    page = reports.html(replace(WEEK_47, centre="<b>中心&"), ZONE)
    assert "&lt;b&gt;中心&amp;" in page


def test_the_workbook_tells_the_week_and_the_week_before() -> None:
    told = cells("本周")
    assert told["受理"][:2] == [41, 36]
    assert told["期末在办"][:2] == [127, 119]
    assert told["调解成功率"][:2] == [27 / 31, 24 / 32]
    assert told["行政诉讼立案"][:2] == [1, 0]
    assert told["其中：府院联动和解后撤诉"][:2] == [1, "—"]


def test_every_table_of_the_workbook_adds_up_to_the_same_total() -> None:
    totals = [cells(name)["合计"] for name in ("按类别", "按渠道", "按单位")]
    assert totals == [[119, 41, 1, 34, 127, 27 / 31, 27, 31]] * 3


def test_a_line_of_the_workbook_has_its_rate_with_both_numbers() -> None:
    assert cells("按类别")["劳动争议"] == [59, 21, 0, 14, 66, 10 / 12, 10, 12]


def test_the_same_figures_give_the_same_bytes() -> None:
    assert reports.workbook(WEEK_47, ZONE) == reports.workbook(WEEK_47, ZONE)


def test_a_still_week_is_told_in_every_form() -> None:
    told = "本周无变化：没有新受理，也没有办结；在办 12 件。"
    assert told in reports.text(STILL, ZONE)
    assert told.replace("12", "<strong>12</strong>") in reports.html(STILL, ZONE)
    book = openpyxl.load_workbook(BytesIO(reports.workbook(STILL, ZONE)))
    assert book["本周"]["A3"].value == told


def test_the_plain_text_tells_the_rate_with_both_numbers() -> None:
    assert "调解成功率　87.1%（达成协议 27 件，调解终结 31 件；上周 75.0%）" in reports.text(
        WEEK_47, ZONE
    )


def test_consultations_stand_apart_in_every_form_and_are_missing_where_not_counted() -> None:
    counted = replace(WEEK_47, consultations=6)
    assert "另有咨询 6 件（不计入纠纷）" in reports.html(counted, ZONE)
    assert "咨询　　　6 件（不计入纠纷）" in reports.text(counted, ZONE)
    book = openpyxl.load_workbook(BytesIO(reports.workbook(counted, ZONE)))
    told = {row[0]: row[1] for row in book["本周"].iter_rows(values_only=True)}
    assert told["咨询（不计入纠纷）"] == 6
    assert "咨询" not in reports.html(WEEK_47, ZONE) + reports.text(WEEK_47, ZONE)
    assert "咨询（不计入纠纷）" not in cells("本周")
