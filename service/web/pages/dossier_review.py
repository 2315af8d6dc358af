"""案卷评查: draw closed dossiers at random, look at each item by item, see them put right."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.dossier_review import DrawIn, FindingsIn
from service.errors import Conflict, Invalid
from service.operations import dossier_review as operations
from service.queries import dossier_review as queries
from service.queries.dossier_review import ReviewView, SampleView
from service.rules import access
from service.rules import dossier_review as rules
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.route import basis
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("dossier_review", __name__)
TWICE: Final = "刚才已经抽过了。要再抽一次，请核对内容后再点"
CHOICES: Final = ((rules.YES, "合格"), (rules.NO, "不合格"), (rules.NONE, "不适用"))
WORDS: Final = dict(CHOICES)


@bp.get("/dossier-reviews")
@action("dossier_review.read")
def listed() -> ResponseReturnValue:
    """The draws, newest first, and the form for one more."""
    today = desk().today(now())
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    values = {"closed_from": first.isoformat(), "closed_until": today.isoformat(), "size": "5"}
    return _page(Form(values=values))


@bp.post("/dossier-reviews")
@action("dossier_review.run")
def draw() -> ResponseReturnValue:
    """Draw."""

    def produce() -> Response:
        raw = forms.body(request.form)
        size = raw.get("size", "")
        if isinstance(size, str) and size.isascii() and size.isdigit():
            raw["size"] = int(size[:6])
        told = load_body(DrawIn, raw)
        made = operations.draw(**told, actor=actor(), desk=desk(), now=now())
        flash("已抽好")
        return forms.see(url_for("dossier_review.detail", review_id=made))

    return forms.once(produce, shown=_page, twice=TWICE)


@bp.get("/dossier-reviews/<uuid:review_id>")
@action("dossier_review.read")
@noted("open", "dossier_review")
def detail(review_id: UUID) -> ResponseReturnValue:
    """One draw with the score of each dossier."""
    view = queries.one(review_id, actor=actor(), desk=desk())
    found = queries.samples(review_id, actor=actor(), desk=desk(), now=now())
    return render_template(
        "dossier_review/detail.html",
        title="案卷评查",
        about=_review(view),
        seed=view.seed,
        rows=[_row(each) for each in found],
        back_url=url_for("dossier_review.listed"),
    )


@bp.get("/dossier-reviews/samples/<uuid:sample_id>")
@action("dossier_review.run")
@noted("open", "dossier_review")
def ask(sample_id: UUID) -> ResponseReturnValue:
    """The checklist of one dossier, with what was written before."""
    view = _sample(sample_id)
    answered = {f"answers.{code}": said for code, said in (view.answers or {}).items()}
    found = {f"findings.{code}": words for code, words in view.findings.items()}
    return _asked(view, Form(key="", values=answered | found))


@bp.post("/dossier-reviews/samples/<uuid:sample_id>")
@action("dossier_review.run")
def score(sample_id: UUID) -> ResponseReturnValue:
    """Write down what was found."""
    view = _sample(sample_id)
    try:
        told = load_body(FindingsIn, forms.body(request.form))
        operations.score(
            sample_id,
            told["answers"],
            told["findings"],
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        return _asked(view, forms.typed(request.form, refusal.fields)), 422
    except Conflict as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("dossier_review.detail", review_id=view.review_id))
    flash("已记下")
    return forms.see(url_for("dossier_review.detail", review_id=view.review_id))


@bp.post("/dossier-reviews/samples/<uuid:sample_id>/remedied")
@action("dossier_review.run")
def remedied(sample_id: UUID) -> ResponseReturnValue:
    """It was put right."""
    view = _sample(sample_id)
    try:
        operations.remedy(sample_id, actor=actor(), desk=desk(), now=now())
        flash("已记下整改完成")
    except Conflict as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("dossier_review.detail", review_id=view.review_id))


def _sample(sample_id: UUID) -> SampleView:
    return queries.sample(sample_id, actor=actor(), desk=desk(), now=now())


def _page(form: Form) -> str:
    runs = access.may(actor(), "dossier_review.run", desk().policy.access)
    return render_template(
        "dossier_review/list.html",
        title="案卷评查",
        rows=[
            {
                "about": _review(each),
                "unit": each.organisation,
                "url": url_for("dossier_review.detail", review_id=each.id),
            }
            for each in queries.reviews(actor=actor(), desk=desk())
        ],
        form=form,
        fields=_fields() if runs else [],
        post_url=url_for("dossier_review.draw"),
    )


def _fields() -> list[dict[str, Any]]:
    return [
        described("closed_from", "从哪天办结的", "date", required=True),
        described("closed_until", "到哪天办结的", "date", required=True, hint="最长一年"),
        described("size", "抽几件", "number", required=True, hint="最多 50 件"),
    ]


def _review(view: ReviewView) -> str:
    span = f"{show.day(view.closed_from, year=0)}到{show.day(view.closed_until, year=0)}"
    drawn = show.moment(view.drawn_at, desk().zone)
    return f"{drawn}抽取，{span}办结的 {view.population} 件"


def _row(view: SampleView) -> dict[str, Any]:
    items = desk().policy.members.items
    answers = view.answers or {}
    got, most = rules.score(answers, items)
    failing = [code for code, said in answers.items() if said == rules.NO and code in items]
    done = view.remedied_on
    return {
        "place": view.place,
        "number": view.number,
        "url": url_for("dispute.detail", dispute_id=view.dispute_id),
        "score": f"{got}/{most}" if view.answers else "",
        "findings": [(items[code].name, view.findings.get(code, "")) for code in failing],
        "state": f"{show.day(done)}整改完成" if done else "",
        "ask_url": None if done else url_for("dossier_review.ask", sample_id=view.id),
        "remedied_url": url_for("dossier_review.remedied", sample_id=view.id)
        if failing and not done
        else None,
    }


def _asked(view: SampleView, form: Form) -> str:
    items = desk().policy.members.items.values()
    fields = []
    for each in items:
        law = "、".join(basis(**row.as_dict()) for row in each.basis)
        fields.append(
            described(
                f"answers.{each.code}",
                f"{each.name}（{each.points} 分）",
                "radio",
                options=list(CHOICES),
                required=True,
                hint=law,
            )
        )
        fields.append(
            described(
                f"findings.{each.code}",
                "缺什么",
                maxlength=500,
                conditional=True,
                hint="不合格的才写",
            )
        )
    return render_template(
        "dossier_review/score.html",
        title=f"评查案卷：{view.number}",
        form=form,
        fields=fields,
        dispute_url=url_for("dispute.detail", dispute_id=view.dispute_id),
        post_url=url_for("dossier_review.score", sample_id=view.id),
        back_url=url_for("dossier_review.detail", review_id=view.review_id),
    )
