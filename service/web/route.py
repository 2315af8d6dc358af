"""How a route 去向 is told: headline, reasons, terms and the law behind them, ready for a page."""

import re
from datetime import date
from typing import Any, Final

from config.facts import FACTS
from config.policy import Policy
from config.routing import Rulebook
from config.vocabulary import Acceptance, Channel, Grade, Level, OrganisationKind
from config.words import label
from service.web import show
from service.web.door import desk

TONES: Final[dict[Acceptance, str]] = {
    Acceptance.YES: "ok",
    Acceptance.NO: "warn",
    Acceptance.SPLIT: "ok",
    Acceptance.PROTECT: "stop",
    Acceptance.MANUAL: "warn",
}
ARTICLE: Final = re.compile(r"(\d+)(.*)")


def panel(answer: dict[str, Any] | None, *, today: date, policy: Policy) -> dict[str, Any] | None:
    """The rules' answer as the panel beside the form shows it."""
    if answer is None:
        return None
    accept, level = Acceptance(answer["accept"]), Level(answer["level"])
    return {
        "tone": TONES[accept],
        "headline": headline(answer),
        "channel_label": label(Channel(answer["channel"])),
        "assist_labels": kinds(answer["assist"]),
        "go_to_labels": kinds(answer["go_to"]),
        "level": level.value,
        "level_label": label(level) if level is not Level.NONE else "",
        "reasons": answer["reasons"],
        "must_do": [each["text"] for each in answer["must_do"]],
        "must_not": [each["text"] for each in answer["must_not"]],
        "basis": [basis(**each) for each in answer["basis"]],
        "deadlines": [_deadline(each, today, policy) for each in answer["deadlines"]],
        "matched": [_matched(each, policy) for each in answer.get("matched", [])],
        "runner_up": _runner_up(answer["runner_up"]),
        "asks": [FACTS[name].question for name in answer["ask"] if name in FACTS],
        "flips": [_flip(each) for each in answer["flips"]],
        "rule": _rule(answer),
        "parts": [panel(part, today=today, policy=policy) for part in answer["parts"]],
        "overridden": None,
    }


def headline(answer: dict[str, Any]) -> str:
    """Where it goes, in one sentence."""
    accept, lead = Acceptance(answer["accept"]), label(OrganisationKind(answer["lead"]))
    if accept is Acceptance.YES:
        return f"建议由{lead}办理"
    if accept is Acceptance.PROTECT:
        return f"先保护人：由{lead}处置"
    if accept is Acceptance.SPLIT:
        return "一次来访有几件事，分开办理"
    if accept is Acceptance.MANUAL:
        return "由中心主任判断去向"
    doors = "、".join(kinds(answer["go_to"]))
    return f"不适用调解，引导到{doors}" if doors else "不适用调解"


def kinds(names: list[str]) -> list[str]:
    """Organisation kinds in words."""
    return [label(OrganisationKind(name)) for name in names]


def basis(law: str, article: str, grade: str) -> str:
    """《人民调解法》第8条、第17条; what is no read statute says so."""
    known = Grade(grade)
    note = "" if known is Grade.A else f"（{label(known)}）"
    return f"{cited(law, article, grade)}{note}"


def cited(law: str, article: str, grade: str) -> str:
    """《人民调解法》第8条、第17条; the centre's own rule is no book."""
    title = law if Grade(grade) is Grade.R else f"《{law}》"
    articles = "、".join(_article(part) for part in article.split("、")) if article else ""
    return f"{title}{articles}"


def _article(text: str) -> str:
    found = ARTICLE.fullmatch(text)
    return f"第{found[1]}条{found[2]}" if found else text


def decided_by(answer: dict[str, Any]) -> Rulebook:
    """The version of the rules an answer was made by; what ships where that one is gone."""
    books = desk().rulebooks
    return books.numbered(answer["rule"]["version"]) or books.shipped


def _rule(answer: dict[str, Any]) -> str:
    """The title of the rule that decided, and the version of the rule set it stood in."""
    used, book = answer["rule"], decided_by(answer)
    rules = (*book.rules, book.visit)
    title = next((rule.title for rule in rules if rule.id == used["id"]), used["id"])
    return f"{title}（规则第 {used['version']} 版）"


def _deadline(each: dict[str, Any], today: date, policy: Policy) -> dict[str, Any]:
    due_on = date.fromisoformat(str(each["due_on"])[:10])
    mark = show.deadline(due_on, today) or show.Mark("ok", "")
    known = each["rule"] in policy.clocks
    return {
        "label": policy.clocks[each["rule"]].name if known else each["rule"],
        "due_text": show.day(due_on, year=today.year),
        "left_text": mark.text,
        "tone": mark.tone,
        "provisional": each["provisional"],
    }


def _matched(each: dict[str, Any], policy: Policy) -> str:
    """购买用途：生活消费; a fact the clocks tell says itself so."""
    name, value = each["fact"], each["value"]
    if name == "category":
        return f"{each['label']}：{show.category(value, policy)}"
    if told := show.facts({name: value}):
        return f"{told[0]['label']}：{told[0]['value']}"
    if isinstance(value, bool):
        return each["label"] if value else f"{each['label']}：否"
    return f"{each['label']}：{show.iso_day(value) if name.endswith('_on') else value}"


def _runner_up(each: dict[str, Any] | None) -> str:
    return f"{each['title']}（{_consequence(each)}）" if each else ""


def _flip(each: dict[str, Any]) -> str:
    fact = FACTS.get(each["fact"])
    name = fact.label if fact else each["fact"]
    told = show.facts({each["fact"]: each["value"]})
    value = told[0]["value"] if told else str(each["value"])
    side = {"earlier": "或更早", "later": "或更晚"}.get(each.get("side", ""), "")
    return f"“{name}”是“{value}{side}”：{_consequence(each)}"


def _consequence(each: dict[str, Any]) -> str:
    lead = label(OrganisationKind(each["lead"]))
    return {
        Acceptance.YES: f"由{lead}办理",
        Acceptance.NO: f"不适用调解，由{lead}引导",
        Acceptance.PROTECT: f"先保护人，由{lead}处置",
        Acceptance.SPLIT: "分成几件，分开办理",
        Acceptance.MANUAL: "由中心主任判断去向",
    }[Acceptance(each["accept"])]
