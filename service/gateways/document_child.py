"""The confined half of `document`: a script that reads a Word file from stdin, answers in JSON.

Run by path under `python -I`; imports nothing of the project. Sets its own limits before it looks
at a byte. Exit code other than 0: the file killed the reader.

Names of elements are compared without their namespace: strict and transitional files have others.
"""

import io
import json
import posixpath
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

Element = ET.Element
DELETED = {"del", "moveFrom", "delText", "delInstrText", "instrText"}
WITHIN = {"ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "dir", "bdo"}
ENDS_A_MARK = "、.．，,：:；;）)】〕"
HAN = "〇一二三四五六七八九"
ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
FORMAL = "零壹贰叁肆伍陆柒捌玖"


class Refused(Exception):
    """The file cannot be taken; the message is Chinese."""


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """No more memory, processor time, files or core dumps than the work needs."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# Elements


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]  # of a comment it is no text


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """An attribute whatever its namespace."""
    if element is None:
        return default
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), default)


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of this name, and so on downwards."""
    found = element
    for name in names:
        found = next((each for each in _within(found) if local(each) == name), None)
    return found


def _within(element: Element | None) -> list[Element]:
    return [] if element is None else list(element)


def is_on(element: Element | None) -> bool:
    """Is a switch such as w:b there and not turned off?"""
    return element is not None and attribute(element, "val", "1") not in (
        "0",
        "false",
        "off",
        "none",
    )


def number(text: str, default: int) -> int:
    """A whole number, or what stands for it where there is none."""
    try:
        return int(text)
    except ValueError:
        return default


class Package:
    """The XML parts of the file: no document type, nothing larger than allowed."""

    def __init__(self, content: bytes, part_bytes: int) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = {name.casefold(): name for name in self._archive.namelist()}
        self._most = part_bytes
        target = next(
            (to for kind, to in self._relations("", "_rels/.rels") if kind == "officeDocument"), ""
        )
        self.main = target or "word/document.xml"
        if self.main.casefold() not in self._names:
            raise Refused("不是 Word（.docx）文件")
        folder, _, name = self.main.rpartition("/")
        self._parts = dict(self._relations(folder, f"{folder}/_rels/{name}.rels"))

    def part(self, kind: str) -> Element | None:
        """The part of this kind, None when there is none: styles, numbering, footnotes."""
        name = self._parts.get(kind)
        return None if name is None else self.parse(name)

    def parse(self, name: str) -> Element | None:
        """One part as a tree."""
        real = self._names.get(name.casefold())
        if real is None:
            return None
        with self._archive.open(real) as part:
            data = part.read(self._most + 1)
        if len(data) > self._most:
            raise Refused("文件解压后过大")
        check = expat.ParserCreate()
        check.StartDoctypeDeclHandler = _refuse_doctype
        check.Parse(data, True)
        return ET.fromstring(data)  # noqa: S314 -- it has no document type, see above

    def _relations(self, folder: str, name: str) -> Iterator[tuple[str, str]]:
        tree = self.parse(name)
        for each in tree if tree is not None else ():
            if attribute(each, "TargetMode") == "External":
                continue
            to = attribute(each, "Target")
            full = to.lstrip("/") if to.startswith("/") else posixpath.join(folder, to)
            yield attribute(each, "Type").rpartition("/")[2], posixpath.normpath(full)


def _refuse_doctype(*_: object) -> None:
    raise Refused("文件含有不允许的 XML 声明")


# Numbers


def han(value: int) -> str:
    """12 as 十二."""
    if not 0 < value < 10000:
        return str(value)
    said = ""
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            said += HAN[digit] + unit
        elif said and not said.endswith("零") and value % power:
            said += "零"
    return said.removeprefix("一") if 10 <= value < 20 else said


def letters(value: int, first: str) -> str:
    """1 as a, 27 as aa."""
    turns, place = divmod(value - 1, 26)
    return chr(ord(first) + place) * (turns + 1) if 0 < value < 2000 else str(value)


def roman(value: int) -> str:
    """4 as IV."""
    if not 0 < value < 4000:
        return str(value)
    said = ""
    for worth, sign in ROMAN:
        said += sign * (value // worth)
        value %= worth
    return said


def enclosed(value: int, first: str, most: int) -> str:
    """1 as ① and so on, as far as there are characters."""
    return chr(ord(first) + value - 1) if 0 < value <= most else str(value)


def circled(value: int) -> str:
    """1 as ①, to fifty."""
    if value <= 20:
        return enclosed(value, "①", 20)
    return (
        enclosed(value - 20, "㉑", 15)
        if value <= 35
        else enclosed(value - 35, "㊱", 15)
        if value <= 50
        else str(value)
    )


def one_of(signs: str) -> Callable[[int], str]:
    """甲乙丙 and the like."""
    return lambda value: signs[(value - 1) % len(signs)] if value > 0 else str(value)


def digits(signs: str) -> Callable[[int], str]:
    """12 as 一二, or in full width."""
    return lambda value: "".join(
        signs[int(each)] if each.isdigit() else each for each in str(value)
    )


FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": han,
    "chineseCountingThousand": han,
    "taiwaneseCounting": han,
    "taiwaneseCountingThousand": han,
    "japaneseCounting": han,
    "koreanCounting": han,
    "ideographDigital": digits(HAN),
    "japaneseDigitalTenThousand": digits(HAN),
    "taiwaneseDigital": digits(HAN),
    "chineseLegalSimplified": lambda v: "".join(
        dict(zip(HAN + "十百千零", FORMAL + "拾佰仟零", strict=True)).get(c, c) for c in han(v)
    ),
    "ideographTraditional": one_of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": one_of("子丑寅卯辰巳午未申酉戌亥"),
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedParen": lambda v: enclosed(v, "⑴", 20),
    "decimalEnclosedFullstop": lambda v: enclosed(v, "⒈", 20),
    "ideographEnclosedCircle": lambda v: enclosed(v, "㊀", 10),
    "decimalFullWidth": digits("０１２３４５６７８９"),
    "decimalFullWidth2": digits("０１２３４５６７８９"),
    "decimalZero": lambda v: f"{v:02d}",
    "upperLetter": lambda v: letters(v, "A"),
    "lowerLetter": lambda v: letters(v, "a"),
    "upperRoman": roman,
    "lowerRoman": lambda v: roman(v).lower(),
    "numberInDash": lambda v: f"-{v}-",
    "none": lambda _: "",
}


@dataclass
class Level:
    """One level of a list: how its number looks."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    gap: str = "tab"
    restart: int = -1  # 0: never
    legal: bool = False
    style: str = ""


class Numbering:
    """The automatic numbers of a document, counted as they come."""

    def __init__(self, tree: Element | None, styles: "Styles") -> None:
        self._lists: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._numbers: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        for each in tree if tree is not None else ():
            if local(each) == "abstractNum":
                key = attribute(each, "abstractNumId")
                self._lists[key] = _levels(each)
                if link := attribute(child(each, "numStyleLink"), "val"):
                    self._links[key] = link
            elif local(each) == "num":
                self._read(each)
        for key, style in self._links.items():
            found = self._numbers.get(styles.numbering(style)[0])
            if found and found[0] in self._lists:
                self._lists[key] = self._lists[found[0]]

    def _read(self, each: Element) -> None:
        own: dict[int, Level] = {}
        starts: dict[int, int] = {}
        for over in each:
            if local(over) != "lvlOverride":
                continue
            level = number(attribute(over, "ilvl"), 0)
            start = child(over, "startOverride")
            if start is not None:
                starts[level] = number(attribute(start, "val"), 1)
            own.update(_levels(over))
        listed = attribute(child(each, "abstractNumId"), "val")
        self._numbers[attribute(each, "numId")] = (listed, own, starts)

    def mark(self, num_id: str, level: int | None, style: str) -> str:
        """The number of the next paragraph of this list, with what is between it and the words."""
        if num_id not in self._numbers:
            return ""
        listed, own, starts = self._numbers[num_id]
        levels = self._lists.get(listed, {}) | own
        if level is None:
            level = next((n for n, each in levels.items() if style and each.style == style), 0)
        counts = self._counts.setdefault(listed, {})
        if num_id not in self._begun:
            self._begun.add(num_id)
            for each, start in starts.items():
                counts[each] = start - 1
        this = levels.get(level, Level(text=f"%{level + 1}."))
        counts[level] = counts.get(level, this.start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            if levels.get(deeper, Level()).restart != 0:
                del counts[deeper]
        return _written(this, level, levels, counts)


def _levels(tree: Element) -> dict[int, Level]:
    found = {}
    for each in tree:
        if local(each) == "lvl":
            found[number(attribute(each, "ilvl"), 0)] = Level(
                start=number(attribute(child(each, "start"), "val", "1"), 1),
                form=attribute(_format(each), "val", "decimal"),
                text=attribute(child(each, "lvlText"), "val"),
                gap=attribute(child(each, "suff"), "val", "tab"),
                restart=number(attribute(child(each, "lvlRestart"), "val"), -1),
                legal=is_on(child(each, "isLgl")),
                style=attribute(child(each, "pStyle"), "val"),
            )
    return found


def _format(level: Element) -> Element | None:
    """The format, also where a newer one has the old one to fall back on."""
    found = child(level, "numFmt")
    return found if found is not None else child(level, "AlternateContent", "Fallback", "numFmt")


def _written(this: Level, level: int, levels: dict[int, Level], counts: dict[int, int]) -> str:
    if this.form == "bullet":
        sign = this.text if this.text and not "\ue000" <= this.text[0] <= "\uf8ff" else "•"
        return sign + " "
    said = this.text
    for place in range(9):
        if f"%{place + 1}" not in said:
            continue
        other = levels.get(place, Level())
        value = counts.setdefault(place, other.start) if place <= level else other.start
        form = "decimal" if this.legal else other.form
        said = said.replace(f"%{place + 1}", FORMATS.get(form, str)(value))
    if not said or this.gap == "nothing" or said[-1] in ENDS_A_MARK:
        return said
    return said + " "


class Styles:
    """What the styles of a document say of numbers, headings and places."""

    def __init__(self, tree: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self.default = ""
        for each in tree if tree is not None else ():
            if local(each) == "style":
                key = attribute(each, "styleId")
                self._styles[key] = each
                if attribute(each, "type") == "paragraph" and is_on_text(
                    attribute(each, "default")
                ):
                    self.default = key

    def _chain(self, style: str) -> Iterator[Element]:
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            style = attribute(child(self._styles[style], "basedOn"), "val")

    def first(self, style: str, *path: str) -> Element | None:
        """What the style, or one that it is based on, says there."""
        found = (child(each, *path) for each in self._chain(style))
        return next((each for each in found if each is not None), None)

    def numbering(self, style: str) -> tuple[str, int | None]:
        """The list and the level of a style."""
        found = self.first(style, "pPr", "numPr")
        level = attribute(child(found, "ilvl"), "val")
        return attribute(child(found, "numId"), "val"), number(level, 0) if level else None

    def level(self, style: str) -> int:
        """1 for the uppermost heading, 0 for what is none; a title is none."""
        outline = self.first(style, "pPr", "outlineLvl")
        return 0 if outline is None or self.is_title(style) else _outline(outline)

    def is_title(self, style: str) -> bool:
        """Is this the style of a document's title?"""
        names = (attribute(child(each, "name"), "val") for each in self._chain(style))
        return "title" in map(str.casefold, names)

    def is_contents(self, style: str) -> bool:
        """Is this a line of the table of contents?"""
        name = attribute(self.first(style, "name"), "val").casefold()
        return name.startswith("toc ") and name != "toc heading"


def is_on_text(text: str) -> bool:
    """An attribute that is a switch."""
    return text in ("1", "true", "on")


def _outline(element: Element) -> int:
    level = number(attribute(element, "val"), 9)
    return level + 1 if 0 <= level < 9 else 0


# Text


@dataclass
class Line:
    """A paragraph while it is read: pieces of text, whether bold; what hangs on it."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(piece for piece, _ in self.pieces)

    @property
    def bold(self) -> int:
        """How many characters at its beginning are bold."""
        count = 0
        for piece, is_bold in self.pieces:
            if not is_bold and piece.strip():
                break
            count += len(piece)
        return count if any(is_bold for piece, is_bold in self.pieces if piece.strip()) else 0


SIGNS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "\u00ad",
}


class Document:
    """The body of the document in the order of its lines."""

    def __init__(self, package: Package, asked: dict[str, int]) -> None:
        self.lines: list[dict[str, Any]] = []
        self.images = 0
        self._styles = Styles(package.part("styles"))
        self._numbering = Numbering(package.part("numbering"), self._styles)
        self._notes = {kind: _notes(package.part(kind + "s")) for kind in ("footnote", "endnote")}
        self._asked = asked
        self._count = 0
        self._table = 0
        self._carried = Line()  # of paragraphs whose end was deleted
        tree = package.parse(package.main)
        body = child(tree, "body")
        if body is None:
            raise Refused("不是 Word（.docx）文件")
        self._blocks(body)
        if self._carried.pieces:
            self._tell(self._carried, "", {})

    def _blocks(self, parent: Element) -> None:
        for each in unfolded(parent):
            name = local(each)
            if name == "p":
                self._paragraph(each)
            elif name == "tbl":
                self._rows(each)
            elif name == "altChunk":
                raise Refused("文件里嵌着另一份文档，请在 Word 中另存为新的 .docx 后再上传")

    def _paragraph(self, element: Element) -> None:
        self._count += 1
        properties = child(element, "pPr")
        line, self._carried = self._carried, Line()
        self._inline(element, line)
        if (
            child(properties, "rPr", "del") is not None
            or child(properties, "rPr", "moveFrom") is not None
        ):
            self._carried = line
            return
        style = attribute(child(properties, "pStyle"), "val") or self._styles.default
        placed = child(properties, "jc")
        placed = placed if placed is not None else self._styles.first(style, "pPr", "jc")
        outline = child(properties, "outlineLvl")
        hints = {
            "centred": attribute(placed, "val") == "center" or self._styles.is_title(style),
            "level": _outline(outline) if outline is not None else self._styles.level(style),
            "contents": self._styles.is_contents(style),
        }
        self._tell(line, self._mark(properties, style, line), hints)

    def _mark(self, properties: Element | None, style: str, line: Line) -> str:
        if not line.text.strip():
            return ""
        direct = child(properties, "numPr")
        of_style, style_level = self._styles.numbering(style)
        num_id = attribute(child(direct, "numId"), "val") or of_style
        said = attribute(child(direct, "ilvl"), "val")
        level = number(said, 0) if said else style_level
        if direct is not None and level is None:
            level = 0
        return self._numbering.mark(num_id, level, style)

    def _tell(self, line: Line, mark: str, hints: dict[str, Any]) -> None:
        place = f"第{self._count}段"
        bold = line.bold + len(mark) if line.bold else 0
        for position, text in enumerate((mark + line.text).split("\n")):
            where = place if position == 0 else f"{place}第{position + 1}行"
            told = {"text": text, "place": where, "bold": max(min(bold, len(text)), 0)} | hints
            bold -= len(text) + 1
            self._add(told)
        self._hanging(line, place)

    def _hanging(self, line: Line, place: str) -> None:
        for kind, key in line.notes:
            word = "脚注" if kind == "footnote" else "尾注"
            note = self._notes[kind].get(key)
            for paragraph in _paragraphs(note) if note is not None else ():
                read = Line()
                self._inline(paragraph, read)
                if read.text.strip():
                    self._add({"text": read.text.strip().replace("\n", " "), "place": place + word})
        for box in line.boxes:
            for paragraph in _paragraphs(box):
                read = Line()
                self._inline(paragraph, read)
                for text in read.text.split("\n"):
                    if text.strip():
                        self._add({"text": text, "place": place + "文本框"})

    def _add(self, told: dict[str, Any]) -> None:
        self.lines.append(told)
        if len(self.lines) > self._asked["lines"] * 2:
            raise Refused("文字过长，不像一份计划")

    def _inline(self, parent: Element, line: Line) -> None:
        for each in unfolded(parent):
            name = local(each)
            if name == "r":
                self._run(each, line)
            elif name in WITHIN:
                self._inline(each, line)
            elif name in ("oMath", "oMathPara"):
                line.pieces.append(
                    ("".join(t.text or "" for t in each.iter() if local(t) == "t"), False)
                )

    def _run(self, run: Element, line: Line) -> None:
        properties = child(run, "rPr")
        if is_on(child(properties, "vanish")):
            return
        bold = is_on(child(properties, "b"))
        for each in unfolded(run):
            name = local(each)
            if name in ("footnoteReference", "endnoteReference"):
                line.notes.append((name.removesuffix("Reference"), attribute(each, "id")))
            elif name == "ruby":
                for base in _within(child(each, "rubyBase")):
                    self._run(base, line)
            elif name in ("drawing", "pict", "object"):
                self.images += 1
                line.boxes.extend(_boxes(each))
            elif said := _said(each):
                line.pieces.append((said, bold))

    def _rows(self, table: Element) -> None:
        rows = [
            row
            for row in unfolded(table)
            if local(row) == "tr" and child(row, "trPr", "del") is None
        ]
        if all(len(list(_cells(row))) <= 1 for row in rows):
            for row in rows:  # a frame around text, no table
                for cell in _cells(row):
                    self._blocks(cell)
            return
        self._table += 1
        for position, row in enumerate(rows, 1):
            cells = self._row(row)
            text = "\t".join(cell[0] for cell in cells)
            place = f"表{self._table}第{position}行"
            self._add({"text": text, "place": place, "table": self._table, "cells": cells})

    def _row(self, row: Element) -> list[list[Any]]:
        column = number(attribute(child(row, "trPr", "gridBefore"), "val"), 0)
        cells: list[list[Any]] = []
        for cell in _cells(row):
            span = max(number(attribute(child(cell, "tcPr", "gridSpan"), "val"), 1), 1)
            merge = child(cell, "tcPr", "vMerge")
            continued = merge is not None and attribute(merge, "val") != "restart"
            across = child(cell, "tcPr", "hMerge")
            if across is not None and attribute(across, "val") != "restart" and cells:
                cells[-1][2] += span
            else:
                text = "" if continued else self._cell(cell)
                cells.append([text, column, span, continued])
            column += span
            if column > 200:
                raise Refused("表格的列太多，不像一份计划")
        return cells

    def _cell(self, cell: Element) -> str:
        kept, self.lines = self.lines, []
        count, table = self._count, self._table
        self._blocks(cell)
        inner, self.lines = self.lines, kept
        self._count, self._table = count, table
        return "\n".join(line["text"].strip() for line in inner if line["text"].strip())


def unfolded(parent: Element) -> Iterator[Element]:
    """Children as the reader sees them: content controls opened, of alternatives the first."""
    for each in parent:
        name = local(each)
        if name in DELETED:
            continue
        if name == "sdt":
            content = child(each, "sdtContent")
            yield from unfolded(content) if content is not None else ()
        elif name == "AlternateContent":
            choice = child(each, "Choice")
            choice = choice if choice is not None else child(each, "Fallback")
            yield from unfolded(choice) if choice is not None else ()
        elif name in ("ins", "moveTo", "customXml") and any(
            local(x) in ("p", "tbl", "tr", "tc") for x in each
        ):
            yield from unfolded(each)
        else:
            yield each


def _cells(row: Element) -> Iterator[Element]:
    return (cell for cell in unfolded(row) if local(cell) == "tc")


def _paragraphs(parent: Element) -> Iterator[Element]:
    return (each for each in parent.iter() if local(each) == "p")


def _boxes(drawing: Element) -> Iterator[Element]:
    """The texts of a drawing; of alternatives the first."""
    for each in unfolded(drawing):
        if local(each) == "txbxContent":
            yield each
        else:
            yield from _boxes(each)


def _notes(tree: Element | None) -> dict[str, Element]:
    return {attribute(each, "id"): each for each in tree} if tree is not None else {}


def _said(element: Element) -> str:
    """The characters that a part of a run stands for."""
    name = local(element)
    if name == "t":
        return element.text or ""
    return _symbol(element) if name == "sym" else SIGNS.get(name, "")


def _symbol(element: Element) -> str:
    try:
        code = int(attribute(element, "char"), 16)
    except ValueError:
        return ""
    return (
        chr(code - 0xF000 if 0xF020 <= code <= 0xF0FF else code)
        if 0x20 <= code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF
        else ""
    )


def read(content: bytes, asked: dict[str, int]) -> dict[str, Any]:
    """Every line of the document, in order."""
    document = Document(Package(content, asked["part_bytes"]), asked)
    lines = document.lines
    while lines and not lines[-1]["text"].strip():
        lines.pop()
    if not lines and document.images:
        raise Refused("文档里只有图片，没有文字；请上传有文字的 .docx，或粘贴文字")
    return {"lines": lines}


def main() -> None:
    """Answer on stdout: the lines, or why the file is refused."""
    asked = json.loads(sys.argv[1])
    confine(asked["memory_bytes"], asked["cpu_seconds"])
    try:
        answer = read(sys.stdin.buffer.read(), asked)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except Exception:  # noqa: BLE001 -- whatever a parser raises, the file is what is broken
        answer = {"refused": "文件已损坏，无法读取"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
