"""Who may mediate: what is found of each tie, who is offered, and what never helps."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import recusal
from config.mediator_word import Gender, RecusalGrade, Relation
from config.vocabulary import Language, PartyKind, PartyRole
from service.rules import mediator as rules
from service.rules.mediator import Candidate, Interest, Matter, Person

DATA = recusal.load()
APPLICANT = Person(
    role=PartyRole.APPLICANT,
    kind=PartyKind.PERSON,
    name="王小满",
    id_key=b"w",
    phone_key=b"1",
    address="柳溪镇东街3号",
)
MATTER = Matter(category="neighbour", village="河东村", people=(APPLICANT,))
FREE = Candidate(id=UUID(int=1), name="赵调解", unit="柳溪镇人民调解委员会", known=True)
UNIT = Person(role=PartyRole.RESPONDENT, kind=PartyKind.ORGANISATION, name="河东村村民委员会")


def codes(who: Candidate, matter: Matter = MATTER) -> list[tuple[str, str]]:
    """Grade and code of everything found."""
    return [(each.grade.value, each.code) for each in rules.judge(who, matter, DATA).findings]


def close_to(relation: Relation, **whom: object) -> Candidate:
    """The free one, with one declared relation."""
    told = {"name": "王小满"} | whom
    return replace(FREE, interests=(Interest(relation=relation, **told),))  # type: ignore[arg-type]  # the tests name the fields


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (FREE, []),
        (replace(FREE, id_key=b"w"), [("must", "self")]),
        (replace(FREE, name="王 小满", phone_key=b"1"), [("must", "self"), ("should", "phone")]),
        (replace(FREE, name="王小满"), [("hint", "name")]),
        (replace(FREE, name="王小满", id_key=b"x"), []),
        (replace(FREE, phone_key=b"1"), [("should", "phone")]),
        (replace(FREE, address="柳溪镇东街3号"), [("must", "household")]),
        (close_to(Relation.RELATIVE), [("must", "relative")]),
        (close_to(Relation.AGENT), [("must", "agent")]),
        (close_to(Relation.CLOSE), [("should", "close")]),
        (close_to(Relation.RELATIVE, id_key=b"x"), []),
        (close_to(Relation.EMPLOYER, name="别的名字", id_key=b"w"), [("must", "employer")]),
        (replace(FREE, recused=True), [("must", "recused")]),
        (replace(FREE, listed=False), [("must", "unlisted")]),
        (replace(FREE, earlier=frozenset({PartyRole.APPLICANT})), [("should", "earlier")]),
        (replace(FREE, met=frozenset({PartyRole.APPLICANT})), [("hint", "met")]),
        (replace(FREE, away=True), [("should", "away")]),
        (replace(FREE, limit=2, open=2), [("should", "load")]),
        (replace(FREE, limit=2, open=1), []),
    ],
)
def test_each_tie_is_found_with_its_grade(who: Candidate, found: list[tuple[str, str]]) -> None:
    assert codes(who) == found


def test_ones_own_unit_must_step_aside_and_the_committee_of_ones_village_should() -> None:
    matter = replace(MATTER, people=(UNIT,))
    assert codes(replace(FREE, unit="河东村 村民委员会"), matter) == [("must", "unit")]
    assert codes(replace(FREE, village="河东村"), matter) == [("should", "committee")]
    assert codes(replace(FREE, village="河西村"), matter) == []


def test_language_and_a_woman_are_hints_that_decide_nothing() -> None:
    mongolian = replace(APPLICANT, language=Language.MONGOLIAN)
    matter = replace(MATTER, people=(mongolian,), woman=True)
    assert codes(FREE, matter) == [("hint", "language"), ("hint", "woman")]
    speaks = replace(FREE, languages=frozenset({Language.MONGOLIAN}), gender=Gender.WOMAN)
    assert codes(speaks, matter) == []
    assert rules.judge(FREE, matter, DATA).offered


def test_the_text_says_the_part_of_the_party_and_never_the_name() -> None:
    (found,) = rules.judge(close_to(Relation.RELATIVE), MATTER, DATA).findings
    assert found.text == "申报过与申请人是近亲属"
    assert rules.must_text([found]) == "应当回避：申报过与申请人是近亲属，请另选一位"
    assert [each.grade.value for each in found.basis] == ["C", "C"]


def test_the_score_shows_its_parts_and_a_few_cases_count_nothing() -> None:
    who = replace(
        FREE, skills=frozenset({"neighbour"}), village="河东村", limit=10, open=5, agreed=4, ended=4
    )
    parts = {each.code: (each.points, each.text) for each in rules.judge(who, MATTER, DATA).parts}
    assert parts == {
        "skill": (40, "有这类专长"),
        "load": (10, "在办 5 件，上限 10 件"),
        "village": (10, "在同一嘎查村"),
        "success": (0, "近一年同类办结 4 件，谈成 4 件，件数少，不计分"),
    }
    enough = rules.judge(replace(who, ended=8), MATTER, DATA)
    assert enough.score == 65


def test_equal_points_are_told_apart_by_load_then_name_then_id() -> None:
    people = [
        replace(FREE, id=UUID(int=5), name="乙"),
        replace(FREE, id=UUID(int=4), name="乙"),
        replace(FREE, id=UUID(int=9), name="甲", limit=20000, open=2),
        replace(FREE, id=UUID(int=8), name="丙", phone_key=b"1", skills=frozenset({"neighbour"})),
    ]
    offered = rules.suggest([rules.judge(each, MATTER, DATA) for each in people], most=4)
    assert [each.candidate.id.int for each in offered] == [4, 5, 9, 8]


KEYS = st.sampled_from([None, b"w", b"x"])
INTERESTS = st.builds(
    Interest,
    relation=st.sampled_from(Relation),
    name=st.sampled_from(["王小满", "河东村村民委员会", "某某"]),
    id_key=KEYS,
)
CANDIDATES = st.builds(
    Candidate,
    id=st.uuids(),
    name=st.sampled_from(["王小满", "赵调解"]),
    unit=st.sampled_from(["柳溪镇人民调解委员会", "河东村村民委员会"]),
    id_key=KEYS,
    phone_key=st.sampled_from([None, b"1"]),
    address=st.sampled_from(["", "柳溪镇东街3号"]),
    village=st.sampled_from(["", "河东村"]),
    gender=st.sampled_from([None, *Gender]),
    languages=st.frozensets(st.sampled_from(Language)),
    skills=st.frozensets(st.sampled_from(["neighbour", "family"])),
    limit=st.sampled_from([None, 1, 5]),
    open=st.integers(0, 6),
    known=st.booleans(),
    listed=st.booleans(),
    away=st.booleans(),
    recused=st.booleans(),
    earlier=st.frozensets(st.sampled_from([PartyRole.APPLICANT])),
    met=st.frozensets(st.sampled_from([PartyRole.APPLICANT])),
    interests=st.lists(INTERESTS, max_size=2).map(tuple),
)
MATTERS = st.builds(
    Matter,
    category=st.just("neighbour"),
    village=st.sampled_from(["", "河东村"]),
    people=st.lists(st.sampled_from([APPLICANT, UNIT]), max_size=2, unique=True).map(tuple),
    woman=st.booleans(),
)


@given(st.lists(CANDIDATES, max_size=6, unique_by=lambda each: each.id), MATTERS)
def test_nobody_who_must_step_aside_or_is_away_or_full_is_ever_offered(
    people: list[Candidate], matter: Matter
) -> None:
    offered = rules.suggest([rules.judge(each, matter, DATA) for each in people])
    assert len(offered) <= 3
    for each in offered:
        assert each.of(RecusalGrade.MUST) == ()
        assert not each.candidate.away
        assert not rules.is_full(each.candidate)


@given(CANDIDATES, MATTERS, INTERESTS)
def test_declaring_one_relation_more_never_makes_anybody_more_eligible(
    who: Candidate, matter: Matter, further: Interest
) -> None:
    before = rules.judge(who, matter, DATA)
    after = rules.judge(replace(who, interests=(*who.interests, further)), matter, DATA)
    assert set(before.findings) <= set(after.findings)
    assert after.score == before.score
    assert before.offered or not after.offered


@given(st.lists(CANDIDATES, max_size=5, unique_by=lambda each: each.id), MATTERS)
def test_the_order_they_come_in_changes_nothing(people: list[Candidate], matter: Matter) -> None:
    judged = [rules.judge(each, matter, DATA) for each in people]
    assert rules.suggest(judged[::-1]) == rules.suggest(judged)
