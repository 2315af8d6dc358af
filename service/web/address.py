"""Addresses 网址 that are handed to people on paper, so they carry the whole address."""

from flask import current_app, request, url_for

from config.settings import Settings


def first_sign_in(username: str, sign_in_code: str) -> str:
    """The address at which the owner of an account sets a password, once.

    The code stands in its fragment, which is sent to no server.
    """
    return f"{place()}{url_for('sign_in.slip', _anchor=f'{username}.{sign_in_code}')}"


def first_sign_in_link(long_code: str) -> str:
    """The same for a program or a terminal: nobody types there, so its code can be a long one."""
    return f"{place()}{url_for('sign_in.link', long_code=long_code)}"


def place() -> str:
    """Where people reach the service: as the settings say, else where this request came to."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url or request.host_url.rstrip("/")
