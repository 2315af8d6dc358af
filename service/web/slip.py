"""Sign-in slips 登录条: shown once, printed, handed over in person."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for

from config.vocabulary import Role
from config.words import label
from service.operations.user_list import Engaged
from service.queries import grant as grants
from service.queries import user as queries
from service.queries.user import AccountView
from service.web import address as addresses
from service.web import qr, show
from service.web.door import desk, now


def drawn(made: list[Engaged], *, title: str, back: tuple[str, str] | None = None) -> str:
    """The page with the one-time codes, a slip for each person to take along."""
    engaged = [(each, queries.account(each.user_id, now=now())) for each in made]
    address, text = back or (url_for("user.listed"), "返回账户")
    waiting = {each.user_id: _waiting(each.user_id) for each in made}
    return render_template(
        "user/slip.html",
        title=title,
        waiting=[
            {"name": account.name, "roles": waiting[each.user_id]}
            for each, account in engaged
            if waiting[each.user_id]
        ],
        slips=[
            _sign_in_slip(each.sign_in_code, account, waiting[each.user_id])
            for each, account in engaged
            if each.sign_in_code
        ],
        back_url=address,
        back_label=text,
    )


def _sign_in_slip(sign_in_code: str, account: AccountView, waiting: str) -> dict[str, Any]:
    address = addresses.first_sign_in(account.username, sign_in_code)
    return {
        "name": account.name,
        "username": account.username,
        "organisation": account.organisation,
        "role_label": "、".join(filter(None, (roles(account), waiting and f"{waiting}（等确认）"))),
        "sign_in_code": sign_in_code,
        "place": addresses.place(),
        "qr": qr.drawn(address),
        "until_text": show.moment(account.invited_until, desk().zone)
        if account.invited_until
        else "",
    }


def _waiting(user_id: UUID) -> str:
    """The roles the account is to have when a second person agrees, in words."""
    asked = grants.of_user(user_id)
    return "、".join(label(Role(each)) for each in asked.roles) if asked else ""


def roles(account: AccountView) -> str:
    """What the account may act as, in words."""
    return "、".join(label(Role(role)) for role in account.roles)
