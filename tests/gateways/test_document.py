"""Documents from outside: every word a reader would see, or refused with one reason."""

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from service.gateways import document
from service.gateways.document import DocumentRefused, Limits
from service.rules.plan_text import PlanText, SourceLine, assemble, classify

GIVEN = Path(__file__).parents[3] / "shared" / "data"
MAIN = "word/document.xml"
NS = nsdecls("w")
TEXT = "一、任务\n(一)审查\n1、严格审查。"


def saved(made: Document) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def word(*paragraphs: str) -> Document:
    made = docx.Document()
    for each in paragraphs:
        made.add_paragraph(each)
    return made


def with_body(inner: str) -> bytes:
    """A document with these paragraphs, written as Word writes them."""
    made = docx.Document()
    tree = parse_xml(f"<w:body {NS}>{inner}</w:body>")
    for each in list(tree):
        made.element.body.insert(len(made.element.body) - 1, each)
    return saved(made)


def rebuilt(packed: bytes, **changed: bytes | None) -> bytes:
    """The package with some parts other ones; `__` in a name is a slash, None drops the part."""
    parts = {
        name.replace("__", "/").replace("_xml", ".xml"): part for name, part in changed.items()
    }
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = parts.pop(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in parts.items():
            new.writestr(name, part or b"")
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    return [line.text for line in document.read(content)]


def plan(lines: tuple[SourceLine, ...]) -> PlanText:
    return assemble(classify(lines))


def without_places(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: without_places(value) for key, value in told.items() if key != "place"}
    return list(map(without_places, told)) if isinstance(told, list) else told


@pytest.mark.skipif(not GIVEN.exists(), reason="the given files are not beside this checkout")
def test_the_given_files_say_the_same_and_one_has_a_title() -> None:
    word_, text = (
        plan(document.read((GIVEN / f"work_plan_2024.{kind}").read_bytes())).as_json()
        for kind in ("docx", "txt")
    )
    assert word_.pop("title") == "青龙山镇2024年法治政府建设工作计划"
    assert text.pop("title") is None
    assert without_places(word_) == without_places(text)
    assert len(text["chapters"]) == 9


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode("gbk"),
        (TEXT + "\r").replace("\n", "\r").encode("gb18030"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        saved(word(*TEXT.split("\n"))),
    ],
)
def test_a_text_is_read_in_any_encoding_that_is_in_use(content: bytes) -> None:
    assert texts(content) == TEXT.split("\n")


def test_pasted_text_is_read_as_a_file_is() -> None:
    assert [line.text for line in document.pasted("\ufeff一、甲\r\n1、乙\x07")] == [
        "一、甲",
        "1、乙",
    ]


def test_what_a_reader_sees_is_read_and_what_was_deleted_is_not() -> None:
    content = with_body(
        "<w:p><w:r><w:t>一、</w:t></w:r>"
        '<w:ins w:id="1" w:author="x"><w:r><w:t>依法</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText>违法</w:delText></w:r></w:del>'
        '<w:hyperlink w:anchor="a"><w:r><w:t>决策</w:t></w:r></w:hyperlink>'
        "<w:smartTag w:uri='u' w:element='e'><w:r><w:t>，</w:t></w:r></w:smartTag>"
        "<w:sdt><w:sdtContent><w:r><w:t>公开</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏着</w:t></w:r>"
        "<w:r><w:tab/><w:t>甲</w:t><w:softHyphen/><w:noBreakHyphen/>"
        '<w:sym w:font="x" w:char="F041"/></w:r>'
        '<w:fldSimple w:instr="DATE"><w:r><w:t>日</w:t></w:r></w:fldSimple>'
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r>'
        "<w:r><w:br/><w:t>（一）乙</w:t></w:r></w:p>"
        '<w:p><w:pPr><w:rPr><w:del w:id="3" w:author="x"/></w:rPr></w:pPr>'
        "<w:r><w:t>1、前半</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>后半。</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>2、又一项。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    lines = document.read(content)
    assert [line.text for line in lines] == [
        "一、依法决策，公开\t甲\u00ad-A日",
        "（一）乙",
        "1、前半后半。",
        "2、又一项。",
    ]
    assert [line.place for line in lines] == ["第1段", "第1段第2行", "第3段", "第4段"]


def test_text_boxes_stand_behind_their_paragraph_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    inner = (
        f"<w:p><w:r><w:t>一、甲</w:t></w:r><w:r><mc:AlternateContent {mc}>"
        f"<mc:Choice Requires='wps'>"
        f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    lines = document.read(with_body(inner))
    assert [(line.text, line.place) for line in lines] == [
        ("一、甲", "第1段"),
        ("框里的字", "第1段文本框"),
    ]


def numbered(made: Document, levels: list[tuple[str, str]], overrides: str = "") -> None:
    """List 7 with these levels of format and text, and list 8 on the same with `overrides`."""
    inner = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>'
        "</w:lvl>"
        for n, (form, text) in enumerate(levels)
    )
    numbering = made.part.numbering_part.element
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {NS} w:abstractNumId="70">{inner}</w:abstractNum>')
    )
    for key, over in (("7", ""), ("8", overrides)):
        numbering.append(
            parse_xml(f'<w:num {NS} w:numId="{key}"><w:abstractNumId w:val="70"/>{over}</w:num>')
        )


