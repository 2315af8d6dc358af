"""One-time codes: the codes of the standard, one step to either side, nothing else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from service.gateways import totp

# RFC 6238, appendix B (SHA-1): the secret is the ASCII text 12345678901234567890
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PUBLISHED = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOON = datetime(2026, 11, 2, 4, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), PUBLISHED)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp.code(SECRET, now) == code
    assert totp.step_of(SECRET, code, now) == seconds // 30


def test_one_step_to_either_side_is_taken_and_no_more() -> None:
    code, step = totp.code(SECRET, NOON), int(NOON.timestamp()) // 30
    taken = [
        totp.step_of(SECRET, code, NOON + timedelta(seconds=30 * shift)) for shift in range(-2, 3)
    ]
    assert taken == [None, step, step, step, None]


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 456", "-12345"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.step_of(SECRET, typed, NOON) is None


def test_secrets_are_long_and_different() -> None:
    secrets = {totp.new_secret() for _ in range(20)}
    assert (len(secrets), {len(each) for each in secrets}) == (20, {32})


def test_an_authenticator_reads_account_and_issuer() -> None:
    parts = urlsplit(totp.address(SECRET, account="window-2", issuer="柳溪镇综治中心"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    asked = parse_qs(parts.query)
    assert (asked["secret"], asked["issuer"]) == ([SECRET], ["柳溪镇综治中心"])
