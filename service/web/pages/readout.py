"""电话答复: what a clerk may read out to somebody who has no telephone that scans."""

from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from config.words import stage
from service.errors import NotFound, TooOften
from service.operations import progress as operations
from service.queries import paper
from service.queries.progress import Progress
from service.rules import progress as rules
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.pages.progress import MEANING

bp = Blueprint("readout", __name__)
MOST: Final = 60


@bp.get("/readout")
@action("readout.use")
def form() -> ResponseReturnValue:
    """What the caller reads from the slip."""
    return _page(Form(key=""))


@bp.post("/readout")
@action("readout.use")
def read() -> ResponseReturnValue:
    """The script to read aloud."""
    number, code = (request.form.get(name, "").strip() for name in ("number", "code"))
    if not number or max(len(number), len(code)) > MOST:
        told = {"number": ["请填写编号" if not number else f"不能超过 {MOST} 个字"]}
        return _page(forms.typed(request.form, told)), 422
    try:
        found = operations.read_out(number, code, actor=actor(), desk=desk(), now=now())
    except NotFound as refusal:
        return _page(forms.typed(request.form, {"number": [refusal.detail]})), 404
    except TooOften as refusal:
        page = _page(forms.typed(request.form, {"": [refusal.detail]}))
        return Response(page, 429, {"Retry-After": str(refusal.seconds)})
    return _page(Form(key=""), _script(found, checked=bool(code)))


def _script(found: Progress, *, checked: bool) -> dict[str, Any]:
    """The lines to read, in order; `checked` when the caller knew the code."""
    centre = paper.letterhead()
    meaning, following = MEANING[found.status]
    lines = [
        f"您的编号是：{rules.spoken_number(found.number)}。",
        f"现在到了“{stage(found.status)}”这一步。{meaning}",
        f"承办单位是{found.organisation}。",
        _dated(found),
        following,
    ]
    if centre.phone:
        lines.append(f"中心的电话是：{rules.spoken_phone(centre.phone)}。")
    lines.append("您还可以依法申请仲裁、行政复议或者起诉，不要因为等调解耽误期限。")
    return {"number": found.number, "lines": lines, "checked": checked, "phone": centre.phone}


def _dated(found: Progress) -> str:
    if found.next_on is None:
        return "现在没有定下的日期。"
    note = "，这个日期是暂定的" if found.provisional else ""
    return f"下一个日期是{show.long_day(found.next_on)}{note}。"


def _page(shown: Form, script: dict[str, Any] | None = None) -> str:
    return render_template(
        "readout/ask.html", title="电话答复", form=shown, script=script, centre=paper.letterhead()
    )
