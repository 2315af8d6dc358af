"""The answer that is one page of a list."""

from collections.abc import Callable
from typing import Any

from flask import Response

from service.queries.page import Page
from service.web.door import answer


def answer_page(page: Page[Any], dump: Callable[[Any], Any]) -> Response:
    """The items, each as `dump` says it, and where the next page begins.

    `total` is there only when it was asked for.
    """
    shown: dict[str, Any] = {
        "items": [dump(row) for row in page.items],
        "next_cursor": page.next_cursor,
    }
    if page.total is not None:
        shown["total"] = page.total
    return answer(shown)
