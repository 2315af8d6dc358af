"""延期、中止: asked for with what would come of it, decided by somebody else, told by a letter."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.basis import Basis
from config.clock_ground import ClockGround
from config.vocabulary import ClockChangeKind, ClockChangeState
from config.words import label
from schemas.clock import ClockChangeIn, ClockDecisionIn
from service.errors import Conflict, Invalid, NotFound, Stale, StepNotAllowed
from service.operations import clock_change as changes
from service.operations import paper as papers
from service.operations.clock_change import Decision, Wish
from service.queries import clock as queries
from service.queries import clock_change as change_queries
from service.queries import dispute as disputes
from service.queries import paper
from service.queries.clock import ChangeView, ClockView
from service.rules import access
from service.rules import paper as paper_rules
from service.web import clock as shown
from service.web import clock_form, conflict, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.steps import load_body

bp = Blueprint("clock_change", __name__)
ASKED_KINDS: Final = (ClockChangeKind.EXTEND, ClockChangeKind.PAUSE)
PAGE: Final = 25


@bp.get("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/new")
@action("clock.ask")
def ask_form(dispute_id: UUID, clock_id: UUID) -> ResponseReturnValue:
    """The form for a pause or an extension."""
    view = clock_form.clock(dispute_id, clock_id)
    kind = _kind(request.args.get("kind", "extend"), view)
    today = desk().today(now())
    return _ask_page(view, kind, Form(values={"from_on": today.isoformat()}), None)


@bp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes")
@action("clock.ask")
def ask(dispute_id: UUID, clock_id: UUID) -> ResponseReturnValue:
    """Show what would come of it, and ask for it once that was seen."""
    view = clock_form.clock(dispute_id, clock_id)
    kind = _kind(request.form.get("kind", "extend"), view)
    try:
        wish = _wish(kind)
        checked = changes.check(view.run, wish, desk().today(now()), desk())
    except Invalid as refusal:
        return _ask_page(view, kind, forms.typed(request.form, refusal.fields), None), 422
    except StepNotAllowed as refusal:
        return clock_form.refused(view, refusal.detail)
    seen = _effect(view, checked)
    if request.form.get("seen") != seen:
        return _ask_page(view, kind, forms.typed(request.form), seen)

    def produce() -> Response:
        changes.ask(
            dispute_id,
            clock_id,
            wish,
            version=clock_form.version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        flash(f"已提交{shown.ASKS[kind]}，等批准")
        return forms.see(clock_form.url(view))

    return _once(view, produce, lambda form: _ask_page(view, kind, form, seen))


@bp.get("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/<uuid:change_id>")
@action("clock.approve")
def change(dispute_id: UUID, clock_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """One change that waits, with what would come of it, for who decides."""
    view = clock_form.clock(dispute_id, clock_id)
    return _decide_page(view, clock_form.change(view, change_id), Form())


@bp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/<uuid:change_id>/decision")
@action("clock.approve")
def decide(dispute_id: UUID, clock_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """Grant it or refuse it."""
    view = clock_form.clock(dispute_id, clock_id)
    asked = clock_form.change(view, change_id)
    raw = forms.body(request.form)
    raw["granted"] = forms.TRUTH.get(str(raw.get("granted", "")), None)

    def write() -> None:
        body = load_body(ClockDecisionIn, clock_form.filled(raw))
        changes.decide(
            dispute_id,
            clock_id,
            change_id,
            Decision(**body),
            version=clock_form.version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        flash("已同意，期限已经改好" if body["granted"] else "没有同意，期限没有变")

    return clock_form.written(view, write, lambda form: _decide_page(view, asked, form))


@bp.post("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/<uuid:change_id>/drop")
@action("clock.ask")
def drop(dispute_id: UUID, clock_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """Take back what one asked for."""
    view = clock_form.clock(dispute_id, clock_id)

    def write() -> None:
        changes.drop(
            dispute_id,
            clock_id,
            change_id,
            version=clock_form.version(),
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        flash("已撤回申请")

    return clock_form.written(view, write)


@bp.get("/clock-changes")
@action("clock.approve")
def waiting() -> ResponseReturnValue:
    """What waits for the viewer's approval 延期、中止审批."""
    page = change_queries.waiting(
        actor=actor(), desk=desk(), now=now(), limit=PAGE, cursor=request.args.get("cursor")
    )
    return render_template(
        "clock/list.html",
        title="延期、中止审批",
        rows=[_waiting_row(each) for each in page.items],
        more_url=url_for("clock_change.waiting", cursor=page.next_cursor)
        if page.next_cursor
        else None,
    )


