"""A plain Word document 文档 of headings, paragraphs and tables; the same content, the same bytes.

The page is that of GB/T 9704: A4, margins 37, 26, 35 and 28 mm, body in 仿宋 of 16 pt.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # the day a zip begins at: no file tells when it was made
MAIN: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
TITLE, HEADING, BODY, SMALL = (
    ("方正小标宋简体", 44, True),
    ("黑体", 32, False),
    ("仿宋", 32, False),
    ("仿宋", 21, False),
)
Font = tuple[str, int, bool]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the first of a document is its title."""

    text: str
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a small one is a note."""

    text: str
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row is its head, repeated on every page; `widths` are shares."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


Block = Heading | Paragraph | Table
WIDTH: Final = 8844  # of the text on the page, in twentieths of a point
LANDSCAPE: Final = 13268


def document(blocks: Sequence[Block], *, is_wide: bool = False) -> bytes:
    """The document as a file; a wide one lies on its side."""
    width = LANDSCAPE if is_wide else WIDTH
    inner = "".join(_block(each, width) for each in blocks)
    size = (
        ' w:w="16838" w:h="11906" w:orient="landscape"' if is_wide else ' w:w="11906" w:h="16838"'
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{MAIN}"><w:body>{inner}<w:sectPr><w:pgSz{size}/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" '
        'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("word/document.xml", body),
        ):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return made.getvalue()


def _block(block: Block, width: int) -> str:
    if isinstance(block, Heading):
        font, align = (TITLE, "center") if block.is_title else (HEADING, "left")
        level = 0 if block.is_title else 1
        return _paragraph(
            block.text, font, f'<w:jc w:val="{align}"/><w:outlineLvl w:val="{level}"/>'
        )
    if isinstance(block, Paragraph):
        if block.is_small:
            return _paragraph(block.text, SMALL, "")
        return _paragraph(block.text, BODY, '<w:ind w:firstLineChars="200" w:firstLine="640"/>')
    return _table(block, width) + _paragraph("", SMALL, "")


def _table(table: Table, width: int) -> str:
    whole = sum(table.widths)
    widths = [width * each // whole for each in table.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    head = _row(table.head, widths, "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>", is_head=True)
    rows = "".join(
        _row(each, widths, "<w:trPr><w:cantSplit/></w:trPr>", is_head=False) for each in table.rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{head}{rows}</w:tbl>"
    )


def _row(cells: Sequence[str], widths: Sequence[int], properties: str, *, is_head: bool) -> str:
    font: Font = (SMALL[0], SMALL[1], is_head)
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(cell, font, "")}'
        "</w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{properties}{inner}</w:tr>"


def _paragraph(text: str, font: Font, properties: str) -> str:
    name, size, bold = font
    style = (
        f'<w:rPr><w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}"/>'
        f'{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/></w:rPr>'
    )
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    )
    run = f"<w:r>{style}{lines}</w:r>" if text else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{run}</w:p>"
