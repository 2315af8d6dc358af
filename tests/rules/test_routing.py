import re
from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import routing as rulebooks
from config.condition import read
from config.facts import ALL, FACTS, FactKind, FactValue
from config.routing import Rulebook
from config.vocabulary import Acceptance, Channel, OrganisationKind
from service.rules.routing import Matter, RoutingRequest, RulebookFault, check, preview
from service.rules.routing.answer import Flip
from service.rules.routing.truth import holds
from tests.factories.routing import (
    CALENDAR,
    CASES,
    CATEGORIES,
    CLOCKS,
    RULEBOOK,
    answer_to,
    ask,
    cases,
    request_of,
)

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def _values(kind: FactKind, choices: list[str]) -> st.SearchStrategy[FactValue]:
    if kind is FactKind.BOOLEAN:
        return st.booleans()
    return DAYS if kind is FactKind.DATE else st.sampled_from(choices)


FACT_SETS = st.fixed_dictionaries(
    {}, optional={fact.name: _values(fact.kind, list(fact.choices)) for fact in ALL}
)
FEW_FACTS = st.lists(st.sampled_from(ALL), max_size=5, unique_by=lambda fact: fact.name).flatmap(
    lambda facts: st.fixed_dictionaries({f.name: _values(f.kind, list(f.choices)) for f in facts})
)
REQUESTS = st.builds(
    RoutingRequest,
    st.sampled_from(CATEGORIES),
    FACT_SETS | FEW_FACTS,
    st.none() | DAYS,
    st.none() | DAYS,
    st.none() | st.integers(1, 200),
)


# What a condition says of facts that are not known


@pytest.mark.parametrize(
    ("condition", "known", "truth"),
    [
        ({"sued": True}, {}, None),
        ({"sued": True}, {"sued": False}, False),
        ({"not": {"sued": True}}, {}, None),
        ({"all": [{"sued": True}, {"repeat": True}]}, {"repeat": False}, False),
        ({"all": [{"sued": True}, {"repeat": True}]}, {"repeat": True}, None),
        ({"any": [{"sued": True}, {"repeat": True}]}, {"repeat": True}, True),
        ({"any": [{"sued": True}, {"repeat": True}]}, {"repeat": False}, None),
        ({"unless": {"sued": True}}, {}, True),
        ({"unless": {"sued": True}}, {"sued": True}, False),
        ({"known": ["learnt_on"]}, {}, False),
        ({"people_count_from": 30}, {}, None),
        ({"people_count_from": 30}, {"people_count": 30}, True),
        ({"people_count_from": 30}, {"people_count": 29}, False),
        ({"injury": ["minor", "serious"]}, {"injury": "slight"}, False),
        ({}, {}, True),
    ],
)
def test_a_condition_is_true_false_or_undecided(
    condition: dict[str, Any], known: dict[str, object], truth: bool | None
) -> None:
    assert holds(read(condition), known) is truth


def test_an_unknown_fact_does_not_refuse_but_is_asked() -> None:
    answer = ask("debt")

    assert answer.accept is Acceptance.YES
    assert {"pending_at", "sued", "effective_judgment", "danger"} <= set(answer.ask)


def test_the_word_unknown_says_as_much_as_nothing() -> None:
    assert ask("labour", labour_relation="unknown") == ask("labour")


def test_a_known_fact_is_not_asked_again() -> None:
    assert "pending_at" not in ask("debt", pending_at="none").ask


def test_facts_that_decide_more_are_asked_first() -> None:
    answer = ask("intellectual_property", government_party="none")

    assert answer.ask[:4] == ("pending_at", "sensitive", "danger", "crime_suspected")
    assert answer.ask.index("ip_matter") < answer.ask.index("effective_judgment")


@given(REQUESTS)
def test_questions_stand_in_the_order_of_how_much_they_decide(request: RoutingRequest) -> None:
    """The sum over the answers that change the outcome, each the heavier the earlier its rule."""
    answer = answer_to(request)
    places = {rule.id: place for place, rule in enumerate(RULEBOOK.rules)}
    weights = []
    for name in answer.ask:
        values = [flip.value for flip in answer.flips if flip.fact == name]
        then = [answer_to(replace(request, facts={**request.facts, name: v})) for v in values]
        weights.append(sum(len(places) - places[each.rule.id] for each in then))

    assert weights == sorted(weights, reverse=True)
    assert answer_to(request).ask == answer.ask


