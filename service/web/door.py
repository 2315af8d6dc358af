"""The door: who is calling, and may they use this function."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import uuid4

import orjson
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from config.access import Reach
from service.clock import utc_now
from service.desk import Desk
from service.errors import (
    Forbidden,
    Invalid,
    NotSignedIn,
    Stale,
    Unsettled,
    VersionRequired,
)
from service.operations import audit
from service.operations import sign_in as sign_in_operations
from service.operations import token as token_operations
from service.queries import sight
from service.queries import token as tokens
from service.queries import user as users
from service.queries.user import Caller
from service.rules import access
from service.rules import origin as origins
from service.rules import sign_in as sign_in_rules
from service.rules.access import Actor
from service.rules.origin import Origin
from service.rules.sign_in import First
from service.web.cookie import name as cookie_name
from service.web.header import add_headers

PUBLIC: Final = "public"
TOUCH_EVERY: Final = timedelta(minutes=1)
BRIEF: Final = 1024 * 1024
BULKY: Final = 20 * 1024 * 1024 + 64 * 1024  # one file of 20 MB, and the form around it
STRONG: Final = re.compile(r'"([1-9][0-9]{0,8})"', re.ASCII)

View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the door now, and when they came."""

    caller: Caller
    token: str


def action(name: str) -> Callable[[View], View]:
    """Say which action of the access policy a view is; `{step}` is taken from the address."""

    def mark(view: View) -> View:
        view.action = name  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return mark


public = action(PUBLIC)
signed_in = action("signed-in")


def for_programs(view: View) -> View:
    """Say that another platform's token opens this view; it opens no other."""
    view.for_programs = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def unnoticed(view: View) -> View:
    """Say that asking this is no activity: it does not keep the caller's session alive."""
    view.unnoticed = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def unsettled(view: View) -> View:
    """Say that this view is open before somebody's own account is settled: it is where one does."""
    view.unsettled = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def brief(view: View) -> View:
    """Say that this page takes no more than BRIEF bytes, as every view for programs does; 413."""
    view.brief = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def bulky(view: View) -> View:
    """Say that this view takes a file of full size; longer bodies are answered 413."""
    view.bulky = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def action_of(endpoint: str) -> str | None:
    """The action of a route; None is a route nobody may use."""
    view = current_app.view_functions.get(endpoint)
    return getattr(view, "action", None)


def guard() -> ResponseReturnValue | None:
    """Before every request: its id, the caller, the forgery check, the right to the function."""
    g.request_id = uuid4().hex
    g.now = utc_now()
    g.sight = ExitStack()
    g.sight.enter_context(sight.nobody())
    g.came_from = audit.REQUEST.set((request.remote_addr, g.request_id))
    _refuse_unstorable()
    if request.endpoint is None:
        return None
    name = action_of(request.endpoint)
    if name is None:
        raise Forbidden
    visitor = _recognise()
    g.visitor = visitor
    _tell_the_wall(visitor)
    _check_form()
    if name == PUBLIC:
        return None
    if visitor is None:
        raise NotSignedIn
    if visitor.caller.actor.only is not None and not _says("for_programs"):
        raise Forbidden
    comes_first = first()
    if comes_first is not None and not _says("unsettled"):
        raise Unsettled(comes_first)
    if name != signed_in_name():
        needed = name.format(**(request.view_args or {}))
        access.require(visitor.caller.actor, needed, desk().policy.access)
    return None


def _tell_the_wall(found: Visitor | None) -> None:
    """From here on the database shows what this caller may see at most."""
    if found is not None:
        g.sight.enter_context(sight.seeing(found.caller.actor, desk().policy.access, g.now))


def _check_form() -> None:
    """A form is ours, and no longer than its view takes; the limit first, the check reads it."""
    if _says("brief") or is_api():
        request.max_content_length = BRIEF
    if _says("bulky"):
        request.max_content_length = BULKY
    if _is_forgeable():
        csrf.protect()


def _refuse_unstorable() -> None:
    """No address or query carries what a database cannot hold."""
    for name, values in request.args.lists():
        if any("\0" in text or (not text.isascii() and _is_broken(text)) for text in values):
            raise Invalid({name: ["含有无效字符"]})


def _is_broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def signed_in_name() -> str:
    """The action of pages open to everybody who is signed in."""
    return "signed-in"


def desk() -> Desk:
    """The instruments of this deployment."""
    found: Desk = current_app.extensions["fengqiao"]
    return found


