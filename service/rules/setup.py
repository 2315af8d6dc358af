"""First-run set-up 初始设置: what the administrator still has to say, and the kinds of units."""

from collections.abc import Iterable
from datetime import date

from config.policy import HomePolicy
from config.routing import Rulebook
from config.vocabulary import Acceptance, OrganisationKind

TABLE = "@"


def unsaid(
    *, name: str, prefix: str | None, address: str | None, version: int, home: HomePolicy
) -> frozenset[str]:
    """Which of `name` and `prefix` are only what the policy says: nobody has told them yet.

    A centre that was saved once, or came with its address, is as somebody wants it.
    """
    if version > 1 or address:
        return frozenset()
    pairs = (("name", name, home.name), ("prefix", prefix, home.prefix))
    return frozenset(field for field, held, given in pairs if held == given)


def kinds_led(rulebook: Rulebook, on: date) -> frozenset[OrganisationKind]:
    """The kinds that the rules in force on `on` hand disputes to; those not taken go elsewhere."""
    leads = [
        rule.lead
        for rule in rulebook.rules
        if rule.accept is not Acceptance.NO and rule.is_in_force(on)
    ]
    return frozenset(
        OrganisationKind(word) for lead in leads for word in _looked_up(lead, rulebook)
    )


def _looked_up(lead: str, rulebook: Rulebook) -> Iterable[str]:
    """The kind itself, or every kind that leads in the table it names."""
    if not lead.startswith(TABLE):
        return (lead,)
    name = lead.removeprefix(TABLE)
    table = rulebook.organ_tables.get(name) or rulebook.category_tables.get(name) or {}
    return [offices[0] for offices in table.values() if offices]
