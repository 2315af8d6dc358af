"""消息: what one was told, unread first; opening one leads to its dispute."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.clock_subject import WORDS, ClockSubject
from config.ladder import HALF
from config.vocabulary import ClockChangeKind, ClockChangeState, Danger, NoticeKind
from config.words import label
from service.errors import Invalid
from service.operations import notice as operations
from service.queries import notice as queries
from service.queries.handover import Box
from service.queries.notice import NoticeView
from service.queries.page import as_instant
from service.rules import clock_subject as subjects
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk, now, signed_in

bp = Blueprint("inbox", __name__)
UNASKED: Final = "听起来有危险，还没有问清楚"
TONES: Final = {
    NoticeKind.DANGER: "stop",
    NoticeKind.RETURNED: "warn",
    NoticeKind.CLOCK: "warn",
    NoticeKind.SUPERVISED: "warn",
    NoticeKind.HANDOVER_DUE: "warn",
    NoticeKind.HANDOVER_RETURNED: "warn",
    NoticeKind.HANDOVER_BOUNCED: "warn",
    NoticeKind.HANDOVER_MANY: "warn",
    NoticeKind.JOINT_ASKED: "warn",
}
GONE: Final = "这件已不归您办理"
OVER: Final = "（登记已更正，现在没有人身危险）"


@bp.get("/inbox")
@signed_in
def listed() -> ResponseReturnValue:
    """The inbox, what is unread first, by day."""
    cursor = request.args.get("cursor") or None
    try:
        page = queries.page(actor=actor(), desk=desk(), now=now(), cursor=cursor)
    except Invalid:
        return forms.see(url_for("inbox.listed"))
    following = url_for("inbox.listed", cursor=page.next_cursor) if page.next_cursor else None
    unread = [each for each in page.items if each.waits and not each.urgent]
    urgent = [each for each in page.items if each.urgent]
    read = [each for each in page.items if not each.waits]
    return render_template(
        "inbox/list.html",
        title="消息",
        parts=[
            {"id": name, "title": text, "days": _days(rows)}
            for name, text, rows in (
                ("urgent", "有人身危险，请逐条打开", urgent),
                ("unread", "未读", unread),
                ("read", "已读", read),
            )
            if rows
        ],
        read_all_url=url_for("inbox.read_all") if unread else None,
        until=now().isoformat(),
        next_url=following,
        first_url=url_for("inbox.listed") if cursor else None,
    )


@bp.post("/inbox/<uuid:notice_id>/open")
@signed_in
def open_one(notice_id: UUID) -> ResponseReturnValue:
    """Note it as read and go to what it is about, if that is still to be seen."""
    operations.read(notice_id, actor=actor(), now=now())
    told = queries.one(notice_id, actor=actor(), desk=desk(), now=now())
    if told.subject is not None and told.subject_id is not None:
        return forms.see(_subject_url(told.subject, told.subject_id))
    if told.dispute_id is None:
        flash(f"{told.number}：{GONE}", "warn")
        return forms.see(url_for("inbox.listed"))
    return forms.see(_leads_to(told, told.dispute_id))


def _subject_url(subject: ClockSubject, subject_id: UUID) -> str:
    """The page of what owes something; the list of its kind for who may not open one."""
    path = WORDS[subject].path
    return (
        f"{path}/{subject_id}" if subjects.opens(actor(), subject, desk().policy.access) else path
    )


def _leads_to(told: NoticeView, dispute_id: UUID) -> str:
    """Where one acts on it; who sees brief rows only finds its row, and may tick it there."""
    if told.supervision is not None:
        return url_for("supervision.detail", supervision_id=told.supervision)
    if told.kind is NoticeKind.HANDOVER_ACCEPTED:
        return url_for("handover.listed", box=Box.SENT.value)
    if told.brief:
        return url_for("dispute.listed", q=told.number)
    return url_for("dispute.detail", dispute_id=dispute_id)


@bp.post("/inbox/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Note everything the page showed, and all before it, as read."""
    done = operations.read_all(until=_until(), actor=actor(), now=now())
    left = queries.page(actor=actor(), desk=desk(), now=now(), limit=1).items
    alone = "；有人身危险的请逐条打开" if left and left[0].urgent else ""
    flash(f"已把 {done} 条标为已读{alone}")
    return forms.see(url_for("inbox.listed"))


