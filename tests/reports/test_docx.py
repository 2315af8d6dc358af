"""A Word document, opened again by somebody else's reader."""

import re
import zipfile
from io import BytesIO

import docx as reader
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, Twips
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reports import docx
from service.reports import paper as papers
from service.reports.docx import Paragraph, Style, Table
from service.reports.paper import Paper

PAPER = Paper(
    head="青龙镇人民政府",
    number="柳政函〔2026〕7号",
    title="关于河道垃圾治理的复函",
    to="柳溪旗人民检察院",
    texts=("收到来函。",),
    rows=(("第 1 条", "清运\n措施：已清运"),),
    closing=("特此函复。",),
    end=("青龙镇人民政府", "2026年11月22日"),
)


def test_a_paper_is_laid_out_as_official_ones_are() -> None:
    made = papers.document(PAPER, "0f" * 32)
    found = reader.Document(BytesIO(made))
    page = found.sections[0]
    assert (page.page_height, page.page_width) == (Twips(16838), Twips(11906))
    assert [round(each.mm) for each in (page.top_margin, page.left_margin) if each] == [37, 28]
    assert [each.text for each in found.paragraphs if each.text] == [
        "青龙镇人民政府",
        "柳政函〔2026〕7号",
        "关于河道垃圾治理的复函",
        "柳溪旗人民检察院：",
        "收到来函。",
        "特此函复。",
        "青龙镇人民政府",
        "2026年11月22日",
    ]
    title, text, end = (found.paragraphs[n] for n in (2, 4, -1))
    assert (title.alignment, end.alignment) == (WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT)
    assert [each.runs[0].font.size for each in (title, text)] == [Pt(22), Pt(16)]
    assert text.paragraph_format.first_line_indent == Pt(32)
    assert [[each.text for each in row.cells] for row in found.tables[0].rows] == [
        ["第 1 条", "清运\n措施：已清运"]
    ]
    for foot in (page.footer, page.even_page_footer):
        told = [each.text for each in foot.paragraphs]
        assert told[0] == f"内容校验码（SHA-256）{'0f' * 32}"
        assert "PAGE" in foot.paragraphs[1]._p.xml
    assert found.settings.odd_and_even_pages_header_footer
    assert papers.document(PAPER, "0f" * 32) == made


def test_a_wide_one_repeats_the_head_of_its_tables() -> None:
    made = docx.document(
        [Paragraph("结果", Style.HEADING), Table([("甲", "1")], (3, 1), ("单位", "分"))],
        is_wide=True,
    )
    found = reader.Document(BytesIO(made))
    page, head = found.sections[0], found.tables[0].rows[0]
    assert (page.page_width or 0) > (page.page_height or 0)
    assert [each.text for each in head.cells] == ["单位", "分"]
    assert head.cells[0].paragraphs[0].runs[0].bold
    assert "tblHeader" in head._tr.xml
    with pytest.raises(ValueError, match="zip"):
        docx.document([Table([("甲", "1", "2")], (3, 1))])


@settings(max_examples=20)
@given(st.text(max_size=40))
def test_whatever_is_written_is_read_again_without_what_no_file_can_hold(text: str) -> None:
    made = docx.document([Paragraph(text)], footer=text)
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert archive.testzip() is None
    held = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    # a reader of XML takes a carriage return for a line
    assert reader.Document(BytesIO(made)).paragraphs[0].text == re.sub("\r\n?", "\n", held)
