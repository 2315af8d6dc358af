"""Docking with the court 诉调对接 as its pages and doors show it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import url_for

from config.court import ConfirmationState, CourtState
from config.vocabulary import AgreementForm, DisputeStatus, Outcome
from config.words import label
from service.errors import NotFound
from service.queries import confirmation as confirmations
from service.queries import court as queries
from service.queries import dispute as disputes
from service.queries.confirmation import ConfirmationView
from service.queries.court import Box, CourtRow, ReferralView
from service.queries.dispute import Opened
from service.rules import confirmation as rules
from service.rules.court import ENDED, KINDS
from service.web import show
from service.web.door import actor, desk, now
from service.web.show import Mark

TONES: Final = {
    CourtState.WAITING: "warn",
    CourtState.SENT_BACK: "stop",
    CourtState.REPORTED: "ok",
    ConfirmationState.CONFIRMED: "ok",
    ConfirmationState.REFUSED: "stop",
    ConfirmationState.REJECTED: "stop",
}


def opened(dispute_id: UUID) -> Opened:
    """A dispute whose dealings with the court the viewer may read; NotFound otherwise."""
    found = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if found.key is None or "court.read" not in found.may:
        raise NotFound(disputes.NOT_FOUND)
    return found


def url(found: Opened) -> str | None:
    """Where the dealings of a dispute with the court stand, for who may read them."""
    may = found.key is not None and "court.read" in found.may
    return url_for("court.of_dispute", dispute_id=found.view.id) if may else None


def waits(found: Opened) -> str:
    """What the court waits for, where that comes before the next step; "" when nothing."""
    sent = found.view.source in KINDS and found.view.status not in ENDED
    if not sent or url(found) is None:
        return ""
    waiting = any(each.state is CourtState.WAITING for each in queries.of_opened(found))
    return "法院委派、委托来的，先确认接受或者退回法院。" if waiting else ""


def judged(found: Opened) -> dict[str, Any]:
    """What the rules say of the newest agreement, and every application, as the doors tell it."""
    deal, items = confirmations.of_opened(found, desk=desk())
    if deal is None:
        return {"may": False, "items": items, "blocks": ["还没有达成调解协议"], "oral": False}
    said = confirmations.judged(deal, desk=desk(), now=now())
    return {
        "may": said.may and is_agreed(found),
        "apply_by": deal.deal.apply_by,
        "provisional": deal.provisional,
        "bars": [{"code": each.code, "text": rules.refusal(each)} for each in said.bars],
        "suspects": [{"code": each.code, "text": rules.refusal(each)} for each in said.suspects],
        "blocks": said.blocks,
        "gaps": said.gaps,
        "hints": said.hints,
        "doors": [_door(each) for each in said.doors],
        "items": items,
        "intermediate": said.intermediate,
        "oral": is_agreed(found) and deal.deal.form is AgreementForm.ORAL and not deal.deal.terms,
    }


def is_agreed(found: Opened) -> bool:
    """Whether there is an agreement that stands."""
    view = found.view
    over = view.status in ENDED and view.outcome is Outcome.AGREED
    return over or view.status is DisputeStatus.AGREED


def _door(each: Any) -> str:
    law = "、".join(f"《{one.law}》第 {one.article} 条" for one in each.basis)
    return f"{each.text}（{law}）"


def row(each: CourtRow, box: Box) -> dict[str, Any]:
    """One row of a list."""
    day = show.long_day(each.due_on)
    return {
        "url": url_for("court.of_dispute", dispute_id=each.dispute_id) if each.dispute_id else None,
        "number": each.number,
        "restricted": each.restricted,
        "category_label": show.category(each.category, desk().policy) if each.category else "",
        "status_label": show.status(each.status, each.outcome),
        "lead": each.lead or "",
        "kind_label": label(each.kind) if each.kind else "",
        "state_label": label(each.state) if each.state else "",
        "state_tone": TONES.get(each.state, "plain") if each.state else "plain",
        "court": each.court or "",
        "case_number": each.case_number or "",
        "received_text": show.day(each.received_on, year=0) if each.received_on else "",
        "result_label": label(each.result) if each.result else "",
        "reported_text": show.day(each.reported_on, year=0) if each.reported_on else "",
        "deadline": None if box is Box.SENT else _left(each.due_on, day, each.provisional),
    }


def _left(due_on: date, day: str, provisional: bool) -> Mark:
    left = (due_on - desk().today(now())).days
    tone = "over" if left < 0 else "soon" if left <= 3 else "ok"
    text = f"超期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"剩 {left} 天"
    return Mark(tone, text, day, provisional)


def referral(each: ReferralView, found: Opened) -> dict[str, Any]:
    """One that the court sent, on the page of its dispute."""
    may = "court.handle" in found.may
    address: dict[str, Any] = {"dispute_id": found.view.id, "referral_id": each.id}
    waits, runs = each.state is CourtState.WAITING, each.state is CourtState.RUNNING
    due = each.answer_by if waits else each.due_on
    open_ = (waits or runs) and due is not None
    return {
        "id": each.id.hex,
        "kind_label": label(each.kind),
        "procedure_label": label(each.procedure) if each.procedure else "",
        "state_label": label(each.state),
        "state_tone": TONES.get(each.state, "plain"),
        "court": each.court,
        "case_number": each.case_number,
        "received_text": show.long_day(each.received_on),
        "answered_text": show.long_day(each.answered_on) if each.answered_on else "",
        "due_what": "最迟确认" if waits else "调解期限",
        "deadline": _left(due, show.long_day(due), each.provisional) if open_ and due else None,
        "result_label": label(each.result) if each.result else "",
        "reported_text": show.long_day(each.reported_on) if each.reported_on else "",
        "contact": each.contact or "",
        "materials": each.materials or "",
        "back": each.back or "",
        "undisputed": each.undisputed or "",
        "confirm_url": url_for("court.confirm", **address) if may and waits else None,
        "back_url": url_for("court.send_back", **address) if may and waits else None,
        "report_url": url_for("court.report", **address) if may and runs else None,
        "answer_paper_url": None if waits else url_for("court_paper.answer", **address),
        "report_paper_url": url_for("court_paper.report", **address) if each.result else None,
    }


def application(each: ConfirmationView, found: Opened) -> dict[str, Any]:
    """One application, on the page of its dispute."""
    may = "court.handle" in found.may
    address: dict[str, Any] = {"dispute_id": found.view.id}
    return {
        "id": each.id.hex,
        "attempt": each.attempt,
        "state": each.state.value,
        "state_label": label(each.state),
        "state_tone": TONES.get(each.state, "plain"),
        "court": each.court,
        "ground_label": label(each.ground),
        "apply_by_text": show.long_day(each.apply_by) + ("（暂定）" if each.provisional else ""),
        "filed_text": show.long_day(each.filed_on) if each.filed_on else "",
        "accepted_text": show.long_day(each.accepted_on) if each.accepted_on else "",
        "decided_text": show.long_day(each.decided_on) if each.decided_on else "",
        "case_number": each.case_number or "",
        "reason": each.reason or "",
        "steps": [(step.value, label(step)) for step in each.steps] if may else [],
        "step_url": url_for("court.take", **address) if may and each.steps else None,
        "paper_url": url_for("court_paper.application", confirmation_id=each.id, **address),
    }


def apply_by(told: dict[str, Any]) -> Mark | None:
    """How long the parties may still apply together; None without an agreement."""
    last = told.get("apply_by")
    if last is None:
        return None
    return _left(last, show.long_day(last), told["provisional"])


def is_open(referral: dict[str, Any]) -> bool:
    """Whether somebody has to do something about one the court sent."""
    return bool(referral["confirm_url"] or referral["report_url"])
