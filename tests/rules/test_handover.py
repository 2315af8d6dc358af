"""Who may hand a dispute over to whom, with whose consent, and what a return does."""

from datetime import date
from uuid import uuid4

import pytest

from config import handover as config
from config.vocabulary import (
    Channel,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    OrganisationKind,
    PartyRole,
    Role,
)
from service.errors import Conflict, Invalid
from service.rules import handover as rules
from service.rules.handover import Agreed, Move, Unit
from service.rules.member import Remit

DATA = config.load()
C, K, H, S = Channel, OrganisationKind, HandoverKind, HandoverState
TODAY = date(2026, 11, 2)
STATION = Unit(id=uuid4(), kind=K.POLICE_STATION, channel=C.ADMINISTRATIVE)
OFFICE = Unit(id=uuid4(), kind=K.AGRICULTURE, channel=C.ADMINISTRATIVE)
COMMITTEE = Unit(id=uuid4(), kind=K.PEOPLE_MEDIATION_COMMITTEE, channel=C.PEOPLE)
VILLAGE = Unit(id=uuid4(), kind=K.VILLAGE_COMMITTEE, channel=C.PEOPLE)
COURT = Unit(id=uuid4(), kind=K.PEOPLE_COURT, channel=C.JUDICIAL)
FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()
ROLES = {
    FIRST: PartyRole.APPLICANT,
    SECOND: PartyRole.RESPONDENT,
    THIRD: PartyRole.RESPONDENT,
}
SIGNED = Agreed(how=HandoverConsent.SIGNED, on=TODAY, parties=(FIRST, SECOND))


def refused_unit(receiver: Unit | None, **facts: object) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refusal:
        rules.check_units(STATION, receiver, category="neighbour", facts=facts)
    return refusal.value.fields


def test_it_goes_to_an_active_unit_that_is_another_one_and_takes_the_category() -> None:
    rules.check_units(STATION, COMMITTEE, category="neighbour", facts={"crime_suspected": False})
    scoped = Unit(
        id=uuid4(), kind=K.LAW_FIRM, channel=C.PEOPLE, remit=Remit(frozenset({"neighbour"}))
    )
    rules.check_units(STATION, scoped, category="neighbour", facts={})
    closed = Unit(id=uuid4(), kind=K.LAW_FIRM, channel=C.PEOPLE, active=False)
    other = Unit(id=uuid4(), kind=K.LAW_FIRM, channel=C.PEOPLE, remit=Remit(frozenset({"family"})))
    assert refused_unit(None) == {"organisation": ["没有这个单位"]}
    assert refused_unit(closed) == {"organisation": ["没有这个单位"]}
    assert refused_unit(STATION) == {"organisation": ["这件纠纷就在这个单位，不用移交"]}
    assert refused_unit(other) == {"organisation": ["这个单位不受理这一类纠纷：不在它的受理范围内"]}


@pytest.mark.parametrize(
    "facts", [{"crime_suspected": True}, {"injury": "minor"}, {"injury": "death"}]
)
def test_what_may_be_a_crime_is_no_handover(facts: dict[str, object]) -> None:
    assert refused_unit(COMMITTEE, **facts) == {
        "organisation": ["涉嫌犯罪的要移送公安机关立案，不能移交给调解单位"]
    }


def test_another_town_is_no_handover() -> None:
    town = Unit(id=uuid4(), kind=K.OTHER_TOWN, channel=C.NONE)
    assert refused_unit(town) == {"organisation": ["不归本地管辖的要移送，不能移交"]}


@pytest.mark.parametrize(
    ("sender", "receiver", "articles"),
    [
        (STATION, COMMITTEE, ["18", "178"]),
        (OFFICE, VILLAGE, ["18"]),
        (COURT, COMMITTEE, ["18"]),
        (COMMITTEE, VILLAGE, []),
        (COMMITTEE, COURT, []),
        (COMMITTEE, STATION, []),
    ],
)
def test_out_of_an_agency_or_a_court_to_peoples_mediation_needs_consent(
    sender: Unit, receiver: Unit, articles: list[str]
) -> None:
    found = rules.consent_basis(sender, receiver, DATA)
    assert [each.article for each in found] == articles


def refused(agreed: Agreed, *, needed: bool = True) -> dict[str, list[str]]:
    basis = rules.consent_basis(STATION if needed else COMMITTEE, VILLAGE, DATA)
    with pytest.raises(Invalid) as refusal:
        rules.check_consent(agreed, basis, ROLES, today=TODAY)
    return refusal.value.fields


CITED = "（《人民调解法》第 18 条、《公安机关办理行政案件程序规定》第 178 条）"


def test_needed_consent_cannot_be_left_out() -> None:
    assert refused(Agreed(how=HandoverConsent.NOT_NEEDED, ground="情况紧急")) == {
        "consent.how": [f"这样移交要先征得当事人同意{CITED}"]
    }