def now() -> datetime:
    """The instant this request began; one request sees one time."""
    instant: datetime = g.now
    return instant


def visitor() -> Visitor | None:
    """Who is at the door, if anybody we know."""
    found: Visitor | None = g.get("visitor")
    return found


def actor() -> Actor:
    """The signed-in actor of this request."""
    found = visitor()
    if found is None:
        raise NotSignedIn
    return replace(found.caller.actor, request_id=g.request_id, address=request.remote_addr)


def reaches_town(name: str) -> bool:
    """Whether the caller may do something in the whole town, and not in the own unit alone."""
    return Reach.TOWN in access.scope(actor(), name, desk().policy.access).reach


def first() -> First | None:
    """What the caller has to do before anything else; programs have nothing to settle."""
    found = visitor()
    if found is None or found.caller.actor.only is not None:
        return None
    policy = desk().policy
    return sign_in_rules.first(
        found.caller.actor.roles,
        enrolled=found.caller.second_factor_at is not None,
        password_set_at=found.caller.password_set_at,
        policy=policy.sign_in,
        passwords=policy.passwords,
        now=now(),
    )


def origin() -> Origin:
    """Where this request came from, as far as it can be believed."""
    return Origin(request.remote_addr or "", origins.device(request.user_agent.string))


def etag(version: int) -> str:
    """The strong validator of a version."""
    return f'"{version}"'


def required_version() -> int:
    """The version the change is based on, from If-Match; weak ones and `*` are refused."""
    given = request.headers.get("If-Match")
    if given is None:
        raise VersionRequired
    tag = STRONG.fullmatch(given.strip())
    if tag is None:
        raise Stale([])
    return int(tag[1])


def answer(payload: Any, *, status: int = 200, version: int | None = None) -> Response:
    """A JSON answer, with the strong validator of what it shows."""
    response = Response(orjson.dumps(payload), status=status, mimetype="application/json")
    if version is not None:
        response.headers["ETag"] = etag(version)
    return response


def install(app: Flask) -> None:
    """Put the guard before every request and the headers behind every answer."""
    csrf.init_app(app)
    app.before_request(guard)
    app.teardown_request(_gone)
    app.after_request(add_headers)


def _gone(_: BaseException | None) -> None:
    """The next one in this thread comes from elsewhere."""
    looked: ExitStack | None = g.pop("sight", None)
    if looked is not None:
        looked.close()
    token = g.pop("came_from", None)
    if token is not None:
        audit.REQUEST.reset(token)


def is_api() -> bool:
    """Whether a program is calling, which wants problem+json, not a page."""
    path = request.path
    return path.startswith("/api/v1/") or path in ("/healthz", "/readyz", "/metrics")


def _recognise() -> Visitor | None:
    """Programs come with a bearer token, pages with the cookie; a bad bearer is never a cookie."""
    header = request.headers.get("Authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        return _bearer(token.strip()) if kind.lower() == "bearer" else None
    if is_api():
        return None
    token = request.cookies.get(cookie_name(), "")
    return _known(token) if token else None


def _bearer(token: str) -> Visitor | None:
    """A platform's token is known by its mark, which a session's may bear by chance."""
    marked = token.startswith(token_operations.MARK)
    return (_program(token) if marked else None) or _known(token)


def _known(token: str) -> Visitor | None:
    today = desk().today(now())
    caller = users.by_token(token, policy=desk().policy.sign_in, now=now(), today=today)
    if caller is None:
        return None
    if now() - caller.seen_at > TOUCH_EVERY and not _says("unnoticed"):
        sign_in_operations.touch(token, now=now())
        caller = replace(caller, seen_at=now())
    return Visitor(caller, token)


def _program(secret: str) -> Visitor | None:
    """A program of another platform, under the API only: no page opens to a token."""
    found = tokens.by_secret(secret, now=now()) if is_api() else None
    if found is None:
        return None
    if found.used_at is None or now() - found.used_at > TOUCH_EVERY:
        token_operations.touch(found.id, now=now())
    return Visitor(found.caller, secret)


def _says(mark: str) -> bool:
    """Whether the view that is asked for carries a mark."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, mark, False))


def _is_forgeable() -> bool:
    """A page's form rides on the cookie; a program's bearer token cannot be ridden on."""
    return not is_api() and request.method not in ("GET", "HEAD", "OPTIONS", "TRACE")
