"""Forms that no page of ours sent: groups for fields, fields for groups; refused, never a crash."""

from uuid import uuid4

import pytest

from models import db
from tests.factories.court import agreed, received
from tests.factories.office import Office
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LONG = "9" * 5000


def test_what_no_page_sent_is_refused_in_words(office: Office) -> None:
    with office.app.app_context():
        one = agreed(office)
        made, where = received(one), f"/disputes/{one.id}"
        version = str(one.row.version)
        db.session.rollback()
    director = Visitor(office.app, office.director)
    unit = office.units["station"]
    token = director.get("/organisations").form("/sign-out").values["csrf_token"]
    for path, posted in (
        ("/dossier-reviews", {"size": LONG}),
        ("/dossier-reviews", {"size.a": "1"}),
        ("/members/new", {"organisation": str(unit), "seat": "rotating", "weekdays": LONG}),
        ("/members/new", {"organisation": str(unit), "inside_town.a": "1"}),
        ("/meetings/new", {"held_at.a": "1"}),
        (f"{where}/confirmation/steps", {"next": "1"}),
        (f"{where}/confirmation/steps", {"next.step.a": "1"}),
        (f"{where}/confirmation", {"prepare": "1"}),
        (f"{where}/court/{made}/send-back", {"back": "1"}),
        (f"{where}/court/{made}/report", {"report": "1"}),
        (f"{where}/recusals", {"reason.a": "1", "party": uuid4().hex}),
        (f"{where}/tasks/new", {"tasks": "1"}),
        ("/mediators/new", {"load_limit.a": "1", "skills.a": "1", "active": LONG}),
    ):
        own = {"csrf_token": token, "form_key": uuid4().hex, "version": version}
        answer = director.post(path, posted | own)
        assert answer.status in (303, 422), (path, posted, answer.status)
