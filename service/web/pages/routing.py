"""The live panel beside the intake form: where this would go, and why."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.web import form as forms
from service.web import intake_form
from service.web.door import action, brief
from service.web.outlook import outlook

bp = Blueprint("routing", __name__)


@bp.post("/routing/preview-panel")
@action("routing.preview")
@brief
def show_panel() -> ResponseReturnValue:
    """The panel for what has been typed so far."""
    posted = request.form if intake_form.crowd(request.form) else intake_form.split(request.form)
    form = forms.typed(posted)
    return render_template("routing/preview_panel.html", form=form, outlook=outlook(posted))
