"""Routing questions for tests: the shipped rulebook, requests in JSON form, the comparison."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from config import calendar, category, clock, routing
from config.facts import FACTS, FactValue
from service.rules.calendar import WorkCalendar
from service.rules.routing import Matter, RouteAnswer, RoutingRequest, preview

RULEBOOK = routing.load()
CLOCKS = clock.load()
CALENDAR = WorkCalendar(calendar.load())
CATEGORIES = tuple(category.load().by_code)
CASES = Path(__file__).parents[1] / "data" / "routing_cases.json"
LAW_CASES = CASES.with_name("routing_law_cases.json")
GIVEN = Path(__file__).parents[3] / "shared" / "data" / "cases.expected.json"


def request_of(body: Mapping[str, Any]) -> RoutingRequest:
    """The request a JSON body stands for."""
    matters = body.get("matters", [])
    return RoutingRequest(
        category=body["category"],
        facts=facts_of(body.get("facts", {})),
        registered_on=_date(body.get("registered_on")),
        accepted_on=_date(body.get("accepted_on")),
        people_count=body.get("people_count"),
        matters=tuple(Matter(row["category"], facts_of(row["facts"])) for row in matters),
    )


def facts_of(raw: Mapping[str, object]) -> dict[str, FactValue]:
    """Facts with their dates read."""
    return {name: FACTS[name].read(value) for name, value in raw.items()}


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def answer_to(request: RoutingRequest) -> RouteAnswer:
    """The answer by the shipped rules."""
    return preview(request, RULEBOOK, CLOCKS, CALENDAR)


def ask(category_code: str, /, **facts: FactValue) -> RouteAnswer:
    """The answer to a dispute registered on 2026-09-01 about which only these facts are known."""
    return answer_to(RoutingRequest(category_code, facts, registered_on=date(2026, 9, 1)))


def cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a file; none where the file is not there."""
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def differences(expected: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Where an answer is not as expected; `*_any`: it, or one of its items, is in the list."""
    found: list[str] = []
    for key, wanted in expected.items():
        if key == "parts":
            pairs = zip(wanted, answer["parts"], strict=True)
            found += [line for part, got in pairs for line in differences(part, got)]
        elif key == "deadlines":
            due = {row["rule"]: row["due_on"] for row in answer["deadlines"]}
            found += [f"{r}: {due.get(r)} != {on}" for r, on in wanted.items() if due.get(r) != on]
        elif key.endswith("_any"):
            got = answer[key.removesuffix("_any")]
            items = got if isinstance(got, list) else [got]
            found += [] if set(items) & set(wanted) else [f"{key}: {got} not in {wanted}"]
        elif answer[key] != wanted:
            found.append(f"{key}: {answer[key]} != {wanted}")
    return found


def strays(expected: Mapping[str, Any], never: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
    """Where an answer strays from what the law says of a case.

    Single words are equal; of lists, of codes and of terms at least those expected are there, and
    none of those that may `never` be.
    """
    told = flat(answer)
    found: list[str] = []
    for key, wanted in expected.items():
        got = told[key]
        if key == "parts":
            pairs = zip(wanted, got, strict=True)
            found += [line for part, each in pairs for line in strays(part, {}, each)]
        elif isinstance(wanted, dict):
            found += [
                f"{key} {n}: {got.get(n)} != {on}" for n, on in wanted.items() if got.get(n) != on
            ]
        elif isinstance(wanted, list):
            found += [f"{key} lacks {word}" for word in wanted if word not in got]
        elif got != wanted:
            found.append(f"{key}: {got} != {wanted}")
    for key, words in never.items():
        found += [f"{key} has {word}" for word in words if word in told[key]]
    return found


def flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with codes, laws and due dates where rows of them stood."""
    return {
        **answer,
        "must_do": [note["code"] for note in answer["must_do"]],
        "must_not": [note["code"] for note in answer["must_not"]],
        "basis": [row["law"] for row in answer["basis"]],
        "deadlines": {row["rule"]: row["due_on"] for row in answer["deadlines"]},
        "asks": answer["ask"],
    }
