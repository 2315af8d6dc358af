"""咨询: one small form for a question that makes no dispute, the list, and the correction."""

from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.vocabulary import OrganisationKind, Source
from config.words import label, labels
from schemas.consultation import ConsultationQuery, ConsultIn, CorrectConsultationIn
from service.errors import Forbidden, Invalid, Stale
from service.operations import consultation as operations
from service.operations import draft as drafts
from service.operations.consultation import Asked
from service.queries import consultation as queries
from service.queries import organisation as organisations
from service.queries.consultation import ConsultationView, Filters
from service.rules import access
from service.web import consultation, show
from service.web import form as forms
from service.web.category import danger_signs
from service.web.door import action, actor, brief, desk, now
from service.web.form import Form
from service.web.route import kinds
from service.web.steps import load_body

bp = Blueprint("consultation", __name__)
TWICE: Final = "这条咨询刚才已经登记过了。要再登记一条，请核对内容后再点登记"
# where a window mostly sends people; the other kinds stand folded below
USUAL: Final = (
    OrganisationKind.JUSTICE_OFFICE,
    OrganisationKind.PEOPLE_MEDIATION_COMMITTEE,
    OrganisationKind.POLICE_STATION,
    OrganisationKind.PEOPLE_COURT,
    OrganisationKind.LEGAL_AID,
    OrganisationKind.LABOUR_ARBITRATION,
    OrganisationKind.CIVIL_AFFAIRS,
    OrganisationKind.PETITION_OFFICE,
    OrganisationKind.VILLAGE_COMMITTEE,
)
USUAL_SOURCES: Final = 3
# field of this form -> the field of the intake form that takes it on
CARRIED: Final = {
    "question": "narrative",
    "category": "category",
    "source": "source",
    "village": "place.village",
    "name": "parties.0.name",
    "phone": "parties.0.phone",
}
FIELDS: Final = (
    "question",
    "answer",
    "source",
    "category",
    "name",
    "phone",
    "village",
    "guided_to",
)


