"""What of a read plan is stored: numbers that are unique, tasks out of sections without any."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from service.rules.plan_text.number import HAN, han_value, mark_of
from service.rules.plan_text.tree import ChapterText, PlanText, SectionText, TaskText
from service.rules.plan_text.unit import Units

MOST_NUMBER: Final = 20
MOST_NAME: Final = 30
FEWEST_NAME: Final = 4
MEASURES: Final = ("措施", "举措", "具体任务", "任务分解", "具体内容")
_CLAUSE: Final = re.compile(r"[，,。；;：:！!？?\n]")


@dataclass(frozen=True, slots=True)
class DraftTask:
    """A task to be stored; `name` is a short one for lists, `measures` what will be done."""

    number: str
    name: str
    text: str
    units: Units
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A section to be stored."""

    number: str | None
    title: str | None
    text: str
    tasks: tuple[DraftTask, ...]


@dataclass(frozen=True, slots=True)
class DraftChapter:
    """A chapter to be stored."""

    number: str | None
    title: str | None
    text: str
    sections: tuple[DraftSection, ...]


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A plan to be stored."""

    title: str | None
    preamble: str
    closing: str
    chapters: tuple[DraftChapter, ...]

    @property
    def tasks(self) -> tuple[DraftTask, ...]:
        """Of all sections, in order."""
        return tuple(t for c in self.chapters for s in c.sections for t in s.tasks)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """What a task may be called: as it is printed, by the path that is printed, by its place."""

    printed: str | None
    path: str | None
    place: str


def drafted(plan: PlanText) -> DraftPlan:
    """The plan as it is to be stored.

    A section without numbered tasks is a task of its own; where there is no section at all, each
    chapter is one. A number is kept where no two tasks share it; else every task has the path of
    chapter, section and task in figures, as they are printed, or where that is shared as they come.
    """
    frame = [(chapter, _sections(plan, chapter)) for chapter in plan.chapters]
    numbers = iter(
        _chosen(
            [
                _numbered((c, s, t), chapter, section, task)
                for c, (chapter, sections) in enumerate(frame, 1)
                for s, section in enumerate(sections, 1)
                for t, task in enumerate(section.tasks or [None], 1)
            ]
        )
    )
    chapters = tuple(
        DraftChapter(
            _short(chapter.number),
            chapter.title,
            "" if not plan.sections else chapter.text,
            tuple(_section(section, numbers) for section in sections),
        )
        for chapter, sections in frame
    )
    return DraftPlan(plan.title, plan.preamble, plan.closing, chapters)


def name_of(text: str) -> str:
    """A short name: the first clause that says something."""
    words = re.sub(r"\s+", "", text.strip().split("\n")[0])
    for end in _CLAUSE.finditer(words):
        if FEWEST_NAME <= end.start() <= MOST_NAME:
            return words[: end.start()]
        if end.start() > MOST_NAME:
            break
    words = words.rstrip("。；;，,：:")
    return words if len(words) <= MOST_NAME else words[: MOST_NAME - 1] + "…"


def _sections(plan: PlanText, chapter: ChapterText) -> Sequence[SectionText]:
    if plan.sections:
        return chapter.sections
    whole = SectionText(number=chapter.number, heading=chapter.heading, body=chapter.body)
    return [SectionText(tasks=[_as_task(whole)])]


def _section(section: SectionText, numbers: Iterator[str]) -> DraftSection:
    tasks = section.tasks or [_as_task(section)]
    return DraftSection(
        _short(section.number),
        section.title,
        section.text if section.tasks else "",
        tuple(_task(task, section, next(numbers)) for task in tasks),
    )


def _as_task(section: SectionText) -> TaskText:
    """A section that is one task: its title and its text."""
    return TaskText(
        None, section.number, section.place, [*section.heading, *section.body], section.named
    )


def _task(task: TaskText, section: SectionText, number: str) -> DraftTask:
    units = task.units
    if not units.names:
        units = units.with_more(section.units)
    return DraftTask(number, name_of(task.text) or number, task.text, units, _measures(task))


def _measures(task: TaskText) -> tuple[str, ...]:
    """What the columns of a table say of measures, or the numbered lines of a task."""
    found: list[str] = []
    for passage in task.body:
        if passage.label.endswith(MEASURES):
            found.extend(filter(None, (line.strip() for line in passage.text.split("\n"))))
        elif not passage.label and passage is not task.body[0]:
            mark = mark_of(passage.text)
            found.extend([passage.text] if mark and not mark.soft else [])
    return tuple(found)


def _numbered(
    place: tuple[int, int, int],
    chapter: ChapterText,
    section: SectionText,
    task: TaskText | None,
) -> _Numbered:
    above = (chapter.number, section.number)
    steps = above if task is None else (*above, task.number)
    values = [_figures(number) for number in steps if number]
    path = None
    if values and all(values) and (task is None or task.number):
        last = str(values[-1])
        path = last if "." in last else ".".join(filter(None, values))  # 1.2.3 is one itself
    return _Numbered(
        printed=path if task is None else _figures(task.number),
        path=path,
        place=".".join(map(str, place if task is not None else place[:2])),
    )


def _chosen(numbers: Sequence[_Numbered]) -> list[str]:
    """The first way of calling them in which no two are called the same."""
    for way in ("printed", "path", "place"):
        found = [getattr(each, way) for each in numbers]
        if all(found) and max(Counter(found).values(), default=0) <= 1:
            return [str(each) for each in found]
    return [each.place for each in numbers]


def _figures(number: str | None) -> str | None:
    """The number in figures: 三 as 3; None where it is none or too long."""
    if not number:
        return None
    found = str(han_value(number)) if all(each in HAN for each in number) else number
    return found if re.fullmatch(r"\d{1,4}(?:\.\d{1,4}){0,2}", found) else None


def _short(number: str | None) -> str | None:
    return number[:MOST_NUMBER] if number else None
