"""电话答复: what a clerk may tell somebody who does not look it up themselves.

By telephone it takes number and code; at the window number and ID card. A number alone leads the
clerk to a dispute of their own, and is answered with nothing.
"""

from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import stage
from service.errors import Invalid, NotFound, TooOften
from service.operations import progress as operations
from service.queries import number as numbers
from service.queries import paper, receipt
from service.queries import progress as queries
from service.queries.progress import Progress
from service.rules import progress as rules
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.progress import MEANING

bp = Blueprint("readout", __name__)
MOST: Final = 60
MOST_OF: Final = {"number": 300, "id_number": 300}  # a scanner types an address, a reader a card
FIELDS: Final = ("number", "code", "id_number")
NO_NUMBER: Final = "请填写编号"
NO_PROOF: Final = "只凭编号不答复：请填查询码，人在窗口的填证件号码"


@bp.get("/readout")
@action("readout.use")
def form() -> ResponseReturnValue:
    """What the caller reads from the slip, or the visitor shows."""
    return _page(Form(key=""))


@bp.post("/readout")
@action("readout.use")
def read() -> ResponseReturnValue:
    """The script to read aloud; for a number alone the way to a dispute of one's own."""
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    wrong = _wrong(given)
    if wrong:
        return _refused(wrong), 422
    if not (given["code"] or given["id_number"]):
        return _own(given["number"])
    try:
        found = _found(**given)
    except Invalid as refusal:
        return _refused(refusal.fields), 422
    except NotFound as refusal:
        return _refused({"number": [refusal.detail]}, keeps_identity=False), 404
    except TooOften as refusal:
        page = _refused({"": [refusal.detail]}, keeps_identity=False)
        return Response(page, 429, {"Retry-After": str(refusal.seconds)})
    return _page(Form(key=""), _script(found, present=not given["code"]))


def _wrong(given: dict[str, str]) -> dict[str, list[str]]:
    wrong = {
        name: [f"不能超过 {MOST_OF.get(name, MOST)} 个字"]
        for name, text in given.items()
        if len(text) > MOST_OF.get(name, MOST)
    }
    return wrong if given["number"] else wrong | {"number": [NO_NUMBER]}


def _found(*, number: str, code: str, id_number: str) -> Progress:
    if code:
        return operations.read_out(number, code, actor=actor(), desk=desk(), now=now())
    return operations.tell(number, id_number, actor=actor(), desk=desk(), now=now())


def _own(typed: str) -> ResponseReturnValue:
    """The way to a dispute within one's own scope; nothing of it is read out."""
    number = numbers.cleaned(typed, desk=desk(), now=now())
    found = queries.of_number(number, actor=actor(), desk=desk(), now=now())
    if found is None:
        return _refused({"code": [NO_PROOF]}), 422
    own = {"number": found.number, "url": url_for("dispute.detail", dispute_id=found.id)}
    return _page(forms.typed(request.form), own=own)


def _script(found: Progress, *, present: bool) -> dict[str, Any]:
    """The lines to read, in order; `present` when the visitor stands at the window."""
    centre = paper.letterhead()
    meaning, following = MEANING[found.status]
    lines = [
        f"您的编号是：{rules.spoken_number(found.number)}。",
        f"现在到了“{stage(found.status)}”这一步。{meaning}",
        f"承办单位是{found.organisation}。",
        _dated(found),
        following,
    ]
    if found.phone:
        lines.append(f"承办单位的电话是：{rules.spoken_phone(found.phone)}。")
    if centre.phone and centre.phone != found.phone:
        lines.append(f"中心的电话是：{rules.spoken_phone(centre.phone)}。")
    lines.append("您还可以依法申请仲裁、行政复议或者起诉，不要因为等调解耽误期限。")
    prints = receipt.printable(found.number, actor=actor(), desk=desk(), now=now())
    return {
        "number": found.number,
        "lines": lines,
        "present": present,
        "phone": centre.phone,
        "unit_phone": found.phone,
        "receipt_url": url_for("receipt.show", dispute_id=prints) if prints else None,
    }


def _dated(found: Progress) -> str:
    if found.next_on is None:
        return "现在没有定下的日期。"
    note = "，这个日期是暂定的" if found.provisional else ""
    return f"下一个日期是{show.long_day(found.next_on)}{note}。"


def _refused(wrong: Any, *, keeps_identity: bool = True) -> str:
    """The form as it was typed; an ID number that was looked for is not shown again."""
    posted = request.form.copy()
    if not keeps_identity:
        posted.poplist("id_number")
    return _page(forms.typed(posted, wrong))


def _page(
    shown: Form, script: dict[str, Any] | None = None, *, own: dict[str, str] | None = None
) -> str:
    return render_template(
        "readout/ask.html",
        title="电话答复",
        form=shown,
        script=script,
        own=own,
        centre=paper.letterhead(),
    )
