"""查询进度: the citizen's page, with number and code from the slip; nobody signs in."""

from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from config.words import stage
from schemas.progress import ProgressIn
from service.errors import Invalid, NotFound, TooOften
from service.operations import progress as operations
from service.queries import number, paper
from service.queries.progress import Progress
from service.web import form as forms
from service.web import show
from service.web.door import desk, now, public
from service.web.form import Form
from service.web.progress import MEANING
from service.web.steps import load_body

bp = Blueprint("progress", __name__)
TITLE: Final = "查纠纷办到哪一步"
HELD_BACK: Final = "查得太频繁了，请过 {minutes} 分钟再试，或者打电话询问"
BRING: Final = (
    "身份证件；替别人办的，带委托书",
    "这张回执",
    "与这件事有关的材料，例如合同、借条、单据、照片",
)


@bp.get("/public")
@public
def form() -> ResponseReturnValue:
    """The two fields of the slip."""
    return _page(Form(key=""))


@bp.post("/public")
@public
def ask() -> ResponseReturnValue:
    """The answer, or the same sentence for every miss; nothing stands in an address."""
    try:
        slip = load_body(ProgressIn, _slip())
        found = operations.ask(
            slip["number"], slip["code"], address=request.remote_addr or "", desk=desk(), now=now()
        )
    except Invalid as refusal:
        return _page(forms.typed(request.form, refusal.fields)), 422
    except NotFound as refusal:
        return _page(forms.typed(request.form, {"": [refusal.detail]})), 404
    except TooOften as refusal:
        return _held_back(refusal)
    return _page(Form(key=""), _told(found))


def _slip() -> dict[str, Any]:
    return {name: request.form[name] for name in ("number", "code") if request.form.get(name)}


def _held_back(refusal: TooOften) -> Response:
    said = HELD_BACK.format(minutes=-(-refusal.seconds // 60))
    page = _page(forms.typed(request.form, {"": [said]}))
    return Response(page, 429, {"Retry-After": str(refusal.seconds)})


def _told(found: Progress) -> dict[str, Any]:
    meaning, following = MEANING[found.status]
    next_text = show.long_day(found.next_on) if found.next_on else ""
    return {
        "number": found.number,
        "stage": stage(found.status),
        "meaning": meaning,
        "organisation": found.organisation,
        "next_text": next_text + ("（暂定）" if next_text and found.provisional else ""),
        "next": [following],
        "bring": BRING,
    }


def _page(shown: Form, told: dict[str, Any] | None = None) -> str:
    return render_template(
        "public/progress.html",
        title=TITLE,
        form=shown,
        told=told,
        centre=paper.letterhead(),
        example=number.example(desk(), now()),
    )
