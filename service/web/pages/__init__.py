"""The HTML doors: the same shapes and the same operations as the JSON ones."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for

from config.settings import Settings
from config.words import label
from service.queries import organisation as organisations
from service.rules import access
from service.web import icons
from service.web.door import action_of, desk, public, visitor
from service.web.pages import (
    dispatch,
    dispute,
    figure,
    home,
    intake,
    lawsuit,
    ledger,
    routing,
    sign_in,
    step,
    weekly,
)

# (label, endpoint): shown to whoever may use the endpoint's action
NAV = (
    ("工作台", "home.desk"),
    ("登记", "intake.new"),
    ("纠纷", "dispute.listed"),
    ("待分派", "dispatch.waiting"),
    ("周报", "weekly.newest"),
    ("应诉", "lawsuit.listed"),
    ("台账导入", "ledger.upload"),
)


def install(app: Flask) -> None:
    """Register the pages and what every template may use."""
    cases = (intake, routing, dispute, step, dispatch)
    for module in (home, sign_in, *cases, weekly, figure, lawsuit, ledger):
        app.register_blueprint(module.bp)
    app.view_functions["static"] = public(app.view_functions["static"])
    app.context_processor(_frame)
    settings: Settings = app.extensions["settings"]
    app.jinja_env.globals["icon"] = icons.icon_drawer(strict=not settings.is_production)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _frame() -> dict[str, Any]:
    """What the layout needs on every page."""
    found = visitor()
    return {
        "centre_name": _centre_name(),
        "nav": _nav() if found else [],
        "user": _user() if found else None,
        "search_url": url_for("dispute.search") if found and _may("dispute.search") else None,
        "search_text": "编号、姓名或名称" if found and _may("dispute.detail") else "编号",
        "sign_out_url": url_for("sign_in.leave"),
        "home_url": url_for("home.desk"),
        "asset_version": _asset_version(current_app.static_folder or ""),
    }


def _centre_name() -> str:
    centre = organisations.centre()
    return centre.name if centre else "枫桥·矛盾纠纷多元化解"


def _user() -> dict[str, str]:
    found = visitor()
    if found is None:
        return {}
    caller = found.caller
    roles = "、".join(label(role) for role in sorted(caller.actor.roles))
    return {"name": caller.actor.name, "role_label": roles, "organisation": caller.organisation}


def _nav() -> list[dict[str, Any]]:

    return [
        {
            "label": text,
            "url": url_for(endpoint),
            "current": request.endpoint == endpoint,
            "count": None,
        }
        for text, endpoint in NAV
        if _may(endpoint)
    ]


def _may(endpoint: str) -> bool:
    found, name = visitor(), action_of(endpoint)
    if found is None or name is None:
        return False
    return name == "signed-in" or access.may(found.caller.actor, name, desk().policy.access)


@cache
def _asset_version(folder: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(folder).glob("app.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
