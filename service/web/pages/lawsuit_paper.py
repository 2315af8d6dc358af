"""Papers of a lawsuit 应诉文书: to print, and as a Word file to go on writing in."""

from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from service.queries import lawsuit as queries
from service.queries import paper as paper_queries
from service.reports import docx as files
from service.rules import paper as rules
from service.web import lawsuit_paper
from service.web.door import action, actor, desk, now
from service.web.lawsuit_paper import Sheet
from service.web.witness import noted

bp = Blueprint("lawsuit_paper", __name__)
NAMES: Final = "answer, evidence, mandate, identity, absence"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get(f"/lawsuits/<uuid:lawsuit_id>/papers/<any({NAMES}):document>")
@action("lawsuit.answer")
@noted("print", "lawsuit")
def sheet(lawsuit_id: UUID, document: str) -> ResponseReturnValue:
    """One paper to print."""
    found, head, mark = _made(lawsuit_id, document)
    return render_template(
        "paper/lawsuit.html",
        title=found.title,
        paper=asdict(found),
        blank=lawsuit_paper.LINE,
        centre=head,
        mark=mark,
        docx_url=url_for("lawsuit_paper.docx", lawsuit_id=lawsuit_id, document=document),
        detail_url=url_for("lawsuit.detail", lawsuit_id=lawsuit_id),
    )


@bp.get(f"/lawsuits/<uuid:lawsuit_id>/papers/<any({NAMES}):document>/docx")
@action("lawsuit.answer")
@noted("download", "lawsuit")
def docx(lawsuit_id: UUID, document: str) -> ResponseReturnValue:
    """The same as a Word file."""
    found, _, mark = _made(lawsuit_id, document)
    told = asdict(found) | {"head": found.end[0], "mark": mark}
    told.pop("note")
    name = f"attachment; filename*=UTF-8''{quote(found.title)}.docx"
    content = files.document(files.Paper(**told))
    return Response(content, mimetype=WORD, headers={"Content-Disposition": name})


def _made(lawsuit_id: UUID, document: str) -> tuple[Sheet, Any, str]:
    """The paper under the head of the agency that answers, and its mark."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    view = queries.one(lawsuit_id, **told)
    names = queries.named(lawsuit_id, **told)
    found = lawsuit_paper.of(view, document, plaintiffs=names)
    mark = rules.mark(asdict(found) | {"paper": f"lawsuit_{document}"})
    return found, paper_queries.letterhead(), mark
