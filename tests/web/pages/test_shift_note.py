"""Handing over and taking over at the browser."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from config.vocabulary import AuditResult, Role
from models import AuditEntry, db
from service.queries import shift_note as queries
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
WORDS = "王小满下午再来"


def test_a_note_is_left_once_seen_on_the_desk_and_taken(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    handling = case()
    clerk, colleague = visit(office.window), visit(office.actor(Role.WINDOW, name="second"))
    form = clerk.get("/shift")
    left = [clerk.fill(form, "/shift", words=WORDS).location for _ in range(2)]
    assert left[0] == left[1]
    assert "有 1 份交班等您接" in colleague.get("/").text
    assert "等您接" not in clerk.get("/").text
    waiting = colleague.get("/shift")
    assert WORDS in waiting.text
    done = colleague.follow(colleague.fill(waiting, f"{left[0]}/take"))
    assert "已接班" in done.text
    assert "等您接" not in colleague.get("/").text
    assert WORDS in clerk.get("/shift").text
    with office.app.app_context():
        assert handling.row.number in clerk.get(left[0]).text


def test_a_desk_that_shows_not_all_says_so(
    office: Office, visit: Visit, case: Callable[..., Handling], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_OPEN", 1)
    case(facts={"danger": True})
    assert "最多看最近登记的" not in visit(office.window).get("/shift").text
    case(facts={"danger": True})
    clerk = visit(office.window)
    page = clerk.get("/shift")
    assert ("最多看最近登记的 1 件" in page.text, "1+" in page.text) == (True, True)
    note = clerk.fill(page, "/shift", words=WORDS).location
    assert "1+ 件" in clerk.get(note).text


def test_danger_stands_first_and_every_number_of_it_is_there(
    office: Office, visit: Visit, case: Callable[..., Handling]
) -> None:
    case()
    dangers = [case(facts={"danger": True}) for _ in range(queries.SHOWN + 1)]
    with office.app.app_context():
        numbers = [each.row.number for each in dangers]
    clerk = visit(office.window)
    page = clerk.get("/shift")
    first = page.html.split('aria-labelledby="s-urgent"')[1].split("</section>")[0]
    assert page.html.index("<dt>有人身危险") < page.html.index("<dt>今天登记")
    assert page.html.index('id="s-urgent"') < page.html.index('id="s-undispatched"')
    assert ([each for each in numbers if each not in first], "只列了" in first) == ([], False)
    sheet = clerk.get(clerk.fill(page, "/shift", words=WORDS).location).html
    row = sheet.split("<tr>")[3]
    assert "有人身危险、还在办" in row
    assert ([each for each in numbers if each not in row], "另有" in row) == ([], False)


def test_the_writer_is_offered_no_taking_and_told_when_trying(office: Office, visit: Visit) -> None:
    clerk = visit(office.window)
    note = clerk.fill(clerk.get("/shift"), "/shift", words=WORDS).location
    page = clerk.get(note)
    assert [form.action for form in page.forms if form.action.endswith("/take")] == []
    told = clerk.follow(
        clerk.post(f"{note}/take", {"csrf_token": page.forms[0].values["csrf_token"]})
    )
    assert "自己写的交班要由接班的人来接" in told.text
    with office.app.app_context():
        entries = sa.select(AuditEntry.action).where(AuditEntry.result == AuditResult.DENIED)
        assert db.session.scalars(entries).all() == ["shift.hand_over"]


def test_another_unit_s_note_is_not_there(office: Office, visit: Visit) -> None:
    clerk, stranger = visit(office.window), visit(office.actor(Role.WINDOW, "justice"))
    note = clerk.fill(clerk.get("/shift"), "/shift", words=WORDS).location
    assert stranger.get(note).status == 404
    assert WORDS not in stranger.get("/shift").text


def test_too_many_words_are_told_at_their_field(office: Office, visit: Visit) -> None:
    clerk = visit(office.window)
    page = clerk.fill(clerk.get("/shift"), "/shift", words="长" * 2001)
    assert page.status == 422
    assert 'id="f-words-error"' in page.html
