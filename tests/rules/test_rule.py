"""A rule is shown as lines of a form and written back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import condition, routing, routing_text
from config.facts import FACTS, FactKind
from service.errors import Conflict, NotFound
from service.rules import rule
from service.rules.routing.truth import holds
from service.rules.rule import How, Line, Lines
from tests.factories.rulebook import SHIPPED

TABLE = routing_text.read(SHIPPED)
NAMES = sorted(name for name, fact in FACTS.items() if fact.kind is not FactKind.DATE)
SITUATIONS = st.lists(st.sampled_from(NAMES), max_size=8, unique=True).flatmap(
    lambda names: st.fixed_dictionaries(
        {"category": st.sampled_from(["debt", "wages", "land_contract", "other", "tort"])}
        | {name: st.sampled_from(FACTS[name].values) for name in names}
    )
)
AGAIN = [
    (condition.read(row["when"]), condition.read(rule.when_of(rule.lines_of(row["when"]))))
    for row in rule.rows(TABLE)
]


@given(SITUATIONS)
def test_every_shipped_condition_means_the_same_after_its_form(
    situation: dict[str, object],
) -> None:
    for before, after in AGAIN:
        assert holds(after, situation) is holds(before, situation)


def test_a_condition_is_shown_as_lines() -> None:
    when = {
        "category": ["debt", "tort"],
        "people_count_from": 5,
        "injury": ["minor", "death"],
        "not": {"administrative_act": "none"},
        "unless": {"any": [{"sued": True}]},
    }
    told = rule.lines_of(when)
    assert told == Lines(
        ("debt", "tort"),
        5,
        (
            Line(How.IS, "injury", "minor"),
            Line(How.IS, "injury", "death"),
            Line(How.NOT, "administrative_act", "none"),
        ),
        ({"unless": {"any": [{"sued": True}]}},),
    )
    assert rule.when_of(told) == when


def test_two_exceptions_stand_side_by_side() -> None:
    told = Lines(lines=(Line(How.UNLESS, "sued", True), Line(How.UNLESS, "repeat", True)))
    when = rule.when_of(told)
    assert when == {"unless": {"sued": True}, "all": [{"unless": {"repeat": True}}]}
    assert rule.lines_of(when) == told


def test_a_rule_is_written_anew_where_it_stands_or_in_front_of_another() -> None:
    ids = [row["id"] for row in rule.rows(TABLE)]
    same = rule.put(TABLE, {**rule.one(TABLE, "debt"), "title": "别的"}, None)
    assert [row["id"] for row in rule.rows(same)] == ids
    assert rule.one(same, "debt")["title"] == "别的"
    moved = rule.put(TABLE, rule.one(TABLE, "debt"), "danger")
    assert [row["id"] for row in rule.rows(moved)][:2] == ["debt", "danger"]
    added = rule.put(TABLE, {"id": rule.new_id(TABLE), "title": "新"}, None)
    assert [row["id"] for row in rule.rows(added)][-2:] == ["own.1", ids[-1]]
    assert rule.new_id(added) == "own.2"
    with pytest.raises(NotFound):
        rule.put(TABLE, {"id": "x"}, "nowhere")


def test_a_rule_is_taken_out_but_not_the_last_one() -> None:
    gone = rule.without(TABLE, "debt")
    assert "debt" not in {row["id"] for row in rule.rows(gone)}
    with pytest.raises(Conflict):
        rule.without(TABLE, routing.parse(SHIPPED).rules[-1].id)
    with pytest.raises(NotFound):
        rule.without(TABLE, "nowhere")