@bp.get("/consultations")
@action("consultation.list")
def listed() -> ResponseReturnValue:
    """The consultations one may see, newest first, narrowed by what stands in the address."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(ConsultationQuery, given)
    except Invalid as refusal:
        flash("；".join(refusal.fields.get("q", ["有的条件看不懂，已经去掉"])), "warn")
        rest = {name: value for name, value in given.items() if name not in refusal.fields}
        return forms.see(_list_url(rest))
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    scope = access.scope(actor(), "consultation.list", desk().policy.access)
    page = queries.page(Filters(**query), scope=scope, desk=desk(), now=now(), **paging)
    plain = {name: value for name, value in given.items() if name not in ("cursor", "count")}
    whole = "cursor" not in given and page.next_cursor is None
    narrowed = set(plain) - {"limit"}
    return render_template(
        "consultation/list.html",
        title="咨询",
        rows=[consultation.row(each) for each in page.items],
        total=len(page.items) if whole else page.total,
        shown=len(page.items),
        count_url=_list_url(given | {"count": "true"}),
        narrowed=bool(narrowed),
        empty="没有符合条件的咨询。换一个条件，或者清除筛选。"
        if narrowed
        else "还没有登记咨询。有人只问不办，就点“登记咨询”。",
        filters=_selects(given),
        dates=[
            {"name": name, "label": text, "value": given.get(name, "")}
            for name, text in (("asked_from", "日期自"), ("asked_to", "日期至"))
        ],
        query=given.get("q", ""),
        list_url=url_for("consultation.listed"),
        new_url=_new_url(),
        next_url=_list_url(plain | {"cursor": page.next_cursor}) if page.next_cursor else None,
        first_url=_list_url(plain) if "cursor" in given else None,
    )


@bp.get("/consultations/new")
@action("consultation.record")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(Form(values={"source": Source.WALK_IN.value}))


@bp.post("/consultations/new")
@action("consultation.record")
def record() -> ResponseReturnValue:
    """Record a consultation, once however often the form is sent."""
    return forms.once(_recorded, shown=_form, twice=TWICE, at=_in_order)


@bp.post("/consultations/signs")
@action("consultation.record")
@brief
def show_signs() -> ResponseReturnValue:
    """The hint for the question as it stands: what in it speaks of danger, if anything."""
    question = request.form.get("question", "")
    return render_template("consultation/signs_panel.html", **_danger(question))


@bp.post("/consultations/as-dispute")
@action("dispute.register")
def as_dispute() -> ResponseReturnValue:
    """What was typed goes on as a draft of the intake form; no consultation is recorded.

    One form makes one draft, however often it is sent.
    """
    told = [(there, request.form.get(here, "").strip()) for here, there in CARRIED.items()]
    key, fields = _draft_key(request.form), [(name, text) for name, text in told if text]
    try:
        kept = drafts.save(key, fields, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        return _form(forms.typed(request.form, refusal.fields)), 422
    if kept:  # or it was registered meanwhile, as the page it leads to says
        flash("问的内容已带到登记表，还没有登记，请核对后再登记")
    return forms.see(url_for("intake.new", draft=key))


@bp.get("/consultations/<uuid:consultation_id>")
@action("consultation.list")
def detail(consultation_id: UUID) -> ResponseReturnValue:
    """One consultation, and the way to a dispute when it is one after all."""
    view = _view(consultation_id)
    return render_template(
        "consultation/show.html",
        title=f"咨询 {view.number}",
        consultation=_shown(view),
        dispute_url=_dispute_url(view),
        signs=danger_signs(view.question, {}),
        correct_url=url_for("consultation.edit", consultation_id=consultation_id)
        if view.may_correct
        else None,
        new_url=_new_url(),
        list_url=url_for("consultation.listed"),
    )


@bp.get("/consultations/<uuid:consultation_id>/correct")
@action("consultation.record")
def edit(consultation_id: UUID) -> ResponseReturnValue:
    """The form with what was recorded in it."""
    view = _correctable(consultation_id)
    values = {name: getattr(view, name) or "" for name in FIELDS} | {
        "source": view.source.value,
        "guided_to": view.guided_to,
    }
    return _form(Form(key="", values=values), correcting=view)


@bp.post("/consultations/<uuid:consultation_id>/correct")
@action("consultation.record")
def correct(consultation_id: UUID) -> ResponseReturnValue:
    """Correct what was recorded."""
    view = _correctable(consultation_id)
    version = request.form.get("version", "")
    try:
        if not (version.isascii() and version.isdigit()):
            raise Invalid({"": ["页面不完整，请返回刷新后再试"]})
        operations.correct(
            consultation_id,
            load_body(CorrectConsultationIn, _corrections(view)),
            version=int(version[:9]),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        shown = forms.typed(request.form, _in_order(refusal.fields))
        return _form(shown, correcting=view, version=version), 422
    except Stale as refusal:
        shown = forms.typed(request.form, {"": [f"{refusal.detail}。您填的还在下面"]})
        return _form(shown, correcting=view), 412
    flash("已更正")
    return forms.see(url_for("consultation.detail", consultation_id=consultation_id))


def _draft_key(posted: MultiDict[str, str]) -> str:
    """The key of the draft that comes of a form: the same one of the same form."""
    return sha256(f"as-dispute:{forms.typed(posted).key}".encode()).hexdigest()[:32]


def _danger(question: str) -> dict[str, Any]:
    """What the hint draws: the signs of danger, and where what was typed goes on as a dispute."""
    may = access.may(actor(), "dispute.register", desk().policy.access)
    return {
        "signs": danger_signs(question, {}),
        "as_dispute_url": url_for("consultation.as_dispute") if may else None,
    }


def _view(consultation_id: UUID) -> ConsultationView:
    return queries.one(consultation_id, actor=actor(), desk=desk(), now=now())


def _correctable(consultation_id: UUID) -> ConsultationView:
    view = _view(consultation_id)
    if not view.may_correct:
        raise Forbidden("咨询由登记人或者中心主任更正")
    return view


def _corrections(view: ConsultationView) -> dict[str, Any]:
    """Every field of the form; an empty one is taken away, a masked one left as it was is kept."""
    told = forms.body(request.form)
    whole: dict[str, Any] = {name: told.get(name) for name in FIELDS}
    for name in ("name", "phone"):
        if (whole[name] or "") == (getattr(view, name) or ""):
            del whole[name]
    return whole


def _recorded() -> Response:
    asked = Asked(**load_body(ConsultIn, forms.body(request.form)))
    made = operations.record(asked, actor=actor(), desk=desk(), now=now())
    flash(f"已登记咨询 {_view(made).number}")
    return forms.see(url_for("consultation.detail", consultation_id=made))


def _in_order(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """The errors from the top of the form to its end, those of a list at the list."""
    told: dict[str, list[str]] = {}
    for path, messages in errors.items():
        told.setdefault(path.partition(".")[0], []).extend(messages)
    rank = {name: place for place, name in enumerate(FIELDS)}
    return dict(sorted(told.items(), key=lambda each: rank.get(each[0], -1)))


def _form(form: Form, *, correcting: ConsultationView | None = None, version: str = "") -> str:
    words = labels(OrganisationKind)
    doors = [each.value for each in USUAL]
    ways = labels(Source)
    return render_template(
        "consultation/new.html",
        title=f"更正咨询 {correcting.number}" if correcting else "登记咨询",
        form=form,
        sources=list(ways.items()),
        usual_sources=USUAL_SOURCES,
        categories=[("", "不分类"), *_categories()],
        doors=[
            (code, words[code]) for code in [*doors, *(each for each in words if each not in doors)]
        ],
        usual_doors=len(doors),
        villages=[each.name for each in organisations.villages()],
        version=(version or correcting.version) if correcting else "",
        **({} if correcting else _danger(form.values.get("question", ""))),
        button="保存更正" if correcting else "登记咨询",
        post_url=url_for("consultation.correct", consultation_id=correcting.id)
        if correcting
        else url_for("consultation.record"),
        back_url=url_for("consultation.detail", consultation_id=correcting.id)
        if correcting
        else url_for("consultation.listed"),
    )


def _shown(view: ConsultationView) -> dict[str, Any]:
    dispute = view.dispute
    address = url_for("dispute.detail", dispute_id=dispute.id) if dispute and dispute.id else None
    return {
        "number": view.number,
        "question": view.question,
        "answer": view.answer,
        "asked_text": show.moment(view.asked_at, desk().zone),
        "source_label": label(view.source),
        "category_label": show.category(view.category, desk().policy) if view.category else "",
        "name": view.name or "",
        "phone": view.phone or "",
        "village": view.village or "",
        "guided_text": "、".join(kinds(view.guided_to)),
        "organisation": view.organisation.name,
        "registered_by": view.registered_by,
        "dispute": {"number": dispute.number, "url": address} if dispute else None,
    }


def _dispute_url(view: ConsultationView) -> str | None:
    """The way to the intake form, for who may register and as long as no dispute came of it."""
    may = access.may(actor(), "dispute.register", desk().policy.access)
    if view.dispute or not may:
        return None
    return url_for("intake.new", consultation=view.id)


def _new_url() -> str | None:
    may = access.may(actor(), "consultation.record", desk().policy.access)
    return url_for("consultation.new") if may else None


def _list_url(query: dict[str, str]) -> str:
    address: dict[str, Any] = dict(query)
    return url_for("consultation.listed", **address)


def _categories() -> list[tuple[str, str]]:
    return [(code, each.label) for code, each in desk().policy.categories.by_code.items()]


def _selects(given: dict[str, str]) -> list[dict[str, Any]]:
    options = {
        "category": ("类别", _categories()),
        "source": ("来源", list(labels(Source).items())),
    }
    return [
        {"name": name, "label": text, "value": given.get(name, ""), "options": choices}
        for name, (text, choices) in options.items()
    ]
