"""A Word document 文档 of paragraphs and tables, without any library; equal content, equal bytes.

Page, fonts and page numbers are those of GB/T 9704: A4, margins 37, 26, 35 and 28 mm, body in 仿宋
三号 on lines of 28 points, title in 小标宋 二号, the number of a page outside at its foot.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # the day a zip begins at: no file tells when it was made
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
KIND: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MEDIA: Final = f"{KIND}.document"  # what a whole file is
RELATIONS: Final = "application/vnd.openxmlformats-package.relationships+xml"
WIDTH: Final = 8844  # of the text on the page, in twentieths of a point
LANDSCAPE: Final = 13268
NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Style(Enum):
    """What a paragraph is."""

    CENTRED = "centred"  # 发文机关, 发文字号
    TITLE = "title"
    HEADING = "heading"
    SUBHEADING = "subheading"  # 楷体, what a part of a part begins with
    TEXT = "text"
    FLUSH = "flush"  # 顶格: whom it is for, a cell that is filled in
    SIGNATURE = "signature"  # 落款, four characters from the right
    NOTE = "note"
    CELL = "cell"
    APPENDIX = "appendix"  # 附件, on a new page


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a line break in its text is one on paper."""

    text: str
    style: Style = Style.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `widths` are shares, a head is repeated on every page."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    head: Sequence[str] = ()
    style: Style = Style.CELL


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class _Form:
    """How a style is set: font, its size in half points, and the paragraph's properties."""

    font: str
    size: int
    properties: str = ""
    is_bold: bool = False


_KEPT: Final = "<w:keepNext/>"  # a heading is never the last line of a page
_OUTLINE: Final = '<w:jc w:val="left"/><w:outlineLvl w:val="{}"/>'
_LINES: Final = '<w:spacing w:line="560" w:lineRule="exact"/>'
_FORMS: Final[Mapping[Style, _Form]] = MappingProxyType(
    {
        Style.CENTRED: _Form("仿宋", 32, f'{_LINES}<w:jc w:val="center"/>'),
        Style.TITLE: _Form(
            "方正小标宋简体",
            44,
            '<w:spacing w:before="280" w:after="280"/><w:jc w:val="center"/>'
            '<w:outlineLvl w:val="0"/>',
            True,
        ),
        Style.HEADING: _Form("黑体", 32, f"{_KEPT}{_LINES}{_OUTLINE.format(1)}"),
        Style.APPENDIX: _Form(
            "黑体", 32, f"{_KEPT}<w:pageBreakBefore/>{_LINES}{_OUTLINE.format(1)}"
        ),
        Style.SUBHEADING: _Form("楷体", 32, f"{_KEPT}{_LINES}{_OUTLINE.format(2)}"),
        Style.TEXT: _Form("仿宋", 32, f'{_LINES}<w:ind w:firstLineChars="200" w:firstLine="640"/>'),
        Style.FLUSH: _Form("仿宋", 32, _LINES),
        Style.SIGNATURE: _Form(
            "仿宋", 32, f'{_LINES}<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>'
        ),
        Style.NOTE: _Form("仿宋", 21),
        Style.CELL: _Form("仿宋", 21),
    }
)


def document(blocks: Sequence[Block], *, is_wide: bool = False, footer: str = "") -> bytes:
    """The document as a file; a wide one lies on its side, `footer` stands on every page."""
    width = LANDSCAPE if is_wide else WIDTH
    inner = "".join(_block(each, width) for each in blocks)
    size = (
        ' w:w="16838" w:h="11906" w:orient="landscape"' if is_wide else ' w:w="11906" w:h="16838"'
    )
    feet = "".join(
        f'<w:footerReference w:type="{page}" r:id="{page}"/>' for page in ("default", "even")
    )
    body = (
        f"<w:body>{inner}<w:sectPr>{feet}<w:pgSz{size}/>"
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" '
        'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body>'
    )
    parts = {
        "document": f'{HEAD}<w:document xmlns:w="{MAIN}" xmlns:r="{OFFICE}">{body}</w:document>',
        "settings": f'{HEAD}<w:settings xmlns:w="{MAIN}"><w:evenAndOddHeaders/></w:settings>',
        "default": _foot(footer, "right"),
        "even": _foot(footer, "left"),
    }
    return _packed(parts)


def _packed(parts: Mapping[str, str]) -> bytes:
    """The parts in their archive; those beside the document are named by their relation to it."""
    kinds = {"document": "document.main", "default": "footer", "even": "footer"}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{KIND}.{kinds.get(name, name)}+xml"/>'
        for name in parts
    )
    related = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kinds.get(name, name)}" Target="{name}.xml"/>'
        for name in parts
        if name != "document"
    )
    root = (
        f'<Relationship Id="document" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    )
    files = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{RELATIONS}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _relations(root),
        "word/_rels/document.xml.rels": _relations(related),
        **{f"word/{name}.xml": text for name, text in parts.items()},
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return made.getvalue()


def _relations(inner: str) -> str:
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def _foot(text: str, side: str) -> str:
    """The foot of a page: what stands on every one, and its number as — 1 — one character in."""
    font = _run_properties(_Form("宋体", 28))
    number = (
        f'<w:p><w:pPr><w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/></w:pPr>'
        f"<w:r>{font}<w:t>— </w:t></w:r>"
        f'<w:fldSimple w:instr=" PAGE "><w:r>{font}<w:t>1</w:t></w:r></w:fldSimple>'
        f"<w:r>{font}<w:t> —</w:t></w:r></w:p>"
    )
    told = _paragraph(text, _Form("仿宋", 16)) if text else ""
    return f'{HEAD}<w:ftr xmlns:w="{MAIN}">{told}{number}</w:ftr>'


def _block(block: Block, width: int) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block.text, _FORMS[block.style])
    return _table(block, width) + _paragraph("", _FORMS[Style.NOTE])


def _table(table: Table, width: int) -> str:
    whole = sum(table.widths)
    widths = [width * each // whole for each in table.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    form = _FORMS[table.style]
    bold = _Form(form.font, form.size, form.properties, True)
    head = _row(table.head, widths, bold, "<w:tblHeader/>") if table.head else ""
    rows = "".join(_row(each, widths, form) for each in table.rows)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{head}{rows}</w:tbl>"
    )


def _row(cells: Sequence[str], widths: Sequence[int], form: _Form, repeated: str = "") -> str:
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(cell, form)}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{inner}</w:tr>"


def _paragraph(text: str, form: _Form) -> str:
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>'
        for line in NOT_IN_XML.sub("", text).split("\n")
    )
    run = f"<w:r>{_run_properties(form)}{lines}</w:r>" if text else ""
    return f"<w:p><w:pPr>{form.properties}</w:pPr>{run}</w:p>"


def _run_properties(form: _Form) -> str:
    bold = "<w:b/>" if form.is_bold else ""
    return (
        f'<w:rPr><w:rFonts w:ascii="{form.font}" w:hAnsi="{form.font}" w:eastAsia="{form.font}"/>'
        f'{bold}<w:sz w:val="{form.size}"/></w:rPr>'
    )
