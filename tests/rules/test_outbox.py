"""Pauses between tries grow, spread, and end."""

from datetime import timedelta

from config.policy import OutboxPolicy
from service.rules.outbox import pause

POLICY = OutboxPolicy()
MINUTE = timedelta(minutes=1)


def test_the_first_pause_is_about_a_minute() -> None:
    assert 0.8 * MINUTE <= pause(1, "<a@b>", POLICY, away=False) <= MINUTE


def test_a_message_that_is_put_off_waits_an_hour_at_most() -> None:
    pauses = [pause(attempt, "<a@b>", POLICY, away=False) for attempt in range(1, 60)]
    assert max(pauses) <= 60 * MINUTE
    assert pauses[10] >= 48 * MINUTE


def test_a_server_that_is_away_is_asked_again_within_ten_minutes() -> None:
    assert max(pause(n, "<a@b>", POLICY, away=True) for n in range(1, 60)) <= 10 * MINUTE


def test_two_messages_do_not_come_back_in_the_same_moment() -> None:
    assert pause(4, "<a@b>", POLICY, away=False) != pause(4, "<c@b>", POLICY, away=False)
