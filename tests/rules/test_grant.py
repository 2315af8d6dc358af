"""Which roles two persons give, and who may be the second."""

import pytest

from config.vocabulary import STAFF, Role
from service.rules.grant import at_once, may_decide, waits

BY_TWO = [Role.DIRECTOR, Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN]


@pytest.mark.parametrize("role", STAFF)
def test_what_sees_much_or_lets_others_see_waits_for_a_second_person(role: Role) -> None:
    assert waits({Role.WINDOW}, {Role.WINDOW, role}) is (role in BY_TWO)


def test_what_was_there_before_or_is_taken_away_waits_for_nobody() -> None:
    assert not waits({Role.DIRECTOR, Role.LEADER}, {Role.DIRECTOR})
    assert not waits({Role.DIRECTOR}, {Role.WINDOW})


def test_a_new_account_begins_with_the_rest() -> None:
    assert at_once({Role.DIRECTOR, Role.LEGAL}) == {Role.LEGAL}


def test_one_of_the_two_keeps_the_rights() -> None:
    secadmin, sysadmin = {Role.SECADMIN}, {Role.SYSADMIN}
    assert may_decide(secadmin, sysadmin)
    assert may_decide(secadmin, secadmin)
    assert may_decide(sysadmin, secadmin)
    assert not may_decide(sysadmin, sysadmin)
    assert not may_decide({Role.DIRECTOR}, secadmin)
