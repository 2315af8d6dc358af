"""草稿: what is being filled in is kept by script every few seconds, or thrown away."""

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Conflict
from service.operations import draft as operations
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.draft import clock, key_of

bp = Blueprint("draft", __name__)
SENT = "这张表已经登记过了，不再存草稿"
OTHERS = "现在登录的是另一个账号，这张表不能存到这个账号名下"


@bp.put("/drafts/<form_key>")
@action("dispute.register")
def save(form_key: str) -> ResponseReturnValue:
    """Keep what stands in the form; the answer is what the page says about it."""
    key = key_of(form_key)
    _refuse_another_account()
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    kept = operations.save(key, fields, actor=actor(), desk=desk(), now=now())
    return Response(f"已存草稿 {clock(now())}" if kept else SENT, mimetype="text/plain")


@bp.post("/drafts/<form_key>/discard")
@action("dispute.register")
def discard(form_key: str) -> ResponseReturnValue:
    """Throw a draft away and go on where the button stood."""
    operations.discard(key_of(form_key), user_id=actor().user_id)
    flash("已丢掉没登记完的那一份")
    target = forms.local_address(request.form.get("next", ""))
    return forms.see(target or url_for("intake.new"))


def _refuse_another_account() -> None:
    """The page says whose form it is: in another tab somebody else may have signed in."""
    owner = request.headers.get("X-Form-Of")
    if owner is not None and owner != str(actor().user_id):
        raise Conflict(OTHERS)
