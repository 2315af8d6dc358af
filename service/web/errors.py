"""The one table from what went wrong to how it is told: problem+json, or a page in Chinese."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from service import errors
from service.errors import Refusal
from service.gateways.keyring import CannotOpen
from service.rules import access
from service.rules.sign_in import First
from service.web import form
from service.web.door import desk, is_api, visitor
from service.web.form import OWN
from service.web.witness import note_denial

log = logging.getLogger(__name__)

STATUS: Final[Mapping[type[Refusal], HTTPStatus]] = MappingProxyType(
    {
        errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
        errors.SignInRefused: HTTPStatus.UNAUTHORIZED,
        errors.CodeRequired: HTTPStatus.UNAUTHORIZED,
        errors.Forbidden: HTTPStatus.FORBIDDEN,
        errors.Unsettled: HTTPStatus.FORBIDDEN,
        errors.NotFound: HTTPStatus.NOT_FOUND,
        errors.StepNotAllowed: HTTPStatus.CONFLICT,
        errors.Stale: HTTPStatus.PRECONDITION_FAILED,
        errors.VersionRequired: HTTPStatus.PRECONDITION_REQUIRED,
        errors.KeyRequired: HTTPStatus.BAD_REQUEST,
        errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.KeyBusy: HTTPStatus.CONFLICT,
        errors.Gone: HTTPStatus.GONE,
        errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
        errors.TooOften: HTTPStatus.TOO_MANY_REQUESTS,
        errors.Conflict: HTTPStatus.CONFLICT,
        errors.WorkLeft: HTTPStatus.CONFLICT,
        errors.Merged: HTTPStatus.CONFLICT,
        errors.Erased: HTTPStatus.GONE,
        errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
RETRY_AFTER: Final = "5"
# the page on which what comes before anything else is done
SETTLED_AT: Final[Mapping[First, str]] = MappingProxyType(
    {First.SECOND_FACTOR: "second_factor.state", First.PASSWORD: "password.form"}
)
KEPT: Final = "下面是您填的文字，可以复制"
SECRET: Final = frozenset(
    {"again", "old", "code", "half_way", "sign_in_code"}
)  # beside what is called a password
MIB: Final = 1024 * 1024
WORTH_KEEPING: Final = 12  # characters; shorter things are typed again faster than found
TITLES: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "请求不完整",
        401: "请先登录",
        403: "无权使用",
        404: "没有找到",
        405: "不支持的方法",
        409: "现在不能这样做",
        410: "内容不再提供",
        412: "内容已被修改",
        413: "内容过大",
        415: "格式不支持",
        422: "填写有误",
        428: "缺少版本",
        429: "请求过于频繁",
        500: "系统出错",
        503: "系统暂时不可用",
        507: "存储空间已满",
    }
)
CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "malformed",
        404: "not-found",
        405: "method-not-allowed",
        413: "too-large",
        415: "unsupported-media-type",
        429: "too-many-requests",
    }
)


def install(app: Flask) -> None:
    """Register the table with the application."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, lambda _: _refusal(errors.Stale([])))
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, lambda _: _refusal(errors.Unavailable()))
    app.register_error_handler(CannotOpen, _wrong_key)
    app.register_error_handler(Exception, _unexpected)


def _refusal(refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, errors.Unsettled) and not is_api():
        return form.see(url_for(SETTLED_AT[First(refusal.first)]))
    status = _status(refusal)
    try:
        if isinstance(refusal, errors.Forbidden | errors.NotFound):
            note_denial(int(status))
    except DBAPIError as failure:
        return _database(failure)
    except errors.Unavailable as failure:
        return _refusal(failure)
    response = _tell(int(status), refusal.code, refusal.detail, _more(refusal))
    if isinstance(refusal, errors.TooOften):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _status(refusal: Refusal) -> HTTPStatus:
    kinds = type(refusal).__mro__
    return next((STATUS[each] for each in kinds if each in STATUS), HTTPStatus.BAD_REQUEST)


def _more(refusal: Refusal) -> dict[str, Any]:
    """What else a refusal tells: the wrong fields, the legal steps, what changed meanwhile."""
    if isinstance(refusal, errors.Invalid):
        return {"errors": refusal.fields}
    if isinstance(refusal, errors.StepNotAllowed):
        return {"steps": refusal.allowed}
    if isinstance(refusal, errors.Stale):
        return {"changed": refusal.changed}
    if isinstance(refusal, errors.WorkLeft):
        return {"left": refusal.left}
    if isinstance(refusal, errors.Merged):
        return {"merged_into": refusal.into}
    return {}


def _forged(_: CSRFError) -> ResponseReturnValue:
    return _tell(400, "csrf", "页面停留太久，这次没有提交", {})


