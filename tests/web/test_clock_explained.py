"""期限 on the page of a letter or a lawsuit: each date says how it came about."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from flask import get_template_attribute

from config.clock_subject import ClockSubject
from config.vocabulary import ClockEnd
from models import transaction
from service.operations import audit, clock_subject
from service.operations.clock_subject import Owed
from service.web import clock_explained
from tests.factories.office import Office

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NOW = datetime(2026, 12, 2, 1, tzinfo=UTC)


def test_each_date_is_counted_rolled_stated_or_provisional_and_late_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, letter = (
        office.desk,
        Owed(subject=ClockSubject.SUGGESTION, id=uuid4(), organisation_id=office.units["centre"]),
    )
    for name, value in (("actor", office.director), ("desk", desk), ("now", NOW)):
        monkeypatch.setattr(clock_explained, name, lambda value=value: value)
    with office.app.test_request_context("/"):
        with transaction() as session:
            for rule, begun in (
                ("PROC.PIL", date(2026, 9, 30)),
                ("COURT.SUG", date(2026, 12, 31)),
                ("PROC.GEN", date(2026, 10, 26)),
            ):
                clock_subject.start(session, letter, rule, start_on=begun, desk=desk, now=NOW)
            clock_subject.stop(
                session,
                letter,
                ClockEnd.MET,
                date(2026, 12, 1),
                rules=["PROC.PIL"],
                desk=desk,
                now=NOW,
            )
            stated = date(2026, 12, 6)  # a Sunday
            clock_subject.state(
                session, letter, "SUG.STATED", stated, date(2026, 11, 2), desk=desk, now=NOW
            )
            audit.note(
                session,
                "suggestion.record",
                subject="suggestion",
                subject_id=letter.id,
                actor=None,
                now=NOW,
            )
        terms = clock_explained.section_of(letter.subject, letter.id)
        html = str(get_template_attribute("clock/subject.html", "terms_card")(terms))
        assert clock_explained.section_of(letter.subject, uuid4()) == {"running": [], "stopped": []}
    [late] = terms["stopped"]
    assert (late["late"], late["deadline"].text) == (True, "超期 1 天")
    said = {each["rule"]: "；".join(each["explained"]) for each in terms["running"]}
    assert list(said) == ["SUG.STATED", "PROC.GEN", "COURT.SUG"]
    assert "不推算，也不顺延" in said["SUG.STATED"]
    assert "顺延到 2026年12月28日" in said["PROC.GEN"] or "12月28日" in said["PROC.GEN"]
    assert "应向来函单位问明" in said["COURT.SUG"]
    assert "2027 年的工作日历还没有公布" in said["COURT.SUG"]
    assert "休息日" in said["COURT.SUG"]
    for text in (
        "人民检察院检察建议工作规定",
        "暂定",
        "/calendar/explain?rule=COURT.SUG&amp;from=2026-12-31",
    ):
        assert text in html
