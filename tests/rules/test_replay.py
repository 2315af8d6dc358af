"""A replay judges as the rules themselves do, and a rulebook differs in nothing from itself."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import routing
from config.facts import FACTS, FactKind
from config.routing import Rulebook
from service.rules import replay, rulebook
from service.rules.replay import Judge, Past
from service.rules.routing.situation import Bench
from service.rules.routing.verdict import Outcome
from tests.factories.routing import CALENDAR, CATEGORIES, CLOCKS, RULEBOOK, answer_to
from tests.factories.rulebook import FIRM, SHIPPED, changed

DAY = date(2026, 11, 3)
DAYS = st.dates(date(2025, 1, 1), date(2026, 11, 1))


def _values(name: str) -> st.SearchStrategy[Any]:
    fact = FACTS[name]
    return DAYS if fact.kind is FactKind.DATE else st.sampled_from(sorted(fact.values, key=str))


PASTS = st.builds(
    Past,
    category=st.sampled_from(CATEGORIES),
    facts=st.lists(st.sampled_from(sorted(FACTS)), max_size=5, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: _values(name) for name in names})
    ),
    registered_on=DAYS,
    accepted_on=st.none() | DAYS,
    people_count=st.none() | st.sampled_from([1, 4, 5, 29, 30, 50]),
)


def judge(book: Rulebook, as_of: date = DAY) -> Judge:
    return Judge(Bench(book, CLOCKS, CALENDAR), as_of)


LIVE, COPY = judge(RULEBOOK), judge(routing.parse(rulebook.canonical(SHIPPED, 2)))


@given(PASTS)
@hypothesis_settings(max_examples=300)
def test_the_live_version_replayed_changes_nothing(past: Past) -> None:
    assert COPY.verdict(past.request) == LIVE.verdict(past.request)


@given(PASTS)
@hypothesis_settings(max_examples=300)
def test_a_replay_judges_as_a_preview_answers(past: Past) -> None:
    answer, verdict = answer_to(past.request), LIVE.verdict(past.request)
    assert verdict.rule == answer.rule.id
    assert verdict.place == Outcome(answer.accept, answer.channel, answer.lead)


def test_a_change_that_is_dated_ahead_counts_as_of_its_day() -> None:
    ahead = changed("debt", FIRM, ("\ndeadlines", "\nvalid_from = 2027-01-01\ndeadlines"))
    book = routing.parse(ahead)
    debt = Past("debt", {}, date(2026, 9, 1), None, None).request
    assert judge(book).verdict(debt).rule == "other"
    assert [rule.id for rule in replay.unseen(book, DAY)] == ["debt"]
    later = judge(book, date(2027, 1, 1)).verdict(debt)
    assert (later.rule, later.place.lead) == ("debt", "law_firm")


def test_a_rule_that_has_ended_is_not_seen() -> None:
    book = replace(
        RULEBOOK,
        rules=tuple(
            replace(rule, valid_to=date(2026, 11, 2)) if rule.id == "debt" else rule
            for rule in RULEBOOK.rules
        ),
    )
    debt = Past("debt", {}, date(2026, 9, 1), None, None).request
    assert judge(book).verdict(debt).rule == "other"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a", "a", "规则“甲”的去向改了"),
        ("a", "b", "改由“乙”决定，原来由“甲”决定"),
        ("a", "c", "新规则“丙”先决定，原来由“甲”决定"),
        ("d", "a", "规则“丁”停用或者删去了，改由“甲”决定"),
    ],
)
def test_it_says_why_a_dispute_moves(before: str, after: str, said: str) -> None:
    live, draft = {"a": "甲", "b": "乙", "d": "丁"}, {"a": "甲", "b": "乙", "c": "丙"}
    assert replay.because(before, after, live, draft) == said


def test_a_place_is_one_word_and_one_sentence() -> None:
    word = replay.code(
        answer_place := LIVE.verdict(Past("debt", {}, DAY, None, None).request).place
    )
    assert word == "yes/people/people_mediation_committee"
    assert replay.place_of(word) == answer_place
    assert replay.said(word) == "可以受理，人民调解，人民调解委员会"
    assert replay.said(replay.HIDDEN) == "受限纠纷"


def test_moves_are_counted_the_most_first() -> None:
    pairs = [("a", "b"), ("c", "d"), ("a", "b")]
    assert replay.moves(pairs) == [("a", "b", 2), ("c", "d", 1)]
