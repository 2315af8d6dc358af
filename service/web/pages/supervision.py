"""督办: what presses whom, by state; ordering, replying, judging the reply; the papers of it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import SupervisionKind
from config.words import label
from schemas.supervision import AnswerIn, OrderIn, SendBackIn, SupervisionQuery
from service.errors import Conflict, Invalid, NotFound
from service.operations import paper as papers
from service.operations import supervision as operations
from service.operations.supervision import Order
from service.queries import paper as paper_queries
from service.queries import supervision as queries
from service.queries.supervision import Filters, SupervisionView
from service.rules import access
from service.rules import paper as paper_rules
from service.rules import supervision as rules
from service.rules.supervision import MOST, STATE_WORDS, SupervisionState
from service.web import form as forms
from service.web import show, supervision
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("supervision", __name__)
OFFERED: Final = "offered"  # the rows of the form, ticked or not
TWICE: Final = "刚才已经下达过了。要再督办一次，请核对内容后再点"
S = SupervisionState
EMPTY: Final = {
    None: "还没有督办。在纠纷列表里勾选，再点“督办”。",
    S.LATE: "没有逾期未答复的督办。",
    S.OPEN: "没有等答复的督办。",
    S.ANSWERED: "没有等确认的答复。",
    S.ENDED: "还没有结束的督办。",
}
ANSWER_HINT: Final = "下达督办的领导看得到，不写当事人姓名和电话"
PARTS: Final = {"answer": AnswerIn, "back": SendBackIn}


@bp.get("/supervisions")
@action("supervision.read")
def listed() -> ResponseReturnValue:
    """By state, narrowed by what stands in the address."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(SupervisionQuery, given)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(_url({k: v for k, v in given.items() if k not in refusal.fields}))
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    state = S(query.pop("state")) if query["state"] else query.pop("state")
    filters = Filters(state=state, **query)
    scope = access.scope(actor(), "supervision.read", desk().policy.access)
    try:
        page = queries.page(filters, scope=scope, desk=desk(), now=now(), **paging)
    except Invalid:
        return forms.see(_url({k: v for k, v in given.items() if k != "cursor"}))
    plain = {name: value for name, value in given.items() if name not in ("cursor", "count")}
    following = _url(plain | {"cursor": page.next_cursor}) if page.next_cursor else None
    counted = queries.counts(filters, scope=scope, desk=desk(), now=now())
    return render_template(
        "supervision/list.html",
        title="督办",
        rows=[supervision.row(each) for each in page.items],
        shown=len(page.items),
        tabs=_tabs(plain, counted),
        filters=_selects(plain),
        hidden=[("state", plain["state"])] if "state" in plain else [],
        narrowed=bool(set(plain) - {"state", "limit"}),
        list_url=url_for("supervision.listed"),
        empty=EMPTY[state],
        new_url=supervision.pick_url(),
        next_url=following,
        first_url=_url(plain) if "cursor" in given else None,
    )


@bp.get("/supervisions/new")
@action("supervision.order")
def new() -> ResponseReturnValue:
    """The form for the disputes that were ticked, or chosen on a page of one."""
    return _form(Form(values={"disputes": request.args.getlist("dispute")}))


@bp.post("/supervisions/new")
@action("supervision.order")
def order() -> ResponseReturnValue:
    """Order it."""

    def produce() -> ResponseReturnValue:
        raw = {name: told for name, told in forms.body(request.form).items() if name != OFFERED}
        body = load_body(OrderIn, raw | {"disputes": request.form.getlist("disputes")})
        ids = body.pop("disputes")
        made = operations.order(ids, Order(**body), actor=actor(), desk=desk(), now=now())
        name = desk().policy.supervisions[body["kind"]].name
        urged = body["kind"] is SupervisionKind.URGE
        flash(f"已{name if urged else f'下达{name}'} {len(made)} 件，承办单位收到消息")
        if len(made) == 1:
            return forms.see(url_for("supervision.detail", supervision_id=made[0]))
        return forms.see(url_for("supervision.listed"))

    return forms.once(produce, shown=_form, twice=TWICE, at=_in_one)


@bp.get("/supervisions/<uuid:supervision_id>")
@action("supervision.read")
@noted("read", "supervision")
def detail(supervision_id: UUID) -> ResponseReturnValue:
    """One, with its words for who may read them."""
    return _detail(_view(supervision_id), Form())


