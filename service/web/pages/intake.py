"""登记、回执: the form at the window, and the paper that goes over the counter."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.facts import FACTS
from config.vocabulary import Acceptance, IdType, Language, PartyKind, PartyRole, Source
from config.words import labels
from schemas.dispute import RegisterIn
from service.errors import Invalid, KeyReused
from service.operations import dispute as operations
from service.operations.dispute import Visit
from service.operations.idempotency import Answer, Claim, once
from service.queries import dispute as queries
from service.queries import organisation as organisations
from service.queries.dispute import DisputeView
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.pages.routing import outlook
from service.web.route import headline, kinds
from service.web.steps import load_body

bp = Blueprint("intake", __name__)
SAFETY: Final = ("danger", "domestic_violence", "minor_victim", "crime_suspected")
MOST_PARTY_ROWS: Final = 50
# the words of a narrow column
PAPERS: Final = {IdType.RESIDENT_ID: "身份证", IdType.USCC: "信用代码"}
GOVERNMENT: Final = (
    ("none", "没有"),
    ("respondent", "对方是"),
    ("applicant", "来访方是"),
    ("", "不清楚"),
)
# the parts of the form from top to bottom
IN_ORDER: Final = ("parties", "category", "facts", "narrative", "place", "occurred_on")
TWICE: Final = "这张表刚才已经登记过了。要再登记一件，请核对内容后再点登记"


@bp.get("/disputes/new")
@action("dispute.register")
def new() -> ResponseReturnValue:
    """An empty intake form."""
    return _page(Form(values={"source": Source.WALK_IN.value}))


@bp.post("/disputes/new")
@action("dispute.register")
def register() -> ResponseReturnValue:
    """Register, or answer the same form with a look ahead (without script)."""
    posted = forms.typed(request.form)
    if request.form.get("action") in ("preview", "add_party"):
        return _page(posted)
    claim = Claim(actor().user_id, "page:/disputes/new", posted.key, _fingerprint())
    try:
        visit = Visit(**load_body(RegisterIn, forms.body(request.form)))
        kept = once(claim, lambda: _registered(visit), desk=desk(), now=now())
    except Invalid as refusal:
        return _page(forms.typed(request.form, _at_form_fields(refusal.fields))), 422
    except KeyReused:
        return _page(forms.renewed(request.form, TWICE)), 422
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
        title=f"登记回执 {view.number}",
        receipt={
            "number": view.number,
            "code": code,
            "applicant_masked": queries.masked(applicant, restricted=view.restricted),
            "category_label": show.category(view.category, desk().policy),
            "registered_at_text": show.moment(view.registered_at, desk().zone),
            "address": (centre.address if centre else None) or "",
            "phone": (centre.phone if centre else None) or "",
            "clerk_name": view.registered_by or actor().name,
            "steps": _what_follows(view),
        },
        detail_url=url_for("dispute.detail", dispute_id=dispute_id),
        new_url=url_for("intake.new"),
    )


def _what_follows(view: DisputeView) -> list[str]:
    """What the visitor may expect; of a restricted matter the paper says nothing."""
    if view.restricted:
        return ["工作人员会单独与您联系。有危险请马上拨打 110"]
    accept = Acceptance(view.route["accept"]) if view.route else Acceptance.YES
    if view.route and accept is Acceptance.NO:
        return _elsewhere(view.route)
    if view.route and accept is Acceptance.PROTECT:
        return [f"{headline(view.route)}。有危险请马上拨打 110"]
    return ["中心分派承办单位", "承办单位签收后与您联系，征得双方同意再调解"]


def _elsewhere(answer: dict[str, Any]) -> list[str]:
    """The doors that are open, and until when."""
    doors = "、".join(kinds(answer["go_to"]))
    lines = [f"这件事不适用调解，可以找{doors}" if doors else "这件事不适用调解"]
    clocks = desk().policy.clocks
    lines += [
        f"{clocks[each['rule']].name}：最迟 {show.iso_day(each['due_on'])}"
        for each in answer["deadlines"]
        if each["rule"] in clocks
    ]
    return [*lines, "中心会把去向和期限书面告诉您；不要因为等中心答复耽误期限"]


def _at_form_fields(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """In the order of the form; a missing list of parties is told at the first name."""
    told = dict(errors)
    if "parties" in told:
        told["parties.0.name"] = ["请填写申请人的姓名或名称"]
        del told["parties"]
    return dict(sorted(told.items(), key=lambda each: _rank(each[0])))


def _rank(path: str) -> int:
    top = path.partition(".")[0]
    return IN_ORDER.index(top) if top in IN_ORDER else len(IN_ORDER)


def _registered(visit: Visit) -> Answer:
    made = operations.register(visit, actor=actor(), desk=desk(), now=now())
    flash(f"已登记，编号 {made[0].number}")
    address = url_for("intake.receipt", dispute_id=made[0].id)
    return Answer(303, b"", {"Location": address})


def _fingerprint() -> str:
    ours = [(k, v) for k, v in sorted(request.form.items(multi=True)) if k != "csrf_token"]
    return urlencode(ours)


def _page(form: Form) -> str:
    categories = desk().policy.categories.by_code
    rows = sum(1 for name in form.values if name.startswith("parties.") and name.endswith(".name"))
    more = 1 if request.form.get("action") == "add_party" else 0
    return render_template(
        "dispute/new.html",
        title="登记来访",
        form=form,
        party_rows=min(max(2, rows + more), MOST_PARTY_ROWS),
        choices={
            "role": _party_roles(),
            "kind": list(labels(PartyKind).items()),
            "id_type": list((labels(IdType) | PAPERS).items()),
            "language": list(labels(Language).items()),
        },
        sources=list(labels(Source).items()),
        categories=[(code, each.label) for code, each in categories.items()],
        government_options=GOVERNMENT,
        safety_facts=[(name, FACTS[name].label) for name in SAFETY],
        villages=[each.name for each in organisations.villages()],
        outlook=outlook(form),
        today=desk().today(now()).isoformat(),
    )


def _party_roles() -> list[tuple[str, str]]:
    """Roles of a further party; whoever comes third is mostly a third party."""
    first = {PartyRole.THIRD_PARTY: labels(PartyRole)[PartyRole.THIRD_PARTY]}
    return list((first | labels(PartyRole)).items())