def item(made: Document, text: str, level: int, key: str = "7") -> None:
    paragraph = made.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {NS}><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>')
    )


def test_automatic_numbers_are_written_out_as_the_reader_sees_them() -> None:
    made = docx.Document()
    forms = [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    numbered(made, forms, '<w:lvlOverride w:ilvl="2"><w:startOverride w:val="5"/></w:lvlOverride>')
    for text, level in [
        ("甲", 0),
        ("乙", 1),
        ("丙。", 2),
        ("丁。", 2),
        ("", 2),
        ("戊", 1),
        ("己。", 2),
    ]:
        item(made, text, level)
    item(made, "庚", 0)
    item(made, "辛。", 2, "8")
    lines = document.read(saved(made))
    assert [line.text for line in lines] == [
        *("一、甲", "（一）乙", "1.丙。", "2.丁。", "", "（二）戊", "1.己。", "二、庚", "5.辛。"),
    ]
    found = plan(lines)
    assert [(t.number, t.text) for t in found.tasks][:2] == [("1", "丙。"), ("2", "丁。")]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("ideographDigital", "%1、", "一〇、甲"),
        ("chineseCounting", "第%1章", "第十章 甲"),
        ("decimalEnclosedCircle", "%1", "⑩ 甲"),
        ("decimalEnclosedCircleChinese", "%1", "⑩ 甲"),
        ("decimalFullWidth", "%1．", "１０．甲"),
        ("chineseLegalSimplified", "%1、", "拾、甲"),
        ("ideographTraditional", "%1、", "癸、甲"),
        ("lowerRoman", "%1)", "x)甲"),
        ("upperLetter", "%1.", "J.甲"),
        ("bullet", "\uf0b7", "• 甲"),
        ("none", "", "甲"),
        ("unheardOf", "%1、", "10、甲"),
    ],
)
def test_numbers_have_the_form_their_list_asks_for(form: str, text: str, expected: str) -> None:
    made = docx.Document()
    numbered(made, [(form, text)])
    for _ in range(10):
        item(made, "甲", 0)
    assert texts(saved(made))[-1] == expected


def test_how_a_line_looks_is_told() -> None:
    made = docx.Document()
    made.add_paragraph("工作计划", style="Title")
    made.add_paragraph("居中的要点").alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph("标题", style="Heading 2")
    paragraph = made.add_paragraph()
    paragraph.add_run("（一）推进。").bold = True
    paragraph.add_run("正文")
    looks = [(line.centred, line.level, line.bold) for line in document.read(saved(made))]
    assert looks == [(True, 0, 0), (True, 0, 0), (False, 2, 0), (False, 0, 6)]


def test_tables_come_row_by_row_with_merged_cells() -> None:
    made = word("工作任务表")
    table = made.add_table(4, 4)
    for row, values in enumerate(
        [
            ("序号", "工作任务", "责任单位", "完成时限"),
            ("1", "甲", "司法所", "6月底"),
            ("2", "乙", "", "全年"),
        ]
    ):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    table.cell(1, 2).merge(table.cell(2, 2))
    table.cell(3, 0).merge(table.cell(3, 3)).text = "备注：逐项落实\n每月一报"
    made.add_paragraph("完")
    lines = document.read(saved(made))
    assert [line.place for line in lines][1:5] == [f"表1第{n}行" for n in range(1, 5)]
    assert [(c.text, c.column, c.span, c.continued) for c in lines[3].cells] == [
        ("2", 0, 1, False),
        ("乙", 1, 1, False),
        ("", 2, 1, True),
        ("全年", 3, 1, False),
    ]
    assert [(c.text, c.span) for c in lines[4].cells] == [("备注：逐项落实\n每月一报", 4)]
    found = plan(lines)
    assert [task.units.names for task in found.tasks] == [("司法所",), ("司法所",)]


