"""接口令牌: which platforms come in by program, and letting one in or out."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import Source, TokenScope
from config.words import label, labels
from schemas.token import TokenIn
from service.operations import token as operations
from service.operations.token import TAKEN_DOWN, TokenDraft
from service.queries import organisation as organisations
from service.queries import token as queries
from service.queries.token import Standing, TokenView
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("token", __name__)
MOST: Final = 200
TWICE: Final = "这个令牌刚才已经生成过了。要再生成一个，请核对内容后再点生成"
STANDINGS: Final = {
    Standing.ACTIVE: ("可用", "ok"),
    Standing.EXPIRED: ("已过期", "warn"),
    Standing.REVOKED: ("已吊销", "plain"),
}


@bp.get("/tokens")
@action("token.list")
def listed() -> ResponseReturnValue:
    """Every token, and the form for one more for who may make it."""
    return _page(Form(values={"scopes": list(TokenScope)}))


@bp.post("/tokens")
@action("token.manage")
def make() -> ResponseReturnValue:
    """Make a token and show it, this once."""

    def produce() -> str:
        draft = TokenDraft(**load_body(TokenIn, forms.body(request.form)))
        made = operations.make(draft, actor=actor(), desk=desk(), now=now())
        return render_template(
            "token/made.html",
            title="令牌已生成",
            token=_row(queries.one(made.id, desk=desk(), now=now())),
            secret=made.secret,
            address=url_for("api-dispute.register", _external=True),
            back_url=url_for("token.listed"),
        )

    return forms.once(produce, shown=_page, twice=TWICE)


@bp.post("/tokens/<uuid:token_id>/revoke")
@action("token.manage")
def revoke(token_id: UUID) -> ResponseReturnValue:
    """Shut a token out for good."""
    operations.revoke(token_id, actor=actor(), desk=desk(), now=now())
    view = queries.one(token_id, desk=desk(), now=now())
    flash(f"已吊销“{view.name}”的令牌，对方从现在起用不了")
    return forms.see(url_for("token.listed"))


def _page(form: Form) -> str:
    tokens = queries.page(desk=desk(), now=now(), limit=MOST).items
    may_manage = access.may(actor(), "token.manage", desk().policy.access)
    return render_template(
        "token/list.html",
        title="接口令牌",
        rows=[_row(each) for each in tokens],
        may_manage=may_manage,
        form=form,
        fields=_fields(tokens) if may_manage else [],
        post_url=url_for("token.make"),
    )


def _row(view: TokenView) -> dict[str, Any]:
    text, tone = STANDINGS[view.standing]
    zone = desk().zone
    return {
        "name": view.name,
        "account": view.account,
        "source": view.source.value,
        "source_label": label(view.source),
        "organisation": view.organisation.name,
        "lists": TokenScope.LIST in view.scopes,
        "scope_labels": [label(each) for each in TokenScope if each in view.scopes],
        "standing_label": text,
        "standing_tone": tone,
        "until_text": f"用到 {show.long_day(view.expires_on)}" if view.expires_on else "没有期限",
        "made_text": f"{show.moment(view.created_at, zone)} {view.created_by}",
        "used_text": show.moment(view.used_at, zone) if view.used_at else "还没用过",
        "revoke_url": url_for("token.revoke", token_id=view.id)
        if view.standing is not Standing.REVOKED
        else None,
    }


def _fields(tokens: Any) -> list[dict[str, Any]]:
    units = [(str(each.id), each.name) for each in organisations.active()]
    sources = [(word, text) for word, text in labels(Source).items() if word not in TAKEN_DOWN]
    old = [(str(each.id), f"{each.name}（{each.account}）") for each in tokens]
    return [
        forms.described(
            "name", "平台名称", required=True, maxlength=80, hint="办理经过里这样称呼它"
        ),
        forms.described(
            "source",
            "来源",
            "select",
            options=[("", "请选择"), *sources],
            required=True,
            hint="用这个令牌送来的纠纷，来源都是它",
        ),
        forms.described(
            "organisation", "所属单位", "select", options=[("", "请选择"), *units], required=True
        ),
        forms.described(
            "scopes",
            "可以做什么",
            "checkboxes",
            options=list(labels(TokenScope).items()),
            required=True,
        ),
        forms.described("expires_on", "有效期到", "date", hint="不填就一直有效，直到吊销"),
        forms.described(
            "replaces",
            "接替哪个令牌",
            "select",
            options=[("", "不接替，是新的平台"), *old],
            hint="换新令牌时选旧的，原来送的仍能查到；旧的用完记得吊销",
        ),
    ]
