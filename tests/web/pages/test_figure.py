"""Every kind of rows behind a figure is known at every door, and a new one forgotten at none."""

from pathlib import Path

import service.web
from schemas.metric import GROUPS, MetricRowsQuery
from service.rules import metric
from service.rules.metric import Family
from service.web.api.metric import SHAPES
from service.web.pages.figure import ELSEWHERE, TABLES

TEMPLATES = Path(service.web.__file__).parent / "templates"


def test_every_kind_of_rows_has_its_shape_and_its_table_or_a_page_of_its_own() -> None:
    assert list(SHAPES) == list(Family)
    assert set(TABLES) | set(ELSEWHERE) == set(Family)
    assert set(TABLES) & set(ELSEWHERE) == set()
    assert [
        each.template for each in TABLES.values() if not (TEMPLATES / each.template).exists()
    ] == []


def test_every_group_can_be_asked_for_and_no_other() -> None:
    assert set(GROUPS) == {group for groups in metric.GROUPS.values() for group in groups}
    assert set(MetricRowsQuery().fields) - set(GROUPS) == {"start_on", "end_on", "limit", "cursor"}
