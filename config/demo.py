"""The made-up town of the demo 演示: `demo.toml` read into frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from config.vocabulary import (
    AnswerMethod,
    AttachmentKind,
    ClockChangeKind,
    DataDecision,
    DataRequestKind,
    IdentityCheck,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    OrganisationKind,
    Role,
    SharePurpose,
    Source,
    SupervisionKind,
    WithdrawalCause,
)

DEFAULT: Final = Path(__file__).with_name("demo.toml")


@dataclass(frozen=True, slots=True)
class Office:
    """One organisation; `account` is the username of its mediator."""

    kind: OrganisationKind
    name: str
    prefix: str | None = None
    account: str | None = None
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    letterhead: str | None = None
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account that is no office's mediator; who `leaves` does not sign in any more."""

    username: str
    name: str
    organisation: str
    role: Role
    leaves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One thing people quarrel about; the ranges are inclusive, `amount` in yuan.

    `ago` holds facts that are dates, in days before the visit. `guided` is not for mediation. With
    `child` a guardian comes for somebody under fourteen.
    """

    category: str
    narrative: str
    terms: str = ""
    weight: int = 1
    n: tuple[int, int] = (1, 1)
    amount: tuple[int, int] | None = None
    people: tuple[int, int] | None = None
    against: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    ago: Mapping[str, int] = field(default_factory=dict)
    source: Source | None = None
    guided: bool = False
    child: bool = False


@dataclass(frozen=True, slots=True)
class SeveralMatters:
    """One visit about several disputes."""

    categories: tuple[str, ...]
    narrative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """A duty a suit left: `due` and `done` in days before today, undone without the latter."""

    words: str
    due: int
    done: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suit:
    """One lawsuit; `served` and `decided` in days before today, pending without the latter.

    `answered`: how many days after it was served. `heard`: a hearing in days before today, and who
    `came` to it; `planned`: one to come, in days after today. A lost one is reviewed with `causes`.
    """

    procedure: LawsuitProcedure
    instance: LawsuitInstance
    court: str
    cause: str
    act: str
    served: int
    decided: int | None = None
    outcome: LawsuitOutcome | None = None
    withdrawal_cause: WithdrawalCause | None = None
    closed: bool = False
    previous: str | None = None
    dispute: str | None = None
    simplified: bool = False
    answered: int = 9
    must_attend: tuple[str, ...] = ()
    heard: int | None = None
    came: str = "head"
    planned: int | None = None
    checks: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    duties: tuple[Owing, ...] = ()
    performed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One consultation, `ago` days before today; `named` when the visitor left a name."""

    question: str
    answer: str
    ago: int
    source: Source = Source.WALK_IN
    category: str | None = None
    guided_to: tuple[OrganisationKind, ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A dispute one mediator has taken up, `ago` days before today; its papers are added later."""

    account: str
    category: str
    ago: int
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A pause or an extension asked for, `ago` days before today; `granted` unless it waits."""

    category: str
    kind: ClockChangeKind
    ground: str
    words: str
    ago: int
    length: int | None = None
    granted: bool | None = None
    by: str = "director"
    decision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A date another office wrote down, `days` from now, for the dispute of that category."""

    category: str
    rule: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtFeast:
    """A term of so many years that runs out on the first day of a feast of the drafted year."""

    category: str
    rule: str
    years: int
    feast: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A supervision, `ago` days before today; what the unit replied, and whether that would do."""

    category: str
    kind: SupervisionKind
    by: str
    ago: int
    words: str
    reply: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class DayOff:
    """Days off for one feast, as month and day of whatever year."""

    name: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftYear:
    """A made-up year of the calendar; `work` says after which day a feast is made up for."""

    source: str
    off: tuple[DayOff, ...]
    work: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file added to the dispute of that category in hand; `text` is what a document says."""

    category: str
    name: str
    kind: AttachmentKind
    text: tuple[str, ...] = ()
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asked about their own data, `ago` days before today, and what came of it."""

    kind: DataRequestKind
    ago: int
    identity_check: IdentityCheck = IdentityCheck.CARD
    wish: str | None = None
    decision: DataDecision | None = None
    reason: str | None = None
    answered: AnswerMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What was shared with whom: what for, on what basis, `ago` and for so many `days`."""

    organisation: str
    category: str
    purpose: SharePurpose
    ago: int
    days: int
    basis: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Everything the demo is made of."""

    villages: tuple[str, ...]
    surnames: str
    given: tuple[str, ...]
    mongolian: tuple[str, ...]
    mediator_names: tuple[str, ...]
    places: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]  # what people say at a step, by kind of sentence
    offices: tuple[Office, ...]
    accounts: tuple[Account, ...]
    stories: tuple[Story, ...]
    protected: tuple[Story, ...]
    visits: tuple[SeveralMatters, ...]
    lawsuits: tuple[Suit, ...]
    consultations: tuple[Question, ...]
    shift_notes: tuple[str, ...]
    in_hand: tuple[InHand, ...]
    papers: tuple[Paper, ...]
    wishes: tuple[Wish, ...]
    shared: tuple[Shared, ...]
    running_out: tuple[Story, ...]
    changes: tuple[Change, ...]
    stated: tuple[Stated, ...]
    at_feasts: tuple[AtFeast, ...]
    pressed: tuple[Pressed, ...]
    draft_year: DraftYear


