"""One-time slips 一次性登录条: shown once, printed, handed over in person."""

from typing import Any

from flask import render_template, url_for

from config.vocabulary import Role
from config.words import label
from service.operations.user_list import Engaged
from service.queries import user as queries
from service.queries.user import AccountView
from service.web import address as addresses
from service.web import qr, show
from service.web.door import desk, now


def drawn(made: list[Engaged], *, title: str, back: tuple[str, str] | None = None) -> str:
    """The page with the one-time codes, a slip for each person to take along."""
    invited = [(each, queries.account(each.user_id, now=now())) for each in made]
    address, text = back or (url_for("user.listed"), "返回账户")
    return render_template(
        "user/slip.html",
        title=title,
        slips=[_slip(each.token, account) for each, account in invited if each.token],
        back_url=address,
        back_label=text,
    )


def _slip(token: str, account: AccountView) -> dict[str, Any]:
    address = addresses.first_sign_in(token)
    return {
        "name": account.name,
        "username": account.username,
        "organisation": account.organisation,
        "role_label": roles(account),
        "code": token,
        "place": addresses.place(),
        "qr": qr.drawn(address),
        "until_text": show.moment(account.invited_until, desk().zone)
        if account.invited_until
        else "",
    }


def roles(account: AccountView) -> str:
    """What the account may act as, in words."""
    return "、".join(label(Role(role)) for role in account.roles)
