"""Grants 授权: which roles one person alone gives to nobody (GB/T 22239: 三权分立)."""

from collections.abc import Collection
from typing import Final

from config.vocabulary import Role

# whoever has one of these can see much, or let others see it: two persons give it
BY_TWO: Final = frozenset({Role.DIRECTOR, Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN})


def waits(before: Collection[Role], wanted: Collection[Role]) -> bool:
    """Whether a change of roles waits for a second person: something of BY_TWO is added."""
    return bool(BY_TWO & (set(wanted) - set(before)))


def at_once(wanted: Collection[Role]) -> frozenset[Role]:
    """What of the roles of a new account one person gives."""
    return frozenset(wanted) - BY_TWO


def may_decide(roles: Collection[Role], asked_by_roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may be the second: one of the two keeps the rights."""
    if Role.SECADMIN in roles:
        return True
    return Role.SYSADMIN in roles and Role.SECADMIN in asked_by_roles
