"""What a narrative speaks of, categories 类别建议 and danger, with the words that say so."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from config.facts import FACTS
from service.rules.category import agrees, suggest
from service.rules.danger import LOOKED_AT, signs
from service.web.door import desk

WORDS_SHOWN: Final = 3


def danger_signs(
    story: str, given: Mapping[str, str], denied: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Facts of danger that the story speaks of and nobody ticked; `denied`: asked, and not so."""
    return [
        {
            "fact": each.fact,
            "label": FACTS[each.fact].label,
            "words": each.words[:WORDS_SHOWN],
            "denied": each.fact in denied,
        }
        for each in signs(story, desk().policy.danger_words)
        if given.get(f"facts.{each.fact}") != "true"
    ]


def suggestions(narrative: str, chosen: str) -> list[dict[str, Any]]:
    """What components/category_panel.html draws; a chosen category is not suggested again."""
    policy = desk().policy
    found = suggest(narrative[:LOOKED_AT], policy.category_words)
    if agrees(chosen, found):
        return []
    return [
        {
            "code": each.code,
            "label": policy.categories.by_code[each.code].label,
            "words": each.words[:WORDS_SHOWN],
        }
        for each in found
        if each.code != chosen
    ]
