"""A real server and a real Chromium; every page is watched."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from pytest_playwright import CreateContextCallback
from werkzeug.serving import make_server

from config.vocabulary import DisputeStatus
from tests.browser.watch import Watch
from tests.chromium import program

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

    from service.rules.access import Actor
    from tests.factories.dispute import Handling
    from tests.factories.office import Office

FOLDER = Path(__file__).parent
TIMEOUT_MS = 5_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "selectors": False,
}
# what was found and nothing else: the whole answer takes as long to hand over as to find
RUN_AXE = """
options => axe.run(options).then(
    answer => answer.violations.map(each => [each.id, each.nodes.map(node => node.html)]))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """One kind is enough here: pages know nothing of databases."""
    return str(request.param)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's own Chromium."""
    return {"executable_path": program(), "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """An office computer in the town."""
    return {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
    }


def read_at_once(app: "WSGIApplication") -> "WSGIApplication":
    """The application, its answers read and closed before a byte of them is sent.

    A browser that leaves in the middle makes this server forget to close the file it was sending.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if close := getattr(body, "close", None):
                close()

    return answer


@pytest.fixture
def live_server(app: "Flask") -> Iterator[str]:
    """The application on a free port; its address."""
    server = make_server("127.0.0.1", 0, read_at_once(app), threaded=True)
    server.daemon_threads = False  # type: ignore[attr-defined]  # closing waits for every answer
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor(live_server: str, new_context: CreateContextCallback) -> Iterator[Callable[..., Page]]:
    """Opens a browser of one more person: an empty page with cookies of its own.

    What is named belongs to the browser: its size, no script. The test fails when any page logged
    an error, broke its CSP or asked another host.
    """
    watches: list[Watch] = []

    def visit(**browser: Any) -> Page:
        context = new_context(base_url=live_server, **browser)
        context.set_default_timeout(TIMEOUT_MS)
        watches.append(Watch(context))
        return context.new_page()

    yield visit
    assert [fault for watch in watches for fault in watch.faults()] == []


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """The browser of one person; addresses may be paths."""
    return visitor()


@pytest.fixture
def sit_down(app: "Flask", live_server: str, visitor: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the browser of somebody who is signed in."""
    from service.web.cookie import COOKIE  # noqa: PLC0415 -- so does this
    from tests.factories.visitor import session_of  # noqa: PLC0415 -- loads the whole application

    def open_for(actor: "Actor", **browser: Any) -> Page:
        page = visitor(**browser)
        cookie = {"name": COOKIE, "value": session_of(app, actor), "url": live_server}
        page.context.add_cookies([cookie])  # type: ignore[list-item]  # playwright's own TypedDict
        return page

    return open_for


@pytest.fixture
def now() -> datetime:
    """The instant the test began; pages read the clock themselves."""
    return datetime.now(UTC)


@pytest.fixture
def case(office: "Office", now: datetime) -> Callable[..., "Handling"]:
    """A dispute taken along to a status; what is named of it is otherwise."""
    from tests.factories.dispute import registered  # noqa: PLC0415 -- loads the whole application

    def make(status: DisputeStatus = DisputeStatus.REGISTERED, **changes: Any) -> "Handling":
        with office.app.app_context():
            return registered(office, now=now, **changes).until(status, now=now)

    return make


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Asserts that the page as it stands has no barrier that WCAG 2.2 AA names."""

    def check(page: Page) -> None:
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(RUN_AXE, AXE) == []

    return check
