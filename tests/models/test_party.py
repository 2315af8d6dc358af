"""A party's name is clear or sealed, never both; what is sealed can be found by its index."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models import Party, transaction
from tests.factories.dispute import registered
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")


def test_what_a_party_cannot_be_is_refused_by_its_name(office: Office) -> None:
    handling = registered(office)
    impossible: list[tuple[dict[str, Any], str]] = [
        ({"name": None}, "name_clear_or_sealed"),
        ({"name_sealed": b"-"}, "name_clear_or_sealed"),
        ({"id_number_index": None}, "id_number_is_indexed"),
        ({"id_number_sealed": None}, "id_number_is_indexed"),
        ({"phone_index": None}, "phone_is_indexed"),
        ({"phone_sealed": None}, "phone_is_indexed"),
    ]
    first = (Party.dispute_id == handling.id) & (Party.position == 0)
    for values, name in impossible:
        with pytest.raises(IntegrityError, match=f"ck_party_{name}"), transaction() as session:
            session.execute(sa.update(Party).where(first).values(**values))


def test_a_word_that_the_vocabulary_lacks_is_refused(office: Office) -> None:
    registered(office)
    for column in ("role", "kind", "id_type", "language"):
        with pytest.raises(IntegrityError, match=f"ck_party_{column}"), transaction() as session:
            session.execute(sa.text(f"UPDATE party SET {column} = 'nonsense'"))
