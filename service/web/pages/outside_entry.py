"""外部系统登记: the numbers others keep a dispute under, and what still has to be typed over."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import OutsideSystem
from config.words import label, labels
from schemas.outside_entry import OutsideEntryIn, OutsideEntryWithdrawIn
from service.errors import Invalid, NotFound
from service.operations import outside_entry as operations
from service.operations.outside_entry import EntryDraft
from service.queries import dispute as disputes
from service.queries import outside_entry as queries
from service.queries.dispute import Opened
from service.queries.outside_entry import Missing, Twin
from service.web import form as forms
from service.web import outside_entry, show, supervision
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("outside_entry", __name__)
MOST: Final = 100
TWICE: Final = "刚才已经登记过一次了。要再登记一个编号，请核对内容后再点登记"
STAGES: Final = (("", "全部"), ("false", "只看在办的"), ("true", "只看办结的"))


@bp.get("/outside-entries")
@action("dispute.outside_entry")
def missing() -> ResponseReturnValue:
    """What one may enter in a system and nobody has yet, the newest first."""
    chosen = request.args.get("system", "")
    system = OutsideSystem(chosen) if chosen in set(OutsideSystem) else OutsideSystem.MOJ_MEDIATION
    ended = {"true": True, "false": False}.get(request.args.get("ended", ""))
    given: dict[str, Any] = {"system": system.value}
    given |= {} if ended is None else {"ended": str(ended).lower()}
    try:
        page = queries.missing(
            system,
            ended=ended,
            actor=actor(),
            desk=desk(),
            now=now(),
            limit=MOST,
            cursor=request.args.get("cursor") or None,
        )
    except Invalid:
        return forms.see(url_for("outside_entry.missing", **given))
    today, policy = desk().today(now()), desk().policy
    return render_template(
        "outside_entry/list.html",
        title=f"还没有登记到{label(system)}的纠纷",
        rows=[show.row(each, today=today, policy=policy) for each in page.items],
        filters=[
            _filter("system", "系统", list(labels(OutsideSystem).items()), system.value),
            _filter("ended", "办理情况", list(STAGES), given.get("ended", "")),
        ],
        pick_url=supervision.pick_url(),
        list_url=url_for("outside_entry.missing"),
        first_url=url_for("outside_entry.missing", **given) if request.args.get("cursor") else None,
        next_url=_following(given, page.next_cursor),
        today_text=show.long_day(today),
        found_text=_found(page),
    )


@bp.get("/disputes/<uuid:dispute_id>/outside-entries")
@action("dispute.read")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """The entries of one dispute, and the form for one more."""
    return _page(_opened(dispute_id), Form())


@bp.post("/disputes/<uuid:dispute_id>/outside-entries")
@action("dispute.outside_entry")
def enter(dispute_id: UUID) -> ResponseReturnValue:
    """Note one, and warn of other disputes under the same number."""

    def produce() -> Response:
        raw = outside_entry.read(forms.body(request.form))
        draft = EntryDraft(**load_body(OutsideEntryIn, raw))
        operations.enter(dispute_id, draft, actor=actor(), desk=desk(), now=now())
        _say(draft, dispute_id)
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    def shown(form: Form) -> str:
        return _page(_opened(dispute_id), form)

    return forms.once(produce, shown=shown, twice=TWICE, at=outside_entry.in_one)


@bp.post("/disputes/<uuid:dispute_id>/outside-entries/<uuid:entry_id>/withdraw")
@action("dispute.outside_entry")
def withdraw(dispute_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """Take one back that was a mistake, with the reason."""
    try:
        body = load_body(OutsideEntryWithdrawIn, forms.body(request.form))
    except Invalid as refusal:
        told = {f"{name}-{entry_id}": words for name, words in refusal.fields.items()}
        return _page(_opened(dispute_id), forms.typed(request.form, told)), 422
    operations.withdraw(dispute_id, entry_id, body["reason"], actor=actor(), desk=desk(), now=now())
    flash("已撤销这条外部登记，撤销的理由记在办理经过里")
    return forms.see(url_for("outside_entry.listed", dispute_id=dispute_id))


def _found(page: Missing) -> str:
    """How many there are, and among how many when not all were looked at."""
    if page.looked_at is None:
        return f"共 {page.total} 件没有登记，本页 {len(page.items)} 件"
    return f"最近的 {page.looked_at} 件里有 {page.total} 件没有登记，本页 {len(page.items)} 件"


def _following(given: dict[str, Any], cursor: str | None) -> str | None:
    return url_for("outside_entry.missing", **given, cursor=cursor) if cursor else None


def _page(opened: Opened, form: Form) -> str:
    return render_template(
        "outside_entry/show.html",
        title=f"外部系统登记：{opened.view.number}",
        outside=outside_entry.section(opened, form),
        dispute_url=url_for("dispute.detail", dispute_id=opened.view.id),
    )


def _say(draft: EntryDraft, dispute_id: UUID) -> None:
    flash(f"已{'更正' if draft.correction else '记下'}{label(draft.system)}的编号")
    same = queries.twins(
        dispute_id, draft.system, draft.number, actor=actor(), desk=desk(), now=now()
    )
    if same:
        flash(_warning(same), "warn")


def _warning(same: list[Twin]) -> str:
    named = "、".join(each.number for each in same if each.number)
    hidden = any(each.number is None for each in same)
    whose = "和".join(filter(None, (named, "另一件您看不到的纠纷" if hidden else "")))
    return f"同一个编号也登记在 {whose} 上，请核对是不是同一件事，或者编号写错了"


def _filter(name: str, text: str, options: list[tuple[str, str]], value: str) -> dict[str, Any]:
    return {"name": name, "label": text, "value": value, "options": options}


def _opened(dispute_id: UUID) -> Opened:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if opened.key is None:  # under their numbers other systems tell what is sealed here
        raise NotFound("没有找到这件纠纷")
    return opened
