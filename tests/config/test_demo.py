import re

import pytest

from config import category, demo
from config.demo import Story, Town
from config.facts import FACTS
from config.vocabulary import STAFF, Role
from service.rules.fact import checked

STORIES = demo.load().stories + demo.load().protected


@pytest.fixture(scope="module")
def town() -> Town:
    return demo.load()


def test_there_are_stories_enough_and_no_two_are_the_same(town: Town) -> None:
    texts = [story.narrative for story in town.stories]
    assert len(texts) >= 60
    assert len(set(texts)) == len(texts)


def test_every_category_has_its_stories(town: Town) -> None:
    known = {each.code for each in category.load().all}
    assert {story.category for story in town.stories} == known


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.narrative[:12])
def test_every_story_uses_facts_and_words_that_exist(story: Story) -> None:
    assert dict(checked(story.facts)) == dict(story.facts)
    assert set(story.ago) <= set(FACTS)
    told, agreed = holes(story.narrative), holes(story.terms)
    assert (told <= {"n", "amount", "village", "when"}, agreed <= {"n", "settled"}) == (True, True)
    assert not {"amount", "settled"} & (told | agreed) or story.amount is not None


def holes(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_every_office_that_takes_disputes_has_its_mediator_by_name(town: Town) -> None:
    accounts = [office.account for office in town.offices if office.account]
    assert len(set(accounts)) == len(accounts) <= len(town.mediator_names)


def test_every_role_has_the_account_of_its_word(town: Town) -> None:
    named = {each.username: each.role for each in town.accounts}
    named |= {office.account: Role.MEDIATOR for office in town.offices if office.account}
    assert {role.value: named.get(role.value) for role in STAFF} == {
        role.value: role for role in STAFF
    }


def test_every_account_works_at_an_office_of_the_town(town: Town) -> None:
    offices = {office.name for office in town.offices}
    assert {each.organisation for each in town.accounts} <= offices
