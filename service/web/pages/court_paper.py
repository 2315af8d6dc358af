"""Papers of docking with the court: 委派调解回执, 调解情况反馈函, 司法确认申请书."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from config.court import CourtState
from config.money import yuan_text
from config.vocabulary import PartyRole
from config.words import label
from service.errors import NotFound
from service.operations import paper as papers
from service.queries import confirmation as confirmations
from service.queries import court as queries
from service.queries import mediation
from service.queries import paper as paper_queries
from service.queries.court import ReferralView
from service.queries.dispute import Opened
from service.rules import paper as paper_rules
from service.web import court, show
from service.web.door import action, actor, desk, now

bp = Blueprint("court_paper", __name__)
NOT_FOUND = "没有这份文书"
SIGNING = (PartyRole.APPLICANT, PartyRole.RESPONDENT)
JOINT = "申请人"  # both sides of an agreement apply together 共同申请


@bp.get("/disputes/<uuid:dispute_id>/court/<uuid:referral_id>/answer")
@action("court.read")
def answer(dispute_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """委派（委托）调解回执: taken on, or sent back with the reason."""
    opened, found = _referral(dispute_id, referral_id)
    if found.answered_on is None:
        raise NotFound(NOT_FOUND)
    fields = _of_both(opened, found) | {
        "accepted": found.state is not CourtState.SENT_BACK,
        "answered_on": show.day(found.answered_on, year=0),
        "due_on": show.day(found.due_on, year=0) if found.due_on else "",
        "provisional": found.provisional,
        "back": found.back or "",
        "mediator": opened.view.mediator.name if opened.view.mediator else "",
    }
    return _paper(opened, "court_answer", "委派（委托）调解回执", fields)


@bp.get("/disputes/<uuid:dispute_id>/court/<uuid:referral_id>/report")
@action("court.read")
def report(dispute_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """调解情况反馈函: the result, and the facts nobody disputes; no word of what was offered."""
    opened, found = _referral(dispute_id, referral_id)
    if found.result is None or found.reported_on is None:
        raise NotFound(NOT_FOUND)
    fields = _of_both(opened, found) | {
        "result": label(found.result),
        "reported_on": show.day(found.reported_on, year=0),
        "undisputed": found.undisputed or "",
    }
    return _paper(opened, "court_report", "调解情况反馈函", fields)


@bp.get("/disputes/<uuid:dispute_id>/confirmation/<uuid:confirmation_id>/paper")
@action("court.read")
def application(dispute_id: UUID, confirmation_id: UUID) -> ResponseReturnValue:
    """司法确认申请书: both sides apply together; numbers and addresses are filled in by hand."""
    opened = court.opened(dispute_id)
    _, items = confirmations.of_opened(opened, desk=desk())
    found = next((each for each in items if each.id == confirmation_id), None)
    if found is None or opened.key is None:
        raise NotFound(NOT_FOUND)
    agreed = mediation.agreement_under(opened.key, dispute_id, ordinal=found.ordinal)
    if agreed is None:
        raise NotFound(NOT_FOUND)
    view = opened.view
    fields = {
        "number": view.number,
        "court": found.court,
        "sides": [
            {
                "role": label(each.role),
                "as": JOINT if each.role in SIGNING else label(each.role),
                "name": each.name,
                "phone": each.phone or "",
            }
            for each in view.parties
            if each.role in (*SIGNING, PartyRole.THIRD_PARTY)
        ],
        "effective_on": show.day(found.effective_on, year=0),
        "form": label(agreed.form),
        "unit": view.organisation.name if view.organisation else "",
        "matter": show.category(view.category, desk().policy),
        "amount": f"{yuan_text(agreed.amount_fen)} 元" if agreed.amount_fen else "",
        "performed_by": show.day(agreed.performed_by, year=0) if agreed.performed_by else "",
        "terms": agreed.terms or "",
    }
    return _paper(opened, "confirmation", "司法确认申请书", fields)


def _referral(dispute_id: UUID, referral_id: UUID) -> tuple[Opened, ReferralView]:
    opened = court.opened(dispute_id)
    for each in queries.of_opened(opened):
        if each.id == referral_id:
            return opened, each
    raise NotFound(NOT_FOUND)


def _of_both(opened: Opened, found: ReferralView) -> dict[str, Any]:
    """What both letters to the court say first; names as their reader may see them."""
    view = opened.view
    named = [each.name for each in view.parties if each.role in SIGNING]
    return {
        "number": view.number,
        "court": found.court,
        "case_number": found.case_number,
        "kind": label(found.kind),
        "received_on": show.day(found.received_on, year=0),
        "parties": "、".join(named[: paper_queries.MOST_NAMED]),
        "matter": show.category(view.category, desk().policy),
        "contact": found.contact or "",
        "unit": view.organisation.name if view.organisation else "",
    }


def _paper(opened: Opened, name: str, title: str, fields: dict[str, Any]) -> str:
    """The paper under the head of the unit that has it in hand, with its mark; noted."""
    head = paper_queries.letterhead()
    if fields["unit"]:
        head = replace(head, head=fields["unit"])
    marked = paper_rules.mark(fields | {"paper": name, "centre": head.name})
    papers.opened([opened.view.id], name, actor=actor(), now=now(), mark=marked)
    return render_template(
        f"paper/{name}.html",
        title=f"{title} {opened.view.number}",
        paper=fields,
        masked=not opened.view.clear,
        centre=head,
        mark=marked,
        detail_url=url_for("court.of_dispute", dispute_id=opened.view.id),
    )