@given(REQUESTS)
def test_only_what_a_clerk_can_answer_is_asked(request: RoutingRequest) -> None:
    asked = [FACTS[name] for name in answer_to(request).ask]
    wanted = {name for rule in RULEBOOK.rules for name in rule.ask}

    assert [f.name for f in asked if f.name in request.facts and f.name != "labour_relation"] == []
    assert [
        f.name for f in asked if not f.is_asked_for(request.category) and f.name not in wanted
    ] == []
    assert [f.name for f in asked if not f.question.endswith("？")] == []


# What made the rule hold


@given(REQUESTS)
def test_the_matched_facts_alone_make_the_rule_hold(request: RoutingRequest) -> None:
    answer = answer_to(request)
    known: dict[str, object] = {row.fact: row.value for row in answer.matched}
    rule = next(rule for rule in RULEBOOK.rules if rule.id == answer.rule.id)

    assert holds(rule.when, known) is True
    assert None not in known.values()


def test_matched_facts_are_told_in_words_with_the_dates_behind_them() -> None:
    facts: dict[str, FactValue] = {"traffic_certificate_on": date(2026, 9, 28), "all_applied": True}
    answer = answer_to(RoutingRequest("traffic", facts, date(2026, 10, 19)))

    assert [row.as_dict() for row in answer.matched] == [
        {"fact": "category", "value": "traffic", "label": "纠纷类型"},
        {"fact": "traffic_apply_late", "value": True, "label": "“申请交警调解”的期限已过"},
        {
            "fact": "traffic_certificate_on",
            "value": "2026-09-28",
            "label": "收到事故认定书日期",
        },
        {"fact": "registered_on", "value": "2026-10-19", "label": "登记日期"},
    ]


def test_an_exception_nobody_has_shown_is_no_matched_fact() -> None:
    unknown = ask("tort", injury="serious")
    shown = ask("land_contract", land_matter="title", administrative_act="none")

    assert [row.fact for row in unknown.matched] == ["injury", "category"]
    assert [row.fact for row in shown.matched] == ["land_matter"]


def test_the_rule_that_catches_all_matched_nothing() -> None:
    assert ask("other").matched == ()


# Why this answer: flips, runner-up


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: str(case["id"]))
def test_every_flip_of_a_case_comes_true(case: dict[str, Any]) -> None:
    _assert_flips_come_true(request_of(case["request"]))


@given(REQUESTS)
def test_every_flip_of_any_request_comes_true(request: RoutingRequest) -> None:
    _assert_flips_come_true(request)


def _assert_flips_come_true(request: RoutingRequest) -> None:
    answer = answer_to(request)
    before = (answer.accept, answer.channel, answer.lead)
    for flip in answer.flips:
        for value in _meant(flip):
            rerun = answer_to(replace(request, facts={**request.facts, flip.fact: value}))
            after = (rerun.accept, rerun.channel, rerun.lead)
            assert after == (flip.accept, flip.channel, flip.lead)
            assert after != before


def _meant(flip: Flip) -> list[FactValue]:
    """The value of a flip; of a day also some beyond it."""
    if not isinstance(flip.value, date):
        return [flip.value]
    way = -1 if flip.side == "earlier" else 1
    return [flip.value + timedelta(days=way * days) for days in (0, 1, 8, 40)]


def test_a_day_flips_where_its_term_turns() -> None:
    facts: dict[str, FactValue] = {"traffic_certificate_on": date(2026, 9, 28)}
    late = answer_to(RoutingRequest("traffic", facts, date(2026, 10, 19)))
    early = answer_to(RoutingRequest("traffic", facts, date(2026, 10, 15)))

    assert [flip.as_dict() for flip in late.flips if flip.side] == [
        {
            "fact": "traffic_certificate_on",
            "value": "2026-09-29",
            "accept": "yes",
            "channel": "administrative",
            "lead": "traffic_police",
            "side": "later",
        }
    ]
    assert [(flip.value, flip.side, flip.lead) for flip in early.flips if flip.side] == [
        (date(2026, 9, 23), "earlier", "traffic_committee")
    ]


@given(REQUESTS)
def test_no_flip_of_a_given_fact_is_forgotten(request: RoutingRequest) -> None:
    answer = answer_to(request)
    told = {(flip.fact, flip.value) for flip in answer.flips}
    for fact in ALL:
        for value in fact.values if request.facts.get(fact.name) in fact.values else ():
            rerun = answer_to(replace(request, facts={**request.facts, fact.name: value}))
            same = (rerun.accept, rerun.channel, rerun.lead) == (
                answer.accept,
                answer.channel,
                answer.lead,
            )
            assert ((fact.name, value) in told) is not same


