"""交接班: what is open, a word to the next clerk, and taking over what the last one left."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.shift_note import HandOverIn
from service.errors import Conflict, Forbidden
from service.operations import shift_note as operations
from service.queries import shift_note as queries
from service.queries.shift_note import NoteView, OpenNow, OpenRow
from service.web import draft as drafts
from service.web import form as forms
from service.web import shift_note as notes
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.turn import stopped

bp = Blueprint("shift_note", __name__)
TWICE: Final = "这次交班刚才已经记下了。要再交一次，请核对内容后再点交班"


@bp.get("/shift")
@action("shift.hand_over")
def desk_of_shift() -> ResponseReturnValue:
    """What is open now, the notes that wait, the form, the last 30 days."""
    return _page(Form())


@bp.post("/shift")
@action("shift.hand_over")
def hand_over() -> ResponseReturnValue:
    """Hand the window over, once however often the form is sent."""
    return forms.once(_handed_over, shown=_page, twice=TWICE)


@bp.get("/shift/<uuid:note_id>")
@action("shift.hand_over")
def detail(note_id: UUID) -> ResponseReturnValue:
    """One handover on a sheet of paper."""
    view = queries.one(note_id, actor=actor(), desk=desk())
    return render_template(
        "shift_note/show.html",
        title="交接班记录",
        note=notes.told(view),
        take_url=_take_url(view),
        back_url=url_for("shift_note.desk_of_shift"),
    )


@bp.post("/shift/<uuid:note_id>/take")
@action("shift.hand_over")
def take(note_id: UUID) -> ResponseReturnValue:
    """Take over; who comes second is told who was first."""
    try:
        operations.take(note_id, actor=actor(), desk=desk(), now=now())
    except (Conflict, Forbidden) as refusal:
        return stopped(refusal, to=url_for("shift_note.detail", note_id=note_id))
    flash("已接班")
    return forms.see(url_for("shift_note.detail", note_id=note_id))


def _handed_over() -> Response:
    words = load_body(HandOverIn, forms.body(request.form))["words"]
    made = operations.hand_over(words, actor=actor(), desk=desk(), now=now())
    flash("已交班，等接班的人点“接班”")
    return forms.see(url_for("shift_note.detail", note_id=made))


def _take_url(view: NoteView) -> str | None:
    return url_for("shift_note.take", note_id=view.id) if view.may_take else None


def _page(form: Form) -> str:
    found = queries.open_now(actor=actor(), desk=desk(), now=now())
    waiting = queries.waiting(actor=actor(), desk=desk(), now=now())
    begun = drafts.begun()
    return render_template(
        "shift_note/desk.html",
        title="交接班",
        today_text=show.long_day(desk().today(now())),
        form=form,
        counts=notes.counted(found.counts, at_least=found.at_least),
        most=queries.MOST_OPEN if found.at_least else None,
        lists=_lists(found),
        drafts=begun["unfinished"],
        unreadable=begun["unreadable"],
        waiting=[notes.told(each) | {"take_url": _take_url(each)} for each in waiting],
        past=[notes.told(each) for each in queries.past(actor=actor(), desk=desk(), now=now())],
        post_url=url_for("shift_note.hand_over"),
    )


def _lists(found: OpenNow) -> list[dict[str, Any]]:
    """The rows behind four of the counts; a list without rows is left out."""
    parts = (
        ("urgent", "有人身危险、还在办", found.urgent),
        ("undispatched", "今天登记、还没分派", found.undispatched),
        ("earlier", "以前登记、还没分派", found.earlier),
        ("materials", "等补交材料", found.awaiting),
    )
    return [
        {
            "id": name,
            "title": text,
            "count": notes.amount(found.counts[name], more=name in found.at_least),
            "is_cut": name in found.at_least or found.counts[name] > len(rows),
            "rows": [_row(each) for each in rows],
        }
        for name, text, rows in parts
        if rows
    ]


def _row(row: OpenRow) -> dict[str, Any]:
    return {
        "url": url_for("dispute.detail", dispute_id=row.id) if row.may_open else None,
        "number": row.number,
        "category_label": show.category(row.category, desk().policy),
        "status_label": show.status(row.status, None),
        "registered_text": show.moment(row.registered_at, desk().zone),
        "clerk": row.clerk or "",
        "restricted": row.restricted,
        "papers": row.papers,
    }
