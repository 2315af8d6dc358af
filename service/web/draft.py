"""The drafts 草稿 somebody has begun, as pages show them and go on with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from config.vocabulary import PartyKind
from service.errors import NotFound
from service.queries import draft as queries
from service.queries.draft import DraftView
from service.rules.identity import mask_name
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk, now
from service.web.outlook import is_quiet

CATEGORY = "category"
APPLICANT = "parties.0.name"
NO_CATEGORY = "还没选类别"
NO_NAME = "还没写姓名"
RESTRICTED = "限制查阅"


def resumed(form_key: str) -> MultiDict[str, str] | None:
    """What the caller had filled in, with the form's own key; None when there is no such draft."""
    try:
        found = queries.one(key_of(form_key), actor=actor(), desk=desk(), now=now())
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


def key_of(text: str) -> str:
    """The key of a form in an address; anything else is nowhere."""
    if not forms.FORM_KEY.fullmatch(text):
        raise NotFound
    return text


def _when(instant: datetime) -> str:
    """15:40, or with its day when that was not today."""
    local_day, today = desk().today(instant), desk().today(now())
    return clock(instant) if local_day == today else f"{show.day(local_day)} {clock(instant)}"


def clock(instant: datetime) -> str:
    """15:40 in the office."""
    return f"{instant.astimezone(desk().zone):%H:%M}"
