"""Addresses 网址 that are handed to people on paper, so they carry the whole address."""

from flask import current_app, request, url_for

from config.settings import Settings


def first_sign_in(token: str) -> str:
    """The address at which the owner of an account sets a password, once."""
    return f"{place()}{url_for('sign_in.invited', token=token)}"


def place() -> str:
    """Where people reach the service: as the settings say, else where this request came to."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url or request.host_url.rstrip("/")
