"""类别建议: the live hint below the narrative; it says which words it goes by."""

from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.rules.category import agrees, suggest
from service.web.door import action, desk

bp = Blueprint("category", __name__)
LOOKED_AT: Final = 5000  # characters of a narrative
WORDS_SHOWN: Final = 3


@bp.post("/categories/panel")
@action("routing.preview")
def show_panel() -> ResponseReturnValue:
    """The hint for what has been typed so far; empty when the choice agrees with it."""
    given = request.form
    shown = suggestions(given.get("narrative", ""), given.get("category", ""))
    return render_template("category/panel.html", suggestions=shown)


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
