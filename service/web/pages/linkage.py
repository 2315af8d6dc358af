"""府检府院联动: the registers, one row with its stages, and the sealed ones under 移送."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.linkage import PERIODS, DueIs, LinkageRegister, Register, Stage
from schemas.linkage import LinkageIn, LinkageNameIn, LinkageQuery, LinkageStageIn
from service.errors import Conflict, Invalid, Stale, StepNotAllowed
from service.operations import linkage as operations
from service.operations.linkage import CLOCKED, LinkageDraft
from service.queries import linkage as queries
from service.queries import organisation as organisations
from service.queries.linkage import Filters, right
from service.rules import access
from service.rules.linkage import Said
from service.web import form as forms
from service.web import linkage
from service.web.clock import law
from service.web.clock_explained import section_of
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.linkage import BOXES, address
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("linkage", __name__)
TWICE: Final = "刚才已经登记过了。要再登记一条，请核对内容后再点"
OPEN, SEALED = "府检府院联动", "移送和干预过问"
LEADS: Final = {
    False: "检察院、法院要本镇办的和双方约好的：哪天收到、哪天到期、哪个单位办、怎么办的。",
    True: "只有指定的人看得到，别人查不到。移送只记编号、类别、回执和反馈，不记内容。",
}


@bp.get("/linkages")
@action("linkage.list")
def listed() -> ResponseReturnValue:
    """The open registers: their numbers, and the rows of one box."""
    return _listed(sealed=False)


@bp.get("/referrals")
@action("referral.read")
@noted("open", "linkage")
def referrals() -> ResponseReturnValue:
    """The sealed rows that name the caller."""
    return _listed(sealed=True)


@bp.get("/linkages/new")
@action("linkage.record")
def new() -> ResponseReturnValue:
    """The form of one register."""
    return _form(Form(), sealed=False)


@bp.post("/linkages/new")
@action("linkage.record")
def record() -> ResponseReturnValue:
    """Write a row."""
    return _recorded(sealed=False)


@bp.get("/referrals/new")
@action("referral.record")
def refer_new() -> ResponseReturnValue:
    """The form of one sealed register."""
    return _form(Form(), sealed=True)


@bp.post("/referrals/new")
@action("referral.record")
def refer() -> ResponseReturnValue:
    """Write a row of it."""
    return _recorded(sealed=True)


@bp.get("/linkages/<uuid:linkage_id>")
@action("linkage.read")
@noted("read", "linkage")
def detail(linkage_id: UUID) -> ResponseReturnValue:
    """One row."""
    return _detail(linkage_id, Form(key=""), sealed=False)


@bp.get("/referrals/<uuid:linkage_id>")
@action("referral.read")
@noted("read", "linkage")
def referral(linkage_id: UUID) -> ResponseReturnValue:
    """One sealed row."""
    return _detail(linkage_id, Form(key=""), sealed=True)


@bp.post("/linkages/<uuid:linkage_id>/stages")
@action("linkage.step")
def take(linkage_id: UUID) -> ResponseReturnValue:
    """Say that it came to its next stage."""
    return _taken(linkage_id, sealed=False)


@bp.post("/referrals/<uuid:linkage_id>/stages")
@action("referral.step")
def referral_take(linkage_id: UUID) -> ResponseReturnValue:
    """Say what came back."""
    return _taken(linkage_id, sealed=True)


@bp.post("/referrals/<uuid:linkage_id>/names")
@action("referral.step")
def referral_name(linkage_id: UUID) -> ResponseReturnValue:
    """Let somebody else see it."""
    queries.one(linkage_id, sealed=True, actor=actor(), desk=desk(), now=now())  # theirs, or 404
    try:
        body = load_body(LinkageNameIn, forms.body(request.form))
        operations.name(linkage_id, body["user"], actor=actor(), desk=desk(), now=now())
        flash("已指定，从现在起他也看得到")
    except (Invalid, Conflict) as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("linkage.referral", linkage_id=linkage_id))


def _listed(*, sealed: bool) -> ResponseReturnValue:
    given = {name: value for name, value in request.args.items() if value}
    here = url_for("linkage.referrals" if sealed else "linkage.listed")
    try:
        query = load_body(LinkageQuery, given)
        filters = Filters(register=query.pop("register"), box=query.pop("box"))
        page = queries.page(filters, sealed=sealed, actor=actor(), desk=desk(), now=now(), **query)
    except Invalid:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(here)
    rest: dict[str, Any] = {name: value for name, value in given.items() if name != "cursor"}
    endpoint = "linkage.referrals" if sealed else "linkage.listed"
    reads = sealed or _may("linkage.read")
    counts = [] if sealed else queries.counts(actor=actor(), desk=desk(), now=now())
    registers = desk().policy.linkages.those(sealed=sealed)
    return render_template(
        "linkage/list.html",
        title=SEALED if sealed else OPEN,
        lead=LEADS[sealed],
        rows=[linkage.row(each, linked=reads) for each in page.items],
        shown=len(page.items),
        counts=[linkage.count(each, opens=_lists(each.register)) for each in counts],
        registers=[("", "全部"), *((each.id.value, each.name) for each in registers)],
        boxes=list(BOXES.items()),
        chosen=given,
        list_url=here,
        news=_news(registers),
        next_url=url_for(endpoint, **rest, cursor=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(endpoint, **rest) if "cursor" in given else None,
    )


def _lists(register: LinkageRegister) -> bool:
    """Whether its rows may be listed here by who counts them: a sealed one's may not."""
    return not desk().policy.linkages[register].sealed


