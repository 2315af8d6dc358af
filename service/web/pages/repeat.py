"""重复来访: taking down that somebody came again, of a dispute in hand or by the ID card."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import PartyRole
from schemas.repeat import CardIn, RepeatIn
from service.errors import Conflict, Forbidden, Invalid, NotFound, TooOften
from service.operations import repeat as operations
from service.queries import dispute as disputes
from service.queries.dispute import DisputeView
from service.web import conflict
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("repeat", __name__)
CONSEQUENCE: Final = (
    "记在这一件名下，不算新登记的纠纷，统计时另列为“重复来访”。"
    "来访人说了新的事实的，请另外登记一件并关联。"
)
TWICE: Final = "刚才已经记过一次。又来了一次的，请核对后再点"


@bp.get("/disputes/<uuid:dispute_id>/repeats")
@action("dispute.repeat")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """When, who, what was said."""
    return _page(dispute_id, None)


@bp.post("/disputes/<uuid:dispute_id>/repeats")
@action("dispute.repeat")
def note(dispute_id: UUID) -> ResponseReturnValue:
    """Take it down."""

    def produce() -> ResponseReturnValue:
        body = load_body(RepeatIn, forms.body(request.form))
        if not body.get("party") and not body.get("words"):
            raise Invalid({"words": ["请写明来的是谁、说了什么"]})
        operations.note(dispute_id, body, actor=actor(), desk=desk(), now=now())
        flash("已记下这次重复来访，不另算一件")
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _page(dispute_id, form), twice=TWICE)


@bp.get("/repeats")
@action("dispute.repeat")
def ask_by_card() -> ResponseReturnValue:
    """The same by number and ID card, of what the clerk may not open any more."""
    number = request.args.get("number", "").strip()[:40]
    return _card_page(Form(values={"came_on": _today(), "number": number}))


@bp.post("/repeats")
@action("dispute.repeat")
def note_by_card() -> ResponseReturnValue:
    """Take it down, and tell nothing of the dispute."""

    def produce() -> ResponseReturnValue:
        body = load_body(CardIn, forms.body(request.form))
        try:
            told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
            number, ordinal = operations.note_by_card(body, **told)
        except (NotFound, Conflict, TooOften) as refusal:
            raise Invalid({"number": [refusal.detail]}) from refusal
        flash(f"已记在 {number} 名下，是第 {ordinal} 次来访，不另算一件")
        return forms.see(url_for("repeat.ask_by_card"))

    return forms.once(produce, shown=_card_page, twice=TWICE)


def _today() -> str:
    return desk().today(now()).isoformat()


def _page(dispute_id: UUID, form: Form | None) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if "dispute.repeat" not in opened.may or opened.key is None:
        raise Forbidden("这件纠纷不由您办理")
    view = opened.view
    if form is None:
        first = next(
            (str(each.id) for each in view.parties if each.role is PartyRole.APPLICANT), ""
        )
        form = Form(values={"came_on": _today(), "party": first})
    return _drawn(
        f"重复来访：{view.number}",
        url_for("repeat.note", dispute_id=dispute_id),
        [_came_on(), _who(view), _words()],
        form,
        conflict.about(view),
    )


def _card_page(form: Form) -> str:
    fields = [
        forms.described("number", "纠纷编号", required=True, maxlength=40),
        forms.described(
            "id_number",
            "来访人的证件号码",
            required=True,
            maxlength=300,
            hint="必须是这件纠纷的当事人本人；可以用读卡器",
        ),
        _came_on(),
        _words(),
    ]
    about = {"number": "工作台", "parties": "按编号和证件登记", "matter": "不显示纠纷内容"}
    about |= {"url": url_for("home.desk")}
    return _drawn("登记重复来访", url_for("repeat.note_by_card"), fields, form, about)


def _drawn(
    title: str, url: str, fields: list[dict[str, Any]], form: Form, about: dict[str, Any]
) -> str:
    step = {"url": url, "button": "保存", "danger": False, "consequence": CONSEQUENCE}
    return render_template(
        "dispute/step.html",
        title=title,
        step=step | {"fields": fields},
        form=form,
        version=None,
        next="",
        about=about,
    )


def _came_on() -> dict[str, Any]:
    return forms.described("came_on", "哪天来的", "date", required=True, attrs={"max": _today()})


def _who(view: DisputeView) -> dict[str, Any]:
    people = [(str(each.id), each.name) for each in view.parties]
    return forms.described(
        "party", "谁来的", "select", options=[*people, ("", "当事人以外的人，在下面写明")]
    )


def _words() -> dict[str, Any]:
    return forms.described("words", "这次说了什么", "textarea", maxlength=1000, rows=3)