@bp.post("/supervisions/<uuid:supervision_id>/answer")
@action("supervision.answer")
def answer(supervision_id: UUID) -> ResponseReturnValue:
    """Reply for the unit."""

    def write(words: str) -> None:
        operations.answer(supervision_id, words, actor=actor(), desk=desk(), now=now())
        flash("已答复，下达督办的人收到消息")

    return _written(supervision_id, "answer", write)


@bp.post("/supervisions/<uuid:supervision_id>/send-back")
@action("supervision.order")
def send_back(supervision_id: UUID) -> ResponseReturnValue:
    """The reply will not do."""

    def write(words: str) -> None:
        operations.send_back(supervision_id, words, actor=actor(), desk=desk(), now=now())
        flash("已退回，承办单位收到消息，要重新答复")

    return _written(supervision_id, "back", write)


@bp.post("/supervisions/<uuid:supervision_id>/finish")
@action("supervision.order")
def finish(supervision_id: UUID) -> ResponseReturnValue:
    """End it."""
    operations.finish(supervision_id, actor=actor(), desk=desk(), now=now())
    flash("督办已结束")
    return forms.see(url_for("supervision.detail", supervision_id=supervision_id))


@bp.get("/supervisions/<uuid:supervision_id>/paper")
@action("supervision.read")
def paper(supervision_id: UUID) -> ResponseReturnValue:
    """The paper to print: 督办单, 挂牌督办通知书, 通报, 约谈通知书."""
    view = _view(supervision_id)
    name = supervision.PAPERS.get(view.row.kind)
    if name is None or view.words is None:
        raise NotFound("这次督办没有文书")
    kind, head = f"supervision_{view.row.kind.value}", paper_queries.letterhead()
    fields = _filled(view)
    marked = paper_rules.mark(fields | {"paper": kind, "centre": head.name})
    papers.opened([view.dispute], kind, actor=actor(), now=now(), mark=marked)
    return render_template(
        "paper/supervision.html",
        title=f"{name} {view.row.number}",
        name=name,
        paper=fields,
        centre=head,
        mark=marked,
        detail_url=url_for("supervision.detail", supervision_id=supervision_id),
    )


def _written(supervision_id: UUID, part: str, write: Any) -> ResponseReturnValue:
    """Read one of the forms of the page; what is wrong stands at its field."""

    def produce() -> ResponseReturnValue:
        told = forms.body(request.form).get(part)
        body = load_body(PARTS[part], told if isinstance(told, dict) else {})
        try:
            write(body["words"])
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        return forms.see(url_for("supervision.detail", supervision_id=supervision_id))

    def at(fields: forms.Fields) -> forms.Fields:
        return {f"{part}.{name}" if name else "": said for name, said in fields.items()}

    return forms.once(
        produce, shown=lambda form: _detail(_view(supervision_id), form), twice=TWICE, at=at
    )


def _view(supervision_id: UUID) -> SupervisionView:
    return queries.one(supervision_id, actor=actor(), desk=desk(), now=now())


def _detail(view: SupervisionView, form: Form) -> str:
    shown = supervision.detail(view)
    replied = view.row.state is S.ANSWERED
    address: dict[str, Any] = {"supervision_id": view.row.id}
    return render_template(
        "supervision/show.html",
        title=f"{shown['kind_label']} {view.row.number or ''}".strip(),
        supervision=shown,
        form=form,
        answer={
            "url": url_for("supervision.answer", **address),
            "fields": [_words("answer", "答复", 2000, ANSWER_HINT)],
        }
        if view.may_answer
        else None,
        back={
            "url": url_for("supervision.send_back", **address),
            "fields": [_words("back", "为什么退回", 500, "")],
        }
        if view.may_judge and replied
        else None,
        finish_url=url_for("supervision.finish", **address) if view.may_judge else None,
        replied=replied,
        list_url=url_for("supervision.listed"),
    )


def _words(part: str, text: str, most: int, hint: str) -> dict[str, Any]:
    return forms.described(
        f"{part}.words", text, "textarea", required=True, maxlength=most, hint=hint, rows=4
    )


