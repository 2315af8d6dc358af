"""Confirmation: what a court does not confirm, which court, what is missing, which step follows."""

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config import calendar as holidays
from config import clock as clocks
from config import confirmation, ladder
from config.court import ConfirmationBar, ConfirmationState, ConfirmationStep, CourtGround
from config.vocabulary import AgreementForm, Channel, ClockKind
from service.errors import Conflict, Invalid
from service.rules import confirmation as rules
from service.rules.calendar import WorkCalendar
from service.rules.confirmation import Deal, Judged, Side
from service.rules.ladder import steps

CLOCKS = clocks.load()
DATA = confirmation.load(known=CLOCKS.by_id)
CHANNELS = CLOCKS[DATA.term].channels
MONDAY, LAST = date(2026, 11, 2), date(2026, 12, 2)
ZONE = ZoneInfo("Asia/Shanghai")
B, G, S, T = ConfirmationBar, CourtGround, ConfirmationState, ConfirmationStep
DEAL = Deal(
    form=AgreementForm.WRITTEN,
    terms="李某于2026年12月1日前付给王某3000元",
    category="debt",
    channel=Channel.PEOPLE,
    facts={},
    amount_fen=300_000,
    performed_by=date(2026, 12, 1),
    performed=False,
    apply_by=LAST,
)
BOTH = (
    Side(called="申请人", applies=True, responds=False, number=True, address=True, phone=True),
    Side(called="被申请人", applies=False, responds=True, number=True, address=True, phone=True),
)


def judged(*, sides: tuple[Side, ...] = BOTH, today: date = MONDAY, **changes: Any) -> Judged:
    return rules.judge(replace(DEAL, **changes), sides, channels=CHANNELS, today=today, data=DATA)


def test_a_written_agreement_with_everything_in_it_may_be_confirmed() -> None:
    found = judged()
    assert (found.may, found.bars, found.suspects, found.blocks, found.gaps, found.hints) == (
        True,
        (),
        (),
        (),
        (),
        (),
    )


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({"facts": {"land_matter": "title"}}, B.TITLE),
        ({"facts": {"land_matter": "boundary"}}, B.TITLE),
        ({"facts": {"ip_matter": "patent_ownership"}}, B.IP_TITLE),
        ({"facts": {"administrative_act": "penalty"}}, B.NOT_CIVIL),
        ({"category": "expropriation"}, B.NOT_CIVIL),
    ],
)
def test_what_the_facts_bar_is_refused_with_the_article(
    changes: dict[str, Any], bar: ConfirmationBar
) -> None:
    found = judged(**changes)
    assert ([each.code for each in found.bars], found.may) == ([bar], False)
    with pytest.raises(Invalid) as refusal:
        rules.declared(None, found, DATA)
    assert "第 355 条" in refusal.value.fields["matter"][0]


@pytest.mark.parametrize("bar", list(B))
def test_what_somebody_says_it_is_about_is_refused_and_has_another_door(
    bar: ConfirmationBar,
) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.declared(bar, judged(), DATA)
    (said,) = refusal.value.fields["matter"]
    assert said.endswith("；".join(DATA.bars[bar].doors))


def test_a_contract_of_land_is_no_title_and_needs_no_other_door() -> None:
    rules.declared(None, judged(facts={"land_matter": "contract"}), DATA)


def test_words_of_personal_status_only_make_somebody_look() -> None:
    found = judged(terms="双方自愿离婚，男方2026年12月1日前付3000元")
    assert (found.may, [each.code for each in found.suspects]) == (True, [B.PERSONAL_STATUS])


def test_pay_that_is_owed_has_the_order_for_payment_as_another_door() -> None:
    def articles(category: str) -> list[str]:
        return [
            f"{each.basis[0].law}{each.basis[0].article}"
            for each in judged(category=category).doors
        ]

    assert articles("wages") == ["人民调解法32", "公证法37", "劳动争议调解仲裁法16"]
    assert articles("debt") == ["人民调解法32", "公证法37"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"channel": Channel.ADMINISTRATIVE},
            "行政机关主持达成的协议不走司法确认，可以起诉或者公证",
        ),
        ({"form": AgreementForm.ORAL, "terms": None}, "口头协议要先补记协议内容，双方签字"),
        ({"performed": True}, "协议已经全部履行，不用申请司法确认"),
        ({"sides": BOTH[:1]}, "申请人和被申请人都要有，双方共同申请"),
        ({"today": date(2026, 12, 3)}, "协议生效已满 30 日，不能再申请司法确认"),
    ],
)
def test_what_blocks_an_application_is_said_before_it_is_made(
    changes: dict[str, Any], said: str
) -> None:
    found = judged(**changes)
    assert (found.may, found.blocks) == (False, (said,))


