"""Every right has a name people read, and every name is of a right."""

from config import access, right_words
from config.access import Reach


def test_every_action_of_the_policy_has_its_name_in_one_group() -> None:
    named = [action for group in right_words.load().groups for action in group.actions]
    assert sorted(named) == sorted(access.load().actions)


def test_every_reach_has_a_name() -> None:
    assert set(right_words.load().reaches) == set(Reach)
