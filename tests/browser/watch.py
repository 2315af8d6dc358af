"""Writes down what a page must never do: log an error, fail, break its CSP, call another host."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
INSIDE = ("data", "blob", "about")
SIGN_IN = re.compile(r"/sign-in(/code)?")
REPORT_CSP = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error("CSP: " + event.violatedDirective + " refused " + event.blockedURI));
"""


class Watch:
    """The faults of every page of one browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self._faults: list[tuple[str, str]] = []
        self._refusals: set[str] = set()
        context.add_init_script(REPORT_CSP)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def faults(self) -> list[str]:
        """What went wrong so far.

        A page that the server answers with a 4xx, such as a form with an error in it, is an
        answer, though Chromium logs it as if a file were missing; so is a refused sign-in, which
        a box over the page asks for by itself.
        """
        return [
            text
            for text, url in self._faults
            if not (url in self._refusals and text.startswith("Failed to load resource"))
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._faults.append((message.text, message.location["url"]))

    def _error(self, error: WebError) -> None:
        self._faults.append((str(error.error), ""))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in INSIDE and address.hostname not in LOOPBACK:
            self._faults.append((f"left the machine: {request.url}", ""))

    def _response(self, response: Response) -> None:
        asked = response.request.is_navigation_request() or SIGN_IN.fullmatch(
            urlsplit(response.url).path
        )
        if asked and 400 <= response.status < 500:
            self._refusals.add(response.url)
