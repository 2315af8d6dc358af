"""A small scheme of appraisal, and a town with a year to appraise."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from config import evaluation as schemes
from config.evaluation import Counted, Indicator, Scheme, Veto, Way
from config.vocabulary import OrganisationKind, Outcome
from tests.factories.town import Stretch, Town

YEAR: Final = 2025
JUNE: Final = date(2025, 6, 2)
AFTER: Final = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)  # a Monday morning of the next year
SCHEME: Final[Scheme] = replace(
    schemes.load(),
    name="二〇二五年度考核方案",
    kinds=(OrganisationKind.POLICE_STATION, OrganisationKind.PEOPLE_MEDIATION_COMMITTEE),
    indicators=(
        Indicator(
            code="success",
            name="调解成功率",
            metric="mediation_success_rate",
            weight=Decimal(60),
            way=Way.SHARE,
            target=Decimal("0.9"),
        ),
        Indicator(
            code="sued",
            name="被诉",
            metric="lawsuits_filed",
            weight=Decimal(40),
            way=Way.DEDUCTION,
            per_item=Decimal(10),
        ),
    ),
    vetoes=(
        Veto(
            code="failed",
            name="调解不成太多",
            metric="mediation_success_rate",
            over=1,
            counted=Counted.MISSED,
        ),
    ),
)


def lived(town: Town) -> None:
    """A year: the committee agreed once of two, the station failed twice and was sued once."""
    for outcome in (Outcome.AGREED, Outcome.NOT_AGREED):
        town.dispute(Stretch(JUNE, JUNE, outcome), organisation=town.committee)
    for _ in range(2):
        town.dispute(Stretch(JUNE, JUNE, Outcome.NOT_AGREED), organisation=town.station)
    town.lawsuit(JUNE)