def test_a_recorded_oral_agreement_may_be_confirmed_on_the_last_day() -> None:
    assert judged(form=AgreementForm.ORAL, today=LAST).may


def test_what_is_not_written_down_of_a_side_is_told_and_left_blank() -> None:
    found = judged(sides=(BOTH[0], replace(BOTH[1], number=False, address=False)))
    assert (found.may, found.gaps) == (True, ("被申请人没有登记证件号码", "被申请人没有登记住址"))


def test_what_a_court_may_find_unclear_is_hinted() -> None:
    assert judged(terms="李某尽快还钱", performed_by=None).hints == (
        "“尽快”说不清，写明数额、日期和做法",
        "没有约定履行日期",
        "登记了金额，协议内容里没有写数额",
    )


@pytest.mark.parametrize(
    ("ground", "facts", "invited", "right"),
    [
        (G.SEAT, {}, False, True),
        (G.DOMICILE, {}, False, True),
        (G.INVITED, {}, False, False),
        (G.INVITED, {}, True, True),
        (G.SEAT, {}, True, False),
        (G.INTERMEDIATE, {}, False, False),
        (G.INTERMEDIATE, {"ip_matter": "patent_damages"}, False, True),
        (G.SEAT, {"ip_matter": "patent_damages"}, False, False),
    ],
)
def test_a_court_the_law_names_is_asked(
    ground: CourtGround, facts: dict[str, str], invited: bool, right: bool
) -> None:
    found = judged(facts=facts)
    if right:
        rules.check_court(ground, found, invited=invited)
        return
    with pytest.raises(Invalid) as refusal:
        rules.check_court(ground, found, invited=invited)
    assert list(refusal.value.fields) == ["ground"]


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("step", list(T))
def test_every_step_leads_where_the_court_can_be_or_is_refused(
    state: ConfirmationState, step: ConfirmationStep
) -> None:
    if step in rules.steps_from(state):
        assert rules.after(state, step) is rules.AFTER[state, step]
        return
    with pytest.raises(Conflict):
        rules.after(state, step)


def test_what_is_over_has_no_step() -> None:
    assert {each for each in S if not rules.steps_from(each)} == rules.OVER | {S.CONFIRMED}


@pytest.mark.parametrize(
    ("on", "field"),
    [
        (MONDAY, None),
        (date(2026, 11, 1), "on"),
        (date(2026, 12, 4), "on"),
        (date(2026, 12, 3), "on"),
    ],
)
def test_it_is_filed_between_the_agreement_and_the_last_day(on: date, field: str | None) -> None:
    def told() -> None:
        rules.check_day(on, not_before=MONDAY, today=date(2026, 12, 3), apply_by=LAST)

    if field is None:
        told()
        return
    with pytest.raises(Invalid) as refusal:
        told()
    assert list(refusal.value.fields) == [field]


def test_a_ruling_has_its_number_and_a_refusal_its_reason() -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_words(T.REJECT, None, None)
    assert list(refusal.value.fields) == ["case_number", "reason"]
    rules.check_words(T.CONFIRM, "（2026）内0525民特12号", None)
    rules.check_words(T.FILE, None, None)


def test_the_parties_are_reminded_on_days_twenty_and_twenty_seven() -> None:
    moments = steps(
        ClockKind.REMEDY,
        date(2026, 11, 12),
        date(2026, 12, 14),
        WorkCalendar(holidays.load()),
        ladder.load(),
        zone=ZONE,
        rule="JC.APPLY",
        raw_due_on=date(2026, 12, 12),
    )
    assert [(each.step, each.at.astimezone(ZONE).date()) for each in moments] == [
        ("T-10", date(2026, 12, 2)),
        ("T-3", date(2026, 12, 9)),
        ("T", date(2026, 12, 14)),
    ]
