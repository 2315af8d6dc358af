"""登记: the form at the window."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.facts import FACTS
from config.text import Malformed
from config.vocabulary import Authority, Danger, IdType, Language, PartyKind, PartyRole, Source
from config.words import labels
from schemas.dispute import MAX_MATTERS, MAX_PARTIES
from service.errors import Invalid
from service.gateways import workbook
from service.operations import dispute as operations
from service.operations import draft as draft_operations
from service.operations.dispute import Registered, Visit
from service.queries import consultation as consultations
from service.queries import dispute as disputes
from service.queries import organisation as organisations
from service.rules import access, roster
from service.rules.party import SPEAKERS, UNIT_ENDINGS, unit_ending
from service.rules.register import GROUP
from service.web import basis, intake_form, intake_label
from service.web import draft as drafts
from service.web import form as forms
from service.web.category import danger_signs, suggestions
from service.web.door import action, action_of, actor, brief, desk, now
from service.web.duplicate import CHOICES, EMPTY, panel
from service.web.form import Form
from service.web.intake_form import Posted
from service.web.outlook import outlook

bp = Blueprint("intake", __name__)
SAFETY: Final = ("danger", "domestic_violence", "minor_victim", "crime_suspected")
MOST_PARTY_ROWS: Final = 2 * MAX_PARTIES
# the words of a narrow column
PAPERS: Final = {IdType.RESIDENT_ID: "身份证", IdType.USCC: "信用代码"}
GOVERNMENT: Final = (
    ("none", "没有"),
    ("respondent", "对方是"),
    ("applicant", "来访方是"),
    ("", "不清楚"),
)
TWICE: Final = "这张表刚才已经登记过了。要再登记一件，请核对内容后再点登记"
UNASKED: Final = "经过里听起来有危险，还没有问清楚：请马上问，再在“更正登记”里记下有还是没有"
PROTECT: Final = "紧急的马上打 110，转派出所处置"
NOTHING_BEGUN: Final = MappingProxyType({"unfinished": (), "unreadable": ()})
PANELS: Final = ("routing.show_panel", "duplicate.show_panel", "category.show_panel")
ROSTER_LIMITS: Final = workbook.Limits(file_bytes=5 * workbook.MIB, rows=1_000, columns=40)
# buttons that answer the same form with something more in it
HELPS: Final = ("preview", "add_party", "add_matter", "roster")
REMOVED: Final = re.compile(r"remove_(party|matter)\.(\d{1,4})", re.ASCII)
TOPS: Final = {"party": "parties", "matter": "matters"}


@bp.get("/disputes/new")
@action("dispute.register")
def new() -> ResponseReturnValue:
    """An empty intake form, or one that was begun before."""
    fresh = MultiDict({"source": Source.WALK_IN.value})
    key = request.args.get("draft", "")
    if asked := _uuid(request.args.get("consultation", "")):
        told = consultations.prefill(asked, actor=actor(), desk=desk(), now=now())
        return _page(MultiDict({**fresh, **told, "consultation": str(asked)}))
    if not key:
        return _page(fresh, begun=drafts.begun())
    if (found := drafts.resumed(key)) is None:
        flash("这份草稿已经不在了，可能已经登记或丢掉", "warn")
    return _page(fresh if found is None else found)


@bp.post("/disputes/new")
@action("dispute.register")
def register() -> ResponseReturnValue:
    """Register, or answer the same form with more rows or a look ahead (without script)."""
    posted = intake_form.split(request.form)
    which = request.form.get("action")
    if which == "import_parties":
        return _with_roster(posted)
    if which in HELPS:
        return _page(posted, more=which)
    if which and (gone := REMOVED.fullmatch(which)):
        told = intake_form.without(posted, TOPS[gone[1]], gone[2])
        return _page(told, focus=f"add_{gone[1]}")
    if said := intake_form.crowd(posted):
        return _page(posted, errors={"parties.0.name": [said]}), 422
    return _once(posted)


@bp.post("/disputes/check")
@action("dispute.register")
@brief
def check() -> ResponseReturnValue:
    """What would be refused if the form were sent as it stands; nothing is written."""
    if said := intake_form.crowd(request.form):
        return _checked(forms.typed(request.form, {"parties.0.name": [said]}))
    posted = intake_form.split(request.form)
    read = intake_form.read(posted)
    _, wrong = _judged(read)
    return _checked(forms.typed(posted, read.on_page(wrong)))


def _checked(form: Form) -> str:
    return render_template("dispute/check.html", form=form)


def _judged(read: Posted) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What was read, and all that is wrong with it: its shape, and what can be said of the rest.

    In one go: who has mended the shape shall not learn only then of the content.
    """
    told, wrong = read.judged()
    return told, operations.faults(told, desk=desk(), now=now()) | wrong


