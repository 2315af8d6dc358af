"""The forms of docking with the court 诉调对接: what it sent, what it is told, the application."""

from typing import Any, Final

from config.court import (
    ConfirmationBar,
    CourtGround,
    CourtKind,
    CourtProcedure,
    CourtResult,
)
from config.vocabulary import OrganisationKind
from config.words import label, labels
from service.queries import organisation as organisations
from service.rules.court import SHAPE
from service.web import form as forms
from service.web.door import desk, now

NOT_BARRED: Final = "none"
COURTS: Final = frozenset(
    {OrganisationKind.PEOPLE_COURT, OrganisationKind.COURT, OrganisationKind.INTERMEDIATE_COURT}
)


def received() -> list[dict[str, Any]]:
    """What the court sent."""
    units = [(str(e.id), e.name) for e in organisations.active() if e.kind in COURTS]
    today = desk().today(now()).isoformat()
    made = forms.described
    return [
        made(
            "kind",
            "法院怎样送来",
            "radio",
            options=list(labels(CourtKind).items()),
            required=True,
        ),
        made(
            "procedure",
            "适用的程序",
            "radio",
            options=list(labels(CourtProcedure).items()),
            conditional=True,
            hint="委托调解才选：普通程序 15 日，简易程序 7 日",
        ),
        made(
            "court_organisation",
            "哪个法院、法庭",
            "select",
            options=[("", "不在单位名册里"), *units],
            conditional=True,
        ),
        made("court", "法院名称", maxlength=60, conditional=True, hint="名册里没有的才填写"),
        made(
            "case_number",
            "法院案号",
            maxlength=60,
            required=True,
            hint=SHAPE,
        ),
        made("received_on", "哪天收到", "date", required=True, attrs={"max": today}),
        made("contact", "承办法官或者联系人", maxlength=100),
        made("materials", "随送的材料", "textarea", maxlength=500),
    ]


def words(name: str, text: str, most: int, hint: str = "", **more: Any) -> dict[str, Any]:
    """A field of several lines; it is required unless said otherwise."""
    told: dict[str, Any] = {"required": True} | more
    return forms.described(name, text, "textarea", maxlength=most, hint=hint, **told)


def reported() -> list[dict[str, Any]]:
    """What the court is told."""
    today = desk().today(now()).isoformat()
    results = list(labels(CourtResult).items())
    return [
        forms.described("report.result", "结果", "radio", options=results, required=True),
        forms.described(
            "report.reported_on", "哪天反馈", "date", required=True, attrs={"max": today}
        ),
        words(
            "report.undisputed",
            "双方没有争议的事实",
            1000,
            "只写双方都认可的事实。调解中的让步、方案不写，也不交给法院"
            "（《人民法院在线调解规则》第 18 条）",
            required=False,
        ),
    ]


def prepared(told: dict[str, Any], *, invited: bool) -> list[dict[str, Any]]:
    """What an application is made of; the grounds are those the rules leave."""
    grounds = [
        (each.value, label(each))
        for each in CourtGround
        if (each is CourtGround.INTERMEDIATE) == bool(told.get("intermediate"))
        or each is CourtGround.INVITED
    ]
    by_invitation = CourtGround.INVITED.value
    grounds = [each for each in grounds if (each[0] == by_invitation) == invited]
    return [
        forms.described(
            "prepare.matter",
            "协议里有没有这些内容",
            "radio",
            options=[(NOT_BARRED, "都没有"), *labels(ConfirmationBar).items()],
            required=True,
            hint="有的，法院不予受理（民诉法解释第 355 条），会告诉您走哪条路",
        ),
        forms.described(
            "prepare.ground", "为什么由这个法院管", "radio", options=grounds, required=True
        ),
        forms.described("prepare.court", "向哪个法院申请", required=True, maxlength=60),
    ]


def following(applications: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The next step of the one that is under way."""
    steps: list[tuple[str, str]] = next(
        (each["steps"] for each in applications if each["steps"]), []
    )
    today = desk().today(now()).isoformat()
    return [
        forms.described("next.step", "办到哪一步", "radio", options=steps, required=True),
        forms.described("next.on", "哪天", "date", required=True, attrs={"max": today}),
        forms.described(
            "next.case_number",
            "法院的案号",
            maxlength=60,
            conditional=True,
            hint="法院受理和裁定时填写，例如（2026）内0525民特12号",
        ),
        words(
            "next.reason",
            "法院的理由",
            500,
            "不予受理、驳回时填写",
            required=False,
            conditional=True,
        ),
    ]
