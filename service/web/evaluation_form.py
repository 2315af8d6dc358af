"""What the pages of the appraisal 年度考核 ask: a scheme, an objection, its answer, a change."""

from typing import Any, Final

from flask import request

from config import evaluation as schemes
from config import words
from config.evaluation import Better, Counted, NothingDue, Scheme, Way
from config.vocabulary import OrganisationKind
from service.rules import evaluation as rules
from service.rules.evaluation import Appraisal
from service.web import form as forms
from service.web.door import desk

MOST: Final = 14  # places of the form for indicators
VETOES: Final = 3  # and for vetoes


def freeze_fields() -> list[dict[str, Any]]:
    """What is asked of who changes what is final."""
    hint = "已经定稿。要改，写明理由，另出一版；原来的那一版照样留着"
    return [
        forms.described(
            "reason", "改动理由", "textarea", rows=2, maxlength=500, hint=hint, required=True
        )
    ]


def objection_fields(found: Appraisal) -> list[dict[str, Any]]:
    """What is asked of who objects to a result."""
    scored = [(each.code, each.name) for each in found.lines if each.score is not None]
    struck = [(each.code, f"一票否决：{each.name}") for each in found.vetoes]
    return [
        forms.described(
            "code",
            "对哪一项有异议",
            "select",
            options=[("", "请选择"), *scored, *struck],
            required=True,
        ),
        forms.described(
            "words",
            "理由",
            "textarea",
            rows=4,
            maxlength=1000,
            required=True,
            hint="写清哪个数字不对、为什么，附件另交。不写当事人的姓名",
        ),
    ]


def answer_fields() -> list[dict[str, Any]]:
    """What is asked of who answers an objection."""
    choices = [("yes", "成立"), ("no", "不成立")]
    return [
        forms.described("upheld", "异议是否成立", "radio", options=choices, required=True),
        forms.described(
            "points",
            "改几分",
            "text",
            conditional=True,
            hint="成立的写加几分，减分写负数，例如 2.5；否决项不写，成立就不否决",
        ),
        forms.described("reason", "答复的理由", "textarea", rows=4, maxlength=1000, required=True),
    ]


def scheme_fields() -> list[dict[str, Any]]:
    """What is asked of who draws up a scheme, but for its indicators and vetoes."""
    kinds = [(each.value, words.label(each)) for each in OrganisationKind]
    usual = {each.value for each in desk().policy.evaluation.kinds}
    ordered = sorted(kinds, key=lambda each: each[0] not in usual)
    return [
        forms.described("name", "方案名称", maxlength=60, required=True),
        forms.described(
            "kinds",
            "考核哪些单位",
            "checkboxes",
            options=ordered,
            usual=len(usual),
            required=True,
        ),
        forms.described("objection_days", "异议期（工作日）", "number", maxlength=2, required=True),
        forms.described(
            "nothing_due",
            "本年没有应计事项的指标",
            "select",
            options=[(each.value, schemes.name(each)) for each in NothingDue],
            required=True,
        ),
        forms.described(
            "least_weight",
            "至少计分多少权重才评等次",
            "number",
            maxlength=6,
            required=True,
            hint="本年应计的事项太少，只有总分没有等次",
        ),
        forms.described(
            "grades",
            "等次",
            required=True,
            hint="从高到低，例如：优秀 90；良好 80；合格 60；不合格 0",
        ),
        forms.described("vetoed", "一票否决的等次", maxlength=20, required=True),
    ]


def indicator_places() -> list[list[dict[str, Any]]]:
    """The fields of every indicator."""
    return [_indicator_fields(place) for place in range(MOST)]


def veto_places() -> list[list[dict[str, Any]]]:
    """The fields of every veto."""
    return [_veto_fields(place) for place in range(VETOES)]


