"""The door: who is calling, may they use this function, and have they asked this before."""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID, uuid4

import orjson
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import FileStorage

from service.clock import utc_now
from service.desk import Desk
from service.errors import (
    Forbidden,
    Invalid,
    KeyRequired,
    NotSignedIn,
    Stale,
    Unsettled,
    VersionRequired,
)
from service.operations import audit
from service.operations import sign_in as sign_in_operations
from service.operations import token as token_operations
from service.operations.idempotency import Answer, Claim, once
from service.queries import dispute as disputes
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

COOKIE: Final = "fengqiao_session"
SECURE_COOKIE: Final = "__Host-fengqiao_session"
PUBLIC: Final = "public"
TOUCH_EVERY: Final = timedelta(minutes=1)
KEY_LENGTH: Final = 100
BRIEF: Final = 1024 * 1024
BULKY: Final = 20 * 1024 * 1024 + 64 * 1024  # one file of 20 MB, and the form around it
STRONG: Final = re.compile(r'"([1-9][0-9]{0,8})"', re.ASCII)
DISPUTES: Final = "/api/v1/disputes/"
KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")

P = ParamSpec("P")
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


def noted(
    deed: str, subject: str
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, Response]]:
    """Have it written to the trail when a view answered: `deed` is export, download, print ...

    What cannot be written is not shown.
    """

    def mark(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
        @wraps(view)
        def told(*args: P.args, **kwargs: P.kwargs) -> Response:
            response = current_app.make_response(view(*args, **kwargs))
            if response.status_code < HTTPStatus.BAD_REQUEST:
                audit.saw(
                    f"{subject}.{deed}",
                    subject=subject,
                    subject_id=asked_for()[1],
                    actor=actor(),
                    now=now(),
                    detail=_plain_asked(),
                )
            return response

        return told

    return mark


def looked_at(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Have it written to the trail that somebody opened the dispute of the address."""

    @wraps(view)
    def told(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = current_app.make_response(view(*args, **kwargs))
        dispute_id = (request.view_args or {}).get("dispute_id")
        if response.status_code < HTTPStatus.BAD_REQUEST and dispute_id is not None:
            audit.looked(dispute_id, actor=actor(), desk=desk(), now=now())
        return response

    return told


def asked_for() -> tuple[str | None, UUID | None]:
    """What the address names: the thing's noun and its id."""
    for name, value in (request.view_args or {}).items():
        if isinstance(value, UUID):
            return name.removesuffix("_id"), value
    return None, None


def note_denial(status: int) -> None:
    """Write down that the caller was refused; of who is not known there is nothing to write."""
    found = visitor()
    name = action_of(request.endpoint) if request.endpoint else None
    subject, subject_id = asked_for()
    if found is None or (status == HTTPStatus.NOT_FOUND and subject_id is None):
        return
    audit.denied(
        (name or "unknown").format(**(request.view_args or {}))[:60],
        subject=subject,
        subject_id=subject_id,
        actor=actor(),
        now=now(),
        detail={"status": status, "endpoint": request.endpoint},
    )


def _plain_asked() -> dict[str, str]:
    """What else the address names: a week, a kind of file."""
    asked = request.view_args or {}
    return {name: str(value) for name, value in asked.items() if not isinstance(value, UUID)}


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


def idempotent(view: Callable[P, Response]) -> Callable[P, Response]:
    """Make a creating view run once for each Idempotency-Key of a user."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key:
            raise KeyRequired
        if len(key) > KEY_LENGTH or not key.isprintable():
            raise Invalid({"Idempotency-Key": [f"最多 {KEY_LENGTH} 个可见字符"]})
        claim = Claim(actor().user_id, f"{request.method} {request.path}"[:100], key, _body())
        kept = once(claim, lambda: _kept(view(*args, **kwargs)), desk=desk(), now=now())
        if kept.replayed and actor().only is None:  # what a program sent stays its own
            _still_theirs(kept)
        return Response(kept.body, kept.status, kept.headers)

    return guarded


def _still_theirs(kept: Answer) -> None:
    """An answer is repeated only to who may still see what it tells of."""
    told = (request.view_args or {}).get("dispute_id")
    if told is None and kept.headers.get("Location", "").startswith(DISPUTES):
        told = UUID(kept.headers["Location"].removeprefix(DISPUTES))
    if told is not None:
        disputes.one(told, actor=actor(), desk=desk(), now=now())


def set_cookie(response: Response, token: str, expires_at: datetime) -> Response:
    """Hand the session's token to the browser, out of reach of scripts and other sites."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        _cookie_name(),
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
    for name in (COOKIE, SECURE_COOKIE):
        response.delete_cookie(name, path="/", secure=name == SECURE_COOKIE, httponly=True)
    return response


def install(app: Flask) -> None:
    """Put the guard before every request and the headers behind every answer."""
    csrf.init_app(app)
    app.before_request(guard)
    app.teardown_request(_gone)
    app.after_request(_headers)


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


def digest(file: FileStorage) -> str:
    """The SHA-256 of an uploaded file, which is left at its beginning."""
    file.stream.seek(0)
    found = hashlib.sha256(file.stream.read()).hexdigest()
    file.stream.seek(0)
    return found


def _body() -> str:
    if request.mimetype == "multipart/form-data":  # its boundary is another each time
        fields = sorted(request.form.items(multi=True))
        files = [(n, each.filename, digest(each)) for n, each in request.files.items(multi=True)]
        return json.dumps([fields, sorted(files)])
    parsed = request.get_json(silent=True)
    if parsed is not None:
        return json.dumps(parsed, sort_keys=True)
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _kept(response: Response) -> Answer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, response.get_data(), headers)


def _recognise() -> Visitor | None:
    """Programs come with a bearer token, pages with the cookie; a bad bearer is never a cookie."""
    header = request.headers.get("Authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        return _bearer(token.strip()) if kind.lower() == "bearer" else None
    if is_api():
        return None
    token = request.cookies.get(_cookie_name(), "")
    return _known(token) if token else None


def _cookie_name() -> str:
    """Under https the name itself forbids planting the cookie from a sister host."""
    return SECURE_COOKIE if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


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


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'",
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
