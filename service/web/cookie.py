"""The cookie that carries a session's token, out of reach of scripts and of other sites."""

from datetime import datetime
from typing import Final

from flask import Response, current_app

COOKIE: Final = "fengqiao_session"
SECURE_COOKIE: Final = "__Host-fengqiao_session"


def set_cookie(response: Response, token: str, expires_at: datetime) -> Response:
    """Hand the session's token to the browser, out of reach of scripts and other sites."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        name(),
        token,
        expires=expires_at,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def clear_cookie(response: Response) -> Response:
    """Take the session's token back."""
    for each in (COOKIE, SECURE_COOKIE):
        response.delete_cookie(each, path="/", secure=each == SECURE_COOKIE, httponly=True)
    return response


def name() -> str:
    """Under https the name itself forbids planting the cookie from a sister host."""
    return SECURE_COOKIE if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE
