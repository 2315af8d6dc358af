"""Every column of bytes is named: sealed, indexed, short-lived or clear; none is forgotten."""

import pytest
import sqlalchemy as sa

from models import Base
from service.operations.sealed import (
    CHAINED,
    CHECKS,
    CLEAR,
    EXPIRING,
    FIELDS,
    INDEXED,
    SEALED,
    Field,
    Sealed,
    name_of,
)


def test_every_column_of_bytes_stands_in_exactly_one_list() -> None:
    named = [each.column for each in (*SEALED, CHECKS, *FIELDS)]
    named += [*INDEXED, *EXPIRING, *CHAINED, *CLEAR]
    stored = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, sa.LargeBinary)
    ]
    assert sorted(map(name_of, named)) == sorted(stored)


@pytest.mark.parametrize("sealed", [*SEALED, CHECKS, *FIELDS])
def test_a_place_is_told_by_columns_of_its_row(sealed: Sealed | Field) -> None:
    assert {each.class_ for each in sealed.needs} == {sealed.column.class_}
