"""The life of a lawsuit 行政复议与行政诉讼: its legal steps, and what its dates and words allow."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStep,
    WithdrawalCause,
)
from config.vocabulary import LawsuitStatus as S
from service.errors import Invalid, StepNotAllowed

# (status, step) -> the status that follows
TRANSITIONS: Final[Mapping[tuple[S, LawsuitStep], S]] = MappingProxyType(
    {
        (S.PENDING, LawsuitStep.DECIDE): S.DECIDED,
        (S.DECIDED, LawsuitStep.CLOSE): S.CLOSED,
    }
)


def after(status: S, step: LawsuitStep) -> S:
    """The status that follows `step`, or StepNotAllowed with the legal steps."""
    try:
        return TRANSITIONS[status, step]
    except KeyError:
        allowed = [each.value for each in steps_from(status)]
        raise StepNotAllowed("这个案件现在不能进行这一步", allowed) from None


def steps_from(status: S) -> list[LawsuitStep]:
    """The steps that are legal in `status`, in the order of the vocabulary."""
    return [step for step in LawsuitStep if (status, step) in TRANSITIONS]


def check_record(
    procedure: LawsuitProcedure, instance: LawsuitInstance, *, served_on: date, today: date
) -> None:
    """Raise Invalid for a case served tomorrow, or a review at a second instance (复议法10)."""
    problems: dict[str, list[str]] = {}
    if served_on > today:
        problems["served_on"] = ["送达日期不能晚于今天"]
    if procedure is LawsuitProcedure.REVIEW and instance is not LawsuitInstance.FIRST:
        problems["instance"] = ["行政复议只有一级，不服复议决定的可以起诉"]
    if problems:
        raise Invalid(problems)


def check_decision(
    *,
    instance: LawsuitInstance,
    case_served_on: date,
    decided_on: date,
    served_on: date,
    outcome: LawsuitOutcome,
    cause: WithdrawalCause | None,
    today: date,
) -> None:
    """Raise Invalid naming every field of a decision that cannot be.

    `case_served_on` is when the case itself reached the agency, `served_on` when its decision did.
    """
    problems = {
        "decided_on": _decided_problem(decided_on, case_served_on, today),
        "served_on": _served_problem(served_on, decided_on, today),
        "withdrawal_cause": _cause_problem(outcome, cause, instance),
    }
    wrong = {field: [problem] for field, problem in problems.items() if problem}
    if wrong:
        raise Invalid(wrong)


def _decided_problem(decided_on: date, case_served_on: date, today: date) -> str | None:
    if decided_on > today:
        return "裁判日期不能晚于今天"
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
