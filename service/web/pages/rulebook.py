"""分流规则: the rules in words, one rule with its numbers, drafts, what they change, publishing."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import routing_text
from config.routing import Rule, Rulebook
from config.vocabulary import RulebookState
from schemas.rulebook import RulebookChangeIn, RulebookPublicationIn
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations import rulebook as operations
from service.operations.rulebook import Change
from service.queries import replay as replays
from service.queries import rule as figures
from service.queries import rulebook as queries
from service.queries.rule import Figure, Look, RuleFigures
from service.queries.rulebook import VersionView
from service.reports.weekly import share_of
from service.rules import access
from service.rules import rule as rules
from service.rules.routing import Fault
from service.web import form as forms
from service.web import rule_form, rulebook, show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("rulebook", __name__)
WORDS: Final[Mapping[Figure, str]] = {
    Figure.DECIDED: "由这条规则决定",
    Figure.DISPATCHED: "已经分派",
    Figure.OVERRIDDEN: "改派",
    Figure.ENDED: "调解终结",
    Figure.AGREED: "达成协议",
    Figure.CLOSED: "已经办结",
}
MEANING: Final = (
    "最近十二个月登记、在您统计范围以内的纠纷，按最近一次的分流结论计；受限纠纷不计入，也不列出"
)
TWICE: Final = "刚才已经保存过一次了，请核对"
CHANGED: Final = "有人在您之前改了这份草稿。您写的还在下面，请核对后再保存"
NEW: Final = "new"


@bp.get("/routing/rules")
@action("routing.read")
def current() -> ResponseReturnValue:
    """The rules that govern today, in their order, each with its numbers."""
    stands = desk().rulebooks.on(_today())
    return _version_page(queries.one(stands.version, _shipped()), stands, counted=True)


@bp.get("/routing/rules/<int:edition>")
@action("routing.read")
def one(edition: int) -> ResponseReturnValue:
    """A version; of a draft also what may be done with it."""
    view = queries.one(edition, _shipped())
    return _version_page(view, queries.book(edition, _shipped()), counted=not view.is_draft)


@bp.get("/routing/rules/<int:edition>/rules/<rule_id>")
@action("routing.read")
def rule(edition: int, rule_id: str) -> ResponseReturnValue:
    """One rule with its numbers of twelve months."""
    view, book = queries.one(edition, _shipped()), queries.book(edition, _shipped())
    found = _rule(book, rule_id)
    look = _look() if _may("metric.read") else None
    told = figures.figures(look).get(rule_id, RuleFigures()) if look else RuleFigures()

    def rows_url(figure: Figure) -> str | None:
        if not _number(told, figure):
            return None
        return url_for("rulebook.rows", edition=edition, rule_id=rule_id, figure=figure.value)

    return render_template(
        "rulebook/rule.html",
        title=found.title,
        rule=rulebook.row(found, book.rules.index(found) + 1, book),
        version=_version(view),
        numbers=[
            {"label": WORDS[each], "count": _number(told, each), "url": rows_url(each)}
            for each in Figure
        ],
        rates=_rates(told) if look else None,
        meaning=MEANING,
        period=_period(look, show.day, year=0) if look else "",
        edit_url=_edit_url(view, rule_id),
        back_url=_url(view),
    )


@bp.get("/routing/rules/<int:edition>/rules/<rule_id>/rows/<figure>")
@action("metric.read")
def rows(edition: int, rule_id: str, figure: str) -> ResponseReturnValue:
    """The disputes behind one of its numbers."""
    if figure not in set(Figure):
        raise NotFound
    chosen = Figure(figure)
    found = _rule(queries.book(edition, _shipped()), rule_id)
    look = _look()
    told = figures.figures(look).get(rule_id, RuleFigures())
    cursor = request.args.get("cursor") or None
    page = figures.rows(rule_id, chosen, look=look, cursor=cursor)
    here: dict[str, Any] = {"edition": edition, "rule_id": rule_id}
    following = url_for("rulebook.rows", **here, figure=figure, cursor=page.next_cursor)
    count = _number(told, chosen)
    return render_template(
        "weekly/rows.html",
        title=f"{found.title}：{WORDS[chosen]}",
        figure={
            "label": WORDS[chosen],
            "value_text": f"{count} 件",
            "definition": MEANING,
            "period_text": _period(look, show.long_day),
            "cut_off_text": show.moment(now(), desk().zone),
            "count": count,
        },
        table="dispute/behind.html",
        rows=[show.brief_row(each, today=_today(), policy=desk().policy) for each in page.items],
        pick_url=None,
        next_url=following if page.next_cursor else None,
        back={
            "label": "回到规则",
            "url": url_for("rulebook.rule", **here),
        },
        files=[],
    )


@bp.post("/routing/rules/drafts")
@action("routing.edit")
def begin() -> ResponseReturnValue:
    """A draft that begins as the newest version."""

    def produce() -> Response:
        edition = operations.draft(Change(), actor=actor(), desk=desk(), now=now())
        flash("草稿已另拟，发布以前不生效")
        return forms.see(url_for("rulebook.one", edition=edition))

    return forms.kept(produce)


@bp.get("/routing/rules/<int:edition>/rules/<rule_id>/edit")
@action("routing.edit")
def edit(edition: int, rule_id: str) -> ResponseReturnValue:
    """One rule of a draft as a form; `new` is one that is not there yet."""
    view, content = _draft(edition)
    row = _row(content, rule_id)
    told = rule_form.errors(operations.faults(content, edition, desk()), rule_id)
    return _edit_page(view, row, Form(values=rule_form.values(row), errors=told), rule_id)


@bp.post("/routing/rules/<int:edition>/rules/<rule_id>/edit")
@action("routing.edit")
def save(edition: int, rule_id: str) -> ResponseReturnValue:
    """Write the rule into the draft, where it stands or in front of another."""
    view, content = _draft(edition)
    row = _row(content, rule_id)
    typed = rule_form.typed(request.form)
    try:
        made = rule_form.row(request.form, row)
        table = rules.put(routing_text.read(content), made, request.form.get("before") or None)
        _revise(edition, table)
    except Invalid as refusal:
        told = {_at(path): "；".join(said) for path, said in refusal.fields.items()}
        return _edit_page(view, row, Form(values=typed, errors=told), rule_id), 422
    except Stale:
        view, content = _draft(edition)
        form = Form(values=typed, errors={"": CHANGED})
        return _edit_page(view, _row(content, rule_id, row), form, rule_id), 412
    found = operations.faults(queries.content(edition, _shipped()), edition, desk())
    if rule_form.errors(found, made["id"]):
        flash("已存入草稿，下面标出的地方还要改", "warn")
        return forms.see(url_for("rulebook.edit", edition=edition, rule_id=made["id"]))
    flash("规则已存入草稿，发布以前不生效")
    return forms.see(url_for("rulebook.one", edition=edition) + f"#r-{made['id']}")


@bp.post("/routing/rules/<int:edition>/rules/<rule_id>/remove")
@action("routing.edit")
def remove(edition: int, rule_id: str) -> ResponseReturnValue:
    """Take a rule out of the draft."""
    _, content = _draft(edition)
    return _deed(
        edition,
        lambda: _revise(edition, rules.without(routing_text.read(content), rule_id)),
        "规则已从草稿里删去",
    )


@bp.get("/routing/rules/<int:edition>/text")
@action("routing.edit")
def text(edition: int) -> ResponseReturnValue:
    """The whole draft as text, with its name and note."""
    view, content = _draft(edition)
    told = {"title": view.title, "note": view.note or "", "content": content}
    return _text_page(view, Form(values=told))


@bp.post("/routing/rules/<int:edition>/text")
@action("routing.edit")
def save_text(edition: int) -> ResponseReturnValue:
    """Keep the whole draft as it was typed."""
    view, _ = _draft(edition)
    typed = {name: request.form.get(name, "") for name in ("title", "note", "content")}
    try:
        body = load_body(RulebookChangeIn, typed)
        change = Change(**body)
        operations.revise(edition, change, version=_seen(), actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        told = {path: "；".join(said) for path, said in refusal.fields.items()}
        return _text_page(view, Form(values=typed, errors=told)), 422
    except Stale:
        view, _ = _draft(edition)
        return _text_page(view, Form(values=typed, errors={"": CHANGED})), 412
    flash("草稿已保存，发布以前不生效")
    return forms.see(url_for("rulebook.one", edition=edition))


@bp.get("/routing/rules/<int:edition>/changes")
@action("routing.read")
def changes(edition: int) -> ResponseReturnValue:
    """What is different from the version it was made from."""
    view = queries.one(edition, _shipped())
    if view.based_on is None:
        raise NotFound
    before, after = (queries.book(each, _shipped()) for each in (view.based_on, edition))
    return render_template(
        "rulebook/changes.html",
        title=f"第 {edition} 版和第 {view.based_on} 版的不同",
        rows=rulebook.differences(before, after),
        elsewhere=rulebook.differ_elsewhere(before, after),
        version=_version(view),
        back_url=_url(view),
    )


@bp.post("/routing/rules/<int:edition>/publish")
@action("routing.publish")
def publish(edition: int) -> ResponseReturnValue:
    """Put a draft of somebody else in force from a day on."""
    view = queries.one(edition, _shipped())
    typed = {"in_force_from": request.form.get("in_force_from", "")}
    try:
        body = load_body(RulebookPublicationIn, {k: v for k, v in typed.items() if v})
        operations.publish(
            edition,
            body["in_force_from"],
            version=_seen(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        told = {path: "；".join(said) for path, said in refusal.fields.items()}
        book = queries.book(edition, _shipped())
        form = Form(values=typed, errors=told)
        return _version_page(view, book, counted=False, publishing=form), 422
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("rulebook.one", edition=edition))
    flash(f"第 {edition} 版已发布，{show.day(body['in_force_from'], year=0)}起登记的纠纷按它分流")
    return forms.see(url_for("rulebook.one", edition=edition))


@bp.post("/routing/rules/<int:edition>/withdraw")
@action("routing.edit")
def withdraw(edition: int) -> ResponseReturnValue:
    """Take back a draft, or a version whose day has not come."""
    return _deed(
        edition,
        lambda: operations.withdraw(
            edition, version=_seen(), actor=actor(), desk=desk(), now=now()
        ),
        f"第 {edition} 版已撤回",
    )


def _version_page(
    view: VersionView, book: Rulebook, *, counted: bool, publishing: Form | None = None
) -> str:
    counted = counted and _may("metric.read")
    told = figures.figures(_look()) if counted else {}
    found: tuple[Fault, ...] = ()
    if view.is_draft:
        found = operations.faults(queries.content(view.number, _shipped()), view.number, desk())
    return render_template(
        "rulebook/version.html",
        title="分流规则" if not view.is_draft else f"分流规则草稿：第 {view.number} 版",
        version=_version(view),
        rules=[_row_of(each, view, told if counted else None) for each in rulebook.rows(book)],
        counted=counted,
        meaning=MEANING,
        faults=[_fault(each, view, book) for each in found],
        others=_others(view),
        draft=_draft_tools(view, found, publishing) if view.is_draft else None,
        begin_form=Form() if _may("routing.edit") and not view.is_draft else None,
        begin_url=url_for("rulebook.begin"),
        changes_url=url_for("rulebook.changes", edition=view.number) if view.based_on else None,
        withdraw_url=_withdraw_url(view),
    )


def _draft_tools(
    view: VersionView, found: tuple[Fault, ...], publishing: Form | None
) -> dict[str, Any]:
    """What may be done with a draft, by whom."""
    edition, mine = view.number, str(actor().user_id) in view.drafters
    stale = view.based_on != desk().rulebooks.newest.version
    may_edit, may_replay = _may("routing.edit"), _may("routing.replay")
    tomorrow = date.fromordinal(_today().toordinal() + 1).isoformat()
    scope = access.scope(actor(), "routing.replay", desk().policy.access)
    kept = replays.newest(edition, scope=scope) if may_replay else []
    return {
        "new_url": url_for("rulebook.edit", edition=edition, rule_id=NEW) if may_edit else None,
        "text_url": url_for("rulebook.text", edition=edition) if may_edit else None,
        "replay_url": url_for("replay.run", edition=edition) if may_replay and not found else None,
        "replay_form": Form(values={"last": "1000"}),
        "replays": [
            {
                "url": url_for("replay.one", replay_id=each.id),
                "text": f"{show.moment(each.made_at, desk().zone)}，"
                f"比较 {each.compared} 件，会换去向的 {each.changed} 件",
                "old": each.draft_version != view.version,
            }
            for each in kept
        ],
        "publish_url": url_for("rulebook.publish", edition=edition)
        if _may("routing.publish") and not mine and not found and not stale
        else None,
        "publish_form": publishing or Form(values={"in_force_from": tomorrow}),
        "mine": mine,
        "stale": stale,
    }


def _row_of(
    row: dict[str, Any], view: VersionView, told: Mapping[str, RuleFigures] | None
) -> dict[str, Any]:
    url = url_for("rulebook.rule", edition=view.number, rule_id=row["id"])
    links = {"url": url, "edit_url": _edit_url(view, row["id"])}
    if told is None:
        return row | links
    one = told.get(row["id"], RuleFigures())
    return row | links | {"decided": one.decided, "rates": _rates(one)}


def _rates(told: RuleFigures) -> dict[str, str]:
    closed, days = told.closed, told.median_days
    return {
        "override": share_of(told.override),
        "success": share_of(told.success),
        "days": f"{days:g} 天（{closed} 件）" if days is not None else "—",
    }


def _number(told: RuleFigures, figure: Figure) -> int:
    return {
        Figure.DECIDED: told.decided,
        Figure.DISPATCHED: told.dispatched,
        Figure.OVERRIDDEN: told.overridden,
        Figure.ENDED: told.success.denominator,
        Figure.AGREED: told.success.numerator,
        Figure.CLOSED: told.closed,
    }[figure]


def _fault(found: Fault, view: VersionView, book: Rulebook) -> dict[str, Any]:
    title = next((each.title for each in book.rules if each.id == found.rule), None)
    field = rulebook.FIELDS.get(found.field or "", "")
    known = title is not None and found.rule is not None
    return {
        "where": f"规则“{title}”" + (f"，{field}" if field else "") if title else "",
        "text": found.said if title else found.text,
        "url": _edit_url(view, found.rule) if known and found.rule else None,
    }


def _others(view: VersionView) -> list[dict[str, Any]]:
    """Every version, to switch to."""
    listed = queries.versions(_shipped())
    return [
        _version(each) | {"url": _url(each), "current": each.number == view.number}
        for each in listed
    ]


def _version(view: VersionView) -> dict[str, Any]:
    """A version as the templates read it."""
    told = rulebook.version(view, desk().rulebooks, _today())
    zone = desk().zone
    day = show.day(view.in_force_from, year=0)
    return told | {
        "from_text": f"{day}起登记的纠纷" if day else "一开始就有",
        "made": f"{view.made_by}，{show.moment(view.made_at, zone)}" if view.made_at else "",
        "published": f"{view.published_by}，{show.moment(view.published_at, zone)}"
        if view.published_at
        else "",
        "tone": _tone(view, governs=told["governs"]),
        "stands": _stands(view, governs=told["governs"]),
    }


def _stands(view: VersionView, *, governs: bool) -> str:
    if governs:
        return "现行"
    if view.state is not RulebookState.PUBLISHED:
        return str(rulebook.version(view, desk().rulebooks, _today())["state_text"])
    coming = view.in_force_from is not None and view.in_force_from > _today()
    return "已发布，待生效" if coming else "已被新的一版代替"


def _tone(view: VersionView, *, governs: bool) -> str:
    if governs:
        return "ok"
    return "warn" if view.is_draft else "plain"


def _edit_page(view: VersionView, row: Mapping[str, Any], form: Form, rule_id: str) -> str:
    book, shown = queries.book(view.number, _shipped()), form.values
    known = next((each.id for each in book.rules if each.id == rule_id), None)
    others = [("", "（原来的位置）" if known else "（最后一条兜底规则之前）")]
    others += [(each.id, f"第 {n} 条 {each.title}") for n, each in enumerate(book.rules, 1)]
    back = url_for("rulebook.one", edition=view.number)
    gone = known and known != book.rules[-1].id
    return render_template(
        "rulebook/edit.html",
        title=f"修改规则：{row['title']}" if known else "添加规则",
        form=form,
        labels=rulebook.FIELDS,
        options=rule_form.options(book, shown),
        lines=rule_form.places(shown, "line"),
        citations=rule_form.places(shown, "basis"),
        kept=list(enumerate(rule_form.kept(row))),
        others=[each for each in others if each[0] != rule_id or not known],
        version=view.version,
        post_url=url_for("rulebook.save", edition=view.number, rule_id=rule_id),
        remove_url=url_for("rulebook.remove", edition=view.number, rule_id=rule_id)
        if gone
        else None,
        text_url=url_for("rulebook.text", edition=view.number),
        back_url=back,
    )


def _text_page(view: VersionView, form: Form) -> str:
    return render_template(
        "rulebook/text.html",
        title=f"第 {view.number} 版草稿全文",
        form=form,
        version=view.version,
        post_url=url_for("rulebook.save_text", edition=view.number),
        back_url=url_for("rulebook.one", edition=view.number),
    )


def _revise(edition: int, table: Mapping[str, Any]) -> None:
    content = routing_text.written(table)
    operations.revise(
        edition,
        Change(content=content),
        version=_seen(),
        actor=actor(),
        desk=desk(),
        now=now(),
    )


def _deed(edition: int, do: Any, done: str) -> Response:
    """Do it, or say why not; then back to the version."""
    try:
        do()
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "stop")
    else:
        flash(done)
    return forms.see(url_for("rulebook.one", edition=edition))


def _draft(edition: int) -> tuple[VersionView, str]:
    """A draft and its text. Raises Conflict when it is none any more."""
    view = queries.one(edition, _shipped())
    if not view.is_draft:
        raise Conflict("这一版已经发布或者撤回，不能再改；要改请另拟一版")
    return view, queries.content(edition, _shipped())


def _row(content: str, rule_id: str, gone: Mapping[str, Any] | None = None) -> rules.Row:
    """The row to edit: of a new rule an empty one; `gone` where somebody took it out meanwhile."""
    table = routing_text.read(content)
    if rule_id == NEW:
        return {"id": rules.new_id(table), "title": "", "accept": "yes", "channel": "people"}
    try:
        return rules.one(table, rule_id)
    except NotFound:
        if gone is None:
            raise
        return dict(gone)


def _rule(book: Rulebook, rule_id: str) -> Rule:
    found = next((each for each in book.rules if each.id == rule_id), None)
    if found is None:
        raise NotFound("这一版里没有这条规则")
    return found


def _edit_url(view: VersionView, rule_id: str) -> str | None:
    if not view.is_draft or not _may("routing.edit"):
        return None
    return url_for("rulebook.edit", edition=view.number, rule_id=rule_id)


def _withdraw_url(view: VersionView) -> str | None:
    coming = view.in_force_from is not None and view.in_force_from > _today()
    taken_back = view.state is RulebookState.WITHDRAWN
    if taken_back or not (view.is_draft or coming) or not _may("routing.edit"):
        return None
    return url_for("rulebook.withdraw", edition=view.number)


def _url(view: VersionView) -> str:
    if desk().rulebooks.on(_today()).version == view.number:
        return url_for("rulebook.current")
    return url_for("rulebook.one", edition=view.number)


def _at(path: str) -> str:
    """Where the form shows what is wrong with the draft as a whole."""
    return "" if path == "content" else path


def _look() -> Look:
    """The last twelve months, as far as the caller's figures reach."""
    today, scope = _today(), access.scope(actor(), "metric.read", desk().policy.access)
    return Look(scope, date.fromordinal(today.toordinal() - 364), today, now())


def _period(look: Look, told: Any, **how: Any) -> str:
    return f"{told(look.since, **how)}至{told(look.until, **how)}"


def _seen() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _shipped() -> Rulebook:
    return desk().policy.rulebook


def _today() -> date:
    return desk().today(now())


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)
