"""The life of a lawsuit 行政复议与行政诉讼: its legal steps, and what its dates and words allow."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from config.lawsuit import Attendance, Breach, DutySource, LawsuitData, Stage
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStep,
    WithdrawalCause,
)
from config.vocabulary import LawsuitStatus as S
from service.errors import Conflict, Invalid, StepNotAllowed

# (status, step) -> the status that follows
TRANSITIONS: Final[Mapping[tuple[S, LawsuitStep], S]] = MappingProxyType(
    {
        (S.PENDING, LawsuitStep.ANSWER): S.PENDING,
        (S.PENDING, LawsuitStep.HEAR): S.PENDING,
        (S.PENDING, LawsuitStep.DECIDE): S.DECIDED,
        (S.DECIDED, LawsuitStep.PERFORM): S.PERFORMED,
        (S.DECIDED, LawsuitStep.CLOSE): S.CLOSED,
        (S.PERFORMED, LawsuitStep.CLOSE): S.CLOSED,
    }
)
# 败诉: the act did not stand, or not whole
LOST: Final = frozenset(
    {
        LawsuitOutcome.REVOKED,
        LawsuitOutcome.PARTLY_REVOKED,
        LawsuitOutcome.CHANGED,
        LawsuitOutcome.CONFIRMED_ILLEGAL,
        LawsuitOutcome.ORDERED_TO_ACT,
        LawsuitOutcome.COMPENSATED,
    }
)
# these leave something to do whatever else the paper says (行政诉讼法94、96)
ORDERS: Final = frozenset({LawsuitOutcome.ORDERED_TO_ACT, LawsuitOutcome.COMPENSATED})
# which paper can hold a duty of a case under which procedure
_PAPERS: Final[Mapping[DutySource, frozenset[LawsuitProcedure]]] = MappingProxyType(
    {
        DutySource.JUDGMENT: frozenset(LawsuitProcedure) - {LawsuitProcedure.REVIEW},
        DutySource.REVIEW_DECISION: frozenset({LawsuitProcedure.REVIEW}),
        DutySource.MEDIATION: frozenset(LawsuitProcedure),
        DutySource.OPINION: frozenset({LawsuitProcedure.REVIEW}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case stands in its chain 审级: what it is about, under which procedure, how far."""

    procedure: LawsuitProcedure
    instance: LawsuitInstance
    act: str

    @property
    def rank(self) -> int:
        """Review, then first instance, second, retrial."""
        if self.procedure is LawsuitProcedure.REVIEW:
            return 0
        return list(LawsuitInstance).index(self.instance) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Who came to a hearing for the agency."""

    attended: bool
    lawyer_only: bool
    absence: str | None


def after(status: S, step: LawsuitStep, *, answered: bool = False) -> S:
    """The status that follows `step`, or StepNotAllowed with the legal steps."""
    if step in steps_from(status, answered=answered):
        return TRANSITIONS[status, step]
    allowed = [each.value for each in steps_from(status, answered=answered)]
    raise StepNotAllowed("这个案件现在不能进行这一步", allowed)


def steps_from(status: S, *, answered: bool = False) -> list[LawsuitStep]:
    """The steps that are legal in `status`, in the order of the vocabulary; answered is once."""
    return [
        step
        for step in LawsuitStep
        if (status, step) in TRANSITIONS and not (answered and step is LawsuitStep.ANSWER)
    ]


def check_record(
    procedure: LawsuitProcedure,
    instance: LawsuitInstance,
    *,
    served_on: date,
    today: date,
    simplified: bool = False,
) -> None:
    """Raise Invalid for a case served tomorrow, or a review at a second instance (复议法10)."""
    problems: dict[str, list[str]] = {}
    if served_on > today:
        problems["served_on"] = ["送达日期不能晚于今天"]
    if procedure is LawsuitProcedure.REVIEW and instance is not LawsuitInstance.FIRST:
        problems["instance"] = ["行政复议只有一级，不服复议决定的可以起诉"]
    if simplified and procedure is not LawsuitProcedure.REVIEW:
        problems["simplified"] = ["答复期限只有行政复议的简易程序不同"]
    if problems:
        raise Invalid(problems)


def check_chain(case: Place, previous: Place, *, served_on: date, previous_on: date) -> None:
    """Raise Invalid where a case cannot follow the previous one: another act, no later instance.

    Only a review goes on as another procedure. `previous_on` is when the previous one was decided,
    or served where it is not decided yet.
    """
    problems: dict[str, list[str]] = {}
    other = previous.rank > 0 and case.procedure is not previous.procedure
    if _plain(case.act) != _plain(previous.act):
        problems["act"] = [f"与上一审的被诉行政行为不同：{previous.act}"]
    if other:
        problems["previous"] = ["上一审不是同一种程序"]
    elif case.rank <= previous.rank:
        problems["previous"] = ["上一审的审级应当在这个案件之前"]
    elif served_on < previous_on:
        problems["served_on"] = ["送达日期不能早于上一审的送达或裁判日期"]
    if problems:
        raise Invalid(problems)


def _plain(words: str) -> str:
    return "".join(each for each in words if each.isalnum())


def check_codes(field: str, codes: Collection[str], known: Collection[str]) -> None:
    """Raise Invalid for a code that is in no list of ours."""
    if any(each not in known for each in codes):
        raise Invalid({field: ["没有这个选项"]})


def check_answer(answered_on: date, *, served_on: date, today: date) -> None:
    """Raise Invalid for an answer 答辩 that was given before the case, or tomorrow."""
    _check_day("answered_on", "答辩日期", answered_on, earliest=served_on, today=today)


def is_late(done_on: date | None, due_on: date | None, today: date) -> bool:
    """Whether a term was missed: what was done late stays late, what is not done is late by now."""
    return due_on is not None and (done_on or today) > due_on


def must_attend(codes: Collection[str], data: LawsuitData) -> bool:
    """Whether the head of the agency has to come (负责人规定4)."""
    known = (data.attendance.get(each) for each in codes)
    return any(each.attendance is Attendance.MUST for each in known if each)


def check_hearing(came: Came, held_on: date, *, served_on: date, today: date) -> None:
    """Raise Invalid naming the fields of a hearing that cannot have been."""
    problems: dict[str, list[str]] = {}
    if held_on > today:
        problems["held_on"] = ["开庭日期不能晚于今天，还没有开的庭请登记开庭通知"]
    elif held_on < served_on:
        problems["held_on"] = ["开庭日期不能早于案件送达日期"]
    if came.attended and came.lawyer_only:
        problems["lawyer_only"] = ["负责人出庭的，不是只有律师出庭"]
    if came.attended and came.absence:
        problems["head.reason"] = ["负责人出庭的，不填未出庭的理由"]
    if problems:
        raise Invalid(problems)


def breach(came: Came, *, called: bool) -> Breach | None:
    """What was wrong with who came: a lawyer alone always; a head who was called and stayed away.

    `called`: the head had to come. A lawful reason excuses the head, never the lawyer alone
    (行诉法解释128: 不得仅委托律师出庭).
    """
    if came.lawyer_only:
        return Breach.LAWYER_ONLY
    return Breach.UNEXCUSED if called and not came.attended and not came.absence else None


def check_decision(
    *,
    instance: LawsuitInstance,
    case_served_on: date,
    heard_on: date | None,
    decided_on: date,
    served_on: date,
    outcome: LawsuitOutcome,
    cause: WithdrawalCause | None,
    today: date,
) -> None:
    """Raise Invalid naming every field of a decision that cannot be.

    `case_served_on` is when the case itself reached the agency, `served_on` when its decision did;
    `heard_on` its first hearing, where one was held.
    """
    problems = {
        "decided_on": _decided_problem(decided_on, case_served_on, heard_on, today),
        "served_on": _served_problem(served_on, decided_on, today),
        "withdrawal_cause": _cause_problem(outcome, cause, instance),
    }
    wrong = {field: [problem] for field, problem in problems.items() if problem}
    if wrong:
        raise Invalid(wrong)


def due_checks(cause: WithdrawalCause, data: LawsuitData) -> list[str]:
    """The codes of what is looked at for a withdrawal of this cause, in the order of the data."""
    return [each.code for each in data.checks.values() if cause in each.causes]


def term_rule(
    data: LawsuitData,
    stage: Stage,
    place: Place,
    *,
    simplified: bool = False,
    outcome: LawsuitOutcome | None = None,
) -> str | None:
    """The term a case starts at a stage; None where the law sets none for it."""
    for each in data.terms:
        fits = each.stage is stage and place.procedure in each.procedures
        fits = fits and place.instance in each.instances and each.simplified is simplified
        if fits and (not each.outcomes or outcome in each.outcomes):
            return each.rule
    return None


def is_lost(outcome: LawsuitOutcome | None) -> bool:
    """Whether the agency lost 败诉."""
    return outcome in LOST


def check_performed(done_on: date, *, decided_on: date, today: date) -> None:
    """Raise Invalid for a performance before the decision, or tomorrow."""
    _check_day("done_on", "履行日期", done_on, earliest=decided_on, today=today)


def leaves_duties(outcome: LawsuitOutcome | None) -> bool:
    """Whether something can be ordered to be done by how it ended."""
    return is_lost(outcome) or outcome is LawsuitOutcome.MEDIATED


def check_closing(
    outcome: LawsuitOutcome | None, *, reviewed: bool, open_duties: int, performed: bool
) -> None:
    """Raise Conflict for a lost case without its review 一案一评, and while duties are open.

    What orders something to be done is not over where nobody wrote down that it was: `performed`
    says a duty was, or the whole.
    """
    if open_duties:
        raise Conflict(f"还有 {open_duties} 项义务没有履行，不能办结")
    if outcome in ORDERS and not performed:
        raise Conflict("裁判责令履行或者赔偿补偿的，先登记义务和履行情况，再办结")
    if is_lost(outcome) and not reviewed:
        raise Conflict("败诉案件先做一案一评，再办结")


def check_duty(source: DutySource, procedure: LawsuitProcedure, *, decided: bool) -> None:
    """Raise Invalid for a duty out of a paper that such a case does not have, or not yet."""
    if not decided:
        raise Conflict("裁判结果登记以后再登记义务")
    if procedure not in _PAPERS[source]:
        raise Invalid({"source": ["这个案件没有这种文书"]})


def papers_of(procedure: LawsuitProcedure) -> list[DutySource]:
    """The papers out of which a case under a procedure can leave duties."""
    return [each for each in DutySource if procedure in _PAPERS[each]]


def check_review(*, lost: bool, reviewed: bool, reviewed_on: date, decided_on: date | None) -> None:
    """Raise Conflict where nothing is to be reviewed, Invalid for a review before the decision."""
    if not lost:
        raise Conflict("败诉案件才做一案一评")
    if reviewed:
        raise Conflict("这个案件已经做过一案一评")
    if decided_on and reviewed_on < decided_on:
        raise Invalid({"reviewed_on": ["评析日期不能早于裁判日期"]})


def _check_day(field: str, text: str, day: date, *, earliest: date, today: date) -> None:
    if day > today:
        raise Invalid({field: [f"{text}不能晚于今天"]})
    if day < earliest:
        raise Invalid({field: [f"{text}早于前一步，请核对"]})


def _decided_problem(
    decided_on: date, case_served_on: date, heard_on: date | None, today: date
) -> str | None:
    if decided_on > today:
        return "裁判日期不能晚于今天"
    if heard_on is not None and decided_on < heard_on:
        return "裁判日期不能早于开庭日期"
    return "裁判日期不能早于案件送达日期" if decided_on < case_served_on else None


def _served_problem(served_on: date, decided_on: date, today: date) -> str | None:
    if served_on > today:
        return "裁判文书送达日期不能晚于今天"
    return "裁判文书送达日期不能早于裁判日期" if served_on < decided_on else None


def _cause_problem(
    outcome: LawsuitOutcome, cause: WithdrawalCause | None, instance: LawsuitInstance
) -> str | None:
    withdrawn = outcome is LawsuitOutcome.WITHDRAWN
    if withdrawn and cause is None:
        return "撤诉的案件请选择撤诉原因"
    if not withdrawn and cause is not None:
        return "只有撤诉的案件才填写撤诉原因"
    if cause is WithdrawalCause.APPEAL and instance is not LawsuitInstance.SECOND:
        return "只有二审案件才能撤回上诉"
    return None