def _until() -> datetime:
    """When the page was made; now, when it does not say so rightly."""
    try:
        instant = as_instant(request.form.get("until", ""))
    except ValueError:
        return now()
    return min(instant, now())


def _days(notices: list[NoticeView]) -> list[dict[str, Any]]:
    zone = desk().zone
    by_day = groupby(notices, lambda each: each.told_at.astimezone(zone).date())
    return [{"text": show.long_day(day), "rows": [_row(e) for e in rows]} for day, rows in by_day]


def _row(notice: NoticeView) -> dict[str, Any]:
    local, over = notice.told_at.astimezone(desk().zone), _is_over(notice)
    return {
        "url": url_for("inbox.open_one", notice_id=notice.id),
        "at_text": f"{local:%H:%M}",
        "number": notice.number,
        "named": notice.subject_number or "",
        "text": _text(notice),
        "tone": TONES.get(notice.kind, "plain") if notice.kind and not over else "plain",
        "status_label": label(notice.status) if notice.status else "",
        "opens": notice.dispute_id is not None or notice.subject_id is not None,
        "urgent": notice.urgent and notice.kind is not NoticeKind.DANGER,
    }


def _text(notice: NoticeView) -> str:
    if notice.kind is None:
        return GONE
    if notice.kind is NoticeKind.DANGER and notice.danger is Danger.UNASKED:
        return UNASKED
    if notice.kind is NoticeKind.CLOCK and notice.step and notice.due_on:
        said = f"{label(notice.kind)}：{_rung(notice, notice.step, notice.due_on)}"
        return f"{notice.term}{said}" if notice.term else said
    if notice.change and notice.term:
        return _change(notice.term, *notice.change)
    return label(notice.kind) + (OVER if _is_over(notice) else "")


def _change(term: str, kind: ClockChangeKind, state: ClockChangeState) -> str:
    """The change of a term as it stands by now: asked for, granted, refused, taken back."""
    waits = state is ClockChangeState.ASKED
    return f"{term}：申请{label(kind)}，{'等您审批' if waits else label(state)}"


def _rung(notice: NoticeView, step: str, due_on: date) -> str:
    """How far the last day was when it was told of, which may be later than its step had come."""
    last = f"{show.long_day(due_on)}到期"
    if step == HALF:
        return f"时间过半，{last}"
    if step.endswith("h"):
        hours = step.removeprefix("T").rstrip("h")
        left = f"还有 {hours[1:]}" if hours.startswith("-") else f"已超期 {hours[1:]}"
        return f"{left} 小时，{last}"
    return f"{_left(desk().today(notice.told_at), due_on, notice.subject)}，{last}"


def _left(day: date, due_on: date, subject: ClockSubject | None) -> str:
    """How far the last day is: in working days of a dispute, in days as its page says of others."""
    if day == due_on:
        return "今天是最后一天"
    if subject:
        days = (due_on - day).days
        return f"还有 {days} 天" if days > 0 else f"已超期 {-days} 天"
    earlier, later = sorted((day, due_on))
    is_worked = desk().calendar.is_working_day
    days = sum(is_worked(earlier + timedelta(days=n + 1)) for n in range((later - earlier).days))
    if not days:
        return "临近到期" if day < due_on else "已经到期"
    return f"还有 {days} 个工作日" if day < due_on else f"已超期 {days} 个工作日"


def _is_over(notice: NoticeView) -> bool:
    """Whether it told of danger that was corrected away since."""
    return notice.kind is NoticeKind.DANGER and notice.danger is Danger.NONE
