"""Every column of bytes is named: sealed, indexed, short-lived or clear; none is forgotten."""

import pytest
import sqlalchemy as sa

from models import Base
from service.queries import canonical
from service.queries.sealed import (
    CHAINED,
    CHECKS,
    CLEAR,
    EXPIRING,
    FIELDS,
    INDEXED,
    OWN_KEYED,
    SEALED,
    Field,
    Sealed,
    name_of,
)


def test_every_column_of_bytes_stands_in_exactly_one_list() -> None:
    named = [each.column for each in (*SEALED, CHECKS, *FIELDS)]
    named += [*INDEXED, *EXPIRING, *OWN_KEYED, *CHAINED, *CLEAR]
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


@pytest.mark.parametrize("sealed", FIELDS)
def test_the_key_of_a_field_is_wrapped_for_its_owner(sealed: Field) -> None:
    wrapped = {each.column: each.place for each in SEALED}
    owner = sealed.owner
    assert wrapped[owner.sealed_key] == f"{owner.__tablename__}:{{id}}"


def test_the_export_opens_what_is_sealed_and_leaves_the_keys_out() -> None:
    opened = {f"{table}.{name}" for table, names in canonical.SEALED.items() for name in names}
    left_out = {f"{table}.{name}" for table, name in canonical.KEY_COLUMNS}
    assert opened | left_out == {name_of(each.column) for each in (*SEALED, CHECKS, *FIELDS)}
    assert not opened & left_out
