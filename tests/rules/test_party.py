"""Parties come out clean or are told, field by field, what is wrong with them."""

from datetime import date

import pytest

from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole
from service.errors import Invalid
from service.rules.party import PartyDraft, check_head_count, checked, kind_of, minors, unit_ending
from service.rules.party import faults as everything_wrong
from tests.factories.person import resident_id

MONDAY = date(2026, 11, 2)


def test_numbers_are_cleaned_and_what_was_left_out_is_ordinary() -> None:
    given = [
        {
            "role": "applicant",
            "name": "王小满",
            "id_number": "１５０５２５ 19700101 0016",
            "phone": "199 0000 0001",
        }
    ]
    assert checked(given, today=MONDAY) == [
        PartyDraft(
            role=PartyRole.APPLICANT,
            kind=PartyKind.PERSON,
            name="王小满",
            id_type=IdType.RESIDENT_ID,
            id_number="150525197001010016",
            phone="19900000001",
            address=None,
            language=Language.CHINESE,
        )
    ]


def test_an_old_number_of_fifteen_digits_is_kept_in_its_long_form() -> None:
    given = [{"role": "applicant", "name": "王小满", "id_number": "152326700101001"}]
    assert checked(given, today=MONDAY)[0].id_number == "152326197001010013"


def test_a_unit_shows_a_credit_code_unless_it_says_otherwise() -> None:
    given = [
        {
            "role": "respondent",
            "kind": "organisation",
            "name": "柳溪建材有限公司",
            "id_number": "91150525ma0n0000xm",
        }
    ]
    (draft,) = checked(given, today=MONDAY)
    assert (draft.id_type, draft.id_number) == (IdType.USCC, "91150525MA0N0000XM")
    with pytest.raises(Invalid) as refusal:
        checked([given[0] | {"id_type": "resident_id"}], today=MONDAY)
    assert list(refusal.value.fields) == ["parties.0.id_number"]


def test_another_document_is_kept_as_it_is() -> None:
    given = [{"role": "applicant", "name": "某", "id_type": "passport", "id_number": "EA0000001"}]
    (draft,) = checked(given, today=MONDAY)
    assert (draft.id_type, draft.id_number) == (IdType.PASSPORT, "EA0000001")


def test_a_document_without_a_number_is_no_document() -> None:
    given = [{"role": "applicant", "name": "某", "id_type": "passport", "id_number": None}]
    assert checked(given, today=MONDAY)[0].id_type is None


def test_every_wrong_field_of_every_party_is_named_at_once() -> None:
    given = [
        {"role": "applicant", "name": "王小满", "id_number": "150525197001010013"},
        {"role": "respondent", "name": "李大有", "phone": "12"},
        {"role": "agent", "name": "张三江", "id_number": "1", "phone": "5551234"},
    ]
    with pytest.raises(Invalid) as refusal:
        checked(given, today=MONDAY)
    assert refusal.value.fields == {
        "parties.0.id_number": ["身份证号校验码不符，请核对"],
        "parties.1.phone": ["应为 11 位手机号或带区号座机"],
        "parties.2.id_number": ["身份证号应为 18 位（末位可为 X）或 15 位数字"],
        "parties.2.phone": ["固定电话须带区号，如 0475-1234567"],
    }


def test_no_reason_repeats_the_number_it_refuses() -> None:
    with pytest.raises(Invalid) as refusal:
        checked([{"role": "agent", "name": "某", "id_number": "150525197001010013"}], today=MONDAY)
    assert "1505251970" not in str(refusal.value.fields)


def test_somebody_born_after_today_is_refused() -> None:
    given = [{"role": "applicant", "name": "某", "id_number": "150525202611030019"}]
    with pytest.raises(Invalid) as refusal:
        checked(given, today=MONDAY)
    assert refusal.value.fields == {"parties.0.id_number": ["身份证号中的出生日期不可能"]}


@pytest.mark.parametrize(
    "name",
    [
        "柳溪建材有限公司",
        "东街村委会",
        "柳溪镇人民政府",
        "第三施工队项目部",
        "砖瓦厂",
        "民政局",
        "柳溪镇养殖专业合作社",
        "东街派出所 ",
    ],
)
def test_a_name_that_ends_like_a_unit_is_one(name: str) -> None:
    assert kind_of(name) is PartyKind.ORGANISATION


