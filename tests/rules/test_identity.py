"""Numbers of people and organisations: what checks, what does not, and how they are shown."""

from datetime import date

import pytest

from config.text import Malformed
from config.vocabulary import IdType
from service.rules import identity

TODAY = date(2026, 3, 2)
BORN_2010 = "150525201011050029"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("11010519491231002X", "11010519491231002X"),
        (" 1505251975-0312-1015 ", "150525197503121015"),
        ("１５０５２５１９７５０３１２１０１５", "150525197503121015"),
        ("'150525197503121015", "150525197503121015"),
        ("15232619680709301x", "15232619680709301X"),
        ("150525750312101", "150525197503121015"),
    ],
)
def test_a_resident_id_is_cleaned_to_eighteen_characters(written: str, number: str) -> None:
    assert identity.clean_resident_id(written, TODAY) == number


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("150525197503121016", "id-check"),
        ("15052519750312101", "id-shape"),
        ("1505251975O3121015", "id-shape"),
        ("X50525197503121015", "id-shape"),
        ("990525197503121018", "id-region"),
        ("150525197502301015", "id-birth"),
        ("150525750230101", "id-birth"),
        ("150525202603031018", "id-birth"),
        ("150525187503121018", "id-birth"),
        ("1.50525197503121E+17", "id-shape"),
        ("", "id-shape"),
    ],
)
def test_a_resident_id_that_does_not_check_is_refused(written: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        identity.clean_resident_id(written, TODAY)

    assert refused.value.code == code


def test_a_refusal_never_repeats_the_number() -> None:
    with pytest.raises(Malformed) as refused:
        identity.clean_resident_id("150525197503121016", TODAY)

    assert refused.value.reason == "身份证号校验码不符，请核对"


@pytest.mark.parametrize("code", ["914403001922038216", "9144030071526726XG", "91330100799655058B"])
def test_a_credit_code_checks(code: str) -> None:
    assert identity.clean_uscc(code.lower()) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("914403001922038217", "uscc-check"),
        ("9144030019220382IO", "uscc-shape"),
        ("", "uscc-shape"),
    ],
)
def test_a_credit_code_that_does_not_check_is_refused(written: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        identity.clean_uscc(written)

    assert refused.value.code == code


def test_a_number_tells_by_its_shape_whose_it_is() -> None:
    person = identity.clean_id_number("150525197503121015", TODAY)
    company = identity.clean_id_number("91330100799655058b", TODAY)

    assert person == (IdType.RESIDENT_ID, "150525197503121015")
    assert company == (IdType.USCC, "91330100799655058B")


def test_a_wrong_resident_id_is_not_told_to_be_a_credit_code() -> None:
    with pytest.raises(Malformed) as refused:
        identity.clean_id_number("150525197503121016", TODAY)

    assert refused.value.code == "id-check"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("１３８ ００００－００００", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("86 13800000000", "13800000000"),
        ("(0475) 4212345", "0475-4212345"),
        ("0475－4212345", "0475-4212345"),
        ("010-62345678", "010-62345678"),
        ("400-800-1234", "4008001234"),
        ("12345", "12345"),
    ],
)
def test_a_phone_is_cleaned(written: str, number: str) -> None:
    assert identity.clean_phone(written) == number


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12800000000", "phone-shape"),
        ("1380000000", "phone-shape"),
        ("4754212345", "phone-shape"),
        ("4212345", "phone-area"),
        ("13800000000/13900000000", "phone-several"),
        ("13800000000、13900000000", "phone-several"),
        ("无人接听", "phone-shape"),
    ],
)
def test_a_phone_that_cannot_be_dialled_is_refused(written: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        identity.clean_phone(written)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("number", "shown"),
    [("150525197503121234", "150525********1234"), ("E12345678", "*********")],
)
def test_an_id_number_is_masked(number: str, shown: str) -> None:
    assert identity.mask_id(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812345678", "138****5678"), ("0475-4212345", "0475-***2345"), ("12345", "*****")],
)
def test_a_phone_is_masked(number: str, shown: str) -> None:
    assert identity.mask_phone(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("满都拉", "满**"),
        ("欧阳小川", "欧阳**"),
        ("欧阳", "欧*"),
        ("张", "张"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert identity.mask_name(name) == shown


@pytest.mark.parametrize(
    ("day", "age", "minor"),
    [(date(2028, 11, 4), 17, True), (date(2028, 11, 5), 18, False), (date(2028, 11, 6), 18, False)],
)
def test_the_birthday_itself_counts(day: date, age: int, minor: bool) -> None:
    assert (identity.age_on(BORN_2010, day), identity.is_minor(BORN_2010, day)) == (age, minor)


def test_who_is_born_on_a_leap_day_comes_of_age_in_march() -> None:
    assert identity.age_on("150525200402291015", date(2022, 2, 28)) == 17
    assert identity.age_on("150525200402291015", date(2022, 3, 1)) == 18
