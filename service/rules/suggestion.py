"""The life of a letter 建议书: which term runs, which steps are legal, what its dates allow.

A reply counts when it is dispatched, not when it is drafted; it is approved by somebody who wrote
none of it. A letter that is sent back begins a new round with a term of its own; what was late once
stays late. An objection 异议 is no lateness while its issuer looks into it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from config.clock import Clocks
from config.suggestion import (
    Adoption,
    SuggestionEnd,
    SuggestionStatus,
    SuggestionStep,
    SuggestionTerm,
)
from service.errors import Forbidden, Invalid, StepNotAllowed
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import deadline

MOST_DEMANDS: Final = 50
S, T = SuggestionStatus, SuggestionStep
# while a reply is being worked out
AT_WORK: Final = frozenset({S.RECEIVED, S.ASSIGNED, S.RETURNED})
# status -> the steps that can be legal in it, and the status that follows; objections decide theirs
TRANSITIONS: Final[Mapping[tuple[SuggestionStatus, SuggestionStep], SuggestionStatus]] = (
    MappingProxyType(
        {
            (S.RECEIVED, T.ASSIGN): S.ASSIGNED,
            (S.ASSIGNED, T.ASSIGN): S.ASSIGNED,
            (S.RETURNED, T.ASSIGN): S.RETURNED,
            **{(each, T.CONFIRM_DUE): each for each in AT_WORK},
            **{(each, T.ANSWER_DEMAND): each for each in AT_WORK},
            **{(each, T.APPROVE): each for each in AT_WORK},
            **{(each, T.DISPATCH): S.REPLIED for each in AT_WORK},
            **{(each, T.OBJECT): S.OBJECTED for each in AT_WORK},
            (S.OBJECTED, T.DECIDE_OBJECTION): S.ASSIGNED,
            (S.REPLIED, T.SEND_BACK): S.RETURNED,
            (S.ACCEPTED, T.SEND_BACK): S.RETURNED,
            (S.REPLIED, T.ACCEPT): S.ACCEPTED,
            **{(each, T.FINISH_DEMAND): each for each in (S.REPLIED, S.ACCEPTED, S.CLOSED)},
            (S.ACCEPTED, T.LOOK_BACK): S.ACCEPTED,
            (S.CLOSED, T.LOOK_BACK): S.CLOSED,
            **{(each, T.SUE): each for each in (*AT_WORK, S.REPLIED, S.ACCEPTED)},
            **{(each, T.CLOSE): S.CLOSED for each in (*AT_WORK, S.REPLIED, S.ACCEPTED)},
        }
    )
)
NOT_NOW: Final = "这份建议书现在不能进行这一步"
NOT_APPROVED: Final = "复函还没有审核，不能登记寄出"
NOTHING_NEW: Final = "退回以后还没有重新答复过，不能审核"
SUED_ALREADY: Final = "已经登记过被起诉"
NOT_OVER: Final = "还没有回复的建议书不能办结；已被起诉的，先登记被起诉"
FIRM: Final = "这份建议书的期限是法律规定的，或者已经写明，不用再问"
SENT_ALREADY: Final = "复函已经寄出，来函的登记不能再更正"
ENDED: Final = "已经办结的建议书不能更正"
OWN_WORK: Final = "复函由没有参与答复的人审核"


@dataclass(frozen=True, slots=True)
class Term:
    """What is owed by when: counted by the rule, or `stated` by the letter or its issuer."""

    rule: str
    due_on: date
    stated: bool
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a letter stands to the question what may be done with it now.

    `unanswered` are the numbers of its demands without an answer; `fresh`: one was answered in this
    round; `asked`: its term can only be stated, and nobody has yet. `unfinished` are the numbers of
    those whose measure is promised by a day and not yet done.
    """

    status: SuggestionStatus
    round: int
    assigned: bool
    approved: bool
    unanswered: Sequence[int]
    fresh: bool
    asked: bool
    sued: bool
    ended_as: SuggestionEnd | None = None
    unfinished: Sequence[int] = ()


def term(
    kind: SuggestionTerm,
    *,
    urgent: bool,
    round_: int,
    received_on: date,
    stated_on: date | None,
    clocks: Clocks,
    calendar: WorkCalendar,
) -> Term | None:
    """The term of a round; None where no number of days is known and nobody stated a date.

    What the law counts is firm, and a date in the letter can only shorten it. What the law leaves
    to the letter runs to the date it states, and is 暂定 until one is stated; so is a later round,
    for no law says how long the second reply may take.
    """
    rule = clocks[kind.urgent if urgent else kind.rule]
    asked = is_asked(kind, round_)
    if stated_on is not None and asked:
        return Term(rule.id, stated_on, stated=True, provisional=False)
    if not kind.counted:
        return None
    counted = deadline(rule, received_on, calendar)
    if stated_on is not None and stated_on < counted.due_on:
        return Term(rule.id, stated_on, stated=True, provisional=False)
    return Term(rule.id, counted.due_on, stated=False, provisional=counted.provisional or asked)


def is_asked(kind: SuggestionTerm, round_: int) -> bool:
    """Whether only the letter, or its issuer, can say how long the round lasts."""
    return kind.asked or round_ > 1


def after(stand: Stand, step: SuggestionStep) -> SuggestionStatus:
    """The status that follows `step`; StepNotAllowed says why not, with the legal steps."""
    why = _why_not(stand, step)
    if why is not None:
        raise StepNotAllowed(why, [each.value for each in steps_from(stand)])
    return TRANSITIONS[stand.status, step]


