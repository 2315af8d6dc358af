"""The lines of a plan assembled to chapters, sections and tasks; every character has a place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.plan import PlanLineKind as Kind
from service.rules.plan_text import table
from service.rules.plan_text.line import Cell, ReadLine, SourceLine
from service.rules.plan_text.state import NUMBERED
from service.rules.plan_text.unit import NOBODY, Units, labelled, units_in

At = tuple[int, int]  # which line, which piece of it


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of one line, `at` their place in it; `label` is the heading of a table's column.

    `raw` has the space between it and the next piece of the line.
    """

    at: At
    raw: str
    label: str = ""

    @property
    def text(self) -> str:
        """The words."""
        return self.raw.strip()

    def __str__(self) -> str:
        return f"{self.label}：{self.text}" if self.label else self.text


@dataclass(slots=True)
class Node:
    """What a task, a section and a chapter have: a number as it was written, and text."""

    mark: Passage | None = None
    number: str | None = None
    place: str = ""
    body: list[Passage] = field(default_factory=list)
    named: Units = NOBODY

    @property
    def text(self) -> str:
        """Its lines."""
        return "\n".join(map(str, self.body))

    @property
    def units(self) -> Units:
        """Who is named, in the text or in columns of a table."""
        return self.named.with_more(units_in("\n".join(p.text for p in self.body if not p.label)))

    def passages(self) -> Iterable[Passage]:
        """Everything of its own that stands in the document."""
        if self.mark is not None:
            yield self.mark
        yield from self.body


@dataclass(slots=True)
class TaskText(Node):
    """A task 任务."""

    def as_json(self) -> dict[str, Any]:
        """As `plan import` shows it."""
        units = self.units
        return {
            "number": self.number,
            "text": self.text,
            "units": list(units.names),
            "lead": list(units.lead),
            "assist": list(units.assist),
            "owners": list(units.owners),
            "due": units.due,
            "place": self.place,
        }


@dataclass(slots=True)
class Titled(Node):
    """What has a heading."""

    heading: list[Passage] = field(default_factory=list)

    @property
    def title(self) -> str | None:
        """The heading without its number; None for what stands under no heading."""
        return "".join(p.text for p in self.heading) if self.heading or self.mark else None

    def passages(self) -> Iterable[Passage]:
        """Everything of its own that stands in the document."""
        yield from Node.passages(self)
        yield from self.heading


@dataclass(slots=True)
class SectionText(Titled):
    """A section 节; without number and title where tasks stand under none."""

    tasks: list[TaskText] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As `plan import` shows it."""
        units = self.units
        return {
            "number": self.number,
            "title": self.title,
            "text": self.text,
            "units": list(units.names),
            "due": units.due,
            "tasks": [task.as_json() for task in self.tasks],
        }


@dataclass(slots=True)
class ChapterText(Titled):
    """A chapter 章; without number and title where sections stand under none."""

    sections: list[SectionText] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As `plan import` shows it."""
        return {
            "number": self.number,
            "title": self.title,
            "text": self.text,
            "sections": [section.as_json() for section in self.sections],
        }


@dataclass(slots=True)
class Unplaced:
    """A line of which nobody knows yet where it belongs, with the question it raises."""

    place: str
    passage: Passage
    question: str | None

    def as_json(self) -> dict[str, Any]:
        """As `plan import` shows it."""
        return {"place": self.place, "text": self.passage.text, "question": self.question}


@dataclass(slots=True)
class PlanText:
    """A plan as its document says it."""

    heading: list[Passage] = field(default_factory=list)
    front: list[Passage] = field(default_factory=list)
    chapters: list[ChapterText] = field(default_factory=list)
    end: list[Passage] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    questions: list[tuple[str, str, str]] = field(default_factory=list)  # place, words, question

    @property
    def title(self) -> str | None:
        """None when the document has none."""
        return "".join(p.text for p in self.heading) if self.heading else None

    @property
    def preamble(self) -> str:
        """What is said before the first chapter."""
        return "\n".join(p.text for p in self.front)

    @property
    def closing(self) -> str:
        """What is said after the last."""
        return "\n".join(p.text for p in self.end)

    @property
    def sections(self) -> list[SectionText]:
        """Of all chapters."""
        return [section for chapter in self.chapters for section in chapter.sections]

    @property
    def tasks(self) -> list[TaskText]:
        """Of all sections."""
        return [task for section in self.sections for task in section.tasks]

    def as_json(self) -> dict[str, Any]:
        """The shape of `plan import`; every line of the document is somewhere in it."""
        return {
            "title": self.title,
            "preamble": self.preamble,
            "chapters": [chapter.as_json() for chapter in self.chapters],
            "closing": self.closing,
            "unplaced": [line.as_json() for line in self.unplaced],
            "questions": [
                {"place": place, "text": text, "question": question}
                for place, text, question in self.questions
            ],
        }