def _http(refusal: HTTPException) -> ResponseReturnValue:
    if refusal.code is None or refusal.code < 400:
        return refusal.get_response()
    if isinstance(refusal, SecurityError):  # not our host: no page's address can be made for it
        return _problem(400, "malformed", "这个网址不是本系统的", {}), HTTPStatus.BAD_REQUEST
    code = CODES.get(refusal.code, "refused")
    detail = {
        404: "没有找到",
        405: "这个地址不支持这种请求",
        413: f"提交的内容太大，最多 {(request.max_content_length or 0) // MIB} MB",
        415: "请使用 JSON 格式提交",
        400: "提交的内容无法识别",
    }.get(refusal.code, TITLES.get(refusal.code, "请求无法处理"))
    response = _tell(refusal.code, code, detail, {})
    allow = refusal.get_response().headers.get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def _database(refusal: DBAPIError) -> ResponseReturnValue:
    if isinstance(refusal, IntegrityError):
        log.error("integrity error", extra={"kind": type(refusal.orig).__name__})
        return _tell(409, "conflict", "与已有记录冲突，没有写入", {})
    if isinstance(refusal, OperationalError) or refusal.connection_invalidated:
        log.error("database unavailable", extra={"kind": type(refusal.orig).__name__})
        return _refusal(errors.Unavailable())
    return _unexpected(refusal)


def _wrong_key(refusal: CannotOpen) -> ResponseReturnValue:
    """Sealed under another key, or damaged: nothing a retry mends, and nothing to show."""
    log.error("a sealed value does not open", extra={"place": str(refusal)})
    return _tell(503, "sealed", "部分内容无法解密，请联系系统管理员核对密钥", {})


def _unexpected(refusal: Exception) -> ResponseReturnValue:
    log.error("unexpected error", exc_info=refusal, extra={"request_id": g.get("request_id")})
    return _tell(500, "unexpected", "系统出错，已记录。请稍后重试或联系管理员", {})


def _tell(status: int, code: str, detail: str, more: dict[str, Any]) -> Response:
    if status == HTTPStatus.UNAUTHORIZED and not is_api():
        return _to_sign_in()
    response = (
        _problem(status, code, detail, more) if is_api() else _page(status, code, detail, more)
    )
    response.status_code = status
    if status == HTTPStatus.SERVICE_UNAVAILABLE or code == "idempotency-key-busy":
        response.headers["Retry-After"] = RETRY_AFTER
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _problem(status: int, code: str, detail: str, more: dict[str, Any]) -> Response:
    body = {
        "type": f"/api/docs#{code}",
        "title": TITLES.get(status, "请求无法处理"),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "request_id": g.get("request_id"),
        **more,
    }
    try:
        content = orjson.dumps(body)
    except TypeError:  # a name that came in was no text: half of a character
        content = json.dumps(body).encode()
    return Response(content, mimetype="application/problem+json")


ADVICE: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        400: ("回到刚才的页面，刷新后重新填写提交",),
        403: ("确实要用，请联系系统管理员调整角色",),
        404: ("核对地址或编号是不是完整", "也可能不在您的办理范围内"),
        410: ("被撤销的附件不再提供下载", "文件损坏的，请把出错编号告诉管理员"),
        413: ("照片可以调低清晰度再拍，扫描件可以分成几份",),
        409: ("别人可能刚刚办过，先看看现在到了哪一步",),
        412: ("先看最新内容，再决定改不改",),
        429: ("过一会儿再试，不用反复点",),
        500: ("返回上一页，填写的内容一般还在", "反复出现，请把出错编号告诉管理员"),
        503: ("稍等几秒再试", "返回上一页，填写的内容还在"),
    }
)


def _page(status: int, code: str, detail: str, more: dict[str, Any]) -> Response:
    kept = _kept() if code == "csrf" else []
    advice = list(_advice(status, kept=bool(kept)))
    advice += [word for words in more.get("errors", {}).values() for word in words]
    return Response(
        render_template(
            "error.html",
            title=TITLES.get(status, "请求无法处理"),
            detail=detail,
            request_id=g.get("request_id"),
            advice=advice,
            links=_links(status),
            kept=kept,
        ),
        mimetype="text/html",
    )


def _advice(status: int, *, kept: bool) -> tuple[str, ...]:
    """What to do now; a stranger has no disputes to look after."""
    known = ADVICE.get(status, ())
    if visitor() is None and status == HTTPStatus.NOT_FOUND:
        return known[:1]
    return (*known, KEPT) if kept else known


def _kept() -> list[str]:
    """The longer things somebody typed into a form that could not be taken."""
    return [
        text
        for name, text in request.form.items()
        if len(text) >= WORTH_KEEPING and name not in OWN | SECRET and "password" not in name
    ]


def _links(status: int) -> list[dict[str, Any]]:
    """Back to the dispute one came from when it is surely there, and to the desk or the sign-in."""
    found = visitor()
    if found is None:
        return [{"label": "去登录", "url": url_for("sign_in.form"), "main": True}]
    home = {"label": "回到工作台", "url": url_for("home.desk"), "main": True}
    dispute_id = (request.view_args or {}).get("dispute_id")
    if dispute_id is None or status in (HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR):
        return [home]
    if not access.may(found.caller.actor, "dispute.read", desk().policy.access):
        return [home]
    address = url_for("dispute.detail", dispute_id=dispute_id)
    return [{"label": "回到这件纠纷", "url": address, "main": True}, home | {"main": False}]


def _to_sign_in() -> Response:
    """A page nobody is signed in for leads to the sign-in, and back after it."""
    back = request.full_path.rstrip("?") if request.method == "GET" else _came_from()
    return Response(status=303, headers={"Location": url_for("sign_in.form", next=back)})


def _came_from() -> str | None:
    """The page of ours a form was sent from."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return None
    return parts.path if parts.netloc == request.host else None