@pytest.mark.parametrize("name", ["王小满", "局长江", "其木格", "公司法", "张店主", "王局", ""])
def test_any_other_name_is_a_person(name: str) -> None:
    assert kind_of(name) is PartyKind.PERSON


def test_the_ending_that_makes_a_unit_is_the_longest_one() -> None:
    told = ["东街村委会", "柳溪路桥公司", "王小满"]
    assert [unit_ending(name) for name in told] == ["村委会", "公司", None]


def test_all_faults_are_told_at_once_and_what_is_not_there_yet_is_not_judged() -> None:
    told = everything_wrong(
        [{"role": "applicant", "name": "甲", "phone": "12"}, {"role": "applicant", "phone": "1"}],
        1,
        today=MONDAY,
    )
    assert list(told) == ["parties.0.phone", "parties.1.phone", "people_count"]
    assert everything_wrong([], None, today=MONDAY) == {}
    assert everything_wrong([{}], None, today=MONDAY) == {}


def side(role: str, **more: object) -> dict[str, object]:
    return {"role": role, "name": "某", **more}


def faults(*parties: dict[str, object]) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        checked(parties, today=MONDAY)
    return refusal.value.fields


def test_an_agent_stands_for_a_party_with_a_stated_authority() -> None:
    speaker = side("agent", represents=0, authority="special")
    draft = checked([side("applicant"), speaker], today=MONDAY)[1]
    assert (draft.represents, draft.authority) == (0, Authority.SPECIAL)


@pytest.mark.parametrize(
    ("speaker", "field", "told"),
    [
        (side("agent", represents=2), "represents", "代表的应是申请人、被申请人或第三人"),
        (side("agent", represents=1), "represents", "代表的应是申请人、被申请人或第三人"),
        (side("third_party", represents=0), "represents", "只有代理人、监护人要写代表谁"),
        (side("guardian", authority="general"), "authority", "只有代理人要写代理权限"),
        (
            side("agent", representative=True),
            "representative",
            "代表人要从当事人中推选，代理人、监护人不能当代表人",
        ),
    ],
)
def test_who_may_not_speak_for_whom_is_told_at_the_field(
    speaker: dict[str, object], field: str, told: str
) -> None:
    assert faults(side("applicant"), speaker) == {f"parties.1.{field}": [told]}


def test_a_guardian_stands_for_a_person_only() -> None:
    unit = side("applicant", kind="organisation")
    told = faults(unit, side("guardian", represents=0))
    assert told == {"parties.1.represents": ["监护人只能代表个人"]}


def test_a_collective_visit_chooses_five_representatives_at_most() -> None:
    crowd = [side("applicant", representative=True) for _ in range(6)]
    assert len(checked(crowd[:5], today=MONDAY)) == 5
    told = "代表人最多 5 人（《信访工作条例》第20条）"
    assert faults(*crowd) == {"parties.5.representative": [told]}


def test_a_number_is_no_name() -> None:
    told = "姓名栏里是证件号码，请填到证件号码一栏，这里写姓名"
    assert faults(side("applicant") | {"name": "１５０５２５197001010016"}) == {
        "parties.0.name": [told]
    }


def test_the_head_count_is_no_less_than_the_people_who_are_named() -> None:
    three = checked([side("applicant"), side("applicant"), side("respondent")], today=MONDAY)
    check_head_count(three, None)
    check_head_count(three, 2)
    with pytest.raises(Invalid) as refusal:
        check_head_count(three, 1)
    assert refusal.value.fields == {"people_count": ["涉及人数不能少于已经写明的 2 名申请人"]}


CHILD = "150525201501010011"


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([], {0: False}),
        ([side("guardian", represents=0)], {0: True}),
        ([side("guardian")], {0: True}),
        ([side("respondent"), side("guardian", represents=1)], {0: False}),
    ],
)
def test_a_minor_is_known_by_the_number_and_has_a_guardian_or_not(
    others: list[dict[str, object]], found: dict[int, bool]
) -> None:
    child = side("applicant", id_number=CHILD)
    assert minors([child, *others], today=MONDAY) == found


@pytest.mark.parametrize("number", [None, "123", resident_id(1)])
def test_who_is_grown_up_or_unknown_is_no_minor(number: str | None) -> None:
    assert minors([side("applicant", id_number=number)], today=MONDAY) == {}