def _form(form: Form) -> str:
    """What was chosen, as brief rows, and how to press; what was unticked since stays there."""
    ticked = [UUID(each) for each in _listed(form.values.get("disputes", [])) if _is_id(each)]
    ids = [*ticked, *(UUID(each) for each in request.form.getlist(OFFERED) if _is_id(each))]
    found = queries.chosen(ids, actor=actor(), desk=desk(), now=now())
    rows = [supervision.chosen(each, ticked=each.id in ticked) for each in found]
    today, ways = desk().today(now()), desk().policy.supervisions.ordered_by(actor().roles)
    usual = {each.kind: rules.usual_reply(each, today, desk().calendar) for each in ways}
    return render_template(
        "supervision/new.html",
        title="督办",
        chosen=rows,
        lost=len(set(ids)) - len(found),
        form=form,
        fields=[
            forms.described(
                "kind",
                "怎么督办",
                "radio",
                options=[(each.kind.value, each.name) for each in ways],
                required=True,
            ),
            forms.described(
                "words",
                "要求",
                "textarea",
                required=True,
                maxlength=1000,
                rows=4,
                hint="写清要办到什么。只知道编号时，不用写案情",
            ),
            forms.described(
                "reply_by",
                "最迟哪天答复",
                "date",
                hint="不填就按督办方式的天数；催办不填",
                conditional=True,
                attrs={"min": today.isoformat()},
            ),
        ],
        ways=[
            {
                "name": each.name,
                "local": each.local,
                "hint": each.hint,
                "reply": _reply(each.reply_days, usual[each.kind]),
            }
            for each in ways
        ],
        most=MOST,
        post_url=url_for("supervision.order"),
        choose_url=url_for("dispute.listed", overdue="true", sort="due"),
    )


def _reply(days: int, until: date | None) -> str:
    """5 个工作日内答复，今天下达就到 11月9日."""
    if until is None:
        return ""
    on = show.day(until, year=desk().today(now()).year)
    return f"{days} 个工作日内答复，今天下达就到 {on}"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _in_one(fields: forms.Fields) -> forms.Fields:
    """What is wrong with the ticked rows stands at them, whichever row it is."""
    return {"disputes" if name.startswith("disputes.") else name: w for name, w in fields.items()}


def _filled(view: SupervisionView) -> dict[str, Any]:
    """The fields of the paper; of a restricted dispute nothing but its number."""
    row = view.row
    ordered_on = desk().today(row.ordered_at)
    return {
        "number": row.number,
        "kind": row.kind.value,
        "organisation": row.organisation,
        "dispute_number": row.dispute_number,
        "category": "" if row.restricted else show.category(row.category, desk().policy),
        "status": label(row.status),
        "due_on": show.long_day(view.due_on) if view.due_on else "",
        "words": view.words,
        "reply_by": show.long_day(row.reply_by) if row.reply_by else "",
        "ordered_on": show.day(ordered_on, year=0),
        "ordered_by": row.ordered_by,
    }


def _tabs(given: dict[str, str], counted: Any) -> list[dict[str, Any]]:
    rest = {name: value for name, value in given.items() if name != "state"}
    chosen = given.get("state")
    tabs: list[tuple[str, int, str | None]] = [("全部", sum(counted.values()), None)]
    tabs += [(text, counted[each], each.value) for each, text in STATE_WORDS.items()]
    return [
        {
            "label": text,
            "count": count,
            "url": _url(rest | ({"state": word} if word else {})),
            "current": word == chosen,
        }
        for text, count, word in tabs
    ]


def _selects(given: dict[str, str]) -> list[dict[str, Any]]:
    """Narrowing by kind, and by the units that owe a reply."""
    scope = access.scope(actor(), "supervision.read", desk().policy.access)
    units = queries.by_organisation(scope=scope, desk=desk(), now=now())
    owing = [
        (
            str(each.organisation_id),
            f"{each.organisation}（{each.waiting}{f'，逾期 {each.late}' if each.late else ''}）",
        )
        for each in units
    ]
    kinds = [(each.kind.value, each.name) for each in desk().policy.supervisions.by_kind.values()]
    options = {"kind": ("方式", kinds), "organisation": ("欠答复的单位", owing)}
    return [
        {"name": name, "label": text, "value": given.get(name, ""), "options": choices}
        for name, (text, choices) in options.items()
    ]


def _url(query: dict[str, str]) -> str:
    address: dict[str, Any] = dict(query)
    return url_for("supervision.listed", **address)