def test_farm_inputs_would_flip_a_consumer_dispute_to_agriculture() -> None:
    flips = [f.as_dict() for f in ask("consumer").flips if f.fact == "consumption"]

    assert flips == [
        {
            "fact": "consumption",
            "value": "farm_inputs",
            "accept": "yes",
            "channel": "administrative",
            "lead": "agriculture",
        },
        {
            "fact": "consumption",
            "value": "professional",
            "accept": "no",
            "channel": "none",
            "lead": "market_regulator",
        },
    ]


def test_the_runner_up_is_the_next_rule_that_holds() -> None:
    answer = ask("neighbour", pending_at="court", respondent_refuses=True)

    assert answer.runner_up is not None
    assert answer.runner_up.rule == "respondent_refuses"


def test_the_last_rule_has_no_runner_up() -> None:
    assert ask("other").runner_up is None


# What holds for every answer


@given(REQUESTS)
def test_every_answer_is_complete(request: RoutingRequest) -> None:
    answer = answer_to(request)
    offices = (answer.lead, *answer.assist, *answer.go_to)

    assert set(offices) <= {kind.value for kind in OrganisationKind}
    assert answer.lead not in answer.assist
    assert (answer.accept is Acceptance.YES) is (answer.channel is not Channel.NONE)
    assert answer.reasons
    assert answer.basis
    assert answer.accept is not Acceptance.NO or answer.go_to


@given(REQUESTS)
def test_the_organ_that_decided_neither_leads_nor_assists(request: RoutingRequest) -> None:
    answer = answer_to(request)
    organ = request.facts.get("deciding_organ")

    if answer.rule.id.startswith("act."):
        assert organ not in (answer.lead, *answer.assist)


@pytest.mark.parametrize("act", [v for v in FACTS["administrative_act"].values if v != "none"])
def test_nobody_is_guided_to_the_organ_that_decided(act: str) -> None:
    """Only a tax office has its like above it; a court decides no act of government."""
    astray = []
    for organ in OrganisationKind:
        for elsewhere in ("none", "court", "police", "agency"):
            answer = ask(
                "other", administrative_act=act, deciding_organ=organ.value, pending_at=elsewhere
            )
            guides = {answer.lead, *answer.assist}
            doors = set(answer.go_to) - ({"tax", "court"} & {organ.value})
            if organ.value in guides | doors or not answer.go_to or answer.accept != "no":
                astray.append((organ.value, elsewhere, answer.rule.id))

    assert astray == []


def test_a_contested_decision_does_not_wait_for_the_organ_that_handles_it() -> None:
    answer = ask("consumer", pending_at="agency", administrative_act="penalty")

    assert answer.rule.id == "act.penalty"


def test_the_answer_names_exactly_the_keys_of_the_contract() -> None:
    assert list(ask("debt").as_dict()) == [
        "accept",
        "channel",
        "lead",
        "assist",
        "go_to",
        "reasons",
        "basis",
        "deadlines",
        "must_do",
        "must_not",
        "runner_up",
        "flips",
        "ask",
        "level",
        "rule",
        "parts",
        "matched",
        "companions",
    ]


@pytest.mark.parametrize(
    ("organ", "go_to"),
    [
        ("town_government", ("banner_government", "court")),
        ("civil_affairs", ("banner_government", "court")),
        ("banner_government", ("city_government", "intermediate_court")),
        ("environment", ("city_government", "banner_government", "court")),
        ("tax", ("tax", "court")),
    ],
)
def test_review_goes_above_the_organ_that_decided(organ: str, go_to: tuple[str, ...]) -> None:
    assert ask("other", administrative_act="other", deciding_organ=organ).go_to == go_to


@pytest.mark.parametrize(
    ("people", "level"), [(4, "none"), (5, "yellow"), (29, "yellow"), (30, "orange"), (50, "red")]
)
def test_the_level_rises_with_the_number_of_people(people: int, level: str) -> None:
    assert answer_to(RoutingRequest("contract", people_count=people)).level.value == level


def test_more_than_five_people_send_at_most_five_representatives() -> None:
    five = answer_to(RoutingRequest("contract", people_count=5))
    six = answer_to(RoutingRequest("contract", people_count=6))

    assert "REPRESENTATIVES" not in {note.code for note in five.must_do}
    assert "REPRESENTATIVES" in {note.code for note in six.must_do}