def steps_from(stand: Stand) -> list[SuggestionStep]:
    """The steps that are legal now, in the order of the vocabulary."""
    return [each for each in SuggestionStep if _why_not(stand, each) is None]


def _why_not(stand: Stand, step: SuggestionStep) -> str | None:
    if (stand.status, step) not in TRANSITIONS:
        return NOT_NOW
    found: dict[SuggestionStep, str | None] = {
        T.APPROVE: _unapprovable(stand),
        T.DISPATCH: None if stand.approved else NOT_APPROVED,
        T.CONFIRM_DUE: None if stand.asked else FIRM,
        T.SUE: SUED_ALREADY if stand.sued else None,
        T.CLOSE: NOT_OVER if stand.status in AT_WORK and not stand.sued else None,
        T.LOOK_BACK: None if _stands(stand) else NOT_NOW,
        T.FINISH_DEMAND: None if _stands(stand) and stand.unfinished else NOT_NOW,
    }
    return found.get(step)


def _stands(stand: Stand) -> bool:
    """Whether what the reply promised is still to be kept: not where the letter ended otherwise."""
    return stand.ended_as in (None, SuggestionEnd.DONE)


def _unapprovable(stand: Stand) -> str | None:
    if stand.unanswered:
        named = "、".join(map(str, stand.unanswered[:10]))
        return f"第 {named} 条还没有答复，不能审核"
    if stand.approved:
        return NOT_NOW
    return None if stand.round == 1 or stand.fresh else NOTHING_NEW


def after_objection(stand: Stand, *, upheld: bool) -> SuggestionStatus:
    """Where a decided objection leads: over when upheld, else back to where it came from."""
    if upheld:
        return S.CLOSED
    if stand.round > 1:
        return S.RETURNED
    return S.ASSIGNED if stand.assigned else S.RECEIVED


def is_overdue(
    status: SuggestionStatus, due_on: date | None, today: date, *, replied_on: date | None
) -> bool:
    """Whether a reply is missing after its last day; an objection is looked into meanwhile."""
    waits = status in AT_WORK and replied_on is None
    return waits and due_on is not None and due_on < today


def is_late(due_on: date | None, dispatched_on: date) -> bool:
    """Whether a reply went out after the day it was due then; the last day is in time."""
    return due_on is not None and dispatched_on > due_on


def check_record(
    *,
    received_on: date,
    stated_due_on: date | None,
    numbers: Sequence[int],
    today: date,
) -> None:
    """Raises Invalid for dates that cannot be, and for a demand whose number stands twice."""
    wrong: dict[str, list[str]] = {}
    if received_on > today:
        wrong["received_on"] = ["收到日期不能晚于今天"]
    if stated_due_on is not None and stated_due_on < received_on:
        wrong["stated_due_on"] = ["建议书写的期限不能早于收到日期"]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            wrong[f"demands.{place}.number"] = [f"第 {number} 条写了两次"]
    if wrong:
        raise Invalid(wrong)


def why_not_corrected(status: SuggestionStatus, first_replied_on: date | None) -> str | None:
    """Why what was written down of a letter stays: once a reply went out, it was measured by it."""
    if first_replied_on is not None:
        return SENT_ALREADY
    return ENDED if status is S.CLOSED else None


def check_corrected(
    *,
    received_on: date,
    stated_due_on: date | None,
    later: Mapping[str, date | None],
    today: date,
) -> None:
    """Raises Invalid for dates that cannot be; `later` names days that came after the receipt."""
    check_record(received_on=received_on, stated_due_on=stated_due_on, numbers=(), today=today)
    for name, day in later.items():
        if day is not None and received_on > day:
            raise Invalid({"received_on": [f"收到日期不能晚于{name}（{day.isoformat()}）"]})


def check_answer(
    *,
    adopted: Adoption,
    reason: str | None,
    due_on: date | None,
    done_on: date | None,
    received_on: date,
    today: date,
) -> None:
    """Raises Invalid for a refusal without its reason, and for work at an impossible time.

    What is done already may have been done before the letter came; what is promised may not.
    """
    wrong: dict[str, list[str]] = {}
    if adopted is Adoption.NO and reason is None:
        wrong["reason"] = ["不采纳的，请写明理由"]
    if done_on is not None and done_on > today:
        wrong["done_on"] = ["完成日期不能晚于今天；还没有完成的不填"]
    if due_on is not None and due_on < received_on:
        wrong["due_on"] = ["计划完成的日期不能早于收到建议书的日期"]
    if wrong:
        raise Invalid(wrong)


def check_approver(actor: UUID, answered_by: Collection[UUID | None]) -> None:
    """Raises Forbidden for who wrote part of the reply."""
    if actor in answered_by:
        raise Forbidden(OWN_WORK)


def check_day(
    field: str, told: date, *, name: str, since: date | None, since_name: str, today: date
) -> None:
    """Raises Invalid for a day after today, or before what came first."""
    if told > today:
        raise Invalid({field: [f"{name}不能晚于今天"]})
    if since is not None and told < since:
        raise Invalid({field: [f"{name}不能早于{since_name}"]})


def check_due(due_on: date, received_on: date) -> None:
    """Raises Invalid for a term that ends before it began."""
    if due_on < received_on:
        raise Invalid({"due_on": ["期限不能早于收到日期"]})


def number_text(sign: str, year: int, value: int) -> str:
    """青龙建收〔2026〕1号, as official papers 公文 write it."""
    return f"{sign}〔{year}〕{value}号"
