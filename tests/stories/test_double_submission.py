"""Two and three presses of one button over real HTTP: one form, one dispute."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask

from config.settings import Settings
from tests.factories.dispute import NARRATIVE
from tests.factories.office import Office
from tests.factories.visitor import session_of
from tests.stories.test_rush import served, stored

FORMS = 200
AT_ONCE = 24


@pytest.mark.daily("postgresql")
def test_200_forms_sent_two_and_three_times_make_200_disputes(
    app: Flask, office: Office, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    cookie = f"fengqiao_session={session_of(app, office.window)}"
    presses = [place for place in range(FORMS) for _ in range(2 + place % 2)]
    with served(settings, tmp_path / "log") as port:
        cookie, token = opened(port, cookie)
        forms = [filled(token, place) for place in range(FORMS)]
        with ThreadPoolExecutor(AT_ONCE) as clerk:
            answers = list(clerk.map(lambda place: sent(port, cookie, forms[place]), presses))
    assert Counter(status for status, _ in answers) == {303: len(presses)}
    led: dict[int, set[str]] = {}
    for place, (_, where) in zip(presses, answers, strict=True):
        led.setdefault(place, set()).add(where)
    assert {len(receipts) for receipts in led.values()} == {1}
    assert len(stored(database_url)) == FORMS


class Token(HTMLParser):
    """The forgery token of a page's first form."""

    def __init__(self) -> None:
        super().__init__()
        self.value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what stands in the hidden field."""
        given = dict(attrs)
        if tag == "input" and given.get("name") == "csrf_token":
            self.value = self.value or given.get("value") or ""


def opened(port: int, cookie: str) -> tuple[str, str]:
    """The intake page of a signed-in clerk: the cookies to send on, and the forgery token."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/disputes/new", headers={"Cookie": cookie})
    answer = connection.getresponse()
    page = Token()
    page.feed(answer.read().decode())
    kept = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or []]
    connection.close()
    return "; ".join([cookie, *kept]), page.value


def filled(token: str, place: int) -> str:
    """One form as a browser posts it, under a one-time key of its own."""
    return urlencode(
        {
            "csrf_token": token,
            "form_key": UUID(int=place + 1).hex,
            "action": "register",
            "category": "neighbour",
            "narrative": f"{NARRATIVE}（第 {place} 张）",
            "source": "walk_in",
            "parties.0.role": "applicant",
            "parties.0.kind": "person",
            "parties.0.name": "张三",
            "parties.0.language": "zh",
            "parties.1.role": "respondent",
            "parties.1.kind": "person",
            "parties.1.name": "李四",
            "parties.1.language": "zh",
        }
    )


def sent(port: int, cookie: str, form: str) -> tuple[int, str]:
    """Press the button: the status, and where it leads."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/disputes/new", form, headers)
    answer = connection.getresponse()
    answer.read()
    where = answer.headers.get("Location", "")
    connection.close()
    return answer.status, where
