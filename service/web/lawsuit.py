"""应诉 as its pages show it: one case with its chain, terms, hearings, duties and review."""

from typing import Any, Final

from flask import url_for

from config.clock_subject import ClockSubject
from config.lawsuit import Attendance, name
from config.vocabulary import LawsuitProcedure, LawsuitStatus
from config.words import label
from service.queries.lawsuit import LawsuitView
from service.queries.lawsuit_part import DutyView, HearingView, MendView, ReviewView
from service.queries.metric.lawsuit import BriefLawsuit
from service.rules import access
from service.web import clock_explained, show
from service.web.door import actor, desk, now

SUBJECT: Final = ClockSubject.LAWSUIT
NO_EVIDENCE: Final = "逾期答辩、举证，视为没有证据"
BEFORE: Final = {True: "起诉前经过本中心调解", False: "起诉前没有经过本中心调解", None: None}
# which papers a case has -> its title; one to be told that the head cannot come asks a hearing
PAPERS: Final = {
    "answer": "答辩状",
    "evidence": "证据目录",
    "mandate": "授权委托书",
    "identity": "出庭负责人身份证明",
    "absence": "负责人不能出庭情况说明",
}


def may(verb: str) -> bool:
    """Whether the viewer has a right to lawsuits."""
    return access.may(actor(), f"lawsuit.{verb}", desk().policy.access)


def brief(each: BriefLawsuit) -> dict[str, Any]:
    """A case behind a figure; it opens only for who may read cases."""
    return {
        "url": url_for("lawsuit.detail", lawsuit_id=each.id) if may("read") else None,
        "case_number": each.case_number,
        "procedure_label": label(each.procedure),
        "instance_label": show.instance(each.procedure, each.instance),
        "court": each.court,
        "cause": "",
        "organisation": each.organisation,
        "served_text": show.long_day(each.served_on),
        "status_label": label(each.status),
        "status_tone": "warn" if each.status is LawsuitStatus.PENDING else "plain",
        "outcome_label": label(each.outcome) if each.outcome else None,
    }


def detail(view: LawsuitView) -> dict[str, Any]:
    """One case with everything its page says."""
    cause, dispute = view.withdrawal_cause, view.dispute
    said = show.lawsuit(view, desk().today(now())) | {
        "act": view.act,
        "them_label": them(view),
        "us_label": "被申请人" if _reviewed(view) else "被告",
        "reviewed": _reviewed(view),
        "plaintiffs": view.plaintiffs,
        "withdrawal_cause_label": label(cause) if cause else None,
        "decided_text": _day(view.decided_on),
        "decision_served_text": _day(view.decision_served_on),
        "answered_text": _day(view.answered_on),
        "no_evidence": NO_EVIDENCE if view.answered_late else None,
        "performed_text": _day(view.performed_on),
        "simplified": view.simplified,
        "lost": view.lost,
        "dispute": None,
        "letters": [
            {
                "label": f"{label(each.kind)} {each.document_number}（{each.issuer}）",
                "url": url_for("suggestion.detail", suggestion_id=each.id),
            }
            for each in view.suggestions
        ],
        "mediated_before": BEFORE[view.mediated_before],
        "attendance": [_ground(each) for each in view.must_attend],
        "head_must_attend": view.head_must_attend,
        "chain": [
            {
                "label": _place(each.procedure, each.instance),
                "case_number": each.case_number or "案号待补",
                "result": label(each.outcome) if each.outcome else label(each.status),
                "url": None if each.this else url_for("lawsuit.detail", lawsuit_id=each.id),
            }
            for each in view.chain
        ],
        "terms": clock_explained.told(view.clocks),
        "hearings": [hearing(each) for each in view.hearings],
        "duties": [duty(each, view) for each in view.duties],
        "checks": view.checks,
        "unchecked": [each.words for each in view.checks if not each.done],
        "review": review(view.case_review, view) if view.case_review else None,
        "closed": view.status is LawsuitStatus.CLOSED,
        "version": view.version,
    }
    if dispute:
        address = url_for("dispute.detail", dispute_id=dispute.id) if dispute.id else None
        said["dispute"] = {"number": dispute.number, "url": address}
    return said


