"""The facts 案情要素 routing knows: one table for schemas, rules and the clerk's questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from config.day import FIRST_DAY, LAST_DAY, UNREASONABLE
from config.vocabulary import OrganisationKind
from config.words import labels

FactValue = bool | str | date


class FactKind(StrEnum):
    """What a fact's value is."""

    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name in the API, its Chinese label, the question a clerk asks.

    `choices` maps the words of a choice to their Chinese labels. `asked_for` names the categories
    it is worth asking in ("*": all; none: only where a rule asks); it may be given in any. A choice
    "unknown" says no more than leaving the fact out.
    """

    name: str
    kind: FactKind
    label: str
    question: str
    choices: Mapping[str, str]
    asked_for: frozenset[str]

    @property
    def values(self) -> tuple[bool | str, ...]:
        """Every value that says something; none for a date, whose values have no end."""
        if self.kind is FactKind.BOOLEAN:
            return (True, False)
        return tuple(word for word in self.choices if word != "unknown")

    def is_asked_for(self, category: str) -> bool:
        """Whether a clerk is asked for this fact in disputes of `category`."""
        return "*" in self.asked_for or category in self.asked_for

    def read(self, raw: object) -> FactValue:
        """The value for what came in (a date may be ISO text). Raises ValueError in Chinese."""
        if self.kind is FactKind.BOOLEAN and isinstance(raw, bool):
            return raw
        if self.kind is FactKind.CHOICE and isinstance(raw, str) and raw in self.choices:
            return str(raw)
        if self.kind is FactKind.DATE:
            return _date(self.label, raw)
        wanted = "是或否" if self.kind is FactKind.BOOLEAN else "、".join(self.choices)
        raise ValueError(f"“{self.label}”应为：{wanted}")


def _date(label: str, raw: object) -> date:
    try:
        day = raw if type(raw) is date else date.fromisoformat(raw)  # type: ignore[arg-type]  # what is no text raises
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"“{label}”应为日期，如 2026-09-22") from wrong
    if not FIRST_DAY <= day < LAST_DAY:
        raise ValueError(f"“{label}”{UNREASONABLE}")
    return day


_LABOUR = "labour wages social_security construction"
_LAND = "land_contract expropriation housing neighbour other"
_ACT = "social_security expropriation land_contract housing business public_order environment other"
_ACT_DATES = f"{_ACT} traffic labour construction contract consumer"
_NO: Final[Mapping[str, str]] = MappingProxyType({})


def _boolean(name: str, label: str, question: str, asked_for: str = "*") -> Fact:
    return Fact(name, FactKind.BOOLEAN, label, question, _NO, frozenset(asked_for.split()))


def _on(name: str, label: str, question: str, asked_for: str) -> Fact:
    return Fact(name, FactKind.DATE, label, question, _NO, frozenset(asked_for.split()))


def _choice(
    name: str, label: str, question: str, choices: Mapping[str, str], asked_for: str = "*"
) -> Fact:
    frozen = MappingProxyType(dict(choices))
    return Fact(name, FactKind.CHOICE, label, question, frozen, frozenset(asked_for.split()))


ALL: Final = (
    _boolean("danger", "现实危险", "现在有没有人正在动手、持械，或者要自伤、爆炸？"),
    _boolean("crime_suspected", "涉嫌犯罪", "有没有涉嫌犯罪的情况？"),
    _boolean(
        "domestic_violence", "家庭暴力", "有没有家庭成员之间的打骂、恐吓？", "family tort other"
    ),
    _boolean("minor_victim", "未成年人受害", "有没有未成年人受到伤害或面临危险？"),
    _boolean(
        "minor_offender",
        "未成年人致害",
        "动手或造成损害的一方是不是未成年人？",
        "public_order tort neighbour family other",
    ),
    _boolean(
        "school",
        "涉校园",
        "事情是不是发生在学校，或者当事人是在校学生？",
        "public_order tort other",
    ),
    _boolean("pressure_suspected", "疑受胁迫", "当事人有没有受人威胁、被逼表态的迹象？"),
    _choice(
        "injury",
        "伤情",
        "有没有人受伤？法医怎么说？",
        {"none": "无", "slight": "轻微伤", "minor": "轻伤", "serious": "重伤", "death": "死亡"},
        "public_order neighbour tort traffic medical labour family land_contract other",
    ),
    _on(
        "first_session_on",
        "首次治安调解日期",
        "派出所第一次调解是哪天？",
        "public_order tort neighbour",
    ),
    _choice(
        "government_party",
        "行政机关是否当事人",
        "对方是不是政府或政府部门？",
        {"none": "不是", "respondent": "是被申请一方", "applicant": "是申请一方"},
    ),
    _choice(
        "administrative_act",
        "所争的行政行为",
        "不服的是不是政府部门的决定？是哪一种？",
        {
            "none": "不涉及",
            "benefit_decision": "待遇决定",
            "expropriation_decision": "征收决定",
            "compensation_decision": "补偿决定",
            "penalty": "行政处罚",
            "inaction": "不履行职责",
            "disclosure": "政府信息公开",
            "other": "其他行政行为",
        },
        _ACT,
    ),
    _choice(
        "deciding_organ",
        "作出决定的机关",
        "决定书是谁盖的章？",
        labels(OrganisationKind),
        _ACT_DATES,
    ),
    _on("decided_on", "决定日期", "决定书上的日期是哪天？", _ACT_DATES),
    _on("served_on", "送达日期", "文书是哪天送到手上的？", ""),
    _on("learnt_on", "知道日期", "哪天知道这个决定的？", _ACT_DATES),
    _boolean("told_of_rights", "已告知救济权利", "决定书写没写可以复议、起诉和期限？", _ACT_DATES),
    _choice(
        "pending_at",
        "是否已在别处处理",
        "这件事法院、仲裁、复议、公安或别的部门受理了没有？",
        {
            "none": "没有",
            "court": "法院已受理",
            "court_before_filing": "法院诉前调解（委派）",
            "arbitration": "仲裁已受理",
            "review": "行政复议已受理",
            "police": "公安机关正在处理",
            "agency": "其他行政机关正在处理",
            "petition_final": "信访复核终结",
        },
    ),
    _on("pending_since", "别处受理日期", "那边是哪天受理或转来的？", ""),
    _choice(
        "procedure",
        "审理程序",
        "法院用的是普通程序还是简易程序？",
        {"ordinary": "普通程序", "simplified": "简易程序"},
        "",
    ),
    _boolean("effective_judgment", "已有生效裁判", "有没有已经生效的判决、裁决或调解书？"),
    _boolean("respondent_refuses", "对方拒绝调解", "对方有没有明确表示不同意调解？"),
    _boolean("repeat", "重复来访", "以前为同一件事来过没有？"),
    _boolean("new_facts", "有新的事实", "这次有没有新的事实或理由？"),
    _boolean("sued", "已起诉", "有没有人已经向法院起诉？"),
    _choice(
        "land_matter",
        "土地争议性质",
        "争的是承包合同、归谁所有、行政界线、征收决定，还是集体内部分配或成员身份？",
        {
            "none": "不涉及土地",
            "contract": "承包经营",
            "title": "权属",
            "boundary": "行政区域界线",
            "expropriation_decision": "征收决定",
            "collective_distribution": "集体收益分配",
            "membership": "成员身份",
        },
        _LAND,
    ),
    _boolean("units_vs_units", "单位之间", "争的双方是不是村与村、单位与单位？", _LAND),
    _boolean(
        "had_contract", "已取得承包经营权", "以前签过承包合同、分到过这块地没有？", "land_contract"
    ),
    _boolean("certificate_held", "持有权属证书", "手里有没有这块地的权属证书？", _LAND),
    _boolean(
        "line_demarcated", "界线已勘定", "这条界线勘定过没有，有没有界桩和附图？", "land_contract"
    ),
    _on("infringed_on", "权利受侵害日期", "哪天知道自己的承包权利受到侵害？", "land_contract"),
    _choice(
        "ip_matter",
        "知识产权争议性质",
        "争的是专利侵权、专利赔偿数额、专利归属、商标还是著作权？",
        {
            "none": "不属于以下各类",
            "patent_infringement": "专利侵权",
            "patent_damages": "专利赔偿数额",
            "patent_ownership": "专利权属",
            "trademark": "商标",
            "copyright": "著作权",
        },
        "intellectual_property",
    ),
    _choice(
        "labour_relation",
        "劳动关系",
        "双方有没有劳动关系（合同、考勤、工资单、社保）？",
        {"yes": "有", "no": "没有（劳务）", "unknown": "不清楚"},
        _LABOUR,
    ),
    _boolean("wages_owed", "拖欠工资", "是不是拖欠工资？", _LABOUR),
    _boolean(
        "iou_only", "仅凭欠条", "是不是只有一张欠条，只要钱、没有别的劳动争议？", f"{_LABOUR} debt"
    ),
    _boolean(
        "insurance_arrears", "社保欠缴", "是不是要求补缴社会保险？", "labour wages social_security"
    ),
    _boolean("migrant_workers", "农民工", "讨薪的是不是农民工？", "wages labour construction"),
    _boolean(
        "contractor_unqualified",
        "包工头无资质",
        "活是不是包给了没有资质的包工头？",
        "wages labour construction",
    ),
    _on("employment_ended_on", "劳动关系终止日期", "哪天离职、停工的？", _LABOUR),
    _on("last_claimed_on", "最近主张权利日期", "最近一次要钱、投诉是哪天？", _LABOUR),
    _choice(
        "consumption",
        "购买用途",
        "买来是自家生活用、种地养殖用，还是经营用？",
        {"living": "生活消费", "farm_inputs": "农资", "professional": "经营或牟利"},
        "consumer",
    ),
    _boolean("identity_verified", "身份已核实", "投诉人的身份核实了没有？", "consumer"),
    _boolean("report_included", "同时举报", "除了要求赔偿，是不是还举报商家违法？", "consumer"),
    _on("consumer_learnt_on", "知道权益受损日期", "哪天发现权益受损的？", "consumer"),
    _on(
        "evidence_expires_on",
        "证据灭失日期",
        "证据到哪天就没法再取了（收割、拆除、变质）？",
        "consumer",
    ),
    _on(
        "traffic_certificate_on",
        "收到事故认定书日期",
        "认定书（或复核结论）哪天收到的？",
        "traffic",
    ),
    _on("treatment_ended_on", "治疗终结日期", "伤者哪天治疗终结？", "traffic"),
    _on("disability_assessed_on", "定残日期", "哪天评定的伤残？", "traffic"),
    _on("loss_fixed_on", "损失确定日期", "财产损失哪天确定的？", "traffic"),
    _boolean("all_applied", "各方共同申请", "各方当事人是不是一起书面申请交警调解？", "traffic"),
    _choice(
        "pollution",
        "环境诉求",
        "是要赔偿、要求查处，还是公共利益受损？",
        {"damages": "损害赔偿", "enforcement": "要求查处", "public_interest": "公共利益"},
        "environment",
    ),
    _choice(
        "cross_region",
        "跨区域",
        "对方或事发地在不在本镇？",
        {"none": "都在本镇", "town": "跨乡镇", "banner": "跨旗县", "province": "跨省"},
    ),
    _choice(
        "sensitive",
        "敏感因素",
        "有没有涉军、涉外、涉宗教的情况？",
        {"none": "没有", "military": "涉军", "foreign": "涉外", "religious": "涉宗教"},
    ),
    _boolean("misconduct_reported", "反映干部违纪", "来人是不是还反映干部违纪违法？"),
    _choice(
        "land_kind",
        "土地类别",
        "是耕地、草原、林地还是宅基地？",
        {"farmland": "耕地", "grassland": "草原", "forest": "林地", "homestead": "宅基地"},
        _LAND,
    ),
    _on("applied_on", "申请日期", "哪天向有权机关提出申请的？", ""),
)
FACTS: Final[Mapping[str, Fact]] = MappingProxyType({fact.name: fact for fact in ALL})