def test_expiring_evidence_is_named_with_its_date() -> None:
    answer = ask("consumer", consumption="farm_inputs", evidence_expires_on=date(2026, 9, 14))

    texts = {note.code: note.text for note in answer.must_do}
    assert texts["EVIDENCE_NOW"] == (
        "证据到2026-09-14就无法再取，立即申请鉴定、封存留样；过了这一天不得许诺还能现场鉴定，改用封存的样品"
    )


def test_the_last_days_of_a_remedy_are_called_out() -> None:
    facts: dict[str, FactValue] = {
        "administrative_act": "benefit_decision",
        "learnt_on": date(2026, 9, 18),
    }
    late = answer_to(RoutingRequest("social_security", facts, date(2026, 11, 16)))
    early = answer_to(RoutingRequest("social_security", facts, date(2026, 10, 16)))

    assert "REMEDY_TODAY" in {note.code for note in late.must_do}
    assert "REMEDY_TODAY" not in {note.code for note in early.must_do}


def test_a_report_of_misconduct_never_goes_to_the_accused() -> None:
    answer = ask("family", misconduct_reported=True, domestic_violence=True)

    assert answer.accept is Acceptance.PROTECT
    assert "FORWARD_REPORT" in {note.code for note in answer.must_not}


def test_citations_follow_the_date_of_registration() -> None:
    before = answer_to(RoutingRequest("environment", registered_on=date(2026, 8, 14)))
    after = answer_to(RoutingRequest("environment", registered_on=date(2026, 8, 15)))

    assert [row.law for row in before.basis] == ["水污染防治法", "噪声污染防治法"]
    assert [row.law for row in after.basis] == ["生态环境法典"]


# Several matters


def test_parts_inherit_dates_and_people_but_not_facts() -> None:
    visit = RoutingRequest(
        category="expropriation",
        facts={"respondent_refuses": True},
        registered_on=date(2026, 9, 1),
        accepted_on=date(2026, 9, 3),
        people_count=30,
        matters=(Matter("debt"), Matter("contract")),
    )

    answer = answer_to(visit)

    assert answer.accept is Acceptance.SPLIT
    assert [part.rule.id for part in answer.parts] == ["debt", "contract"]
    assert [part.level.value for part in answer.parts] == ["orange", "orange"]
    assert [part.deadlines[0].rule for part in answer.parts] == ["PM.DEFAULT", "PM.DEFAULT"]


def test_the_first_of_two_later_dates_starts_traffic_mediation() -> None:
    facts: dict[str, FactValue] = {"treatment_ended_on": date(2026, 11, 2), "injury": "minor"}
    early = answer_to(RoutingRequest("traffic", facts, accepted_on=date(2026, 10, 15)))
    late = answer_to(RoutingRequest("traffic", facts, accepted_on=date(2026, 11, 5)))

    assert early.deadlines[0].start_on == date(2026, 11, 2)
    assert late.deadlines[0].start_on == date(2026, 11, 5)


def test_a_fixed_loss_starts_nothing_while_the_injured_are_treated() -> None:
    facts: dict[str, FactValue] = {"loss_fixed_on": date(2026, 10, 20), "injury": "minor"}

    answer = answer_to(RoutingRequest("traffic", facts, accepted_on=date(2026, 10, 15)))

    assert answer.deadlines == ()


def test_a_preview_stays_under_five_milliseconds() -> None:
    request = request_of(cases(CASES)[9]["request"])
    answer_to(request)
    took = []
    for _ in range(20):
        begin = perf_counter()
        answer_to(request)
        took.append(perf_counter() - begin)

    assert min(took) < 0.005


# The check at start


def test_the_shipped_rulebook_passes() -> None:
    check(RULEBOOK, CLOCKS, CATEGORIES)


