"""A notice is read sentence by sentence; what is not understood is handed back."""

import json
from datetime import date

import pytest

from config import calendar as calendars
from config.text import Malformed
from service.rules.calendar_notice import read
from service.rules.calendar_year import Makeup, Off, YearDays, of_year

SHIPPED = calendars.load()
NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦等放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。\
2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。\
9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2025年11月4日
"""
NOTICE_2024 = """元旦：1月1日放假，与周末连休。
春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。\
鼓励各单位安排职工在除夕（2月9日）休息。
清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
端午节：6月10日放假，与周末连休。
中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
"""


def test_the_notice_of_2026_is_read_to_what_ships() -> None:
    found = read(NOTICE_2026, 2026)
    assert found.days == of_year(SHIPPED, 2026)
    assert (found.source, found.doubts) == ("国办发明电〔2025〕7号", ())


def test_the_notice_of_2024_is_read_and_its_odd_sentence_is_shown() -> None:
    found = read(NOTICE_2024, 2024)
    assert found.days == of_year(SHIPPED, 2024)
    assert found.doubts == ("没有读懂：鼓励各单位安排职工在除夕（2月9日）休息",)


def test_no_sentence_is_dropped() -> None:
    found = read(NOTICE_2026, 2026)
    assert found.rest == (
        "国务院办公厅关于2026年部分节假日安排的通知",
        "国办发明电〔2025〕7号",
        "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
        "经国务院批准，现将2026年元旦等放假调休日期的具体安排通知如下",
        "节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作",
        "国务院办公厅",
        "2025年11月4日",
    )


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (
            "元旦：1月1日（周五）至3日放假，共3天。",
            "2026-01-01 是星期四，与通知写的不同：元旦：1月1日（周五）至3日放假，共3天",
        ),
        (
            "元旦：1月1日至3日放假，共5天。",
            "写的是 5 天，日期是 3 天：元旦：1月1日至3日放假，共5天",
        ),
        ("元旦：2月30日放假。", "没有这一天：元旦：2月30日放假"),
        (
            "元旦：2025年12月31日至2026年1月2日放假，共3天。",
            "有的日期不在 2026 年，只列入这一年的：元旦：2025年12月31日至2026年1月2日放假，共3天",
        ),
        ("1月1日放假。", "没有读懂：1月1日放假"),
    ],
)
def test_what_contradicts_itself_is_told(text: str, doubt: str) -> None:
    assert read(text, 2026).doubts == (doubt,)


def days(*rows: tuple[str, str, bool], year: int = 2027) -> str:
    told = [{"name": name, "date": on, "isOffDay": off} for name, on, off in rows]
    return json.dumps({"year": year, "papers": ["国办发明电〔2026〕9号"], "days": told})


def test_a_list_of_days_becomes_ranges() -> None:
    found = read(
        days(
            ("元旦", "2027-01-01", True),
            ("元旦", "2027-01-02", True),
            ("春节", "2027-02-05", True),
            ("春节", "2027-02-13", False),
        ),
        2027,
    )
    new_year = Off("元旦", date(2027, 1, 1), date(2027, 1, 2))
    spring = Off("春节", date(2027, 2, 5), date(2027, 2, 5))
    assert found.days == YearDays((new_year, spring), (Makeup("春节", date(2027, 2, 13)),))
    assert (found.source, found.doubts) == ("国办发明电〔2026〕9号", ())


def test_rows_of_a_list_that_cannot_be_taken_are_shown() -> None:
    found = read(
        '{"year": 2026, "days": [{"name": "元旦", "date": "2026-12-31", "isOffDay": true}, '
        '{"name": "元旦"}, {"name": 1, "date": "2027-01-01", "isOffDay": true}]}',
        2027,
    )
    assert found.days == YearDays((), ())
    assert found.doubts == (
        "文件里写的是 2026 年，不是 2027 年",
        "2026-12-31 不在 2027 年，没有列入：元旦",
        '没有读懂：{"name": "元旦"}',
        '没有读懂：{"name": 1, "date": "2027-01-01", "isOffDay": true}',
    )


@pytest.mark.parametrize(
    "content", ["", "  ", '{"year": 2027', "[1]", '{"year": 2027}', "字" * 20_001]
)
def test_what_is_neither_is_refused(content: str) -> None:
    with pytest.raises(Malformed):
        read(content, 2027)