def _news(registers: Sequence[Register]) -> list[dict[str, str]]:
    return [
        {
            "code": each.id.value,
            "label": each.name,
            "url": address(each, "new", register=each.id.value),
        }
        for each in registers
        if _may(right(each, "record"))
    ]


def _register(*, sealed: bool) -> Register:
    """The register an address names, of these; the first of them where it names none."""
    registers = desk().policy.linkages.those(sealed=sealed)
    wanted = request.args.get("register") or request.form.get("register")
    found = [each for each in registers if each.id.value == wanted]
    return (found or list(registers))[0]


def _recorded(*, sealed: bool) -> ResponseReturnValue:
    def produce() -> ResponseReturnValue:
        body = load_body(LinkageIn, forms.body(request.form))
        draft = LinkageDraft(**body | {"register": _register(sealed=sealed).id})
        made = operations.record(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记")
        return forms.see(address(_register(sealed=sealed), "detail", linkage_id=made))

    return forms.once(produce, shown=lambda form: _form(form, sealed=sealed), twice=TWICE)


def _form(form: Form, *, sealed: bool) -> str:
    register = _register(sealed=sealed)
    return render_template(
        "linkage/new.html",
        title=f"登记：{register.name}",
        lead=LEADS[sealed],
        form=form,
        register=register.id.value,
        fields=_fields(register),
        basis="；".join(law(register.basis)),
        registers=_news(desk().policy.linkages.those(sealed=sealed)),
        post_url=url_for("linkage.refer" if sealed else "linkage.record"),
        back_url=url_for("linkage.referrals" if sealed else "linkage.listed"),
    )


def _fields(register: Register) -> list[dict[str, Any]]:
    """What this register takes, and nothing else."""
    today = desk().today(now()).isoformat()
    units = [(str(each.id), each.name) for each in organisations.active_in_town(actor())]
    due = register.due is DueIs.MUST
    people = queries.candidates(actor=actor(), desk=desk()) if register.sealed else []
    others = [(str(each.id), each.name) for each in people if each.id != actor().user_id]
    made = {
        "sort": described(
            "sort", "类别", "radio", options=list(register.sorts.items()), required=True
        ),
        "title": described(
            "title", "事由", required=True, maxlength=80, hint="列表上看得到，不写当事人姓名"
        ),
        "asker": described("asker", register.asker, required=True, maxlength=80),
        "sign": described("sign", register.sign, maxlength=60),
        "organisation": described(
            "organisation",
            "负责单位",
            "select",
            options=[("", "本单位"), *units],
        ),
        "received_on": described(
            "received_on",
            register.day,
            "date",
            required=True,
            attrs={"max": today},
        ),
        "due_on": described("due_on", "期限", "date", required=due, hint="对方写明的最后一天"),
        "period": described(
            "period",
            "多久一次",
            "radio",
            options=[(each.value, name) for each, name in PERIODS.items()],
            required=True,
        ),
        "words": described("words", "内容", "textarea", required=True, rows=4, maxlength=2000),
        "readers": described(
            "readers", "还有谁可以看", "checkboxes", options=others, hint="您自己总看得到"
        ),
    }
    left_out = {
        "title": register.sealed,
        "sign": not register.sign,
        "organisation": register.sealed,
        "due_on": register.due is DueIs.NONE,
        "period": not register.periodic,
        "words": not register.words,
        "readers": not others,
    }
    return [each for name, each in made.items() if not left_out.get(name)]


def _taken(linkage_id: UUID, *, sealed: bool) -> ResponseReturnValue:
    try:
        version = forms.version()
        body = load_body(LinkageStageIn, forms.body(request.form))
        operations.take(
            linkage_id,
            body.pop("stage"),
            Said(**body),
            version=version,
            sealed=sealed,
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        form = forms.typed(request.form, refusal.fields)
        return _detail(linkage_id, form, sealed=sealed), 422
    except (Stale, StepNotAllowed) as refusal:
        form = forms.typed(request.form, {"": [refusal.detail]})
        status = 412 if isinstance(refusal, Stale) else 409
        return _detail(linkage_id, form, sealed=sealed), status
    flash("已登记")
    page = "linkage.referral" if sealed else "linkage.detail"
    return forms.see(url_for(page, linkage_id=linkage_id))


def _detail(linkage_id: UUID, form: Form, *, sealed: bool) -> str:
    view = queries.one(linkage_id, sealed=sealed, actor=actor(), desk=desk(), now=now())
    named = {each.id for each in view.names}
    people = queries.candidates(actor=actor(), desk=desk()) if sealed else []
    take = "linkage.referral_take" if sealed else "linkage.take"
    may_name = sealed and _may("referral.step")
    return render_template(
        "linkage/detail.html",
        title=view.row.number,
        linkage=linkage.detail(view),
        form=form,
        fields=_stage_fields(view.open),
        step_url=url_for(take, linkage_id=linkage_id),
        terms=section_of(CLOCKED[view.row.register][0], linkage_id)
        if view.row.register in CLOCKED
        else None,
        people=[(str(each.id), each.name) for each in people if each.id not in named],
        name_url=url_for("linkage.referral_name", linkage_id=linkage_id) if may_name else None,
        back_url=url_for("linkage.referrals" if sealed else "linkage.listed"),
    )


def _stage_fields(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """What is asked of the stages that may follow: what none of them takes is not asked."""
    if not stages:
        return []
    today = desk().today(now()).isoformat()
    papers = "、".join(each.name for each in stages if each.paper)
    suits = "、".join(each.name for each in stages if each.suit)
    proofs = "、".join(each.name for each in stages if each.proof)
    options = [(each.stage.value, each.name) for each in stages]
    asked = [
        described("stage", "进展", "radio", options=options, required=True),
        described("on", "日期", "date", required=True, attrs={"max": today}),
    ]
    if papers:
        asked.append(
            described("paper", "文号", maxlength=60, conditional=True, hint=f"{papers}要填")
        )
    if proofs:
        hint = f"怎么办的、凭什么说明办到了；{proofs}要写"
        asked.append(
            described(
                "words", "办理情况", "textarea", rows=4, maxlength=2000, conditional=True, hint=hint
            )
        )
    if suits:
        hint = f"{suits}时填，应诉里登记过的案号"
        asked.append(described("lawsuit", "案号", maxlength=60, conditional=True, hint=hint))
    return asked


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)
