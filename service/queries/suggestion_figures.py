"""Letters 建议书 in a week, for its letter 周报: due, answered, late; every number has its rows."""

from dataclasses import dataclass
from datetime import date

from service.queries.metric import Question, tally
from service.rules import metric as dictionary
from service.rules.access import Scope
from service.rules.statistics import Period, Rate


@dataclass(frozen=True, slots=True)
class SuggestionWeek:
    """What fell due in a period: of `due`, so many `replied` and so many `late`.

    `not_due` and `objected` stand beside; `rate` is 办复率.
    """

    due: int
    replied: int
    late: int
    not_due: int
    objected: int

    @property
    def rate(self) -> Rate:
        """办复率 of the period."""
        return Rate(self.replied, self.due)


def week(period: Period, *, today: date, scope: Scope | None) -> SuggestionWeek:
    """The letters of a period as of `today`; `scope` None counts the whole town for its letter."""

    def count(name: str) -> int:
        question = Question(metric=dictionary.find(name), period=period, today=today, scope=scope)
        rows: int = tally(question)[0][-2]
        return rows

    return SuggestionWeek(
        due=count("suggestions_due"),
        replied=count("suggestions_replied"),
        late=count("suggestions_late"),
        not_due=count("suggestions_not_due"),
        objected=count("suggestions_objected"),
    )