def _once(posted: MultiDict[str, str]) -> ResponseReturnValue:
    read, plain = intake_form.read(posted), forms.typed(posted)

    def produce() -> Response:
        told, wrong = _judged(read)
        if wrong:
            raise Invalid(wrong)
        visit = Visit(**told, consultation=_uuid(posted.get("consultation", "")))
        return _registered(visit, plain.key)

    def shown(form: Form) -> str:
        return _page(posted, form=replace(form, values=plain.values))

    return forms.once(produce, shown=shown, twice=TWICE, at=read.on_page)


def _registered(visit: Visit, key: str) -> Response:
    made = operations.register(visit, actor=actor(), desk=desk(), now=now())
    draft_operations.discard(key, user_id=actor().user_id)
    numbers = "、".join(each.number for each in made)
    flash(f"已登记，编号 {numbers}" if len(made) == 1 else f"已登记 {len(made)} 件，编号 {numbers}")
    for told in dict.fromkeys(filter(None, map(_protects, made))):
        flash(told, "warn")
    return forms.see(url_for("receipt.show", dispute_id=made[0].id))


def _protects(made: Registered) -> str:
    """What has to be done at once where somebody is in danger, or may be."""
    view = disputes.one(made.id, actor=actor(), desk=desk(), now=now())
    if view.danger is Danger.UNASKED:
        return UNASKED
    duties = view.route["must_do"] if view.route else []
    told = "；".join(each["text"] for each in duties)
    return f"先保护人：{told or PROTECT}" if view.danger is Danger.PRESENT else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _with_roster(posted: MultiDict[str, str]) -> ResponseReturnValue:
    """The form with everybody on the pasted or uploaded list in it, or what is wrong with that."""
    try:
        text = _uploaded() or posted.get("roster", "")
        posted["roster"] = text
        found = roster.parse(text, today=desk().today(now()))
        if found.faults or not found.people:
            raise Invalid({"roster": list(found.faults) or ["名单里还没有人，请粘贴或选择文件"]})
        told, count = intake_form.with_people(posted, found.people)
    except Invalid as refusal:
        errors = {"roster": [each for several in refusal.fields.values() for each in several]}
        return _page(posted, more="roster", errors=errors), 422
    flash(f"名单里的 {count} 人已经加到当事人，还没有登记")
    before = set(intake_form.rows(posted, "parties", forms.WRITTEN))
    came = intake_form.rows(told, "parties", forms.WRITTEN)
    return _page(told, focus=next(f"parties.{row}" for row in came if row not in before))


def _uploaded() -> str:
    """The workbook that was chosen, as if it had been pasted."""
    given = request.files.get("roster_file")
    if given is None or not given.filename:
        return ""
    try:
        return roster.pasted(workbook.read(given.stream.read(), ROSTER_LIMITS))
    except Malformed as refusal:
        raise Invalid({"roster": [refusal.reason]}) from refusal


