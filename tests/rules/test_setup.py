from datetime import date

import pytest

from config import routing
from config.policy import HomePolicy
from config.vocabulary import OrganisationKind as K
from service.rules.setup import kinds_led, unsaid


def test_the_kinds_that_lead_are_those_of_rules_in_force_and_of_their_tables() -> None:
    led = kinds_led(routing.load(), date(2026, 11, 22))
    assert {K.PEOPLE_MEDIATION_COMMITTEE, K.POLICE_STATION, K.TRAFFIC_COMMITTEE} <= led
    assert not led & {K.PROCURATORATE, K.DISCIPLINE_SUPERVISION, K.COURT}  # never handed a dispute


@pytest.mark.parametrize(
    ("name", "prefix", "version", "left"),
    [
        ("某某镇综治中心", "MMZ", 1, {"name", "prefix"}),
        ("柳溪镇综治中心", "MMZ", 1, {"prefix"}),
        ("柳溪镇综治中心", "LXZ", 1, set()),
        ("某某镇综治中心", "MMZ", 2, set()),
    ],
)
def test_what_only_the_policy_says_of_the_centre_nobody_has_told(
    name: str, prefix: str, version: int, left: set[str]
) -> None:
    home = HomePolicy(name="某某镇综治中心", prefix="MMZ")
    assert unsaid(name=name, prefix=prefix, address=None, version=version, home=home) == left
    assert not unsaid(name=name, prefix=prefix, address="镇东街", version=version, home=home)