WORDS: Final = (
    "times",
    "minutes",
    "visit_notes",
    "withdraw_reasons",
    "terminate_reasons",
    "return_reasons",
    "void_reasons",
    "override_reasons",
    "reopen_reasons",
    "naming_reasons",
    "glass_reasons",
    "reveal_reasons",
    "consents",
    "grant_reasons",
)  # fmt: skip -- a list of words


def load(path: Path | None = None) -> Town:
    """Read the town; a word no table knows is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    return Town(
        villages=tuple(table["villages"]),
        surnames=table["surnames"],
        given=tuple(table["given"]),
        mongolian=tuple(table["mongolian"]),
        mediator_names=tuple(table["mediator_names"]),
        places=tuple(table["places"]),
        words={kind: tuple(table[kind]) for kind in WORDS},
        offices=tuple(_office(row) for row in table["organisation"]),
        accounts=tuple(Account(**row | {"role": Role(row["role"])}) for row in table["account"]),
        stories=tuple(_story(row) for row in table["story"]),
        protected=tuple(_story(row) for row in table["protected"]),
        visits=tuple(
            SeveralMatters(tuple(row["categories"]), row["narrative"]) for row in table["visit"]
        ),
        lawsuits=tuple(_suit(row) for row in table["lawsuit"]),
        consultations=tuple(_question(row) for row in table["consultation"]),
        shift_notes=tuple(table["shift_notes"]),
        in_hand=tuple(InHand(**_with(row, source=Source)) for row in table["in_hand"]),
        papers=tuple(_paper(row) for row in table["paper"]),
        wishes=tuple(_wish(row) for row in table["wish"]),
        shared=tuple(Shared(**_with(row, purpose=SharePurpose)) for row in table["shared"]),
        running_out=tuple(_story(row) for row in table["running_out"]),
        changes=tuple(Change(**_with(row, kind=ClockChangeKind)) for row in table["change"]),
        stated=tuple(Stated(**row) for row in table["stated"]),
        at_feasts=tuple(AtFeast(**row) for row in table["at_feast"]),
        pressed=tuple(Pressed(**_with(row, kind=SupervisionKind)) for row in table["pressed"]),
        draft_year=_draft_year(table["draft_year"]),
    )


def _office(row: Mapping[str, Any]) -> Office:
    return Office(**{**row, "kind": OrganisationKind(row["kind"])})


def _story(row: Mapping[str, Any]) -> Story:
    given = dict(row)
    guided = given.pop("way", None) == "guided"
    for name in ("n", "amount", "people"):
        if name in given:
            given[name] = tuple(given[name])
    if "source" in given:
        given["source"] = Source(given["source"])
    return Story(**given, guided=guided)


def _question(row: Mapping[str, Any]) -> Question:
    given: dict[str, Any] = dict(row)
    given["guided_to"] = tuple(OrganisationKind(kind) for kind in row.get("guided_to", ()))
    if "source" in row:
        given["source"] = Source(row["source"])
    return Question(**given)


def _suit(row: Mapping[str, Any]) -> Suit:
    given = _with(
        row,
        procedure=LawsuitProcedure,
        instance=LawsuitInstance,
        outcome=LawsuitOutcome,
        withdrawal_cause=WithdrawalCause,
    )
    lists = {name: tuple(row.get(name, ())) for name in ("must_attend", "checks", "causes")}
    duties = tuple(Owing(**each) for each in row.get("duties", ()))
    return Suit(**given | lists | {"duties": duties})


def _paper(row: Mapping[str, Any]) -> Paper:
    given = _with(row, kind=AttachmentKind)
    return Paper(**given | {"text": tuple(row.get("text", ()))})


def _wish(row: Mapping[str, Any]) -> Wish:
    return Wish(
        **_with(
            row,
            kind=DataRequestKind,
            identity_check=IdentityCheck,
            decision=DataDecision,
            answered=AnswerMethod,
        )
    )


def _draft_year(table: Mapping[str, Any]) -> DraftYear:
    off = tuple(DayOff(*row) for row in table["off"])
    return DraftYear(source=table["source"], off=off, work=dict(table["work"]))


def _with(row: Mapping[str, Any], **words: type[StrEnum]) -> dict[str, Any]:
    """The row, its words read as those of their tables."""
    return dict(row) | {key: enum(row[key]) for key, enum in words.items() if key in row}
