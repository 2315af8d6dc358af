"""A paper 文书 as a Word file: who it is from, its title, text and table, the lines to sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.reports import docx
from service.reports.docx import Paragraph, Style, Table

WIDTHS: Final = (24, 66)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a paper says: sentences, a table of what is said to what, what stands at its end.

    `draft` says that it is one, and stands on every page; it is empty on what is none.
    """

    head: str
    title: str
    to: str
    texts: Sequence[str]
    rows: Sequence[tuple[str, str]]
    closing: Sequence[str]
    end: Sequence[str]
    number: str = ""
    draft: str = ""


def document(paper: Paper, mark: str) -> bytes:
    """The file; the `mark` of its fields stands at the foot of every page."""
    blocks: list[docx.Block] = [
        *([Paragraph(paper.draft, Style.FLUSH)] if paper.draft else []),
        Paragraph(paper.head, Style.CENTRED),
        *([Paragraph(paper.number, Style.CENTRED)] if paper.number else []),
        Paragraph(paper.title, Style.TITLE),
        *([Paragraph(f"{paper.to}：", Style.FLUSH)] if paper.to else []),
        *(Paragraph(each) for each in paper.texts),
        *([Table(paper.rows, WIDTHS, style=Style.FLUSH)] if paper.rows else []),
        *(Paragraph(each) for each in paper.closing),
        *(Paragraph(each, Style.SIGNATURE) for each in paper.end),
    ]
    marked = f"内容校验码（SHA-256）{mark}"
    return docx.document(blocks, footer=f"{paper.draft}　{marked}" if paper.draft else marked)
