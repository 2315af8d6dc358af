"""可能重复: the live panel beside the intake form with disputes like the one being typed."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.web.door import action, brief
from service.web.duplicate import CHOICES, panel

bp = Blueprint("duplicate", __name__)


@bp.post("/duplicates/panel")
@action("duplicate.check")
@brief
def show_panel() -> ResponseReturnValue:
    """The panel for what has been typed so far."""
    return render_template("duplicate/panel.html", **panel(request.form), choices=CHOICES)