def test_a_table_of_one_cell_is_a_frame_around_text() -> None:
    made = docx.Document()
    made.add_table(1, 1).cell(0, 0).text = "一、甲"
    (line,) = [line for line in document.read(saved(made)) if not line.is_blank]
    assert (line.text, line.cells) == ("一、甲", ())


def test_footnotes_stand_behind_the_paragraph_that_calls_them() -> None:
    content = saved(word("占位"))
    note = "<w:p><w:r><w:t>见附表</w:t></w:r></w:p>"
    notes = f'<w:footnotes {NS}><w:footnote w:id="2">{note}</w:footnote></w:footnotes>'
    called = '<w:r><w:t>1、甲</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:document {NS}><w:body><w:p>{called}</w:p></w:body></w:document>"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
    more = '<Relationship Id="rX" Type="http://x/relationships/footnotes" Target="footnotes.xml"/>'
    packed = rebuilt(
        content,
        word__document_xml=body.encode(),
        word__footnotes_xml=notes.encode(),
        **{"word/_rels/document.xml.rels": relations.replace("</Rel", more + "</Rel", 1).encode()},
    )
    assert [(line.text, line.place) for line in document.read(packed)] == [
        ("1、甲", "第1段"),
        ("见附表", "第1段脚注"),
    ]


def picture() -> bytes:
    made = docx.Document()
    inner = f"<w:p {NS}><w:r><w:pict/></w:r></w:p>"
    made.element.body.insert(0, parse_xml(inner))
    return saved(made)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b" \r\n", "空的"),
    "old word": (lambda: OLE, "另存为 .docx"),
    "locked": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "pdf": (lambda: b"%PDF-1.7 ...", "PDF"),
    "rtf": (lambda: b"{\\rtf1 x}", "RTF"),
    "picture file": (lambda: b"\x89PNG\r\n\x1a\n", "图片"),
    "web page": (lambda: b"<html><body>x</body></html>", "网页"),
    "binary": (lambda: bytes(range(256)), "编码"),
    "half a zip": (lambda: saved(word("甲"))[:900], "损坏"),
    "a workbook": (lambda: rebuilt(saved(word("甲")), **{"xl/workbook.xml": b"<x/>"}), "Excel"),
    "no document": (lambda: rebuilt(saved(word("甲")), word__document_xml=None), "不是 Word"),
    "document type": (lambda: rebuilt(saved(word("甲")), word__document_xml=BOMB), "XML 声明"),
    "no xml": (lambda: rebuilt(saved(word("甲")), word__document_xml=b"<a><b>"), "损坏"),
    "no text": (lambda: saved(word("  ")), "没有文字"),
    "pictures only": (picture, "只有图片"),
    "too long": (lambda: "一、甲\n".encode() * 6000, "过长"),
    "deep": (
        lambda: rebuilt(
            saved(word("甲")),
            word__document_xml=f"<w:document {NS}><w:body>{'<w:sdt><w:sdtContent>' * 5000}"
            f"{'</w:sdtContent></w:sdt>' * 5000}</w:body></w:document>".encode(),
        ),
        "",
    ),
    "a chunk": (lambda: with_body('<w:p/><w:altChunk w:id="x"/>'), "嵌着"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_document_is_refused_with_its_reason(case: str) -> None:
    make, reason = REFUSED[case]
    with pytest.raises(DocumentRefused) as refusal:
        document.read(make())
    assert reason in str(refusal.value.fields["file"][0])


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    packed = rebuilt(saved(word("甲")), word__big_xml=bytes(9 * document.MIB))
    with pytest.raises(DocumentRefused, match="压缩比"):
        document.read(packed)
    with pytest.raises(DocumentRefused, match="超过"):
        document.read(b"x" * 2 * document.MIB, Limits(file_bytes=document.MIB))


def test_a_damaged_file_is_read_or_refused_and_never_more() -> None:
    chance = random.Random(8)
    whole = (
        (GIVEN / "work_plan_2024.docx").read_bytes() if GIVEN.exists() else saved(word("一、甲"))
    )
    for _ in range(6):
        damaged = bytearray(whole)
        for _ in range(30):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(DocumentRefused):
            assert document.read(bytes(damaged))
