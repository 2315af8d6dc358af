"""Lists of organisations: kinds by any usual name, parents, and what each row becomes."""

import pytest

from config import organisation as config
from config.vocabulary import OrganisationKind as K
from service.rules import organisation as rules
from service.rules.organisation import Known

WORDS = config.load()


def fates(text: str, **register: Known) -> list[tuple[str, str]]:
    """Each row's name and fate."""
    return [(row.name, row.fate) for row in rules.listed(text, WORDS, register)]


def problems(text: str, **register: Known) -> list[tuple[int, str, int]]:
    """Line, field and column of what is wrong."""
    return [
        (row.line, each.field, each.column)
        for row in rules.listed(text, WORDS, register)
        for each in row.problems
    ]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("village_committee", K.VILLAGE_COMMITTEE),
        ("村（居）民委员会", K.VILLAGE_COMMITTEE),
        ("村(居)民委员会", K.VILLAGE_COMMITTEE),
        ("村委会", K.VILLAGE_COMMITTEE),
        ("嘎查", K.VILLAGE_COMMITTEE),
        ("社 区", K.VILLAGE_COMMITTEE),
        ("派出所", K.POLICE_STATION),
        ("道交调委会", K.TRAFFIC_COMMITTEE),
        ("学校", None),
    ],
)
def test_a_kind_is_known_by_code_word_or_usual_name(word: str, kind: K | None) -> None:
    assert rules.kind_of(word, "某某", WORDS) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("三家子村", K.VILLAGE_COMMITTEE),
        ("三家子村人民调解委员会", K.PEOPLE_MEDIATION_COMMITTEE),
        ("奈曼旗道路交通事故人民调解委员会", K.TRAFFIC_COMMITTEE),
        ("青龙山法律服务所", K.LEGAL_SERVICE),
        ("奈曼旗人民法院", K.COURT),
        ("镇便民服务中心", None),
    ],
)
def test_without_a_kind_the_name_tells_it_by_its_longest_ending(name: str, kind: K | None) -> None:
    assert rules.kind_of("", name, WORDS) is kind


def test_what_is_registered_is_not_written_again() -> None:
    register = {"甲村": Known(K.VILLAGE_COMMITTEE, active=True)}
    assert fates("甲村\n乙村", **register) == [("甲村", "known"), ("乙村", "ok")]


def test_every_wrong_cell_is_told_with_line_and_column() -> None:
    text = "名称,类别,上级\n,村,\n甲村,学校,\n乙村,,没有的镇\n乙村,,\n丙村,,丁村\n丁村,,丙村"
    assert problems(text) == [
        (2, "name", 1),
        (3, "kind", 2),
        (4, "parent", 3),
        (5, "name", 1),
        (6, "parent", 3),
        (7, "parent", 3),
    ]


def test_a_known_unit_of_another_kind_or_out_of_use_is_wrong() -> None:
    register = {
        "甲村": Known(K.VILLAGE_COMMITTEE, active=False),
        "乙村": Known(K.PARTY_BRANCH, active=True),
    }
    assert problems("甲村\n乙村", **register) == [(1, "name", 1), (2, "kind", 2)]


def test_a_control_character_is_told_and_what_cannot_be_seen_is_dropped() -> None:
    assert problems("甲\x07村") == [(1, "name", 1)]
    assert fates("甲\u200b村") == [("甲村", "ok")]


def test_a_parent_stands_before_its_units() -> None:
    rows = rules.listed("甲村,,青龙山镇政府\n乙村,,甲村\n青龙山镇政府,镇政府", WORDS, {})
    assert [row.name for row in rules.parents_first(rows)] == ["青龙山镇政府", "甲村", "乙村"]


def test_who_stands_above_whom_ends_even_where_it_goes_round() -> None:
    parents = {"a": "b", "b": "c", "c": None, "x": "y", "y": "x"}
    assert rules.is_above("c", "a", parents)
    assert rules.is_above("a", "a", parents)
    assert not rules.is_above("a", "b", parents)
    assert not rules.is_above("a", "x", parents)


@pytest.mark.parametrize(
    ("prefix", "taken"),
    [("QLS", True), ("Q", False), ("QLS1", False), ("qls", False), ("青龙", False)],
)
def test_a_prefix_is_some_capital_letters(prefix: str, taken: bool) -> None:
    assert (rules.prefix_problem(prefix) is None) is taken