@dataclass(slots=True)
class _Builder:
    plan: PlanText = field(default_factory=PlanText)
    chapter: ChapterText | None = None
    section: SectionText | None = None
    task: TaskText | None = None
    columns: dict[int, str] = field(default_factory=dict)  # headings of the table at hand
    above: dict[int, Units] = field(default_factory=dict)  # units of merged cells, by column

    def add(self, index: int, line: ReadLine) -> None:
        """Put one line where it belongs."""
        if line.question and not line.said:
            words = line.source.text.strip()
            self.plan.questions.append((line.source.place, words[:60], line.question))
        if line.kind is Kind.BLANK:
            return
        whole = Passage((index, 0), characters(line.source, "\t"))
        apart = {
            Kind.TITLE: self.plan.heading,
            Kind.PREAMBLE: self.plan.front,
            Kind.CLOSING: self.plan.end,
        }
        if line.roles:
            self._row(index, line)
        elif line.kind is Kind.UNCLEAR:
            self.plan.unplaced.append(Unplaced(line.source.place, whole, line.question))
        elif line.kind in apart:
            apart[line.kind].append(whole)
        elif line.kind in NUMBERED:
            self._numbered(index, line)
        else:
            self._under(whole)

    def _under(self, passage: Passage) -> None:
        node = self.task or self.section or self.chapter
        (self.plan.front if node is None else node.body).append(passage)

    def _numbered(self, index: int, line: ReadLine) -> None:
        rest = line.rest.rstrip() if line.mark else characters(line.source, "\t")
        written = line.mark.lstrip() if rest else line.mark.strip()
        mark = Passage((index, 0), written) if written else None
        if line.kind is Kind.TASK:
            self.begin_task(mark, line.number, line.source.place)
            if rest:
                self._under(Passage((index, 1), rest))
            return
        cut = len(rest) if line.cut < 0 else line.cut
        heading = [Passage((index, 1), rest[:cut])] if rest[:cut] else []
        body = [Passage((index, 2), rest[cut:])] if rest[cut:] else []
        if line.kind is Kind.CHAPTER:
            self.begin_chapter(
                ChapterText(mark, line.number, line.source.place, body, heading=heading)
            )
        else:
            self.begin_section(
                SectionText(mark, line.number, line.source.place, body, heading=heading)
            )

    def begin_chapter(self, chapter: ChapterText) -> None:
        """What follows is of this chapter."""
        self.plan.chapters.append(chapter)
        self.chapter, self.section, self.task = chapter, None, None

    def begin_section(self, section: SectionText) -> None:
        """What follows is of this section."""
        if self.chapter is None:
            self.begin_chapter(ChapterText())
        assert self.chapter is not None
        self.chapter.sections.append(section)
        self.section, self.task = section, None

    def begin_task(self, mark: Passage | None, number: str | None, place: str) -> None:
        """What follows is of this task."""
        if self.section is None:
            self.begin_section(SectionText())
        assert self.section is not None
        self.task = TaskText(mark, number, place)
        self.section.tasks.append(self.task)

    def _row(self, index: int, line: ReadLine) -> None:
        """A row of a table whose columns are known."""
        cells = [cell for cell in line.source.cells if cell.text.strip()]
        if line.heading:
            if self.section is None:
                self.begin_section(SectionText())
            assert self.section is not None
            self.section.body.extend(_cell(index, cell) for cell in cells)
            self._name_columns(line)
            return
        grouped = [c for c in cells if _role(line, c) == table.GROUP]
        if grouped:
            heading = [_cell(index, cell) for cell in grouped]
            self.begin_section(SectionText(place=line.source.place, heading=heading))
        rest = [cell for cell in cells if cell not in grouped]
        if line.kind is Kind.TASK:
            number = next((c for c in rest if _role(line, c) == table.NUMBER), None)
            self.begin_task(
                _cell(index, number) if number else None,
                _plain_number(number.text) if number else None,
                line.source.place,
            )
            rest = [cell for cell in rest if cell is not number]
        node = self.task or self.section
        if node is None:
            self.begin_section(SectionText())
            node = self.section
        assert node is not None
        for cell in sorted(rest, key=lambda c: _role(line, c) != table.TASK):
            node.body.append(_cell(index, cell, self._label(line, cell)))
        node.named = node.named.with_more(self._units(line))

    def _label(self, line: ReadLine, cell: Cell) -> str:
        if _role(line, cell) == table.TASK:
            return ""
        return self.columns.get(cell.column, "")

    def _name_columns(self, line: ReadLine) -> None:
        self.above.clear()
        for cell in line.source.cells:
            if cell.text.strip():
                for column in range(cell.column, cell.column + cell.span):
                    self.columns[column] = "".join(cell.text.split())

    def _units(self, line: ReadLine) -> Units:
        """What the columns say of units; a merged cell speaks for all rows that it spans."""
        found = NOBODY
        for cell in line.source.cells:
            role = _role(line, cell)
            if role not in table.WORKING:
                continue
            if not cell.continued:
                self.above[cell.column] = labelled(role, cell.text)
            found = found.with_more(self.above.get(cell.column, NOBODY))
        return found


def assemble(lines: Sequence[ReadLine]) -> PlanText:
    """The plan that these lines make; never raises, and drops nothing but blank lines."""
    builder = _Builder()
    for index, line in enumerate(lines):
        builder.add(index, line)
    return builder.plan


def reconstruct(plan: PlanText) -> str:
    """The document's characters in their order, from what was placed; line ends are left out."""
    passages = [*plan.heading, *plan.front, *plan.end, *(line.passage for line in plan.unplaced)]
    for chapter in plan.chapters:
        passages.extend(chapter.passages())
        for section in chapter.sections:
            passages.extend(section.passages())
            for task in section.tasks:
                passages.extend(task.passages())
    passages.sort(key=lambda passage: passage.at)
    return "".join(passage.raw for passage in passages)


def characters(line: SourceLine, between: str = "") -> str:
    """What of a line may not be lost: all but the space around it, or around its cells."""
    if not line.cells:
        return line.text.strip()
    return between.join(cell.text.strip() for cell in line.cells if cell.text.strip())


def _cell(index: int, cell: Cell, label: str = "") -> Passage:
    return Passage((index, cell.column), cell.text.strip(), label)


def _role(line: ReadLine, cell: Cell) -> str:
    return line.roles[cell.column] if cell.column < len(line.roles) else table.OTHER


def _plain_number(text: str) -> str | None:
    return text.strip(" \t\u3000、.．。（）()[]【】〔〕第条项") or None