def _page(
    posted: MultiDict[str, str],
    *,
    more: str | None = "",
    errors: Mapping[str, list[str]] | None = None,
    form: Form | None = None,
    begun: Mapping[str, Sequence[Mapping[str, Any]]] = NOTHING_BEGUN,
    focus: str = "",
) -> str:
    form = form or forms.typed(posted, errors)
    categories = desk().policy.categories.by_code
    parties = _party_rows(form, more=more == "add_party")
    matters = _matter_rows(posted, more=more == "add_matter")
    if more == "add_party":
        focus = f"parties.{parties[-1]['row']}"
    elif more == "add_matter" and matters:
        focus = f"matters.{matters[-1]}"
    applicants = max((each["place"] for each in parties), default=0)
    return render_template(
        "dispute/new.html",
        title="登记来访",
        form=form,
        parties=parties,
        fresh=_party_row(form, "NEW", []),
        collective=applicants >= GROUP,
        applicants=applicants,
        matters=matters,
        focus=focus,
        unit_endings=" ".join(UNIT_ENDINGS),
        labels=intake_label.named(form.errors, parties, matters),
        most_matters=MAX_MATTERS,
        roster_open=more == "roster",
        choices={
            "role": _party_roles(),
            "kind": list(labels(PartyKind).items()),
            "id_type": list((labels(IdType) | PAPERS).items()),
            "language": list(labels(Language).items()),
            "authority": [("", "权限不明"), *labels(Authority).items()],
        },
        sources=list(labels(Source).items()),
        categories=[(code, each.label) for code, each in categories.items()],
        government_options=GOVERNMENT,
        safety_facts=[(name, FACTS[name].label) for name in SAFETY],
        villages=[each.name for each in organisations.villages()],
        outlook=outlook(posted),
        suggestions=suggestions(posted.get("narrative", ""), posted.get("category", "")),
        signs=danger_signs(posted.get("narrative", ""), posted, posted.getlist("denied")),
        **(panel(posted, form) if request.method == "POST" else EMPTY),
        relations=CHOICES,
        live=_live(),
        typed=request.method == "POST",
        **begun,
        basis=basis.briefly(),
        today=desk().today(now()).isoformat(),
    )


def _live() -> str:
    """The addresses of the panels the caller may ask while typing."""
    policy = desk().policy.access
    return " ".join(
        url_for(endpoint)
        for endpoint in PANELS
        if endpoint in current_app.view_functions
        and access.may(actor(), action_of(endpoint) or "", policy)
    )


def _party_rows(form: Form, *, more: bool) -> list[dict[str, Any]]:
    """The two sides, and every further row that has something in it."""
    values = form.values
    filled = intake_form.rows(MultiDict(values), "parties", forms.WRITTEN)
    rows = sorted({"0", "1", *filled}, key=int)[:MOST_PARTY_ROWS]
    if more:
        rows.append(str(int(rows[-1]) + 1))
    principals = [
        (row, f"{_role_label(values, row)} {values.get(f'parties.{row}.name', '')}".strip())
        for row in rows
        if intake_form.role_of(values, row) not in SPEAKERS
    ]
    made = [_party_row(form, row, principals) for row in rows]
    for place, each in enumerate((each for each in made if each["applies"]), 1):
        each["place"] = place
    return made


def _party_row(form: Form, row: str, principals: list[tuple[str, str]]) -> dict[str, Any]:
    role = intake_form.role_of(form.values, row)
    name = str(form.values.get(f"parties.{row}.name", "")).strip()
    named = bool(name)
    return {
        "row": row,
        "role": role,
        "place": 0,
        "applies": named and role == PartyRole.APPLICANT,
        "fixed": row in ("0", "1"),
        "why": _why_a_unit(name, form.values.get(f"parties.{row}.kind")),
        "listed": bool(form.values.get(f"parties.{row}.listed")),
        "principals": [("", "代表谁"), *principals],
    }


def _why_a_unit(name: str, kind: Any) -> str:
    """Without script nothing is chosen for the clerk, so it is asked."""
    ending = unit_ending(name) if kind == PartyKind.PERSON else None
    return f"名称以“{ending}”结尾，如果是单位，请选单位" if ending else ""


def _role_label(values: Mapping[str, Any], row: str) -> str:
    role = intake_form.role_of(values, row)
    return labels(PartyRole).get(role, "")


def _matter_rows(posted: MultiDict[str, str], *, more: bool) -> list[str]:
    """The further matters that say something, and a fresh one when that is asked for."""
    rows = list(intake_form.rows(posted, "matters", intake_form.WRITTEN_OF_A_MATTER))
    if more and len(rows) + 1 < MAX_MATTERS:
        rows.append(str(max(map(int, rows), default=0) + 1))
    return rows


def _party_roles() -> list[tuple[str, str]]:
    """Roles of a further party; whoever comes third is mostly a third party."""
    first = {PartyRole.THIRD_PARTY: labels(PartyRole)[PartyRole.THIRD_PARTY]}
    return list((first | labels(PartyRole)).items())
