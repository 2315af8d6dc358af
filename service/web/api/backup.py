"""Backups 备份: which were made, and whether they can be brought back."""

from typing import Any

from flask import Response

from schemas.backup import BackupOut, BackupPageOut
from schemas.base import PageQuery
from service.queries import backup as queries
from service.rules import backup as rules
from service.web.door import action, answer, desk, now
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-backup", __name__, url_prefix="/api/v1", description="备份")


@blp.get("/backups")
@action("backup.read")
@blp.arguments(PageQuery(exclude=["count"]), location="query")
@blp.response(200, BackupPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the backups, newest first; `red` when somebody has to do something."""
    page = queries.page(now=now(), **query)
    verdict = rules.judge(queries.news(), desk().policy.backup, now())
    return answer(
        {
            "items": [BackupOut().dump(each) for each in page.items],
            "next_cursor": page.next_cursor,
            "red": verdict.is_red,
            "held": len(queries.held()),
        }
    )
