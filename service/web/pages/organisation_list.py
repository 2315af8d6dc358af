"""单位名单: paste organisations and villages, see what each row becomes, take all of them in."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from service.web import organisation_list as lists
from service.web.door import action
from service.web.form import Form

bp = Blueprint("organisation_list", __name__)


@bp.get("/organisations/import")
@action("organisation.manage")
def paste() -> ResponseReturnValue:
    """An empty form."""
    return _page(Form(key=""), None)


@bp.post("/organisations/import")
@action("organisation.manage")
def submit() -> ResponseReturnValue:
    """Try the list, or take it in when that is what was pressed."""
    return lists.answered(_page, done=url_for("organisation.listed"))


def _page(form: Form, found: dict[str, Any] | None) -> str:
    return render_template(
        "organisation/import.html",
        title="粘贴单位名单",
        form=form,
        post_url=url_for("organisation_list.submit"),
        back_url=url_for("organisation.listed"),
        hint=lists.HINT,
        preview=found,
    )
