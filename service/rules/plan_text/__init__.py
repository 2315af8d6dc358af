"""The text of a plan 计划文本: from lines to chapters, sections and tasks; nothing is lost.

line      a line of the document, and what it was read as
source    the lines of a plain or pasted text
number    what stands before a heading or a task: 一、 （一） 1、 ① 第一章
unit      who is named as answering for a task, and by when
table     which column of a table holds what; rows: what each of its rows is
level     which way of numbering makes chapters, sections, tasks
front     the title, and what is before the first heading; ending: what is after the last task
order     questions: numbers that jump, units that may speak for several tasks
reading   every line gets a kind, and a question where the reader is not sure
tree      the lines assembled; `reconstruct` gives the characters back
draft     what is stored: numbers that are unique, short names, measures
"""

from service.rules.plan_text.draft import (
    DraftChapter,
    DraftPlan,
    DraftSection,
    DraftTask,
    drafted,
    name_of,
)
from service.rules.plan_text.line import Cell, ReadLine, SourceLine
from service.rules.plan_text.reading import classify
from service.rules.plan_text.source import lines_of
from service.rules.plan_text.tree import (
    ChapterText,
    PlanText,
    SectionText,
    TaskText,
    assemble,
    characters,
    reconstruct,
)
from service.rules.plan_text.unit import Units

__all__ = [
    "Cell",
    "ChapterText",
    "DraftChapter",
    "DraftPlan",
    "DraftSection",
    "DraftTask",
    "PlanText",
    "ReadLine",
    "SectionText",
    "SourceLine",
    "TaskText",
    "Units",
    "assemble",
    "characters",
    "classify",
    "drafted",
    "lines_of",
    "name_of",
    "reconstruct",
]
