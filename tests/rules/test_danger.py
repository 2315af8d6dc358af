"""Signs of danger in a story: noticed by its words, told with them, never decided by them."""

import pytest

from config import danger_words
from config.vocabulary import Acceptance, Danger
from service.rules.danger import Sign, known, signs

WORDS = danger_words.load()


@pytest.mark.parametrize(
    ("story", "fact", "word"),
    [
        ("他拿刀要砍我，说要杀我全家", "danger", "拿刀"),
        ("丈夫打我，胳膊都青了", "domestic_violence", "丈夫打"),
        ("女孩被邻居猥亵", "minor_victim", "猥亵"),
        ("他把我骨折了还跑", "crime_suspected", "骨折"),
        ("老 公 打 我怎么办", "domestic_violence", "老公打"),
    ],
)
def test_a_sign_is_noticed_with_the_word_that_says_so(story: str, fact: str, word: str) -> None:
    found = {each.fact: each.words for each in signs(story, WORDS)}
    assert word in found[fact]


@pytest.mark.parametrize(
    "story", ["隔壁油炸摊的烟飘进我家", "他没有打人，只是骂了几句", "去年欠我三千元一直不还", ""]
)
def test_an_ordinary_story_has_none(story: str) -> None:
    assert signs(story, WORDS) == []


def test_the_most_urgent_stands_first() -> None:
    found = signs("老公打我，还扬言要杀了我", WORDS)
    assert [each.fact for each in found] == ["danger", "domestic_violence"]
    assert isinstance(found[0], Sign)


STORY = "他拿刀上门，孩子被打"
NO = {"danger": False, "minor_victim": False}


@pytest.mark.parametrize(
    ("facts", "accept", "story", "told"),
    [
        ({}, Acceptance.YES, "借钱不还", Danger.NONE),
        ({}, Acceptance.YES, None, Danger.NONE),
        ({}, Acceptance.YES, STORY, Danger.UNASKED),
        ({"danger": False}, Acceptance.YES, STORY, Danger.UNASKED),  # the child was not asked about
        (NO, Acceptance.YES, STORY, Danger.NONE),
        ({"danger": True}, Acceptance.YES, "借钱不还", Danger.PRESENT),
        (NO, Acceptance.PROTECT, STORY, Danger.PRESENT),
        ({}, Acceptance.YES, "摩托车被偷了", Danger.NONE),  # a crime, but nobody is in danger
    ],
)
def test_a_story_of_danger_counts_until_somebody_has_asked(
    facts: dict[str, bool], accept: Acceptance, story: str | None, told: Danger
) -> None:
    assert known(facts, accept, story, WORDS) is told
