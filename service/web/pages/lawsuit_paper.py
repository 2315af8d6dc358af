"""Papers of a lawsuit 应诉文书: to print, and as a Word file to go on writing in."""

from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from service.queries import lawsuit as queries
from service.queries import paper as paper_queries
from service.queries.lawsuit import LawsuitView
from service.reports.paper import Paper
from service.rules import paper as rules
from service.web import lawsuit_paper, paper_file
from service.web.door import action, actor, desk, now
from service.web.lawsuit import PAPERS
from service.web.witness import noted

bp = Blueprint("lawsuit_paper", __name__)
BY_HAND: Final = "空白和有横线的地方手写，或者下载 Word 文件接着写。"
NAMES: Final = ",".join(PAPERS)


@bp.get(f"/lawsuits/<uuid:lawsuit_id>/papers/<any({NAMES}):document>")
@action("lawsuit.answer")
@noted("print", "lawsuit")
def sheet(lawsuit_id: UUID, document: str) -> ResponseReturnValue:
    """One paper to print."""
    view, found, mark = _made(lawsuit_id, document)
    return render_template(
        "paper/official.html",
        title=found.title,
        paper=asdict(found),
        note=f"{lawsuit_paper.until(view, document)}{BY_HAND}",
        blank=lawsuit_paper.LINE,
        centre=paper_queries.letterhead(),
        mark=mark,
        docx_url=url_for("lawsuit_paper.docx", lawsuit_id=lawsuit_id, document=document),
        detail_url=url_for("lawsuit.detail", lawsuit_id=lawsuit_id),
        back="回到这个案件",
    )


@bp.get(f"/lawsuits/<uuid:lawsuit_id>/papers/<any({NAMES}):document>/docx")
@action("lawsuit.answer")
@noted("download", "lawsuit")
def docx(lawsuit_id: UUID, document: str) -> ResponseReturnValue:
    """The same as a Word file."""
    _, found, mark = _made(lawsuit_id, document)
    return paper_file.sent(found, mark)


def _made(lawsuit_id: UUID, document: str) -> tuple[LawsuitView, Paper, str]:
    """The case, its paper under the head of the agency that answers, and the paper's mark."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    view = queries.one(lawsuit_id, **told)
    names = queries.named(lawsuit_id, **told)
    found = lawsuit_paper.of(view, document, plaintiffs=names)
    return view, found, rules.mark(asdict(found) | {"paper": f"lawsuit_{document}"})
