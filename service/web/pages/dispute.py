"""列表、详情: finding disputes, and one dispute with everything about it."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import DisputeStatus, Language, Level, VisitResult
from config.words import label
from service.errors import Erased
from service.queries import audit, event, lawsuit, person, retention
from service.queries import dispute as queries
from service.queries import mediation as mediations
from service.queries import merge as merged
from service.queries import receipt as receipts
from service.queries.dispute import DisputeView, Opened
from service.queries.event import EventView
from service.queries.mediation import AgreementView, SessionView, VisitView
from service.queries.party import PartyView
from service.queries.person import Beside
from service.rules import access
from service.rules import dispute as rules
from service.web import (
    attachment,
    basis,
    charge,
    clock,
    court,
    guide,
    handover,
    joint_task,
    link,
    merge,
    outside_entry,
    paper,
    repeat,
    restricted,
    reveal,
    show,
    step_form,
    supervision,
    timeline,
    trail,
)
from service.web import route as routes
from service.web.door import action, actor, desk, now
from service.web.form import see
from service.web.step_form import ADDITIONS, button
from service.web.witness import looked_at

bp = Blueprint("dispute", __name__)
MOST_EVENTS: Final = 200
GUIDED: Final = frozenset(
    {DisputeStatus.REGISTERED, DisputeStatus.DISPATCHED, DisputeStatus.ACCEPTED}
)
VISIT_TONES: Final = {VisitResult.PERFORMED: "ok", VisitResult.NOT_PERFORMED: "warn"}


@bp.get("/disputes/<uuid:dispute_id>")
@action("dispute.read")
@looked_at
def detail(dispute_id: UUID) -> ResponseReturnValue:
    """Everything about one dispute, and one next step."""
    who, tools, at = actor(), desk(), now()
    try:
        opened = queries.opened(dispute_id, actor=who, desk=tools, now=at)
    except Erased:
        return _erased(dispute_id)
    view, key = opened.view, opened.key
    if view.merged:
        return _merged(view)
    beside = person.beside(opened, desk=desk())
    agreement = mediations.agreement_under(key, dispute_id) if key else None
    sessions = mediations.sessions_under(key, dispute_id) if key else []
    visits = mediations.visits_under(key, dispute_id) if key else []
    primary = view.next_step
    return render_template(
        "dispute/detail.html",
        title=f"纠纷 {view.number}",
        dispute=_shown(view),
        parties=[_party(each, view.parties) | _person(each, opened) for each in view.parties],
        reveals=reveal.urls(opened),
        basis=basis.section(opened) if key else None,
        provision_url=_provision_url(opened),
        route=_route(view),
        guides=_guides(opened),
        primary=button(view, primary) if primary else None,
        steps=[button(view, step) for step in view.steps if step is not primary],
        waiting=_waiting(view),
        withheld="、".join(step_form.name_of(step, view.status) for step in view.withheld),
        correct_url=_correct_url(opened),
        sessions=[_session(each, view) for each in sessions],
        agreement=_agreement(agreement) if agreement else None,
        visits=[_visit(each) for each in visits],
        lawsuits=_lawsuits(dispute_id) if key else [],
        clocks=clock.section(opened),
        events=_timeline(opened, beside),
        adds=_additions(view),
        receipt_url=_receipt_url(opened),
        papers=paper.offered(opened),
        voided=paper.voided(opened),
        linked=[_linked(each) for each in view.linked],
        **link.shown(opened),
        merges=merge.section(opened, beside),
        repeats=repeat.section(opened, beside),
        outside=outside_entry.section(opened) if key else None,
        guarded=restricted.section(opened),
        court_url=court.url(opened),
        court_waits=court.waits(opened),
        handovers=handover.section(opened),
        joint=joint_task.section(opened),
        charge=charge.section(opened),
        supervision=supervision.section(opened),
        attachments=attachment.section(opened),
        looks=[trail.look(each) for each in audit.looks(opened)],
        most_looks=audit.MOST_LOOKS,
    )


def _merged(view: DisputeView) -> ResponseReturnValue:
    """One that went into another leads there; who may not read that one is told where it is."""
    found = merged.leads(view.id, actor=actor(), desk=desk(), now=now())
    into = found.number if found else ""
    if found is not None and found.id is not None:
        flash(f"{view.number} 已经并入这一件 {into}")
        return see(url_for("dispute.detail", dispute_id=found.id))
    unit = found.organisation if found and found.organisation else "综治中心"
    return render_template(
        "dispute/merged.html",
        title=f"纠纷 {view.number}　已并案",
        sentence=f"这一件已经并入 {into}，由{unit}办理，不在您的查看范围。",
    )


def _erased(dispute_id: UUID) -> str:
    """What is left of a dispute that was forgotten."""
    left = retention.tombstone(dispute_id, actor=actor(), desk=desk(), now=now())
    told = [
        ("类别", show.category(left.category, desk().policy)),
        ("结果", label(left.outcome) if left.outcome else None),
        ("承办单位", left.organisation),
        ("登记", show.long_day(left.registered_on)),
        ("办结", show.long_day(left.closed_on) if left.closed_on else None),
        ("保存到", show.long_day(left.due_from - timedelta(days=1)) if left.due_from else None),
        ("销毁", show.moment(left.erased_at, desk().zone)),
        ("同意的人", "、".join(each for each in (left.director, left.secadmin) if each)),
    ]
    return render_template(
        "dispute/erased.html",
        title=f"纠纷 {left.number}　内容已销毁",
        facts=[(name, value) for name, value in told if value],
        back_url=url_for("dispute.listed"),
    )


def _shown(view: DisputeView) -> dict[str, Any]:
    today, policy = desk().today(now()), desk().policy
    ended = view.status in rules.ENDED
    return {
        "category_label": show.category(view.category, policy),
        "status_label": label(view.status),
        "status_tone": show.TONES.get(view.status, "plain"),
        "outcome_label": label(view.outcome) if view.outcome else None,
        "guided": "、".join(routes.kinds(view.guided_to or [])),
        "deadline": show.due(view.due, today),
        "channel_label": label(view.channel),
        "organisation": _named(view.organisation, view.office_text, "" if ended else "待分派"),
        "assist": "、".join(each.name for each in view.assist),
        "mediator": _named(view.mediator, view.mediator_text, "" if ended else "未指定"),
        "source_label": label(view.source),
        "source_reference": view.source_reference,
        "registered_at_text": show.moment(view.registered_at, desk().zone),
        "registered_by": view.registered_by,
        "accepted_on_text": _day(view.accepted_on, today),
        "closed_on_text": _day(view.closed_on, today),
        "place_text": "　".join(p for p in (view.place.village, view.place.detail) if p),
        "occurred_on_text": _day(view.occurred_on, today),
        "amount_text": show.yuan(view.amount_fen),
        "people_count": view.people_count,
        "languages": _languages(view),
        "interpreter": view.interpreter,
        "restricted": view.restricted,
        "sealed": view.sealed,
        "danger_text": show.danger_text(view.danger),
        "level": view.level.value,
        "level_label": label(view.level) if view.level is not Level.NONE else "",
        "narrative": view.narrative,
        "facts": show.facts(view.facts) + _remark(view.remark),
        "version": view.version,
    }


def _languages(view: DisputeView) -> str:
    """What has to be translated from: 蒙古语."""
    spoken = dict.fromkeys(each.language for each in view.parties)
    return "、".join(label(each) for each in spoken if each is not Language.CHINESE)


def _correct_url(opened: Opened) -> str | None:
    may = "dispute.correct" in opened.may and opened.view.status not in rules.ENDED
    return url_for("correction.ask", dispute_id=opened.view.id) if may else None


def _named(known: Any, said: str | None, nobody: str) -> str:
    """A unit or a person by name, or as the ledger said it."""
    return str(known.name) if known else said or nobody


def _day(value: date | None, today: date) -> str:
    return show.day(value, year=today.year)


def _party(each: PartyView, everybody: list[PartyView]) -> dict[str, Any]:
    return {
        "representative": each.representative,
        "speaks_for": _speaks_for(each, everybody),
        "role_label": label(each.role),
        "kind_label": label(each.kind),
        "name": each.name,
        "id_type_label": label(each.id_type) if each.id_type else "",
        "id_number_masked": each.id_number or "",
        "phone": each.phone or "",
        "address": each.address or "",
        "language_label": label(each.language),
    }


def _person(each: PartyView, opened: Opened) -> dict[str, str]:
    return {"person_url": url_for("person.look", dispute_id=opened.view.id, party_id=each.id)}


def _speaks_for(each: PartyView, everybody: list[PartyView]) -> str:
    """代表张**，特别授权: what an agent or a guardian stands there for."""
    whom = "" if each.represents is None else f"代表{everybody[each.represents].name}"
    how_far = label(each.authority) if each.authority else ""
    return "，".join(filter(None, (whom, how_far)))


def _route(view: DisputeView) -> dict[str, Any] | None:
    told = routes.panel(view.route, today=desk().today(now()), policy=desk().policy)
    if told is not None and view.override_reason and view.organisation:
        unit, reason = view.organisation.name, view.override_reason
        told["overridden"] = {"organisation": unit, "reason": reason}
    return told


def _guides(opened: Opened) -> list[dict[str, Any]]:
    """Where its people go, for who reads the dispute, until mediation begins."""
    view = opened.view
    if view.route is None or not opened.key or view.status not in GUIDED:
        return []
    unit = view.organisation.id if view.organisation else None
    return guide.cards(view.route, [view.category], chosen=unit)


def _waiting(view: DisputeView) -> str:
    unit = view.organisation.name if view.organisation else "承办单位"
    return {
        DisputeStatus.REGISTERED: "等中心分派",
        DisputeStatus.DISPATCHED: f"等{unit}签收",
        DisputeStatus.ACCEPTED: f"等{unit}开始调解",
        DisputeStatus.MEDIATING: "调解员正在调解",
        DisputeStatus.AGREED: "等双方履行协议",
    }.get(view.status, "")


def _session(each: SessionView, view: DisputeView) -> dict[str, Any]:
    attended = {e["party"]: e["attended"] for e in each.attendance}
    came = [
        party.name + ("到场" if attended[str(party.id)] else "未到")
        for party in view.parties
        if str(party.id) in attended
    ]
    return {
        "ordinal": each.ordinal,
        "held_at_text": show.moment(each.held_at, desk().zone),
        "place": each.place,
        "attendance": "、".join(came) or "到场情况没有记",
        "minutes": each.minutes,
    }


def _agreement(each: AgreementView) -> dict[str, Any]:
    return {
        "form_label": label(each.form),
        "document_number": each.document_number,
        "agreed_on_text": show.long_day(each.agreed_on),
        "amount_text": show.yuan(each.amount_fen),
        "performed_by_text": show.long_day(each.performed_by) if each.performed_by else None,
        "performed_on_text": show.long_day(each.performed_on) if each.performed_on else None,
        "terms": each.terms,
    }


def _visit(each: VisitView) -> dict[str, Any]:
    return {
        "visited_on_text": show.long_day(each.visited_on),
        "result_label": label(each.result),
        "result_tone": VISIT_TONES.get(each.result, "plain"),
        "satisfied_text": {True: "满意", False: "不满意", None: ""}[each.satisfied],
        "note": each.note,
    }


def _lawsuits(dispute_id: UUID) -> list[dict[str, Any]]:
    """The cases that grew out of it, for who may read them."""
    if not access.may(actor(), "lawsuit.read", desk().policy.access):
        return []
    today = desk().today(now())
    found = lawsuit.of_dispute(dispute_id, actor=actor(), today=today)
    return [show.lawsuit(each, today) for each in found]


def _remark(remark: str | None) -> list[dict[str, str]]:
    """What an imported ledger said beside everything else."""
    return [{"label": "台账备注", "value": remark}] if remark else []


def _timeline(opened: Opened, beside: Beside) -> list[dict[str, Any]]:
    """Newest first, with what happened to those that went into it."""
    own = [("", each) for each in event.of_opened(opened, limit=MOST_EVENTS).items]
    came = event.of_merged(opened, desk=desk(), limit=MOST_EVENTS) if beside.merges else []
    every = sorted([*own, *came], key=lambda each: each[1].happened_at) if came else own
    names = event.names()
    return [_happened(number, each, names) for number, each in reversed(every)]


def _happened(number: str, each: EventView, names: timeline.Names) -> dict[str, Any]:
    told = timeline.entry(each, desk().zone, names)
    return told | {"action": f"{number} {told['action']}"} if number else told


def _additions(view: DisputeView) -> list[dict[str, str]]:
    return [
        {"label": text, "url": url_for("step.addition", dispute_id=view.id, kind=kind)}
        for kind, (text, action_name, statuses) in ADDITIONS.items()
        if view.status in statuses
        and view.mediator
        and view.mediator.id == actor().user_id
        and access.may(actor(), action_name, desk().policy.access)
    ]


def _provision_url(opened: Opened) -> str | None:
    may = "provision.read" in opened.may
    return url_for("provision.listed", dispute_id=opened.view.id) if may else None


def _receipt_url(opened: Opened) -> str | None:
    has = receipts.has_receipt(opened)
    return url_for("receipt.show", dispute_id=opened.view.id) if has else None


def _linked(each: dict[str, str]) -> dict[str, str]:
    what = show.category(each["category"], desk().policy)
    url = url_for("dispute.detail", dispute_id=each["id"])
    return {"label": f"{each['number']}（{what}，同一次来访）", "url": url}
