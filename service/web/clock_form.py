"""Forms about one term 期限: whose it is, at which version, what is said when it is refused."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.queries import clock as queries
from service.queries import dispute as disputes
from service.queries.clock import ChangeView, ClockView
from service.queries.dispute import DisputeView
from service.web import form as forms
from service.web.door import actor, desk, now
from service.web.form import Form

MOVED: Final = "刚才有人改动了这件纠纷，请核对后再提交一次"
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
NOT_YOURS: Final = "这件纠纷的期限不由您办理"
BROKEN: Final = "页面不完整，请返回刷新后再试"


def at(endpoint: str, view: ClockView, change_id: UUID | None = None, **query: str) -> str:
    """The address of something about a term, or about one of its changes."""
    values: dict[str, Any] = {"dispute_id": view.dispute_id, "clock_id": view.id, **query}
    if change_id is not None:
        values["change_id"] = change_id
    return url_for(endpoint, **values)


def written(
    view: ClockView,
    write: Callable[[], None],
    page: Callable[[Form], str] | None = None,
) -> ResponseReturnValue:
    """What a form asked is done, or said what is wrong with it; then back to its term."""
    try:
        write()
    except Invalid as refusal:
        if page is None:
            return refused(view, BROKEN)
        return page(forms.typed(request.form, refusal.fields)), 422
    except (Conflict, Stale, StepNotAllowed) as refusal:
        return refused(view, said_of(refusal))
    return forms.see(url(view))


def said_of(refusal: Conflict | Stale | StepNotAllowed) -> str:
    """Why it was not done, in words for who pressed the button."""
    return MOVED if isinstance(refusal, Stale) else refusal.detail


def refused(view: ClockView, said: str) -> Response:
    """Back to the term, with why it was not done."""
    flash(said, "stop")
    return forms.see(url(view))


def filled(raw: dict[str, Any]) -> dict[str, Any]:
    """What was filled in of a form."""
    return {name: value for name, value in raw.items() if value not in (None, "")}


def clock(dispute_id: UUID, clock_id: UUID) -> ClockView:
    """The term of the address, for who may look at it."""
    return queries.one(dispute_id, clock_id, actor=actor(), desk=desk(), now=now())


def change(view: ClockView, change_id: UUID) -> ChangeView:
    """One of its changes; NotFound when it is none."""
    found = next((each for each in view.changes if each.id == change_id), None)
    if found is None:
        raise NotFound("没有找到这份申请")
    return found


def dispute(dispute_id: UUID, deed: str | None = None) -> DisputeView:
    """The dispute of the address; Forbidden for who may look at it, but not do `deed` to it."""
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if deed is not None and deed not in opened.may:
        raise Forbidden(NOT_YOURS)
    return opened.view


def url(view: ClockView) -> str:
    """Where a term is explained."""
    return at("clock.show_one", view)


def version() -> int:
    """The version of the dispute a form was drawn with."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit()):
        raise Invalid({"version": [BROKEN]})
    return int(text[:9])
