"""Somebody at a browser without script: reads pages, follows links, fills forms."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from models import UserSession, transaction
from service.gateways.keyring import new_token, token_hash
from service.rules.access import Actor
from service.web.cookie import COOKIE

VOID = {"input", "link", "meta", "br", "img", "path", "circle", "line", "rect", "polyline"}


def session_of(app: Flask, actor: Actor) -> str:
    """The token of a fresh session of `actor`; the browser keeps it as its cookie."""
    token, now = new_token(), datetime.now(UTC)
    with app.app_context(), transaction() as session:
        session.add(
            UserSession(
                user_id=actor.user_id,
                token_hash=token_hash(token),
                started_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    return token


@dataclass
class Form:
    """One form of a page: where it goes, and what it would send as it stands."""

    action: str
    method: str
    values: "MultiDict[str, str]" = field(default_factory=MultiDict)


class _Reader(HTMLParser):
    """Reads a page once through."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.text = ""
        self.headings: list[str] = []
        self.title = ""
        self._open: list[str] = []
        self._textarea = ""
        self._select = ""
        self.feed(html)

    def updatepos(self, i: int, j: int) -> int:
        """Count no lines: nobody asks in which one something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, forms and what a form would send."""
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif self.forms and "form" in self._open and "template" not in self._open:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        values = self.forms[-1].values
        name = given.get("name", "")
        if tag == "input" and name:
            boxed = given.get("type") in ("radio", "checkbox")
            if not boxed or "checked" in given:
                values.add(name, given.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            values.add(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in values):
            values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "textarea":
            self._textarea = ""
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        """Gather what people read."""
        if self._textarea:
            self.forms[-1].values[self._textarea] += data
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        elif "h1" in self._open:
            self.headings.append(data)
        if not {"title", "script", "template"} & set(self._open):
            self.text += " ".join(data.split())


class Page:
    """What stands on a page; it is read when somebody asks what that is."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        self.location = answer.headers.get("Location", "")

    @cached_property
    def _read(self) -> _Reader:
        return _Reader(self.html)

    @property
    def links(self) -> list[str]:
        """Where it leads."""
        return self._read.links

    @property
    def forms(self) -> list[Form]:
        """The forms on it."""
        return self._read.forms

    @property
    def text(self) -> str:
        """What people read."""
        return self._read.text

    @property
    def headings(self) -> list[str]:
        """Its first headings."""
        return self._read.headings

    @property
    def title(self) -> str:
        """Its title."""
        return self._read.title

    def form(self, action: str) -> Form:
        """The form that goes to `action`."""
        return next(each for each in self.forms if urlsplit(each.action).path == action)


class Visitor:
    """A browser of one person; signed in when an actor is given."""

    def __init__(
        self,
        app: Flask,
        actor: Actor | None = None,
        *,
        agent: str = "",
        address: str = "127.0.0.1",
    ) -> None:
        self.app = app
        self._client = app.test_client()
        self._client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
        if actor is not None:
            self._client.set_cookie(COOKIE, session_of(app, actor))

    def get(self, path: str, **query: Any) -> Page:
        """Open an address; redirects are not followed."""
        return Page(self._client.get(path, query_string=query or None))

    def download(self, path: str) -> TestResponse:
        """Open an address that is no page."""
        return self._client.get(path)

    def cookie(self) -> str:
        """What the browser keeps of its session; empty when there is none."""
        kept = self._client.get_cookie(COOKIE)
        return kept.value if kept else ""

    def post(self, path: str, values: "MultiDict[str, str] | dict[str, Any]") -> Page:
        """Send a form by hand."""
        return Page(self._client.post(path, data=values))

    def send(self, path: str, body: bytes, kind: str) -> Page:
        """Send a body as it is, of a content type."""
        return Page(self._client.post(path, data=body, content_type=kind))

    def fill(self, page: Page, path: str, /, **changes: "str | Iterable[str]") -> Page:
        """Send a form of a page with some fields changed; `__` in a name stands for a dot."""
        values = page.form(path).values.copy()
        for name, value in changes.items():
            values.setlist(
                name.replace("__", "."), [value] if isinstance(value, str) else list(value)
            )
        return self.post(path, values)

    def follow(self, page: Page) -> Page:
        """Go where a form that was taken leads."""
        assert page.status == 303, page.text
        return self.get(page.location)


def pressed_together(
    app: Flask, actor: Actor, path: str, values: Mapping[str, str], *, times: int = 4
) -> list[Page]:
    """One form of one person sent several times at the same moment, form key and all."""
    browsers = [Visitor(app, actor) for _ in range(times)]
    tokens = [
        each.get("/organisations").form("/sign-out").values["csrf_token"] for each in browsers
    ]

    def press(place: int) -> Page:
        return browsers[place].post(path, {**values, "csrf_token": tokens[place]})

    with ThreadPoolExecutor(times) as fingers:
        return list(fingers.map(press, range(times)))