def test_consent_names_its_day_and_people_of_both_sides() -> None:
    basis = rules.consent_basis(STATION, VILLAGE, DATA)
    rules.check_consent(SIGNED, basis, ROLES, today=TODAY)
    assert refused(Agreed(how=HandoverConsent.RECORDED, parties=(FIRST, THIRD))) == {
        "consent.on": ["请填写当事人同意的日期"]
    }
    late = Agreed(how=HandoverConsent.SIGNED, on=date(2026, 11, 3), parties=(FIRST, SECOND))
    assert refused(late) == {"consent.on": ["当事人同意的日期不能晚于今天"]}
    one = Agreed(how=HandoverConsent.SIGNED, on=TODAY, parties=(FIRST,))
    assert refused(one) == {
        "consent.parties": [f"请选择同意移交的当事人，申请人和被申请人都要有{CITED}"]
    }
    stranger = Agreed(how=HandoverConsent.SIGNED, on=TODAY, parties=(FIRST, uuid4()))
    assert refused(stranger, needed=False) == {
        "consent.parties": ["有的人不是这件纠纷的当事人，请重新选择"]
    }


def test_where_no_consent_is_needed_the_ground_is_said() -> None:
    agreed = Agreed(how=HandoverConsent.NOT_NEEDED, ground="同在人民调解，当事人自己提出")
    rules.check_consent(agreed, (), ROLES, today=TODAY)
    assert refused(Agreed(how=HandoverConsent.NOT_NEEDED), needed=False) == {
        "consent.ground": ["请写明为什么不需要当事人同意"]
    }


@pytest.mark.parametrize(
    ("code", "words", "fields"),
    [
        ("papers_missing", None, {"words": ["请写明缺哪些材料"]}),
        ("other", None, {"words": ["请写明退回的理由"]}),
        (
            "mood",
            "心情不好",
            {
                "code": [
                    f"不在可选范围内：{'、'.join(DATA.reasons)}",
                ]
            },
        ),
    ],
)
def test_a_return_has_a_code_and_the_words_it_asks_for(
    code: str, words: str | None, fields: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_return(code, words, DATA, field="words")
    assert refusal.value.fields == fields


def moved(*states: HandoverState, kind: HandoverKind = H.TRANSFER, episode: int = 1) -> list[Move]:
    found: list[Move] = []
    for state in states:
        count = rules.times_back([*found, Move(kind, state, episode)], episode)
        often = state in rules.BACK and rules.goes_to_director(count, None, DATA)
        found.append(Move(kind, state, episode, often))
    return found


def may_send(moves: list[Move], kind: HandoverKind = H.TRANSFER) -> str:
    try:
        rules.check_may_send(moves, kind, units=["东街村委会"] * len(moves))
    except Conflict as refusal:
        return refusal.detail
    return ""


def test_one_at_a_time_is_open() -> None:
    said = "已经移交给东街村委会，正在等对方签收；要改送别的单位，请先撤回"
    assert may_send(moved(S.ACCEPTED, S.OPEN)) == said
    assert may_send(moved(S.ACCEPTED, S.OPEN), H.DIRECTED) == said
    assert may_send(moved(S.ACCEPTED, S.WITHDRAWN)) == ""


def test_two_may_come_back_and_the_third_is_the_directors() -> None:
    assert may_send(moved(S.RETURNED, S.BOUNCED)) == ""
    thrice = moved(S.RETURNED, S.BOUNCED, S.RETURNED)
    assert may_send(thrice) == "这件纠纷已经退回 3 次，移到哪里由中心主任决定"
    assert may_send(thrice, H.DIRECTED) == ""
    decided = [*thrice, Move(H.DIRECTED, S.ACCEPTED, 1)]
    assert may_send(decided) == ""
    again = [*decided, Move(H.TRANSFER, S.RETURNED, 1, to_director=True)]
    assert may_send(again) == "这件纠纷已经退回 4 次，移到哪里由中心主任决定"


def test_a_new_handling_counts_anew() -> None:
    moves = [*moved(S.RETURNED, S.RETURNED), Move(H.DISPATCH, S.RETURNED, 2)]
    assert rules.times_back(moves, 2) == 1


def test_who_has_no_hands_free_calls_the_director_at_once() -> None:
    assert rules.goes_to_director(1, DATA.reasons["overload"], DATA)
    assert not rules.goes_to_director(1, DATA.reasons["not_ours"], DATA)
    assert not rules.goes_to_director(2, DATA.reasons["not_ours"], DATA)
    assert rules.goes_to_director(3, DATA.reasons["not_ours"], DATA)


def test_what_the_director_sends_decides() -> None:
    assert rules.kind_of(frozenset({Role.DIRECTOR, Role.MEDIATOR})) is H.DIRECTED
    assert rules.kind_of(frozenset({Role.LIAISON})) is H.TRANSFER
