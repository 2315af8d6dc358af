"""个人信息处理告知: the public page, in plain words and large type; nobody signs in."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.queries import paper
from service.queries.paper import Letterhead
from service.web import show
from service.web.door import desk, public

bp = Blueprint("privacy", __name__)
UNKNOWN = "请到窗口询问"


@bp.get("/privacy")
@public
def notice() -> ResponseReturnValue:
    """Who processes what for what, how long, who gets it, and which rights there are."""
    privacy, centre = desk().policy.privacy, paper.letterhead()
    words = _words(centre) | {"days": str(privacy.term.days)}
    return render_template(
        "public/privacy.html",
        title="个人信息处理告知",
        sections=[
            {"title": each.title, "text": [_filled(text, words) for text in each.text]}
            for each in privacy.sections
        ],
        version=privacy.version,
        published_text=show.day(privacy.published_on, year=0),
    )


def _words(centre: Letterhead) -> dict[str, str]:
    told: dict[str, Any] = {
        "centre": centre.name,
        "address": centre.address,
        "phone": centre.phone,
        "hours": centre.hours,
    }
    return {name: str(value or UNKNOWN) for name, value in told.items()}


def _filled(text: str, words: dict[str, str]) -> str:
    """The text with the centre's own data in its places, and nothing else replaced."""
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text
