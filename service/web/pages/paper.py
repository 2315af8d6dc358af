"""文书: the notices that go over the counter: a refusal, what to bring, what was handed in."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from config.clock import ClockRule
from config.vocabulary import DeclineGround, MaterialState
from config.words import label
from service.errors import NotFound
from service.operations import paper as operations
from service.queries import material, paper
from service.queries.material import MaterialView
from service.queries.paper import Brief, Refusal
from service.rules import paper as rules
from service.web import guide as guides
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.route import basis, decided_by
from service.web.timeline import coded

bp = Blueprint("paper", __name__)
NOTHING_WANTED: Final = "没有要补交的材料"
NOTHING_RECEIVED: Final = "还没有收下材料"


@bp.get("/disputes/<uuid:dispute_id>/papers/decline")
@action("dispute.read")
def decline(dispute_id: UUID) -> ResponseReturnValue:
    """不予受理告知书."""
    found = paper.refusal(dispute_id, actor=actor(), desk=desk(), now=now())
    return _paper(dispute_id, "decline", f"不予受理告知书 {found.number}", _refused(found))


@bp.get("/disputes/<uuid:dispute_id>/papers/guide")
@action("dispute.read")
def guide(dispute_id: UUID) -> ResponseReturnValue:
    """指引卡: where to go, with what, by when. A restricted dispute has none on paper."""
    found = paper.guidance(dispute_id, actor=actor(), desk=desk(), now=now())
    fields = {
        "number": found.number,
        "applicant": found.applicant,
        "told_on": show.day(desk().today(now()), year=0),
        "cards": guides.cards(found.route, [found.category], chosen=found.unit),
    }
    return _paper(dispute_id, "guide", f"办事指引卡 {found.number}", fields)


@bp.get("/disputes/<uuid:dispute_id>/papers/materials-notice")
@action("dispute.material")
def materials_notice(dispute_id: UUID) -> ResponseReturnValue:
    """一次性告知单: everything that is missing, told at once."""
    wanted = [each for each in _materials(dispute_id) if each.state is MaterialState.WANTED]
    if not wanted:
        raise NotFound(NOTHING_WANTED)
    head = _brief(dispute_id)
    known = {each.name: each.note for each in desk().policy.papers.all}
    fields = _of_all(head) | {
        "told_on": show.day(max(each.told_on for each in wanted if each.told_on), year=0),
        "items": [
            {
                "name": each.name,
                "form": f"{label(each.form)} {each.copies} 份",
                "note": known.get(each.name, ""),
            }
            for each in wanted
        ],
    }
    return _paper(dispute_id, "materials_notice", f"一次性告知单 {head.number}", fields)


@bp.get("/disputes/<uuid:dispute_id>/papers/materials-receipt")
@action("dispute.material")
def materials_receipt(dispute_id: UUID) -> ResponseReturnValue:
    """材料收据: what was handed in, and what of it was given back."""
    taken = [each for each in _materials(dispute_id) if each.state is not MaterialState.WANTED]
    if not taken:
        raise NotFound(NOTHING_RECEIVED)
    head = _brief(dispute_id)
    days = [day for each in taken for day in (each.received_on, each.returned_on) if day]
    fields = _of_all(head) | {
        "dated": show.day(max(days), year=0),
        "items": [_handed_in(each) for each in taken],
    }
    return _paper(dispute_id, "materials_receipt", f"材料收据 {head.number}", fields)


def _paper(dispute_id: UUID, name: str, title: str, fields: dict[str, Any]) -> str:
    """The paper with its mark; that it was opened is written down."""
    head = paper.letterhead()
    marked = rules.mark(fields | {"paper": name, "centre": head.name})
    operations.opened([dispute_id], name, actor=actor(), now=now(), mark=marked)
    return render_template(
        f"paper/{name}.html",
        title=title,
        paper=fields,
        centre=head,
        mark=marked,
        clerk_name=actor().name,
        detail_url=url_for("dispute.detail", dispute_id=dispute_id),
        materials_url=url_for("material.listed", dispute_id=dispute_id),
    )


def _refused(found: Refusal) -> dict[str, Any]:
    policy = desk().policy
    answer, ground = found.route, found.ground
    rulebook = decided_by(answer)
    return {
        "number": found.number,
        "applicant": found.applicant,
        "category": "" if found.restricted else show.category(found.category, policy),
        "registered_on": show.day(found.registered_on, year=0),
        "declined_on": show.day(found.declined_on, year=0),
        "ground": coded(ground, DeclineGround),
        "explanation": found.explanation,
        "basis": [basis(**each) for each in rules.cited(answer, ground, rulebook)],
        "doors": [
            {
                "kind": label(door.kind),
                "name": door.name,
                "address": door.address,
                "phone": door.phone,
            }
            for door in found.doors
        ],
        "terms": _terms(found),
    }


def _terms(found: Refusal) -> list[dict[str, Any]]:
    """The terms 期限 by date as the rules counted them, else those of the ground in words."""
    policy, on = desk().policy, found.declined_on
    dated = [
        each
        for each in rules.still_open(found.route, on, policy.handling.clocks)
        if each["rule"] in policy.clocks
    ]
    if not dated:
        own = rules.of_ground(found.ground, on, policy.grounds, policy.clocks)
        return [_term(rule, on) | {"counted": _counted(rule)} for rule in own]
    return [
        _term(policy.clocks[each["rule"]], on)
        | {"on": show.iso_day(each["due_on"]), "provisional": bool(each["provisional"])}
        for each in dated
    ]


def _term(rule: ClockRule, on: date) -> dict[str, Any]:
    law = "、".join(basis(**each.as_dict()) for each in rules.law_of(rule, on))
    return {"name": rule.name, "law": law, "on": "", "provisional": False, "counted": ""}


def _counted(rule: ClockRule) -> str:
    """60 日，从知道或应当知道行政行为之日起算."""
    return f"{rule.length} {label(rule.unit)}，从{rule.trigger}之日起算"


def _of_all(head: Brief) -> dict[str, Any]:
    return {
        "number": head.number,
        "applicant": head.applicant,
        "category": "" if head.restricted else show.category(head.category, desk().policy),
    }


def _handed_in(each: MaterialView) -> dict[str, Any]:
    return {
        "name": each.name,
        "form": label(each.form),
        "copies": each.copies,
        "received_on": show.day(each.received_on, year=0) if each.received_on else "",
        "received_by": each.received_by or "",
        "returned_on": show.day(each.returned_on, year=0) if each.returned_on else "",
    }


def _materials(dispute_id: UUID) -> list[MaterialView]:
    return material.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())


def _brief(dispute_id: UUID) -> Brief:
    return paper.brief(dispute_id, "dispute.material", actor=actor(), desk=desk(), now=now())
