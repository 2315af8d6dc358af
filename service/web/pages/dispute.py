"""登记、列表、详情、回执: the pages of a dispute."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from config.facts import FACTS
from config.vocabulary import (
    Channel,
    DisputeStatus,
    IdType,
    Level,
    PartyKind,
    PartyRole,
    Source,
)
from config.words import label, labels
from schemas.dispute import DisputeQuery, RegisterIn
from service.errors import Invalid, NotFound
from service.operations import dispute as operations
from service.operations.dispute import Visit
from service.operations.idempotency import Answer, Claim, once
from service.queries import dispute as queries
from service.queries import dispute_row, event, lawsuit
from service.queries import mediation as mediations
from service.queries import organisation as organisations
from service.queries.dispute import DisputeView
from service.queries.dispute_row import Filters
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.pages.routing import live_route
from service.web.pages.step import ADDITIONS, button
from service.web.parser import flatten

bp = Blueprint("dispute", __name__)
SAFETY = ("danger", "domestic_violence", "minor_victim", "crime_suspected")
MOST_PARTY_ROWS = 50
CHIP_FILTERS = ("status", "category", "channel", "organisation", "source")


@bp.get("/disputes/new")
@action("dispute.register")
def new() -> ResponseReturnValue:
    """An empty intake form."""
    return _intake(Form(values={"source": Source.WALK_IN.value}))


@bp.post("/disputes/new")
@action("dispute.register")
def register() -> ResponseReturnValue:
    """Register, or answer the same form with a look ahead (without script)."""
    if request.form.get("action") in ("preview", "add_party"):
        return _intake(forms.typed(request.form))
    posted = forms.typed(request.form)
    try:
        visit = Visit(**_loaded(forms.body(request.form)))
        claim = Claim(actor().user_id, "page:/disputes/new", posted.key, _fingerprint())
        kept = once(claim, lambda: _registered(visit), desk=desk(), now=now())
    except Invalid as refusal:
        return _intake(forms.typed(request.form, refusal.fields)), 422
    return Response(kept.body, kept.status, kept.headers)


@bp.get("/disputes/<uuid:dispute_id>/receipt")
@action("dispute.receipt")
def receipt(dispute_id: UUID) -> ResponseReturnValue:
    """The printable receipt."""
    code = queries.receipt_code(dispute_id, actor=actor(), desk=desk(), now=now())
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    centre = organisations.centre()
    applicant = next(p for p in view.parties if p.role is PartyRole.APPLICANT)
    return render_template(
        "dispute/receipt.html",
        title="登记回执",
        receipt={
            "number": view.number,
            "code": code,
            "applicant_masked": queries.masked(applicant, restricted=view.restricted),
            "category_label": show.category(view.category, desk().policy),
            "registered_at_text": show.moment(view.registered_at, desk().zone),
            "organisation": centre.name if centre else "",
            "contact_phone": (centre.phone if centre else None) or "",
            "clerk_name": actor().name,
            "steps": ["中心在 1 个工作日内分派承办单位", "承办单位签收后与您联系"],
            "progress_url_text": "",
        },
        detail_url=url_for("dispute.detail", dispute_id=dispute_id),
        new_url=url_for("dispute.new"),
    )


@bp.get("/disputes")
@action("dispute.list")
def listed() -> ResponseReturnValue:
    """The list with its filters; they live in the address."""
    query = _query()
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    filters = Filters(**query)
    scope = access.scope(actor(), "dispute.list", desk().policy.access)
    today = desk().today(now())
    found = dispute_row.page(filters, scope=scope, today=today, now=now(), **paging)
    brief = dispute_row.is_brief(scope)
    policy = desk().policy
    given = {k: v for k, v in request.args.items() if v and k not in ("cursor", "count")}
    return render_template(
        "dispute/list.html",
        title="纠纷",
        page={
            "rows": [show.row(e, today=today, policy=policy, brief=brief) for e in found.items],
            "shown": len(found.items),
            "next_url": _url(given | {"cursor": found.next_cursor}) if found.next_cursor else None,
            "first_url": _url(given) if paging["cursor"] else None,
            "total": found.total,
            "count_url": _url(given | {"count": "true"}),
        },
        brief=brief,
        tabs=_tabs(given),
        filters=_filters(given),
        dates=_dates(given),
        query=given.get("q", ""),
        hidden=[(k, given[k]) for k in ("sort", "overdue", "mine") if k in given],
        chosen=_chosen(given),
        clear_url=url_for("dispute.listed"),
        sort=[("newest", "新登记在前"), ("due", "快到期在前")],
        sort_value=filters.sort,
        order_text="按期限从近到远" if filters.sort == "due" else "新登记在前",
        empty="没有符合条件的纠纷。换一个条件，或清除筛选。",
        primary=_register_button(),
        list_url=url_for("dispute.listed"),
    )


@bp.get("/search")
@action("dispute.list")
def search() -> ResponseReturnValue:
    """A full number leads straight to its dispute, anything else to the list."""
    text = request.args.get("q", "").strip()
    try:
        found = queries.by_number(text.upper(), actor=actor(), desk=desk(), now=now())
    except NotFound:
        return _see(url_for("dispute.listed", q=text))
    return _see(url_for("dispute.detail", dispute_id=found))


@bp.get("/disputes/<uuid:dispute_id>")
@action("dispute.read")
def detail(dispute_id: UUID) -> ResponseReturnValue:
    """Everything about one dispute, and one next step."""
    view = queries.one(dispute_id, actor=actor(), desk=desk(), now=now())
    today, policy = desk().today(now()), desk().policy
    primary = view.next_step
    others = [step for step in view.steps if step is not primary]
    timeline = event.of_subject("dispute", dispute_id, limit=200)
    who = actor()
    agreement = mediations.agreement(dispute_id, actor=who, desk=desk(), now=now())
    sessions = mediations.sessions(dispute_id, actor=who, desk=desk(), now=now())
    visits = mediations.visits(dispute_id, actor=who, desk=desk(), now=now())
    return render_template(
        "dispute/detail.html",
        title=f"纠纷 {view.number}",
        dispute=_shown(view),
        parties=[_party(each) for each in view.parties],
        route=_route(view),
        primary=button(view, primary) if primary else None,
        steps=[button(view, step) for step in others],
        waiting=_waiting(view),
        sessions=[_session(each, view) for each in sessions],
        agreements=[_agreement(agreement)] if agreement else [],
        visits=[_visit(each) for each in visits],
        lawsuits=_lawsuits(dispute_id),
        clocks=_clocks(view, today, policy),
        handovers=[],
        events=[_event(each) for each in reversed(timeline.items)],
        adds=_additions(view),
        receipt_url=_receipt_url(view),
        lineage=[
            {
                "label": f"同次来访：{each['number']}",
                "url": url_for("dispute.detail", dispute_id=each["id"]),
            }
            for each in view.linked
        ],
    )


def _loaded(raw: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = RegisterIn().load(raw)
    except ValidationError as refusal:
        raise Invalid(_at_form_fields(flatten(refusal.messages))) from refusal
    return loaded


def _at_form_fields(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """A missing list of parties is told at the first name."""
    moved = dict(errors)
    if "parties" in moved:
        moved["parties.0.name"] = ["请填写申请人的姓名或名称"]
        del moved["parties"]
    return moved


def _registered(visit: Visit) -> Answer:
    made = operations.register(visit, actor=actor(), desk=desk(), now=now())
    address = url_for("dispute.receipt", dispute_id=made[0].id)
    return Answer(303, b"", {"Location": address})


def _fingerprint() -> str:
    ours = [(k, v) for k, v in sorted(request.form.items(multi=True)) if k != "csrf_token"]
    return urlencode(ours)


def _intake(form: Form) -> str:
    categories = desk().policy.categories.by_code
    rows = sum(1 for name in form.values if name.startswith("parties.") and name.endswith(".name"))
    more = 1 if request.form.get("action") == "add_party" else 0
    route, questions, _ = live_route(form)
    return render_template(
        "dispute/new.html",
        title="登记来访",
        form=form,
        party_rows=min(max(2, rows + more), MOST_PARTY_ROWS),
        party_roles=list(labels(PartyRole).items()),
        party_kinds=list(labels(PartyKind).items()),
        id_types=list(labels(IdType).items()),
        sources=list(labels(Source).items()),
        categories=[(code, each.label) for code, each in categories.items()],
        government_options=[("none", "没有"), ("respondent", "有"), ("", "不清楚")],
        safety_facts=[(name, FACTS[name].label) for name in SAFETY],
        questions=questions,
        villages=[each.name for each in organisations.villages()],
        route=route,
        today=desk().today(now()).isoformat(),
    )


def _query() -> dict[str, Any]:
    raw = {name: value for name, value in request.args.items() if value}
    try:
        loaded: dict[str, Any] = DisputeQuery().load(raw)
    except ValidationError as refusal:
        raise Invalid(flatten(refusal.messages)) from refusal
    return loaded


def _url(query: dict[str, Any]) -> str:
    return url_for("dispute.listed", **query)


def _tabs(given: dict[str, str]) -> list[dict[str, Any]]:
    tabs = [
        ("全部", {}),
        ("待分派", {"status": "registered"}),
        ("调解中", {"status": "mediating"}),
        ("超期", {"overdue": "true", "sort": "due"}),
        ("快到期", {"sort": "due"}),
        ("我在办的", {"mine": "true", "sort": "due"}),
    ]
    here = {k: given[k] for k in ("status", "overdue", "sort", "mine") if k in given}
    return [
        {
            "label": text,
            "url": _url(query),
            "current": here == query,
            "count": None,
            "tone": "plain",
        }
        for text, query in tabs
    ]


def _filters(given: dict[str, str]) -> list[dict[str, Any]]:
    categories = desk().policy.categories.by_code
    units = [(str(each.id), each.name) for each in organisations.active()]
    options: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "status": ("状态", list(labels(DisputeStatus).items())),
        "category": ("类别", [(code, each.label) for code, each in categories.items()]),
        "channel": ("渠道", list(labels(Channel).items())),
        "organisation": ("单位", units),
        "source": ("来源", list(labels(Source).items())),
    }
    return [
        {"name": name, "label": text, "value": given.get(name, ""), "options": choices}
        for name, (text, choices) in options.items()
    ]


def _dates(given: dict[str, str]) -> list[dict[str, str]]:
    names = (("registered_from", "登记自"), ("registered_to", "登记至"))
    return [{"name": name, "label": text, "value": given.get(name, "")} for name, text in names]


def _chosen(given: dict[str, str]) -> list[dict[str, str]]:
    chosen = []
    for each in _filters(given):
        if each["value"]:
            text = dict(each["options"]).get(each["value"], each["value"])
            rest = {k: v for k, v in given.items() if k != each["name"]}
            chosen.append({"label": f"{each['label']}：{text}", "remove_url": _url(rest)})
    return chosen


def _register_button() -> dict[str, str] | None:
    if not access.may(actor(), "dispute.register", desk().policy.access):
        return None
    return {"label": "登记来访", "url": url_for("dispute.new")}


def _shown(view: DisputeView) -> dict[str, Any]:
    today, policy = desk().today(now()), desk().policy
    due = view.due
    return {
        "number": view.number,
        "category_label": show.category(view.category, policy),
        "matter": show.category(view.category, policy),
        "status_label": label(view.status),
        "status_tone": show.TONES.get(view.status, "plain"),
        "outcome_label": label(view.outcome) if view.outcome else None,
        "deadline": show.deadline(due.on, today, provisional=due.provisional) if due else None,
        "channel_label": label(view.channel),
        "organisation": view.organisation.name if view.organisation else view.office_text,
        "assist": [each.name for each in view.assist],
        "mediator": view.mediator.name if view.mediator else view.mediator_text,
        "source_label": label(view.source),
        "source_reference": view.source_reference,
        "registered_at_text": show.moment(view.registered_at, desk().zone),
        "registered_by": view.registered_by,
        "accepted_on_text": show.day(view.accepted_on, year=today.year) or None,
        "closed_on_text": show.day(view.closed_on, year=today.year) or None,
        "place_text": "　".join(p for p in (view.place.village, view.place.detail) if p) or None,
        "occurred_on_text": show.day(view.occurred_on, year=today.year) or None,
        "amount_text": show.yuan(view.amount_fen),
        "people_count": view.people_count,
        "restricted": view.restricted,
        "level": view.level.value,
        "level_label": label(view.level) if view.level is not Level.NONE else "",
        "narrative": view.narrative,
        "narrative_note": "",
        "facts": show.facts(view.facts),
        "version": view.version,
    }


def _party(each: Any) -> dict[str, Any]:
    return {
        "role_label": label(each.role),
        "kind_label": label(each.kind),
        "name": each.name,
        "id_type_label": label(each.id_type) if each.id_type else "",
        "id_number_masked": each.id_number or "",
        "phone": each.phone or "",
        "address": each.address or "",
        "language_label": label(each.language),
        "reveal_url": None,
    }


def _route(view: DisputeView) -> dict[str, Any] | None:
    shown = show.route(view.route, today=desk().today(now()), policy=desk().policy)
    if shown is not None:
        shown["decided"] = None
        if view.override_reason and view.organisation:
            shown["overridden"] = {
                "organisation": view.organisation.name,
                "reason": view.override_reason,
                "by": "",
            }
    return shown


def _waiting(view: DisputeView) -> str:
    unit = view.organisation.name if view.organisation else "承办单位"
    return {
        DisputeStatus.REGISTERED: "等中心分派",
        DisputeStatus.DISPATCHED: f"等{unit}签收",
        DisputeStatus.ACCEPTED: f"等{unit}开始调解",
        DisputeStatus.MEDIATING: "调解员正在调解",
        DisputeStatus.AGREED: "等双方履行协议",
    }.get(view.status, "")


def _session(each: Any, view: DisputeView) -> dict[str, Any]:
    names = {str(party.id): party.name for party in view.parties}
    came = [
        names.get(e["party"], "") + ("到场" if e["attended"] else "未到") for e in each.attendance
    ]
    return {
        "ordinal": each.ordinal,
        "held_at_text": show.moment(each.held_at, desk().zone),
        "place": each.place,
        "attendance": "、".join(came),
        "minutes": each.minutes,
    }


def _agreement(each: Any) -> dict[str, Any]:
    return {
        "form_label": label(each.form),
        "document_number": each.document_number,
        "agreed_on_text": show.long_day(each.agreed_on),
        "amount_text": show.yuan(each.amount_fen),
        "performed_by_text": show.long_day(each.performed_by) if each.performed_by else None,
        "performed_on_text": show.long_day(each.performed_on) if each.performed_on else None,
        "terms": each.terms,
    }


def _visit(each: Any) -> dict[str, Any]:
    satisfied = {True: "满意", False: "不满意", None: ""}[each.satisfied]
    return {
        "visited_on_text": show.long_day(each.visited_on),
        "result_label": label(each.result),
        "result_tone": "plain",
        "satisfied_text": satisfied,
        "note": each.note,
    }


def _lawsuits(dispute_id: UUID) -> list[dict[str, Any]]:
    if not access.may(actor(), "lawsuit.list", desk().policy.access):
        return []
    return [show.lawsuit(each) for each in lawsuit.of_dispute(dispute_id)]


def _clocks(view: DisputeView, today: Any, policy: Any) -> list[dict[str, Any]]:
    if view.due is None:
        return []
    rule = policy.clocks[view.due.rule]
    basis = "；".join(f"{each.law}{each.article}（{each.grade}）" for each in rule.basis)
    mark = show.deadline(view.due.on, today, provisional=view.due.provisional)
    return [{"label": rule.name, "deadline": mark, "basis": basis}]


def _event(each: Any) -> dict[str, Any]:
    return {
        "at_text": show.moment(each.happened_at, desk().zone),
        "actor": " ".join(part for part in (each.organisation, each.actor) if part) or "系统",
        "action": show.event_label(each.action),
        "note": each.reason or "",
        "changes": show.event_changes(each),
    }


def _additions(view: DisputeView) -> list[dict[str, str]]:
    return [
        {"label": text, "url": url_for("step.addition", dispute_id=view.id, kind=kind)}
        for kind, (text, action_name, statuses) in ADDITIONS.items()
        if view.status in statuses
        and view.mediator
        and view.mediator.id == actor().user_id
        and access.may(actor(), action_name, desk().policy.access)
    ]


def _receipt_url(view: DisputeView) -> str | None:
    try:
        queries.receipt_code(view.id, actor=actor(), desk=desk(), now=now())
    except NotFound:
        return None
    return url_for("dispute.receipt", dispute_id=view.id)


def _see(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
