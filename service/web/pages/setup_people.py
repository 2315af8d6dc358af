"""初始设置, third step: the people who get an account, with a slip for each."""

from typing import Final

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import STAFF
from config.words import label
from service.errors import Invalid
from service.operations import user_list
from service.queries import setup as queries
from service.queries import user as accounts
from service.web import account_rows, slip
from service.web import form as forms
from service.web import organisation as units
from service.web import setup as progress
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("setup_people", __name__)
TWICE: Final = "这些账户刚才已经建过了。要再建，请核对内容后再点建立"


@bp.get("/setup/people")
@action("setup.run")
def people() -> ResponseReturnValue:
    """Rows for the people who get an account; before, somebody says whose people they are."""
    if queries.unsaid(desk().policy.home):
        flash("请先填写本中心的名称和编号前缀", "warn")
        return forms.see(url_for("setup.centre"))
    return _people_page(Form(), account_rows.ROWS)


@bp.post("/setup/people")
@action("setup.run")
def engage() -> ResponseReturnValue:
    """Create an account for every row that is filled, all or none, and show the slips once."""
    shown = account_rows.count()
    if request.form.get("action") == "more":
        return _people_page(forms.typed(request.form), _more(shown))
    return forms.once(
        lambda: _engaged(account_rows.filled()),
        shown=lambda form: _people_page(form, shown),
        twice=TWICE,
    )


def _people_page(form: Form, rows: int) -> str:
    return render_template(
        "setup/people.html",
        title="账户",
        steps=progress.steps(progress.state(), "setup_people.people"),
        form=form,
        rows=range(rows),
        roles=[("", "请选择"), *((role.value, label(role)) for role in STAFF)],
        units=units.choices(),
        there=[
            (each.name, each.username, slip.roles(each))
            for each in accounts.accounts(now=now())
            if each.active
        ],
        users_url=url_for("user.listed"),
        import_url=url_for("user_list.paste"),
        post_url=url_for("setup_people.engage"),
        next_url=url_for("setup.check"),
    )


def _engaged(rows: dict[int, dict[str, str]]) -> str:
    if not rows:
        raise Invalid({"rows.0.name": ["请至少填写一个人"]})
    drafts = account_rows.drafts(rows)
    places = list(rows)
    try:
        made = user_list.engage(drafts, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        raise Invalid(account_rows.at_rows(refusal.fields, places)) from refusal
    back = (url_for("setup.check"), "下一步：核对")
    return slip.drawn(made, title=f"已建立 {len(made)} 个账户", back=back)


def _more(shown: int) -> int:
    return min(shown + account_rows.MORE, account_rows.MOST)
