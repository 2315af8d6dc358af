"""Category suggestion 类别建议 for programs."""

from typing import Any

from flask import Response

from schemas.category import NarrativeIn, SuggestionsOut
from service.rules.category import suggest
from service.web.door import action, answer, desk
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-category", __name__, url_prefix="/api/v1/categories", description="类别建议"
)


@blp.post("/suggest")
@action("routing.preview")
@blp.arguments(NarrativeIn)
@blp.response(200, SuggestionsOut)
def propose(body: dict[str, Any]) -> Response:
    """Which categories a narrative sounds like, with the words that say so; nothing is stored."""
    policy = desk().policy
    items = [
        {
            "code": each.code,
            "label": policy.categories.by_code[each.code].label,
            "score": each.score,
            "words": list(each.words),
        }
        for each in suggest(body["narrative"], policy.category_words)
    ]
    return answer(SuggestionsOut().dump({"items": items}))
