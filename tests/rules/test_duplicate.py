"""Duplicates: every sign with its words, and nothing flimsy shown."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from config.policy import DuplicatePolicy
from config.vocabulary import MatchReason, PartyKind, PartyRole
from service.rules import duplicate as rules
from service.rules.duplicate import Matter, Person

R = MatchReason
POLICY = DuplicatePolicy()
TODAY = date(2026, 11, 2)
LAST_YEAR = date(2025, 12, 5)
LONG_AGO = date(2019, 3, 1)
STORY = "邻居家的排水管接到我家院墙根下，一下雨就灌进地窖，说了几次都不改，请求中心帮助处理"


def person(name: str | None, role: PartyRole = PartyRole.APPLICANT, **keys: Any) -> Person:
    return Person(role, keys.pop("kind", PartyKind.PERSON), name, **keys)


def other(name: str | None, **keys: Any) -> Person:
    return person(name, PartyRole.RESPONDENT, **keys)


def matter(*people: Person, on: date = TODAY, **more: Any) -> Matter:
    return Matter(registered_on=on, people=people, **more)


def found(asked: Matter, known: Matter) -> dict[MatchReason, str]:
    return {each.code: each.text for each in rules.match(asked, known, POLICY).reasons}


def shown(asked: Matter, known: Matter) -> bool:
    return rules.suffices(rules.match(asked, known, POLICY), POLICY)


def test_the_same_id_number_is_told_with_the_side_it_stands_on() -> None:
    known = matter(person("王小满", id_key=b"1"), on=LONG_AGO)
    assert found(matter(person("王小满", id_key=b"1")), known) == {
        R.ID_NUMBER: "申请人身份证号相同"
    }
    assert shown(matter(person(None, id_key=b"1")), known)


def test_who_was_complained_about_may_be_the_one_who_comes_now() -> None:
    known = matter(other("王小满", phone_key=b"1"), on=LONG_AGO)
    asked = matter(person(None, phone_key=b"1"))
    assert found(asked, known) == {R.PHONE: "这次的申请人与那件的被申请人电话相同"}
    assert shown(asked, known)


def test_a_name_tells_something_together_with_its_village_only() -> None:
    known = matter(person("王小满"), on=LONG_AGO, village="东沙村")
    assert found(matter(person("王小满"), village="东沙村"), known) == {
        R.NAME_VILLAGE: "申请人姓名和嘎查村相同"
    }
    assert shown(matter(person("王小满"), village="东沙村"), known)
    assert not shown(matter(person("王小满"), village="西沙村"), known)
    assert not shown(matter(person("王小满")), known)


def test_namesakes_with_different_id_numbers_are_not_one_person() -> None:
    known = matter(person("王小满", id_key=b"1"), village="东沙村")
    assert found(matter(person("王小满", id_key=b"2"), village="东沙村"), known) == {}


def test_a_surname_is_nobody_yet() -> None:
    assert (
        found(matter(person("王"), village="东沙村"), matter(person("王"), village="东沙村")) == {}
    )


@pytest.mark.parametrize(
    "again", [(person("甲一"), other("乙二")), (person("乙二"), other("甲一"))]
)
def test_both_people_again_within_a_year_whoever_comes(again: tuple[Person, Person]) -> None:
    known = matter(*again, on=LAST_YEAR)
    asked = matter(person("甲一"), other("乙二"))
    assert found(asked, known)[R.PAIR] == "双方当事人相同，去年登记过"
    assert shown(asked, known)


def test_both_people_years_ago_are_an_old_story() -> None:
    known = matter(person("甲一"), other("乙二"), on=date(2025, 11, 1))
    assert R.PAIR not in found(matter(person("甲一"), other("乙二")), known)
    assert not shown(matter(person("甲一"), other("乙二")), known)


def test_two_of_one_side_are_no_pair() -> None:
    known = matter(person("甲一"), person("乙二"), on=LAST_YEAR)
    assert R.PAIR not in found(matter(person("甲一"), other("乙二")), known)


def test_a_unit_everybody_quarrels_with_says_little() -> None:
    unit = PartyKind.ORGANISATION
    known = matter(other("东沙村委会", kind=unit, id_key=b"9"), village="东沙村", category="land")
    asked = matter(other("东沙村委会", kind=unit, id_key=b"9"), village="东沙村", category="land")
    assert found(asked, known) == {
        R.PLACE: "90 天内同一嘎查村、同一类别",
        R.UNIT: "被申请人单位相同",
    }
    assert not shown(asked, known)


def test_one_person_and_one_unit_again_are_a_pair() -> None:
    sides = person("甲一"), other("某某公司", kind=PartyKind.ORGANISATION)
    assert R.PAIR in found(matter(*sides), matter(*sides, on=LAST_YEAR))


def test_category_and_place_alone_are_a_busy_village() -> None:
    known = matter(village="东沙村", category="neighbour", on=date(2026, 9, 1))
    asked = matter(village="东沙村", category="neighbour")
    assert found(asked, known) == {R.PLACE: "90 天内同一嘎查村、同一类别"}
    assert not shown(asked, known)
    assert found(asked, replace(known, registered_on=date(2026, 8, 1))) == {}


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "code", "text"),
    [
        ("detail", "三组 12 号院", "三组12号院", R.DETAIL, "详细地点相同"),
        ("occurred_on", TODAY, TODAY, R.DAY, "发生日期相同"),
    ],
)
def test_the_same_door_or_the_same_day_makes_the_place_tell(
    field: str, ours: Any, theirs: Any, code: MatchReason, text: str
) -> None:
    here: dict[str, Any] = {"village": "东沙村", "category": "neighbour"}
    asked, known = matter(**here, **{field: ours}), matter(**here, **{field: theirs})
    assert found(asked, known)[code] == text
    assert shown(asked, known)


def test_a_namesake_lately_in_the_same_kind_of_matter_is_shown() -> None:
    known = matter(person("王小满"), category="wages")
    asked = matter(person("王小满"), category="wages")
    assert set(found(asked, known)) == {R.NAME, R.CATEGORY}
    assert shown(asked, known)
    elsewhere = replace(known, village="西沙村")
    assert not shown(replace(asked, village="东沙村"), elsewhere)


def test_a_long_story_told_again_speaks_for_itself() -> None:
    asked = matter(narrative=STORY + "。")
    again = matter(narrative=STORY.replace("，", "、"), on=LONG_AGO)
    assert found(asked, again) == {R.NARRATIVE: "事情经过几乎相同"}
    assert shown(asked, again)


def test_a_short_or_a_different_story_does_not() -> None:
    short = "两家因院墙滴水发生争执闹了"
    assert not shown(matter(narrative=short), matter(narrative=short))
    assert found(matter(narrative="因宅基地"), matter(narrative="因宅基地")) == {}
    told = "拖欠三个月工资，包工头不接电话，工地已经停工，请求帮助讨要工资，共有五个工友"
    assert found(matter(narrative=STORY), matter(narrative=told)) == {}


def test_the_points_are_added_up_and_the_strongest_reason_is_first() -> None:
    here: dict[str, Any] = {"village": "东沙村", "category": "neighbour", "narrative": STORY}
    sides = person("甲一", id_key=b"1", phone_key=b"2"), other("乙二", phone_key=b"3")
    match = rules.match(matter(*sides, **here), matter(*sides, **here), POLICY)
    assert match.score == 60 + 40 + 50 + 40 + 45 + 25
    assert [each.points for each in match.reasons] == sorted(
        (each.points for each in match.reasons), reverse=True
    )
    assert match.reasons[0].code is R.ID_NUMBER


@pytest.mark.parametrize(
    ("one", "two", "share"),
    [("甲乙丙", "甲乙丙", 1.0), ("甲乙丙丁", "甲乙，丙戊", 2 / 3), ("甲", "甲", 0.0)],
)
def test_likeness_is_the_share_of_common_pairs(one: str, two: str, share: float) -> None:
    assert rules.likeness(one, two) == pytest.approx(share)
