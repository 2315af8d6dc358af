"""What a plan's import shows, to programs and on its page; and what comes in with one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import url_for
from werkzeug.datastructures import FileStorage

from config.plan import PlanLineKind
from config.words import label
from service.operations.plan_import import PASTED, Source
from service.queries.plan_import import ImportRow, ImportView, NameView
from service.rules.plan_compare import Change, Fate
from service.rules.plan_text import ReadLine
from service.web import show

NOBODY: Final = "none"  # a name that is none of our units
SEVERAL: Final = "several"  # a name that means all of a sort
FATES: Final = {
    Fate.ADDED: "新增",
    Fate.REWORDED: "改写",
    Fate.DROPPED: "取消",
    Fate.SAME: "移动或改编号",
}
OFFERED: Final = tuple(
    (kind.value, label(kind)) for kind in PlanLineKind if kind is not PlanLineKind.BLANK
)


def source(year: int, text: str | None, file: FileStorage | None) -> Source:
    """What was handed in: the file where there is one, else the text."""
    if file is not None and file.filename:
        return Source(year, file.filename, file.stream.read())
    return Source(year, PASTED, None, text)


# -- for programs --------------------------------------------------------------------------------


def told(view: ImportView) -> Mapping[str, Any]:
    """An import for programs."""
    row = view.row
    changes = view.comparison.changes if view.comparison else ()
    return {
        "id": row.id,
        "year": row.year,
        "file_name": row.file_name,
        "made_by": row.made_by,
        "made_at": row.made_at,
        "taken_by": row.taken_by,
        "taken_at": row.taken_at,
        "dropped_at": row.dropped_at,
        "lines": [_line(index, line) for index, line in enumerate(view.reading.lines)],
        "plan": view.reading.text.as_json(),
        "names": [
            {
                "name": name.name,
                "units": name.units,
                "organisations": name.unit_ids,
                "said": name.said,
                "tasks": name.tasks,
            }
            for name in view.names
        ],
        "changes": [_change(each) for each in changes],
        "is_same": view.is_same,
    }


def _line(index: int, line: ReadLine) -> dict[str, Any]:
    return {
        "index": index,
        "place": line.source.place,
        "text": line.source.text,
        "kind": line.kind,
        "number": line.number,
        "question": line.question,
        "said": line.said,
    }


def _change(change: Change) -> Mapping[str, Any]:
    return {
        "fate": change.fate.value,
        "kind": change.piece.kind,
        "number": change.piece.number,
        "was": change.old.number if change.old else None,
        "moved": change.moved,
        "renumbered": change.renumbered,
        "spans": [{"kind": span.kind, "text": span.text} for span in change.spans],
    }


# -- on its page ---------------------------------------------------------------------------------


def row(each: ImportRow, zone: ZoneInfo) -> dict[str, Any]:
    """An import in a list."""
    if each.taken_at is not None:
        state = ("已写入计划", "ok")
    else:
        state = ("待写入", "warn") if each.is_open else ("已放弃", "plain")
    return {
        "year": each.year,
        "file_name": each.file_name,
        "made_by": each.made_by or "命令行",
        "made_at_text": show.moment(each.made_at, zone),
        "taken_by": each.taken_by or "命令行",
        "taken_at_text": show.moment(each.taken_at, zone) if each.taken_at else "",
        "state_label": state[0],
        "state_tone": state[1],
        "url": url_for("plan_import.detail", plan_import_id=each.id),
    }


def line_name(index: int) -> str:
    """The field in which it is said what a line is."""
    return f"line-{index}"


def name_field(place: int) -> str:
    """The field in which it is said whom a name means."""
    return f"name-{place}"


def chosen(name: NameView) -> str:
    """What the field of a name says as it stands."""
    if len(name.unit_ids) > 1:
        return SEVERAL
    if name.unit_ids:
        return str(name.unit_ids[0])
    return NOBODY if name.said else ""


def page(view: ImportView, start: int, size: int) -> dict[str, Any]:
    """All that the page of an import shows; of its lines those from `start` on."""
    reading = view.reading
    lines = [
        _shown(index, line) for index, line in enumerate(reading.lines) if not line.source.is_blank
    ]
    asked = [line for line in lines if line["is_asked"]]
    text = reading.text
    return {
        "counts": {
            "chapters": len(text.chapters),
            # a chapter without sections has one without a name; a section without tasks is a task
            "sections": sum(bool(s.title) for c in view.reading.draft.chapters for s in c.sections),
            "tasks": len(view.reading.draft.tasks),
            "questions": len(text.questions),
            "unplaced": len(text.unplaced),
        },
        "kinds": OFFERED,
        "asked": asked,
        "lines": [line for line in lines if start <= line["index"] < start + size],
        "names": [_name(place, name) for place, name in enumerate(view.names)],
        "units": [(str(unit.id), unit.name) for unit in view.units],
        "tree": _tree(view),
        "other_year": _other_year(view),
        "plan_title": text.title or "",
        "preamble": text.preamble,
        "closing": text.closing,
        "has_plan": view.comparison is not None,
        "is_same": view.is_same,
        "changes": _changes(view),
        "said": any(line.said for line in reading.lines),
    }


def _other_year(view: ImportView) -> str:
    """The year in the title, where it is not the one the plan is read in for."""
    said = re.findall(r"(?<!\d)(\d{4})\s*年", view.reading.text.title or "")
    return "" if not said or str(view.row.year) in said else str(said[0])


def _shown(index: int, line: ReadLine) -> dict[str, Any]:
    is_asked = line.question is not None or (line.kind is PlanLineKind.UNCLEAR and not line.said)
    return {
        "index": index,
        "name": line_name(index),
        "place": line.source.place or f"第{index + 1}行",
        "text": line.source.text.strip().replace("\t", " ｜ "),
        "kind": line.kind.value,
        "kind_label": label(line.kind),
        "question": line.question or "",
        "is_asked": is_asked,
        "said": line.said,
    }


def _name(place: int, name: NameView) -> dict[str, Any]:
    return {
        "field": name_field(place),
        "name": name.name,
        "units": "、".join(name.units),
        "is_several": len(name.unit_ids) > 1,
        "chosen": chosen(name),
        "is_found": bool(name.unit_ids) or name.said,
        "tasks": "、".join(name.tasks),
    }


def _tree(view: ImportView) -> list[dict[str, Any]]:
    return [
        {
            "number": chapter.number or "",
            "title": chapter.title or "（不在章下）",
            "text": chapter.text,
            "sections": [
                {
                    "number": section.number or "",
                    "title": section.title or "",
                    "text": section.text,
                    "tasks": [
                        {
                            "number": task.number,
                            "name": task.name,
                            "text": task.text,
                            "units": "、".join(task.units.names),
                            "due": task.units.due or "",
                        }
                        for task in section.tasks
                    ],
                }
                for section in chapter.sections
            ],
        }
        for chapter in view.reading.draft.chapters
    ]


def _changes(view: ImportView) -> list[dict[str, Any]]:
    """What changes, by what becomes of it; tasks first, then headings."""
    if view.comparison is None:
        return []
    kinds = (PlanLineKind.TASK, PlanLineKind.SECTION, PlanLineKind.CHAPTER)
    found = [c for kind in kinds for c in view.comparison.of(kind) if not c.is_still]
    shown = [(fate, [c for c in found if c.fate is fate]) for fate in FATES]
    return [
        {"label": FATES[fate], "rows": _compared(changes)} for fate, changes in shown if changes
    ]


def _compared(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {
            "kind_label": label(change.piece.kind),
            "number": change.piece.number or "",
            "was": change.old.number if change.old and change.renumbered and change.new else "",
            "is_moved": change.moved,
            "spans": change.spans,
        }
        for change in changes
        if any(span.text.strip() for span in change.spans)
    ]
