"""草稿: what is being filled in is kept by script every few seconds, resumed or thrown away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.vocabulary import PartyKind
from service.errors import Conflict, NotFound
from service.operations import draft as operations
from service.queries import draft as queries
from service.queries.draft import DraftView
from service.rules.identity import mask_name
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.pages.routing import is_quiet

bp = Blueprint("draft", __name__)
CATEGORY = "category"
APPLICANT = "parties.0.name"
NO_CATEGORY = "还没选类别"
NO_NAME = "还没写姓名"
RESTRICTED = "限制查阅"
SENT = "这张表已经登记过了，不再存草稿"
OTHERS = "现在登录的是另一个账号，这张表不能存到这个账号名下"


@bp.put("/drafts/<form_key>")
@action("dispute.register")
def save(form_key: str) -> ResponseReturnValue:
    """Keep what stands in the form; the answer is what the page says about it."""
    key = _key(form_key)
    _refuse_another_account()
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    kept = operations.save(key, fields, actor=actor(), desk=desk(), now=now())
    return Response(f"已存草稿 {_clock(now())}" if kept else SENT, mimetype="text/plain")


@bp.post("/drafts/<form_key>/discard")
@action("dispute.register")
def discard(form_key: str) -> ResponseReturnValue:
    """Throw a draft away and go on where the button stood."""
    operations.discard(_key(form_key), user_id=actor().user_id)
    flash("已丢掉没登记完的那一份")
    target = forms.local_address(request.form.get("next", ""))
    return forms.see(target or url_for("intake.new"))


def resumed(form_key: str) -> MultiDict[str, str] | None:
    """What the caller had filled in, with the form's own key; None when there is no such draft."""
    try:
        found = queries.one(_key(form_key), actor=actor(), desk=desk(), now=now())
    except NotFound:
        return None
    fields = MultiDict(found.fields)
    fields["form_key"] = found.form_key
    return fields


def begun() -> dict[str, list[dict[str, Any]]]:
    """The caller's drafts as components/drafts.html draws them: those to go on with, those lost."""
    found = queries.mine(actor=actor(), desk=desk(), now=now())
    return {
        "unfinished": [_row(each) for each in found.open],
        "unreadable": [
            {
                "saved_text": _when(each.saved_at),
                "discard_url": url_for("draft.discard", form_key=each.form_key),
            }
            for each in found.lost
        ],
    }


def unfinished() -> list[dict[str, Any]]:
    """The drafts the caller can go on with."""
    return begun()["unfinished"]


def _row(found: DraftView) -> dict[str, Any]:
    fields = dict(found.fields)
    categories = desk().policy.categories.by_code
    code = fields.get(CATEGORY, "")
    return {
        "saved_text": _when(found.saved_at),
        "who": _who(fields),
        "category_label": categories[code].label if code in categories else NO_CATEGORY,
        "resume_url": url_for("intake.new", draft=found.form_key),
        "discard_url": url_for("draft.discard", form_key=found.form_key),
    }


def _who(fields: Mapping[str, str]) -> str:
    """The applicant, masked; of a visit that goes quiet nothing at all."""
    if is_quiet(MultiDict(fields)):
        return RESTRICTED
    name = fields.get(APPLICANT, "").strip()
    if not name:
        return NO_NAME
    is_unit = fields.get(f"{APPLICANT.rpartition('.')[0]}.kind") == PartyKind.ORGANISATION
    return name if is_unit else mask_name(name)


def _key(text: str) -> str:
    if not forms.FORM_KEY.fullmatch(text):
        raise NotFound
    return text


def _refuse_another_account() -> None:
    """The page says whose form it is: in another tab somebody else may have signed in."""
    owner = request.headers.get("X-Form-Of")
    if owner is not None and owner != str(actor().user_id):
        raise Conflict(OTHERS)


def _when(instant: datetime) -> str:
    """15:40, or with its day when that was not today."""
    local_day, today = desk().today(instant), desk().today(now())
    return _clock(instant) if local_day == today else f"{show.day(local_day)} {_clock(instant)}"


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(desk().zone):%H:%M}"
