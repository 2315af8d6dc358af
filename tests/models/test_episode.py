"""An episode is closed with an outcome or open without, numbered from one, each number once."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from config.vocabulary import Outcome
from models import Episode, transaction
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
SUNDAY = date(2026, 11, 1)


def test_what_an_episode_cannot_be_is_refused_by_its_name(office: Office) -> None:
    handling = registered(office)
    impossible: list[tuple[dict[str, Any], str]] = [
        ({"ordinal": 0}, "ordinal_from_one"),
        ({"closed_on": MONDAY}, "outcome_iff_closed"),
        ({"outcome": Outcome.AGREED}, "outcome_iff_closed"),
        ({"closed_on": SUNDAY, "outcome": Outcome.AGREED}, "closed_not_before_opened"),
    ]
    mine = Episode.dispute_id == handling.id
    for values, name in impossible:
        with pytest.raises(IntegrityError, match=f"ck_episode_{name}"), transaction() as session:
            session.execute(sa.update(Episode).where(mine).values(**values))


def test_a_dispute_has_each_episode_once(office: Office) -> None:
    handling = registered(office)
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Episode(dispute_id=handling.id, ordinal=1, opened_on=MONDAY))
