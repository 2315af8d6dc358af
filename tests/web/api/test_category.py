"""The category suggestion for programs."""

import pytest
from flask.testing import FlaskClient

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import of_role

PATH = "/api/v1/categories/suggest"


def test_a_narrative_is_answered_with_the_words_that_say_so(office: Office) -> None:
    answer = of_role(office, Role.WINDOW).post(PATH, {"narrative": "包工头拖欠工资，打了借条"})
    assert answer.status_code == 200
    first = (answer.json or {})["items"][0]
    assert (first["code"], first["label"]) == ("wages", "欠薪")
    assert first["words"] == ["拖欠工资", "包工头"]


def test_nothing_is_suggested_when_nothing_speaks_for_anything(office: Office) -> None:
    answer = of_role(office, Role.WINDOW).post(PATH, {"narrative": "你好"})
    assert (answer.status_code, answer.json) == (200, {"items": []})


@pytest.mark.parametrize(
    "body", [{}, {"narrative": ""}, {"narrative": "x" * 5001}, {"narrative": 5}]
)
def test_what_is_no_narrative_is_refused_at_its_field(
    office: Office, body: dict[str, object]
) -> None:
    answer = of_role(office, Role.WINDOW).post(PATH, body)
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["narrative"]


def test_it_is_for_those_who_may_preview_routes(office: Office, client: FlaskClient) -> None:
    body = {"narrative": "离婚"}
    assert of_role(office, Role.LEADER).post(PATH, body).status_code == 403
    assert client.post(PATH, json=body).status_code == 401
