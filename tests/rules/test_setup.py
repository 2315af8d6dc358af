from datetime import date

from config import routing
from config.vocabulary import OrganisationKind as K
from service.rules.setup import kinds_led


def test_the_kinds_that_lead_are_those_of_rules_in_force_and_of_their_tables() -> None:
    led = kinds_led(routing.load(), date(2026, 11, 22))
    assert {K.PEOPLE_MEDIATION_COMMITTEE, K.POLICE_STATION, K.TRAFFIC_COMMITTEE} <= led
    assert not led & {K.PROCURATORATE, K.DISCIPLINE_SUPERVISION, K.COURT}  # never handed a dispute
