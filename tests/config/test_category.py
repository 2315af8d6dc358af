"""The categories: the contract's codes in its order, and one category for every spelling."""

from pathlib import Path

import pytest

from config import category
from config.category import OF_THE_PLAN, Categories
from config.vocabulary import OrganisationKind

FACTS = set(
    "danger crime_suspected domestic_violence minor_victim minor_offender school "
    "pressure_suspected injury first_session_on government_party administrative_act "
    "deciding_organ decided_on served_on learnt_on told_of_rights pending_at pending_since "
    "procedure effective_judgment respondent_refuses repeat new_facts sued land_matter "
    "units_vs_units had_contract certificate_held line_demarcated infringed_on ip_matter "
    "labour_relation wages_owed iou_only insurance_arrears migrant_workers "
    "contractor_unqualified employment_ended_on last_claimed_on consumption identity_verified "
    "report_included consumer_learnt_on evidence_expires_on traffic_certificate_on "
    "treatment_ended_on disability_assessed_on loss_fixed_on all_applied pollution cross_region "
    "sensitive misconduct_reported land_kind applied_on".split()
)
ONE = """version = 1
[[category]]
code = "{code}"
name = "{name}"
label = "甲"
event_codes = ["99"]
moj_type = "{moj}"
lead = "police_station"
questions = []
spellings = []
"""


@pytest.fixture(scope="module")
def categories() -> Categories:
    return category.load()


def test_codes_stand_in_the_order_of_the_contract(categories: Categories) -> None:
    assert [one.code for one in categories.all] == (
        "consumer traffic public_order environment social_security expropriation "
        "intellectual_property land_contract family neighbour housing labour wages contract debt "
        "tort medical property_management business construction other"
    ).split()
    eight = tuple(one.code for one in categories.all[:8])
    assert tuple(one.code for one in categories.all if one.plan) == eight == OF_THE_PLAN


def test_every_question_is_a_fact_of_the_contract(categories: Categories) -> None:
    asked = {question for one in categories.all for question in one.questions}

    assert asked - FACTS == set()


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("打架", "tort"),
        ("人身财产损害", "tort"),
        ("工程款", "construction"),
        ("施工纠纷", "construction"),
        ("房产", "housing"),
        ("拆迁", "expropriation"),
        ("征收补偿", "expropriation"),
        ("商标侵权", "intellectual_property"),
        ("劳资纠纷", "labour"),
        ("债权债务", "debt"),
        ("医患纠纷", "medical"),
        ("交通 事故", "traffic"),
        ("（其他）", None),
        ("消费　纠纷", "consumer"),
        ("合同类案件", "contract"),
        ("其他", "other"),
        ("纠纷", None),
        ("", None),
        ("婚姻家庭、邻里", None),
    ],
)
def test_a_spelling_means_one_category_or_none(
    categories: Categories, spelling: str, code: str | None
) -> None:
    found = categories.find(spelling)

    assert (found.code if found else None) == code


def test_a_category_says_how_other_offices_count_it(categories: Categories) -> None:
    traffic = categories.by_code["traffic"]

    assert (traffic.event_codes, traffic.moj_type) == (("0503",), "道路交通事故")
    assert traffic.lead is OrganisationKind.TRAFFIC_POLICE


def test_a_spelling_of_two_categories_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "categories.toml"
    second = ONE.format(code="b", name="乙纠纷", moj="其他").replace("version = 1", "")
    path.write_text(ONE.format(code="a", name="乙 类", moj="其他") + second, encoding="utf-8")

    with pytest.raises(ValueError, match="belongs to"):
        category.load(path)


def test_an_unknown_statistical_type_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "categories.toml"
    path.write_text(ONE.format(code="a", name="乙", moj="无此类"), encoding="utf-8")

    with pytest.raises(ValueError, match="no type"):
        category.load(path)
