"""The answer 分流结论 to a routing question, shaped as the contract names it."""

from dataclasses import dataclass
from datetime import date

from config.basis import Basis
from config.facts import FactValue
from config.vocabulary import Acceptance, Channel, Level
from service.rules.deadlines import Deadline


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must, or must not, be done: a stable code and a Chinese sentence."""

    code: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """The note as the API shows it."""
        return {"code": self.code, "text": self.text}


@dataclass(frozen=True, slots=True)
class Flip:
    """One fact that, with this other value and all else equal, gives another answer.

    A date stands for every day on its `side` (earlier, later) too.
    """

    fact: str
    value: FactValue
    accept: Acceptance
    channel: Channel
    lead: str
    side: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The flip as the API shows it."""
        return {
            "fact": self.fact,
            "value": _plain(self.value),
            "accept": self.accept.value,
            "channel": self.channel.value,
            "lead": self.lead,
            **({"side": self.side} if self.side else {}),
        }


@dataclass(frozen=True, slots=True)
class Matched:
    """One thing known of the dispute that made the deciding rule hold; `label` is its name."""

    fact: str
    value: object
    label: str

    def as_dict(self) -> dict[str, object]:
        """The matched fact as the API shows it."""
        return {"fact": self.fact, "value": _plain(self.value), "label": self.label}


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The next rule that would have decided."""

    rule: str
    title: str
    accept: Acceptance
    channel: Channel
    lead: str

    def as_dict(self) -> dict[str, str]:
        """The runner-up as the API shows it."""
        return {
            "rule": self.rule,
            "title": self.title,
            "accept": self.accept.value,
            "channel": self.channel.value,
            "lead": self.lead,
        }


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The rule that decided and the version of the rule set it stands in."""

    id: str
    version: int

    def as_dict(self) -> dict[str, object]:
        """The rule as the API shows it."""
        return {"id": self.id, "version": self.version}


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """Where a dispute goes and why; offices are organisation kinds, `ask` names facts."""

    accept: Acceptance
    channel: Channel
    lead: str
    assist: tuple[str, ...]
    go_to: tuple[str, ...]
    reasons: tuple[str, ...]
    basis: tuple[Basis, ...]
    deadlines: tuple[Deadline, ...]
    must_do: tuple[Note, ...]
    must_not: tuple[Note, ...]
    runner_up: RunnerUp | None
    flips: tuple[Flip, ...]
    ask: tuple[str, ...]
    level: Level
    rule: RuleVersion
    parts: tuple["RouteAnswer", ...] = ()
    matched: tuple[Matched, ...] = ()
    companions: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The answer as the API shows it."""
        return {
            "accept": self.accept.value,
            "channel": self.channel.value,
            "lead": self.lead,
            "assist": list(self.assist),
            "go_to": list(self.go_to),
            "reasons": list(self.reasons),
            "basis": [row.as_dict() for row in self.basis],
            "deadlines": [row.as_dict() for row in self.deadlines],
            "must_do": [note.as_dict() for note in self.must_do],
            "must_not": [note.as_dict() for note in self.must_not],
            "runner_up": self.runner_up.as_dict() if self.runner_up else None,
            "flips": [flip.as_dict() for flip in self.flips],
            "ask": list(self.ask),
            "level": self.level.value,
            "rule": self.rule.as_dict(),
            "parts": [part.as_dict() for part in self.parts],
            "matched": [row.as_dict() for row in self.matched],
            "companions": list(self.companions),
        }


def _plain(value: object) -> object:
    """A fact's value as JSON has it: a date as its ISO text."""
    return value.isoformat() if isinstance(value, date) else value
