"""The composition root: settings become one application with its database, desk and doors."""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask_smorest import Api

from config import policy
from config.logging import configure
from config.policy import Policy
from config.settings import Settings, from_env
from models import before_commit, db, listen, prepared, wall
from service.desk import Desk
from service.gateways.keyring import Keyring
from service.operations.audit import Chain
from service.queries import calendar, rulebook
from service.queries.page import seal_cursors
from service.rules import routing
from service.rules.calendar import WorkCalendar
from service.web import door, errors, pages
from service.web.api import BLUEPRINTS
from service.web.proxy import Proxied
from service.web.request import HeldRequest

BODY_LIMIT: Final = 20 * 1024 * 1024
POSTGRES_OPTIONS: Final = "-c statement_timeout=10000 -c lock_timeout=5000 -c timezone=UTC"


def create_app(settings: Settings | None = None) -> Flask:
    """The application; raises BadSettings or BadRules when it could not work rightly."""
    settings = settings or from_env()
    configure()
    app = Flask("service.web", root_path=str(Path(__file__).parent / "web"))
    app.request_class = HeldRequest
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["fengqiao"] = make_desk(settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        prepared.keep(db.engine)
        wall.guard(db.engine)
        before_commit(db.engine, Chain(settings.audit_key))
        seal_cursors(db.engine, app.extensions["fengqiao"].keyring)
    app.wsgi_app = Proxied(  # type: ignore[method-assign]  # Flask's documented way
        app.wsgi_app, settings.trusted_proxies
    )
    door.install(app)
    api = Api(app)
    app.extensions["api"] = api
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    errors.install(app)  # last, or the API framework answers unknown addresses in its own way
    pages.install(app)
    return app


def make_desk(settings: Settings) -> Desk:
    """The instruments of the deployment; the rules are checked before anybody is served."""
    chosen = _shipped() if settings.config_dir is None else _read(settings.config_dir)
    return Desk(
        policy=replace(
            chosen,
            passwords=replace(chosen.passwords, chosen=settings.password_profile),
            sign_in=replace(
                chosen.sign_in,
                second_factor=settings.second_factor,
                password_renewal=settings.password_renewal,
            ),
        ),
        calendars=partial(calendar.in_force, WorkCalendar(chosen.holidays)),
        rulebooks_now=partial(rulebook.in_force, chosen.rulebook),
        keyring=Keyring(
            settings.data_keys,
            settings.index_keys,
            algorithm=settings.cipher,
            reread=settings.keys_now(),
        ),
        zone=settings.zone,
    )


@cache
def _shipped() -> Policy:
    """What ships cannot change while this process runs: it is read and checked once."""
    return _read(None)


def _read(config_dir: Path | None) -> Policy:
    chosen = policy.load(config_dir)
    routing.check(chosen.rulebook, chosen.clocks, chosen.categories.by_code)
    return chosen


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "fengqiao_form",
        "SESSION_COOKIE_SECURE": settings.cookie_secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "TRUSTED_HOSTS": list(settings.allowed_hosts) or None,
        "API_TITLE": "Fengqiao 枫桥",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": None,
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    pool = {"pool_size": 16, "max_overflow": 16, "pool_timeout": 10, "hide_parameters": True}
    if settings.is_sqlite:
        return pool | {"connect_args": {"check_same_thread": False}}
    connect = {"connect_timeout": 3, "options": POSTGRES_OPTIONS}
    return pool | {"pool_pre_ping": True, "connect_args": connect}