def _changed(old: str, new: str) -> Rulebook:
    text = rulebooks.DEFAULT.read_text("utf-8")
    assert text.count(old) >= 1
    return rulebooks.parse(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "crime"', 'id = "danger"', "编号 danger 重复"),
        ("danger = true", "dangr = true", "规则 danger 的条件（when）里有未知的要素 dangr"),
        (
            'injury = ["minor", "serious", "death"]',
            'injury = ["minor", "bad"]',
            "规则 crime.injury 的条件（when）里要素 injury 没有 bad 这个值",
        ),
        (
            'lead = "police_station"',
            'lead = "police"',
            "规则 danger 的牵头（lead）里有未知的单位 police",
        ),
        (
            'go_to = ["police_station"]',
            'go_to = ["police"]',
            "规则 danger 的去向（go_to）里有未知的单位 police",
        ),
        (
            '"CALL_POLICE", "REPORT_UP"',
            '"CALL"',
            "规则 danger 的应做（must_do）里有未知的应做事项 CALL",
        ),
        (
            'deadlines = ["LAB.MED"]',
            'deadlines = ["LAB"]',
            "规则 crime.wages 的期限（deadlines）里有未知的期限 LAB",
        ),
        (
            'deadlines = ["LAB.MED"]',
            'deadlines = ["LAB.ARB"]',
            "规则 crime.wages 的期限（deadlines）里有未知的起算 LAB.ARB",
        ),
        ('ground = "crime"\n', "", "规则 crime.wages 不受理却没有写明事由（ground）"),
        (
            'first = ["applied_on", "registered_on"]',
            'first = ["applied"]',
            "起算 CONS.ACCEPT 的起算日（first 等）里有未知的要素 applied",
        ),
        ('tax = ["tax"]', 'tax = ["taxes"]', "表 review 的 tax 行里有未知的单位 taxes"),
        ('pending_at = "arbitration"\n', "", "规则 pending.arbitration 没有条件，挡住了后面的规则"),
        (
            'ip_matter = "patent_ownership"',
            'ip_matter = "patent_damages"',
            "规则 ip.patent_ownership 永远轮不到",
        ),
        (
            'id = "danger"',
            'id = "../danger"',
            "规则 ../danger 的编号（id）只能用小写字母、数字、点和下划线，最多 60 个",
        ),
        (
            'id = "danger"',
            f'id = "{"a" * 61}"',
            f"规则 {'a' * 61} 的编号（id）只能用小写字母、数字、点和下划线，最多 60 个",
        ),
        (
            'split_off = "misconduct_reported"\n',
            "",
            "规则 misconduct.mixed 的拆分（split_off）要写明拆出的一项，而且写在条件里",
        ),
        (
            'split_off = "misconduct_reported"',
            'split_off = "danger"',
            "规则 misconduct.mixed 的拆分（split_off）要写明拆出的一项，而且写在条件里",
        ),
        ('tax = ["tax"]', "tax = []", "表 review 的 tax 行是空的"),
        ("LABOUR_ARBITRATION = [", "LABOUR = [", "表 closed 的键里有未知的不得事项 LABOUR"),
        (
            "立即停止登记",
            "{danger.__class__}立即停止登记",
            "文字 CALL_POLICE 的花括号里只能写一个日期要素",
        ),
        ("立即停止登记", "{nobody}立即停止登记", "文字 CALL_POLICE 的花括号里只能写一个日期要素"),
        (
            "立即停止登记",
            "{learnt_on:>9}立即停止登记",
            "文字 CALL_POLICE 的花括号里只能写一个日期要素",
        ),
        ("立即停止登记", "{立即停止登记", "文字 CALL_POLICE 的花括号里只能写一个日期要素"),
        (
            'after = "LIT.INACTION"',
            'after = "LIT.SUE.INACTION"',
            "起算 LIT.SUE.INACTION 绕回了自己",
        ),
        (
            'clock = "SEC.SECOND"\nfirst',
            'clock = "SEC.TRANSFER"\nfirst',
            "起算 SEC.TRANSFER 以小时计或者由来函写明，推算不出日期",
        ),
    ],
)
def test_a_wrong_rulebook_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(RulebookFault) as refused:
        check(_changed(old, new), CLOCKS, CATEGORIES)

    assert fault in refused.value.faults


