"""A paper as a Word file 文书: heading, table, text and the lines to sign, without any library.

The parts are those the format itself asks for; equal papers give equal bytes.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
LINKS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>"
)
SPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MADE_AT: Final = (1980, 1, 1, 0, 0, 0)  # no paper says when its file was packed
HEADING, BODY = 44, 32  # half points: 二号, 三号 (GB/T 9704)
WIDTHS: Final = (2400, 6600)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says: to whom, sentences, a table, what stands at its end."""

    head: str
    title: str
    to: str
    texts: Sequence[str]
    rows: Sequence[tuple[str, str]]
    closing: Sequence[str]
    end: Sequence[str]
    mark: str


def document(paper: Paper) -> bytes:
    """The file."""
    body = [
        _line(paper.head, align="center", size=BODY),
        _line(paper.title, align="center", size=HEADING, strong=True),
        *([_line(f"{paper.to}：")] if paper.to else []),
        *(_line(f"　　{each}") for each in paper.texts),
        *([_table(paper.rows)] if paper.rows else []),
        *(_line(f"　　{each}") for each in paper.closing),
        *(_line(each, align="right") for each in paper.end),
        _line(f"内容校验码（SHA-256）{paper.mark}", size=16),
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{SPACE}"><w:body>{"".join(body)}'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588" '
        'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", LINKS),
            ("word/document.xml", text),
        ):
            archive.writestr(zipfile.ZipInfo(name, MADE_AT), part)
    return packed.getvalue()


def _line(text: str, *, align: str = "both", size: int = BODY, strong: bool = False) -> str:
    font = '<w:rFonts w:ascii="FangSong" w:hAnsi="FangSong" w:eastAsia="仿宋_GB2312"/>'
    bold = "<w:b/>" if strong else ""
    return (
        f'<w:p><w:pPr><w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr>{font}{bold}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def _table(rows: Sequence[tuple[str, str]]) -> str:
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS)
    lines = "".join(
        "<w:tr>" + "".join(_cell(text, w) for text, w in zip(row, WIDTHS, strict=True)) + "</w:tr>"
        for row in rows
    )
    layout = f'<w:tblPr><w:tblW w:w="{sum(WIDTHS)}" w:type="dxa"/>'
    return (
        f"<w:tbl>{layout}<w:tblBorders>{edge}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>{_line('')}"
    )


def _cell(text: str, width: int) -> str:
    parts = "".join(_line(each) for each in text.split("\n"))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{parts}</w:tc>'
