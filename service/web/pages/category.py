"""类别建议: the live hint below the narrative; it says which words it goes by."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.web.category import danger_signs, suggestions
from service.web.door import action, brief

bp = Blueprint("category", __name__)


@bp.post("/categories/panel")
@action("routing.preview")
@brief
def show_panel() -> ResponseReturnValue:
    """The hint for what has been typed so far; empty when the choice agrees with it."""
    given = request.form
    story = given.get("narrative", "")
    return render_template(
        "category/panel.html",
        suggestions=suggestions(story, given.get("category", "")),
        signs=danger_signs(story, given, given.getlist("denied")),
    )
