"""提供记录: to whom the data of a dispute was given, which of it, what for and on what basis."""

from typing import Final
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from config.vocabulary import SharePurpose
from config.words import labels
from service.queries import provision as queries
from service.web import basis, show
from service.web.door import action, actor, desk, now
from service.web.witness import noted

bp = Blueprint("provision", __name__)
PURPOSES: Final = labels(SharePurpose) | {"lead": "承办调解", "platform": "送来的平台回查进度"}
FIELDS: Final = {
    "parties": "当事人（除承办调解员外，姓名电话只显示一部分）",
    "narrative": "事情经过",
    "place": "地点",
    "facts": "补充情况",
    "number": "编号",
    "status": "办到哪一步",
    "organisation": "承办单位",
    "dates": "登记、受理、办结日期",
}


@bp.get("/disputes/<uuid:dispute_id>/provisions")
@action("provision.read")
@noted("provisions", "dispute")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """The report of one dispute."""
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return render_template(
        "provision/list.html",
        title=f"提供记录：{found.number}",
        rows=[
            {
                "at_text": show.moment(each.at, desk().zone),
                "to": each.to,
                "by": each.by or "",
                "fields": "、".join(FIELDS[name] for name in each.fields),
                "purpose": PURPOSES[each.purpose],
            }
            for each in found.rows
        ],
        basis=basis.default_line(),
    )