def paper_title(view: LawsuitView, document: str) -> str:
    """What a paper is called under the case's procedure."""
    return "行政复议答复书" if document == "answer" and _reviewed(view) else PAPERS[document]


def them(view: LawsuitView) -> str:
    """What the other side is called under the case's procedure."""
    if view.procedure is LawsuitProcedure.PUBLIC_INTEREST:
        return "公益诉讼起诉人"
    return "申请人" if _reviewed(view) else "原告"


def _reviewed(view: LawsuitView) -> bool:
    return view.procedure is LawsuitProcedure.REVIEW


def hearing(each: HearingView) -> dict[str, Any]:
    """One hearing: what was planned, who came, what was wrong with it."""
    planned = " ".join(filter(None, (each.planned_title, each.planned_head)))
    came = " ".join(filter(None, (each.title, each.head)))
    who = ""
    if each.held_on:
        who = "只有律师出庭" if each.lawyer_only else "工作人员出庭，负责人没有出庭"
        who = f"负责人出庭{f'：{came}' if came else ''}" if each.attended else who
    return {
        "ordinal": each.ordinal,
        "planned_text": _day(each.planned_on),
        "planned_head": planned,
        "held_text": _day(each.held_on),
        "who": who,
        "reason": each.reason_label,
        "proof": each.proof,
        "breach": f"违规：{name(each.breach)}" if each.breach else None,
    }


def duty(each: DutyView, view: LawsuitView) -> dict[str, Any]:
    """One duty, red while it is late and not done."""
    today = desk().today(now())
    settles = each.done_on is None and may("duty")
    return {
        "number": each.number,
        "source": name(each.source),
        "words": each.words,
        "organisation": each.organisation.name,
        "due_text": show.long_day(each.due_on),
        "done_text": _day(each.done_on),
        "proof": each.proof,
        "late": ("逾期履行" if each.done_on else "到期没有履行") if each.late else None,
        "deadline": show.deadline(each.due_on, today) if each.done_on is None else None,
        "settle_url": url_for("lawsuit.settle", lawsuit_id=view.id, ordinal=each.number)
        if settles
        else None,
    }


def review(found: ReviewView, view: LawsuitView) -> dict[str, Any]:
    """The review of a lost case, with what is mended."""
    known = desk().policy.lawsuits.review_causes
    return {
        "causes": [known[each].words if each in known else each for each in found.causes],
        "words": found.words,
        "reviewers": found.reviewers,
        "reviewed_text": _day(found.reviewed_on),
        "mends": [_mend(each, view) for each in found.mends],
    }


def grounds() -> list[tuple[str, str]]:
    """Why the head of the agency comes, as the boxes of a form: who has to first."""
    found = sorted(
        desk().policy.lawsuits.attendance.values(),
        key=lambda each: each.attendance is Attendance.MAY,
    )
    return [(each.code, f"{each.words}（{name(each.attendance)}）") for each in found]


def _mend(each: MendView, view: LawsuitView) -> dict[str, Any]:
    open_ = each.done_on is None and may("review")
    return {
        "number": each.number,
        "words": each.words,
        "organisation": each.organisation.name,
        "due_text": show.long_day(each.due_on),
        "done_text": _day(each.done_on),
        "late": "超期" if each.late else None,
        "settle_url": url_for("lawsuit.mended", lawsuit_id=view.id, ordinal=each.number)
        if open_
        else None,
    }


def _ground(code: str) -> str:
    found = desk().policy.lawsuits.attendance.get(code)
    return f"{found.words}（{name(found.attendance)}）" if found else code


def _place(procedure: Any, instance: Any) -> str:
    return show.instance(procedure, instance) or label(procedure)


def _day(day: Any) -> str | None:
    return show.long_day(day) if day else None
