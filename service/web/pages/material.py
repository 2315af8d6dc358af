"""材料: what a party still has to bring, what was handed in, what was given back."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import MaterialForm, MaterialState
from config.words import label, labels
from schemas.material import MaterialsIn
from service.errors import Invalid
from service.operations import material as operations
from service.queries import dispute as disputes
from service.queries import material as queries
from service.queries.material import MaterialView
from service.rules import dispute as rules
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("material", __name__)
S = MaterialState
TONES: Final = {S.WANTED: "warn", S.RECEIVED: "ok", S.RETURNED: "plain"}
DONE: Final = {S.WANTED: "已加进告知单", S.RECEIVED: "已记下收到", S.RETURNED: "已记下退还"}
TWICE: Final = "刚才已经保存过一次了。要再记，请核对后再点保存"
MISSING: Final = "请勾选或者填写材料"
OWN_ROWS: Final = 2  # free lines beside the usual papers
OWN_LABELS: Final = {
    f"own.{row}.{name}": f"第 {row + 1} 份的{text}"
    for row in range(OWN_ROWS)
    for name, text in (("name", "名称"), ("form", "形式"), ("copies", "份数"))
}


@bp.get("/disputes/<uuid:dispute_id>/materials")
@action("dispute.material")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """The papers of a dispute."""
    return _page(dispute_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/materials")
@action("dispute.material")
def add(dispute_id: UUID) -> ResponseReturnValue:
    """Tell what is missing, or note what was handed in without having been told."""
    return forms.once(
        lambda: _noted(dispute_id, _items()),
        shown=lambda form: _page(dispute_id, form),
        twice=TWICE,
        at=_at_fields,
    )


@bp.post("/disputes/<uuid:dispute_id>/materials/<uuid:material_id>")
@action("dispute.material")
def move(dispute_id: UUID, material_id: UUID) -> ResponseReturnValue:
    """Hand in, give back, or no longer want one paper."""
    if request.form.get("state") == "dropped":
        operations.drop(dispute_id, material_id, actor=actor(), desk=desk(), now=now())
        flash("已从告知单去掉")
        return forms.see(url_for("material.listed", dispute_id=dispute_id))
    item = {
        "id": str(material_id),
        "state": request.form.get("state"),
        "form": request.form.get("form", MaterialForm.COPY.value),
        "copies": _copies(""),
    }
    try:
        return _noted(dispute_id, [item])
    except Invalid as refusal:
        said = [word for words in refusal.fields.values() for word in words]
        return _page(dispute_id, Form(errors={"": "；".join(said)})), 422


def _noted(dispute_id: UUID, raw: list[dict[str, Any]]) -> Response:
    items = load_body(MaterialsIn, {"items": raw})["items"]
    operations.note(dispute_id, items, actor=actor(), desk=desk(), now=now())
    flash(DONE[items[0]["state"]])
    return forms.see(url_for("material.listed", dispute_id=dispute_id))


def _items() -> list[dict[str, Any]]:
    """What was ticked and typed, all of it in the state of the button that was pressed."""
    state = S.RECEIVED if request.form.get("state") == S.RECEIVED else S.WANTED
    usual = {paper.name: paper.form for paper in desk().policy.papers.all}
    ticked: list[dict[str, Any]] = [
        {"name": name, "form": usual[name].value, "copies": 1, "state": state.value}
        for name in request.form.getlist("usual")
        if name in usual
    ]
    own = [
        {
            "name": name,
            "form": request.form.get(f"own.{row}.form") or _form_named(name),
            "copies": _copies(f"own.{row}."),
            "state": state.value,
        }
        for row in range(OWN_ROWS)
        if (name := request.form.get(f"own.{row}.name", "")).strip()
    ]
    if not ticked + own:
        raise Invalid({"usual": [MISSING]})
    return ticked + own


def _form_named(name: str) -> str | None:
    """The form that a name says by itself, 原件 of 承包合同原件; None when it says none or two."""
    said = [form for form, word in labels(MaterialForm).items() if word in name]
    return said[0] if len(said) == 1 else None


def _copies(prefix: str) -> int | str:
    copies = request.form.get(f"{prefix}copies", "1").strip()
    return int(copies[:6]) if copies.isascii() and copies.isdigit() else copies


def _at_fields(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Errors of typed rows at their fields; those of ticked ones at the list."""
    ticked = sum(1 for name in request.form.getlist("usual"))
    rows = [r for r in range(OWN_ROWS) if request.form.get(f"own.{r}.name", "").strip()]
    told: dict[str, list[str]] = {}
    for path, words in fields.items():
        top, _, rest = path.partition(".")
        place, _, name = rest.partition(".")
        own = int(place) - ticked if top == "items" and place.isdigit() else -1
        at = f"own.{rows[own]}.{name}" if 0 <= own < len(rows) else "usual"
        told.setdefault(at, []).extend(words)
    return told


def _page(dispute_id: UUID, form: Form) -> str:
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    view = disputes.one(dispute_id, actor=actor(), desk=desk(), now=now())
    there = {each.name for each in found}
    usual = desk().policy.papers.usual(view.category)
    return render_template(
        "material/list.html",
        title=f"材料：{view.number}",
        form=form,
        ticked=request.form.getlist("usual"),
        editable=view.status in rules.OPEN,
        usual=[each for each in usual if each.name not in there],
        own_rows=range(OWN_ROWS),
        materials=[_row(each, dispute_id) for each in found],
        form_options=list(labels(MaterialForm).items()),
        own_labels=OWN_LABELS,
        add_url=url_for("material.add", dispute_id=dispute_id),
        detail_url=url_for("dispute.detail", dispute_id=dispute_id),
        notice_url=url_for("paper.materials_notice", dispute_id=dispute_id)
        if any(each.state is S.WANTED for each in found)
        else None,
        receipt_url=url_for("paper.materials_receipt", dispute_id=dispute_id)
        if any(each.state is not S.WANTED for each in found)
        else None,
        about={
            "parties": " 与 ".join(each.name for each in view.parties[:2]),
            "matter": show.category(view.category, desk().policy),
        },
    )


def _row(each: MaterialView, dispute_id: UUID) -> dict[str, Any]:
    days = (("告知", each.told_on), ("收到", each.received_on), ("退还", each.returned_on))
    return {
        "name": each.name,
        "form": each.form.value,
        "form_label": f"{label(each.form)} {each.copies} 份",
        "copies": each.copies,
        "state": each.state.value,
        "state_label": label(each.state),
        "tone": TONES[each.state],
        "days": "　".join(f"{word} {show.day(on)}" for word, on in days if on),
        "received_by": each.received_by or "",
        "url": url_for("material.move", dispute_id=dispute_id, material_id=each.id),
    }
