"""The wording 计划文本 of a stored plan as one hash: what an approval was given to."""

import hashlib
import json

import sqlalchemy as sa

from models import Plan, PlanChapter, PlanSection, PlanTask, db


def wording(plan: Plan) -> str:
    """The SHA-256 of all its wording, as it is stored now, in its order; tasks called off as well.

    Whoever changes the plan flushes first, and writes it to `plan.wording`.
    """
    db.session.flush()
    chapters = sa.select(
        PlanChapter.ordinal,
        sa.literal(0),
        sa.literal(0),
        PlanChapter.number,
        PlanChapter.title,
        PlanChapter.text,
    ).where(PlanChapter.plan_id == plan.id)
    sections = (
        sa.select(
            PlanChapter.ordinal,
            PlanSection.ordinal,
            sa.literal(0),
            PlanSection.number,
            PlanSection.title,
            PlanSection.text,
        )
        .join(PlanChapter, PlanChapter.id == PlanSection.chapter_id)
        .where(PlanChapter.plan_id == plan.id)
    )
    tasks = (
        sa.select(
            PlanChapter.ordinal,
            PlanSection.ordinal,
            PlanTask.ordinal,
            PlanTask.number,
            sa.literal(None),
            PlanTask.text,
        )
        .join(PlanSection, PlanSection.id == PlanTask.section_id)
        .join(PlanChapter, PlanChapter.id == PlanSection.chapter_id)
        .where(PlanTask.plan_id == plan.id)
    )
    parts = [
        tuple(row) for asked in (chapters, sections, tasks) for row in db.session.execute(asked)
    ]
    ordered = [list(part) for part in sorted(parts, key=lambda part: part[:3])]
    told = [plan.title, plan.preamble, ordered, plan.closing]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