@bp.get("/disputes/<uuid:dispute_id>/clocks/<uuid:clock_id>/changes/<uuid:change_id>/letter")
@action("dispute.material")
def letter(dispute_id: UUID, clock_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """延期通知书、中止通知书: what the parties are told of a change that was granted."""
    head = paper.brief(dispute_id, "dispute.material", actor=actor(), desk=desk(), now=now())
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    found = queries.of_opened(opened, desk=desk(), now=now())
    view = next((each for each in found if each.id == clock_id), None)
    if view is None:
        raise NotFound(queries.NOT_FOUND)
    granted = clock_form.change(view, change_id)
    ground = desk().policy.clock_grounds.by_code.get(granted.ground)
    if granted.state is not ClockChangeState.GRANTED or ground is None or not granted.decided_at:
        raise NotFound("没有要发的通知书")
    on = desk().today(granted.decided_at)
    cited = _cited(view, ground)
    fields = {
        "number": head.number,
        "applicant": head.applicant,
        "category": "" if head.restricted else show.category(head.category, desk().policy),
        "letter": ground.letter,
        "pauses": granted.kind is ClockChangeKind.PAUSE,
        "term": view.name,
        "ground": ground.name,
        "law": shown.law(cited),
        "length": shown.length(view),
        "extra": shown.what(view.unit, granted),
        "from_on": show.day(granted.from_on, year=0) if granted.from_on else "",
        "before": show.day(granted.due_before, year=0) if granted.due_before else "",
        "after": show.day(granted.due_after, year=0) if granted.due_after else "",
        "provisional": view.provisional,
        "dated": show.day(on, year=0),
    }
    letterhead = paper.letterhead()
    marked = paper_rules.mark(fields | {"paper": "clock_change", "centre": letterhead.name})
    papers.opened([dispute_id], "clock_change", actor=actor(), now=now(), mark=marked)
    return render_template(
        "paper/clock_change.html",
        title=f"{ground.letter} {head.number}",
        paper=fields,
        centre=letterhead,
        mark=marked,
        clerk_name=actor().name,
        detail_url=url_for("dispute.detail", dispute_id=dispute_id),
    )


def _cited(view: ClockView, ground: ClockGround) -> list[Basis]:
    """What allows the change of this term, as it was in force when the term began."""
    return [row for row in ground.basis.get(view.rule, ()) if _in_force(row, view.start_on)]


def _ask_page(view: ClockView, kind: ClockChangeKind, form: Form, seen: str | None) -> str:
    dispute = clock_form.dispute(view.dispute_id, "clock.ask")
    return render_template(
        "clock/ask.html",
        title=f"{shown.ASKS[kind]}：{dispute.number}",
        about=conflict.about(dispute),
        clock=shown.card(view, desk().today(now())),
        kind=kind.value,
        fields=_ask_fields(view, kind),
        seen=seen,
        button=f"确认{shown.ASKS[kind]}",
        form=form,
        version=dispute.version,
        post_url=clock_form.at("clock_change.ask", view),
        back_url=clock_form.url(view),
    )


def _ask_fields(view: ClockView, kind: ClockChangeKind) -> list[dict[str, Any]]:
    grounds = desk().policy.clock_grounds.of(view.rule, kind)
    hints = [f"“{each.name}”要有{each.evidence}" for each in grounds if each.evidence]
    fields = [
        described(
            "ground",
            "事由",
            "radio",
            options=[(each.code, each.name) for each in grounds],
            required=True,
            hint="；".join(hints) + ("。请作为附件加到这件纠纷里" if hints else ""),
        )
    ]
    today = desk().today(now()).isoformat()
    if kind is ClockChangeKind.PAUSE:
        days = {"min": view.start_on.isoformat(), "max": today}
        fields.append(described("from_on", "从哪天起中止", "date", required=True, attrs=days))
    else:
        most = view.run.rule.extension
        unit = shown.UNITS[view.unit]
        hint = f"最多 {most} {unit}"
        fields.append(described("length", f"延长多少{unit}", "number", required=True, hint=hint))
    words = described("words", "情况说明", "textarea", required=True, maxlength=500)
    return [*fields, words]


def _decide_page(view: ClockView, asked: ChangeView, form: Form) -> str:
    dispute = clock_form.dispute(view.dispute_id, "clock.approve")
    ground = desk().policy.clock_grounds.by_code.get(asked.ground)
    told = shown.change(view, asked) | {
        "evidence": ground.evidence if ground else "",
        "law": shown.law(_cited(view, ground)) if ground else [],
    }
    waits = asked.state is ClockChangeState.ASKED
    wish = Wish(
        kind=asked.kind,
        ground=asked.ground,
        words="",
        length=asked.length,
        from_on=asked.from_on,
    )
    return render_template(
        "clock/decide.html",
        title=f"{told['kind_label']}审批：{dispute.number}",
        about=conflict.about(dispute),
        clock=shown.card(view, desk().today(now())),
        change=told,
        seen=_effect(view, wish) if waits else "",
        own=asked.asked_by_id == actor().user_id,
        attachments_url=url_for("attachment.listed", dispute_id=view.dispute_id)
        if _reads_attachments(asked)
        else None,
        fields=[
            described(
                "granted",
                "决定",
                "radio",
                options=[("true", "同意"), ("false", "不同意")],
                required=True,
            ),
            described(
                "words",
                "理由",
                "textarea",
                maxlength=500,
                hint="不同意的必须写明",
                conditional=True,
            ),
        ]
        if waits
        else [],
        form=form,
        version=dispute.version,
        post_url=clock_form.at("clock_change.decide", view, asked.id),
        back_url=clock_form.url(view),
    )


def _reads_attachments(asked: ChangeView) -> bool:
    """Whether who decides may look at what was put in evidence; a sealed dispute shows nothing."""
    may = access.may(actor(), "dispute.attachment_read", desk().policy.access)
    return may and asked.words is not None


def _waiting_row(each: change_queries.WaitingView) -> dict[str, Any]:
    today, change_ = desk().today(now()), each.change
    known = desk().policy.clock_grounds.by_code.get(change_.ground)
    url = url_for(
        "clock_change.change",
        dispute_id=each.dispute_id,
        clock_id=each.clock_id,
        change_id=change_.id,
    )
    return {
        "number": each.number,
        "category": show.category(each.category, desk().policy),
        "restricted": each.restricted,
        "kind_label": label(change_.kind),
        "clock": each.clock_name,
        "what": shown.what(each.unit, change_),
        "ground": known.name if known else change_.ground,
        "deadline": show.deadline(
            each.due_on, today, provisional=each.provisional, paused=each.paused
        ),
        "asked_text": show.moment(change_.asked_at, desk().zone),
        "asked_by": change_.asked_by or "",
        "organisation": each.organisation or "",
        "own": change_.asked_by_id == actor().user_id,
        "url": url,
    }


def _effect(view: ClockView, wish: Wish) -> str:
    begun = wish.from_on or desk().today(now())
    found = change_queries.effect(
        view, wish.kind, length=wish.length, from_on=wish.from_on, desk=desk()
    )
    return shown.effect_text(view, wish.kind, found, begun)


def _wish(kind: ClockChangeKind) -> Wish:
    raw = forms.body(request.form)
    told: dict[str, Any] = {
        name: raw[name] for name in ("ground", "words", "from_on") if name in raw
    }
    length = str(raw.get("length", ""))
    if kind is ClockChangeKind.EXTEND:
        told.pop("from_on", None)
        told["length"] = int(length[:6]) if length.isascii() and length.isdigit() else length
    return Wish(**load_body(ClockChangeIn, clock_form.filled(told | {"kind": kind.value})))


def _kind(text: str, view: ClockView) -> ClockChangeKind:
    if text not in {each.value for each in ASKED_KINDS}:
        raise NotFound("请从期限的页面申请延期或者中止")
    kind = ClockChangeKind(text)
    named = view.run.rule.pauses if kind is ClockChangeKind.PAUSE else view.run.rule.extends
    if view.stopped_on is not None or not named:
        raise StepNotAllowed(f"这个期限不能{label(kind)}", [each.value for each in view.may_ask])
    return kind


def _once(
    view: ClockView, produce: Callable[[], Response], page: Callable[[Form], str]
) -> ResponseReturnValue:
    try:
        return forms.once(produce, shown=page, twice=clock_form.TWICE)
    except (Conflict, Stale, StepNotAllowed) as refusal:
        return clock_form.refused(view, clock_form.said_of(refusal))


def _in_force(row: Any, on: date) -> bool:
    begun = row.valid_from is None or row.valid_from <= on
    return bool(begun and (row.valid_to is None or on <= row.valid_to))