def test_every_fault_of_a_rulebook_is_named() -> None:
    text = rulebooks.DEFAULT.read_text("utf-8")
    text = text.replace('lead = "police_station"', 'lead = "police"', 1)
    text = text.replace('assist = ["veterans"]', 'assist = ["army"]', 1)

    with pytest.raises(RulebookFault) as refused:
        check(rulebooks.parse(text), CLOCKS, CATEGORIES)

    assert refused.value.faults == (
        "规则 danger 的牵头（lead）里有未知的单位 police",
        "伴随 military 的协助（assist）里有未知的单位 army",
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('level = "red"', 'levle = "red"', "规则 danger 有未知的键 levle"),
        ('title = "现实危险，先报警救护"\n', "", "规则 danger 缺少 title"),
        (
            'accept = "protect"',
            'accept = "perhaps"',
            "规则 danger 的 accept 没有 perhaps 这个值（可以是 yes、no、split、protect、manual）",
        ),
        (
            'article = "25", grade = "A"',
            'article = "25", grade = "Z"',
            "规则 danger 依据的等级（grade）没有 Z 这个值",
        ),
        (
            "when = { people_count_from = 6 }",
            'when = { people_count_from = "6" }',
            "伴随 many_people 的条件（when）里人数 6 不是整数",
        ),
        ('lead = "police_station"', 'lead = ["police_station"]', "规则 danger 的 lead 应为文字"),
        ('title = "现实危险，先报警救护"', "title = 5", "规则 danger 的 title 应为文字"),
        ('"CALL_POLICE", "REPORT_UP"', '"CALL_POLICE", 1', "规则 danger 的 must_do 应为一列文字"),
        ('["CALL_POLICE", "REPORT_UP"]', '"CALL_POLICE"', "规则 danger 的 must_do 应为一列文字"),
        ('article = "25"', "article = 25", "规则 danger 依据的 article 应为文字"),
        (
            "valid_from = 2024-01-01",
            'valid_from = "2024-01-01"',
            "规则 act.title_certificate 依据的 valid_from 应为日期，如 2026-09-22",
        ),
        (
            "valid_from = 2024-01-01\n[rule.when]",
            'valid_from = "2024-01-01"\n[rule.when]',
            "规则 act.inaction 的 valid_from 应为日期，如 2026-09-22",
        ),
        ("within = 7", 'within = "7"', "推算 review_closing 的 within 应为 0 到 3660 的整数"),
        ("within = 7", "within = 99999", "推算 review_closing 的 within 应为 0 到 3660 的整数"),
        ('tax = ["tax"]', 'tax = "tax"', "表 review 的 tax 应为一列文字"),
        ('CALL_POLICE = "', 'CALL = 5\nCALL_POLICE = "', "表 must_do 的 CALL 应为文字"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_field(old: str, new: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^分流规则有误：{re.escape(fault)}$"):
        _changed(old, new)


def test_every_row_that_cannot_be_read_is_named() -> None:
    text = rulebooks.DEFAULT.read_text("utf-8")
    text = text.replace('level = "red"', 'levle = "red"', 1)
    text = text.replace('assist = ["veterans"]', 'asist = ["veterans"]', 1)

    with pytest.raises(ValueError, match=r"^分流规则有误：规则 danger .*；伴随 military .*asist$"):
        rulebooks.parse(text)


def test_a_rulebook_must_end_with_a_rule_that_catches_all() -> None:
    cut = replace(RULEBOOK, rules=RULEBOOK.rules[:-1])

    with pytest.raises(RulebookFault, match="必须兜底"):
        check(cut, CLOCKS, CATEGORIES)


def test_an_unknown_category_is_refused() -> None:
    fewer = tuple(code for code in CATEGORIES if code != "debt")

    with pytest.raises(RulebookFault, match="category 没有 debt 这个值"):
        check(RULEBOOK, CLOCKS, fewer)


def test_every_fact_of_the_table_is_of_use() -> None:
    text = rulebooks.DEFAULT.read_text("utf-8")

    assert [fact.name for fact in ALL if fact.name not in text] == []


def test_a_date_a_text_speaks_of_may_be_unknown() -> None:
    """EVIDENCE_NOW names the last day of the evidence; a draft may use it in any rule."""
    told = 'must_do = ["CALL_POLICE", "REPORT_UP"]'
    book = _changed(told, 'must_do = ["EVIDENCE_NOW"]')
    check(book, CLOCKS, CATEGORIES)

    answer = preview(RoutingRequest("debt", {"danger": True}), book, CLOCKS, CALENDAR)

    assert answer.must_do[0].text.startswith("证据到（日期待问）就无法再取")


def test_a_matter_that_was_split_off_is_not_split_again() -> None:
    text = rulebooks.DEFAULT.read_text("utf-8")
    begin = text.index('[[rule]]\nid = "misconduct"\n')
    book = rulebooks.parse(text[:begin] + text[text.index("[[rule]]", begin + 1) :])
    check(book, CLOCKS, CATEGORIES)

    answer = preview(RoutingRequest("debt", {"misconduct_reported": True}), book, CLOCKS, CALENDAR)

    assert [(part.rule.id, part.parts) for part in answer.parts] == [
        ("debt", ()),
        ("misconduct.mixed", ()),
    ]
