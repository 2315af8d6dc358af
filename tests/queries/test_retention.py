"""What is over its time is found by its end, however much else is kept."""

from datetime import UTC, datetime

import pytest

from service.queries import retention
from tests.factories.office import Office
from tests.statements import plans

pytestmark = pytest.mark.usefixtures("inside")
IN_2057 = datetime(2057, 1, 1, 2, 0, tzinfo=UTC)


@pytest.mark.plans
def test_what_is_due_is_looked_for_by_its_end_not_in_everything(office: Office) -> None:
    for looked_at in (
        plans(lambda: retention.due(desk=office.desk, now=IN_2057, limit=200)),
        plans(lambda: retention.summary(desk=office.desk, now=IN_2057)),
    ):
        assert "ix_dispute_to_forget" in looked_at[0]
        assert "SCAN dispute" not in looked_at[0]
        assert "Seq Scan on dispute" not in looked_at[0]