def _indicator_fields(place: int) -> list[dict[str, Any]]:
    def at(name: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        return forms.described(f"indicators.{place}.{name}", label, kind, conditional=True, **more)

    def choices(enum: Any) -> list[tuple[str, str]]:
        return [(each.value, schemes.name(each)) for each in enum]

    return [
        at("name", "指标名称", maxlength=60),
        at("metric", "统计数字", "select", options=_metrics()),
        at("weight", "权重", "number"),
        at("way", "计分办法", "select", options=choices(Way)),
        at("target", "目标值", hint="按比例计分的写，例如 0.9"),
        at("per_item", "每件扣几分", hint="逐件扣分的写"),
        at("free", "免扣件数", "number"),
        at("counted", "扣哪些", "select", options=choices(Counted)),
        at("better", "高低", "select", options=choices(Better)),
        at("steps", "分档", hint="分档计分的写，例如：0.1 得 1；0.2 得 0.6"),
    ]


def _veto_fields(place: int) -> list[dict[str, Any]]:
    def at(name: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        return forms.described(f"vetoes.{place}.{name}", label, kind, conditional=True, **more)

    return [
        at("name", "否决项名称", maxlength=60),
        at("metric", "统计数字", "select", options=_metrics()),
        at("over", "超过几件否决", "number"),
        at(
            "counted",
            "数哪些",
            "select",
            options=[(each.value, schemes.name(each)) for each in Counted],
        ),
    ]


def _metrics() -> list[tuple[str, str]]:
    """The figures a scheme may ask for, and those of its pattern that are not there yet."""
    known = [(each.id, each.label) for each in rules.usable()]
    names = {name for name, _ in known}
    later = [(name, name) for name in desk().policy.evaluation.metrics if name not in names]
    return [("", "请选择"), *known, *later]


def filled(found: Scheme) -> dict[str, Any]:
    """A scheme as the form says it."""
    table = schemes.as_table(found)
    values: dict[str, Any] = {
        name: str(table[name])
        for name in ("name", "objection_days", "nothing_due", "least_weight", "vetoed")
    }
    values["kinds"] = list(table["kinds"])
    values["grades"] = "；".join(f"{each['name']} {each['least']}" for each in table["grades"])
    for part in ("indicators", "vetoes"):
        for place, row in enumerate(table[part]):
            for name, value in row.items():
                if name not in ("code", "basis", "steps") and value is not None:
                    values[f"{part}.{place}.{name}"] = str(value)
            steps = "；".join(
                f"{each['bound']} 得 {each['share']}" for each in row.get("steps", ())
            )
            if steps:
                values[f"{part}.{place}.steps"] = steps
    return values


def raw(stands: Scheme) -> dict[str, Any]:
    """The posted scheme as the body a program would send; what `stands` gives codes and bases."""
    raw = forms.body(request.form)
    raw["grades"] = _pairs(raw.get("grades", ""), "name", "least")
    used: set[str] = set()
    before = schemes.as_table(stands)
    for part in ("indicators", "vetoes"):
        rows: list[dict[str, Any]] = raw.get(part) or []
        known = {each["metric"]: each["basis"] for each in before[part]}
        for row in rows:
            row["code"] = _code(str(row.get("metric", part)), part, used)
            row["basis"] = known.get(row.get("metric"), [])
            if "steps" in row:
                row["steps"] = _pairs(row["steps"], "bound", "share")
        raw[part] = rows
    return raw


def _code(metric_id: str, part: str, used: set[str]) -> str:
    """A code nobody else has: the figure's name, numbered where it stands twice."""
    stem = metric_id if part == "indicators" else f"veto_{metric_id}"
    code, count = stem[:50], 1
    while code in used:
        count += 1
        code = f"{stem[:50]}_{count}"
    used.add(code)
    return code


def _pairs(text: Any, first: str, second: str) -> Any:
    """`优秀 90；良好 80` or `0.1 得 1；0.2 得 0.6` as rows; what is neither stays as it is."""
    if not isinstance(text, str):
        return text
    rows = []
    for each in text.replace(";", "；").split("；"):
        left, _, right = each.replace("得", " ").strip().rpartition(" ")
        if each.strip():
            rows.append({first: left.strip(), second: right.strip()})
    return rows
