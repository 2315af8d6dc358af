"""What a guidance card takes from the answer: where to go, whose term is whose, where else."""

from datetime import date

from config.facts import FactValue
from config.vocabulary import Acceptance, DeclineGround
from service.rules.guide import Guide, guide
from service.rules.routing import RoutingRequest
from tests.factories.routing import CLOCKS, RULEBOOK, answer_to


def card(category: str, **facts: FactValue) -> Guide:
    told = answer_to(RoutingRequest(category, facts, date(2026, 11, 9), date(2026, 11, 10)))
    return guide(told.as_dict(), category, RULEBOOK, CLOCKS)


def due(rows: tuple[object, ...]) -> list[tuple[str, str]]:
    return [(row["rule"], row["due_on"]) for row in rows]  # type: ignore[index]  # rows of an answer


def test_who_is_taken_goes_to_the_unit_that_leads_with_its_term_and_other_ways() -> None:
    told = card("labour", employment_ended_on=date(2026, 5, 11))

    assert told.doors == ("human_resources",)
    assert due(told.terms) == [("LAB.MED", "2026-11-24")]
    assert due(told.remedies) == [("LAB.TIMEBAR", "2027-05-11")]
    assert told.elsewhere == ("labour_arbitration", "court")


def test_who_is_not_taken_goes_to_the_doors_with_remedies_nearest_first() -> None:
    told = card(
        "social_security",
        administrative_act="benefit_decision",
        deciding_organ="civil_affairs",
        learnt_on=date(2026, 10, 12),
    )

    assert (told.accept, told.ground) == (Acceptance.NO, DeclineGround.ADMINISTRATIVE_ACT)
    assert told.doors == ("banner_government", "court")
    assert (told.terms, told.elsewhere) == ((), ())
    assert due(told.remedies) == [("REC.APPLY", "2026-12-11"), ("LIT.SUE", "2027-04-12")]


def test_who_needs_protection_goes_to_the_police_first() -> None:
    told = card("family", domestic_violence=True)

    assert told.doors == ("police_station", "court")
    assert told.elsewhere == ()


def test_a_matter_for_the_director_waits_at_the_centre() -> None:
    assert card("neighbour", sensitive="religious").doors == ("governance_centre",)


def test_a_term_nobody_can_count_yet_is_told_by_its_id() -> None:
    told = answer_to(RoutingRequest("consumer", {}, date(2026, 11, 9)))
    before = guide(told.as_dict(), "consumer", RULEBOOK, CLOCKS)

    assert due(before.terms) == [("CONS.ACCEPT", "2026-11-18")]
    assert before.open_terms == ("CONS.MED.OLD", "CONS.MED")
    assert before.open_remedies == ("CONS.TIMEBAR",)


def test_an_answer_kept_before_companions_were_told_still_has_a_card() -> None:
    told = answer_to(RoutingRequest("debt", {}, date(2026, 11, 9), date(2026, 11, 10))).as_dict()
    kept = {name: value for name, value in told.items() if name not in ("matched", "companions")}

    assert guide(kept, "debt", RULEBOOK, CLOCKS) == guide(told, "debt", RULEBOOK, CLOCKS)


def test_a_way_that_must_not_be_shown_is_not_on_the_card() -> None:
    """劳务 is not arbitrated, expropriation money is no matter of land arbitration."""
    hired = card("labour", labour_relation="no")
    family = card("expropriation", government_party="none", land_matter="none")
    village = card("expropriation", land_matter="collective_distribution")
    landless = card("land_contract", land_matter="contract", had_contract=False)

    assert hired.elsewhere == ("court",)
    assert family.elsewhere == ("people_court", "court")
    assert village.elsewhere == ("land_arbitration", "people_court", "court")
    assert landless.elsewhere == ("agriculture",)
