"""动态口令: enrol the second factor of one's own account."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Conflict, Invalid
from service.operations import second_factor as operations
from service.operations.second_factor import Enrolment
from service.queries import organisation as organisations
from service.queries import second_factor as queries
from service.rules.sign_in import First, needs_code
from service.web import form as forms
from service.web import qr, show
from service.web.door import actor, brief, desk, first, now, signed_in, unsettled, visitor
from service.web.form import Form

bp = Blueprint("second_factor", __name__)


@bp.get("/second-factor")
@signed_in
@unsettled
def state() -> ResponseReturnValue:
    """Whether there is one, and how to get one."""
    found = queries.of(actor().user_id)
    policy = desk().policy.sign_in
    return render_template(
        "second_factor/show.html",
        title="动态口令",
        in_use=policy.second_factor,
        needed=needs_code(actor().roles, policy),
        due=first() is First.SECOND_FACTOR,
        since_text=show.moment(found.since, desk().zone) if found.since else "",
        codes_left=found.codes_left,
        begin_url=url_for("second_factor.begin"),
    )


@bp.post("/second-factor/begin")
@signed_in
@unsettled
def begin() -> ResponseReturnValue:
    """A fresh secret as a picture, and the field for its first code."""
    try:
        made = operations.begin(actor=actor(), issuer=_issuer(), desk=desk(), now=now())
    except Conflict as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("second_factor.state"))
    return _picture(made, Form(key=""))


@bp.post("/second-factor")
@signed_in
@unsettled
@brief
def confirm() -> ResponseReturnValue:
    """Make it count; the recovery codes are shown this once."""
    found = visitor()
    try:
        codes = operations.confirm(
            request.form.get("code", ""),
            token=found.token if found else "",
            actor=actor(),
            desk=desk(),
            now=now(),
        )
    except Invalid as refusal:
        return _again(forms.typed(request.form, refusal.fields))
    except Conflict as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("second_factor.state"))
    return render_template(
        "second_factor/codes.html", title="恢复码", codes=codes, home_url=url_for("home.desk")
    )


def _again(shown: Form) -> ResponseReturnValue:
    """The same picture, and what is wrong with the code."""
    begun = operations.pending(actor=actor(), issuer=_issuer(), desk=desk())
    if begun is None:
        return forms.see(url_for("second_factor.state"))
    return _picture(begun, shown), 422


def _picture(made: Enrolment, shown: Form) -> str:
    secret = made.secret
    return render_template(
        "second_factor/enrol.html",
        title="登记动态口令",
        form=shown,
        qr=qr.drawn(made.address),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        post_url=url_for("second_factor.confirm"),
    )


def _issuer() -> str:
    centre = organisations.centre()
    return centre.name if centre else "枫桥"
