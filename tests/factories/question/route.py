"""Routes: every method of every address, and the words that stand in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from config.suggestion import SuggestionStep
from config.vocabulary import LawsuitStep, Step
from tests.factories.matrix import World

# what stands in an address beside ids; `step` takes every step there is
VALUES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "week": ("2026-W44",),
        "year": ("2026",),
        "kind": ("sessions", "visits"),
        "sheet": ("notice", "minutes"),
        "document": ("answer", "mandate"),
        "ordinal": ("1",),
        "metric_id": ("disputes_received", "disputes_open"),
        "long_code": ("x",),
        "filename": ("app.css",),
        "edition": ("1",),
        "rule_id": ("debt",),
        "figure": ("decided",),
        "confirmation_step": ("file",),
        "register_id": ("training-hours",),
        "entry_step": ("answered",),
        "suggestion_step": tuple(each.value for each in SuggestionStep),
    }
)
STEPS: Final = tuple(step.value for step in Step)


PARTS: Final = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
PLAIN: Final = frozenset(VALUES) | {"step"}


# what the world holds none of: who reaches these is asked by the tests named here alone
ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "demand_id": "tests/stories/test_suggestion.py",
        "duty_id": "tests/web/pages/test_lawsuit.py",
        "scheme_id": "tests/web/api/test_evaluation.py",
        "objection_id": "tests/web/api/test_evaluation.py",
        "unit_id": "tests/web/pages/test_evaluation.py",
        "meeting_id": "tests/web/api/test_meeting.py",
        "decision_id": "tests/web/pages/test_meeting.py",
        "linkage_id": "tests/stories/test_linkage.py",
        "exchange_id": "tests/stories/test_linkage.py",
        "entry_id": "tests/stories/test_plan_entry.py",
        "evidence_id": "tests/stories/test_plan_entry.py",
        "reception_id": "tests/web/api/test_reception.py",
        "task_id": "tests/web/api/test_joint_task.py",
        "supervision_id": "tests/stories/test_supervision.py",
        "draft_id": "tests/web/api/test_calendar.py",
        "replay_id": "tests/operations/test_replay.py",
        "merge_id": "tests/web/api/test_merge.py",
        "party_id": "tests/web/pages/test_person.py",
        "review_id": "tests/stories/test_dossier_review.py",
        "sample_id": "tests/stories/test_dossier_review.py",
        "member_id": "tests/stories/test_member.py",
        "turn_id": "tests/stories/test_member.py",
        "attendance_id": "tests/stories/test_member.py",
        "guidance_id": "tests/stories/test_member.py",
        "mediator_id": "tests/web/api/test_mediator.py",
        "leave_id": "tests/web/api/test_mediator.py",
        "interest_id": "tests/web/api/test_mediator.py",
        "recusal_id": "tests/web/api/test_recusal.py",
        "referral_id": "tests/operations/test_court.py",
        "confirmation_id": "tests/web/pages/test_court.py",
        "file_id": "tests/stories/test_suggestion.py",
        "number": "tests/web/api/test_plan_task.py",
        "plan_import_id": "tests/web/pages/test_plan_import.py",
        "plan_task_id": "tests/web/pages/test_plan_task.py",
        "milestone_id": "tests/web/pages/test_plan_task.py",
        "period": "tests/web/api/test_plan_report.py",
        "revision": "tests/web/api/test_plan_report.py",
    }
)


@dataclass(frozen=True)
class Route:
    """One method of one route, its step filled in."""

    method: str
    rule: Rule
    action: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    programs: bool = False

    @property
    def endpoint(self) -> str:
        """Its name in the application."""
        return str(self.rule.endpoint)

    @property
    def is_api(self) -> bool:
        """Whether it is a door for programs."""
        return self.rule.rule.startswith("/api/v1/")

    @property
    def nouns(self) -> list[str]:
        """The ids its address names, the first of which says whose it is."""
        return [name for name in PARTS.findall(self.rule.rule) if name not in PLAIN]

    @property
    def name(self) -> str:
        """How it is called in a report."""
        return (
            f"{self.method} {self.rule.rule}{' ' + str(dict(self.values)) if self.values else ''}"
        )


def routes(app: Flask, *, everywhere: bool = False) -> Iterator[Route]:
    """Every method of every route, once for each step and each word its address takes.

    Those that name what the world holds none of only where `everywhere` is asked for.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.rule, each.endpoint)):
        if not everywhere and rule.arguments & ELSEWHERE.keys():
            continue
        view = app.view_functions[rule.endpoint]
        action = str(getattr(view, "action", ""))
        programs = bool(getattr(view, "for_programs", False))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for values in _words(rule):
                told = action.format(**values) if values else action
                yield Route(method, rule, told, values, programs)


def _words(rule: Rule) -> Iterator[dict[str, str]]:
    names = [name for name in PARTS.findall(rule.rule) if name in PLAIN]
    if not names:
        yield {}
        return
    name = names[0]
    rest = {each: VALUES[each][0] for each in names[1:]}
    steps = tuple(LawsuitStep) if "lawsuit" in rule.endpoint else STEPS
    for word in steps if name == "step" else VALUES[name]:
        yield {name: str(word)} | rest


def unknown(world: World, route: Route) -> list[str]:
    """The parts of an address that no thing and no word here can fill."""
    nouns = {each.noun for each in world.things}
    parts = {name for each in world.disputes() for name in each.parts}
    return [name for name in route.nouns if name not in nouns | parts]
