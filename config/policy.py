"""The policy of this deployment: rules, terms, categories and numbers, read once and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from config import (
    access,
    calendar,
    category,
    category_words,
    clock,
    clock_ground,
    confirmation,
    danger_words,
    evaluation,
    ground,
    handover,
    ladder,
    lawsuit,
    ledger,
    linkage,
    material,
    member,
    organisation,
    password,
    plan,
    plan_register,
    population,
    privacy,
    recusal,
    retention,
    routing,
    source,
    suggestion,
    supervision,
)
from config.access import AccessPolicy
from config.calendar import Holidays
from config.category import Categories
from config.category_words import CategoryWords
from config.clock import Clocks
from config.clock_ground import ClockGrounds
from config.confirmation import Confirmations
from config.danger_words import DangerWords
from config.evaluation import Scheme
from config.ground import GroundTerms
from config.handover import Handovers
from config.ladder import Ladder
from config.lawsuit import LawsuitData
from config.ledger import LedgerWords
from config.linkage import Linkages
from config.material import Papers
from config.member import Members
from config.organisation import OrganisationWords
from config.password import Passwords
from config.plan import Plans
from config.plan_register import Registers
from config.population import Population
from config.privacy import Privacy
from config.recusal import Recusals
from config.retention import Retention
from config.routing import Rulebook
from config.source import Sources
from config.suggestion import Suggestions
from config.supervision import Supervisions
from config.vocabulary import Channel, Role


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How long a session lives and when an account locks (GB/T 22239; NIST 800-63B AAL2).

    With `second_factor` the roles of `second_factor_roles` sign in with a code besides the
    password; with `password_renewal` a password that somebody else chose or that is too old is
    changed first.
    `half_way` is how long somebody has from the password to the code.
    """

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    session_count: int = 3
    failure_count: int = 5
    lock: timedelta = timedelta(minutes=15)
    invite: timedelta = timedelta(hours=24)
    half_way: timedelta = timedelta(minutes=5)
    second_factor: bool = False
    password_renewal: bool = False
    second_factor_roles: frozenset[Role] = frozenset(
        {Role.DIRECTOR, Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN}
    )
    recovery_codes: int = 10


@dataclass(frozen=True, slots=True)
class OutboxPolicy:
    """How a promised message is delivered: a lease per try, growing pauses, an end."""

    lease: timedelta = timedelta(minutes=2)
    first_pause: timedelta = timedelta(minutes=1)
    longest_pause: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(days=7)
    batch: int = 50


@dataclass(frozen=True, slots=True)
class BackupPolicy:
    """How many archives are kept of each kind, when a failed try is repeated, what is too old.

    A worker that makes one has `lease` for it before another takes it for dead.
    """

    daily_kept: int = 14
    drill_kept: int = 8
    asked_kept: int = 5
    lease: timedelta = timedelta(hours=6)
    pause: timedelta = timedelta(minutes=30)
    stale: timedelta = timedelta(hours=26)
    drill_stale: timedelta = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be done in one stretch of time."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """What is limited: the citizen's slip by address and by number; the different sign-in codes
    tried from one address; passwords by address and by all together; by user, answers by
    telephone, exact ID search, masked fields shown in clear, and the different numbers by which
    duplicates are looked for.
    """

    progress_by_address: Limit = Limit(20, timedelta(minutes=10))
    progress_by_number: Limit = Limit(10, timedelta(hours=1))
    progress_by_anybody: Limit = Limit(2000, timedelta(minutes=10))
    sign_in_codes: Limit = Limit(60, timedelta(minutes=10))
    sign_in_by_address: Limit = Limit(20, timedelta(minutes=5))
    sign_in_by_anybody: Limit = Limit(1000, timedelta(minutes=5))
    readout: Limit = Limit(120, timedelta(hours=1))
    identity_search: Limit = Limit(30, timedelta(hours=1))
    identity_search_director: Limit = Limit(60, timedelta(hours=1))
    reveals: Limit = Limit(30, timedelta(hours=1))
    duplicate_numbers: Limit = Limit(120, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class DuplicatePolicy:
    """What speaks for two disputes being one 查重, in points; below `threshold` nothing is shown.

    One weak sign never suffices: a common name, a busy category, a unit everybody quarrels with.
    `most` are shown; `of_key` rows of one number or name are looked at, `of_sign` of what they
    lead to are weighed, the newest ones. What more than `of_key` parties have is looked for among
    the `newest` disputes only.
    """

    threshold: int = 40
    most: int = 5
    id_number: int = 60
    phone: int = 40
    name_village: int = 40
    name: int = 20
    unit: int = 10
    pair: int = 50
    place: int = 25
    category: int = 20
    detail: int = 25
    day: int = 20
    narrative: int = 45
    short_narrative: int = 25
    pair_within: timedelta = timedelta(days=365)
    place_within: timedelta = timedelta(days=90)
    narrative_least: int = 12
    narrative_long: int = 30
    narrative_alike: float = 0.7
    people: int = 8
    of_key: int = 1000
    newest: int = 2000
    of_sign: int = 30


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """When repeated visits 重复访 about one dispute have to be looked at by the director.

    A local measure, grade R: no rule names a number. From the `review_at`-th within `within` on.
    """

    review_at: int = 2
    within: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class RestrictedPolicy:
    """What holds for restricted disputes 受限 and shares 共享.

    How long a request to break the glass waits, how long the glass stays open once a second person
    agreed, how many characters its reason has at least, and how many days a share lasts at most.
    """

    glass_waits: timedelta = timedelta(hours=4)
    glass_open: timedelta = timedelta(hours=4)
    glass_reason: int = 10
    share_days: int = 365


@dataclass(frozen=True, slots=True)
class HomePolicy:
    """The centre this deployment belongs to, until an administrator registers it otherwise."""

    name: str = "青龙山镇综治中心"
    prefix: str = "QLS"


@dataclass(frozen=True, slots=True)
class HandlingPolicy:
    """Which terms bind the unit that handles a dispute, and what holds when no special one does."""

    clocks: tuple[str, ...] = (
        "CONS.MED",
        "TRAF.MED",
        "LAB.MED",
        "MEDI.PM",
        "MEDI.ADM",
        "COURT.DELEG",
        "COURT.ENTR.ORD",
        "COURT.ENTR.SIM",
        "PM.DEFAULT",
        "ADM.DEFAULT",
    )
    defaults: Mapping[Channel, str] = field(
        default_factory=lambda: MappingProxyType(
            {
                Channel.PEOPLE: "PM.DEFAULT",
                Channel.SECTOR: "PM.DEFAULT",
                Channel.ADMINISTRATIVE: "ADM.DEFAULT",
                Channel.JUDICIAL: "COURT.DELEG",
            }
        )
    )
    # where a law sets the term of a category whoever mediates it 医疗纠纷预防和处理条例38、40
    by_category: Mapping[tuple[str, Channel], str] = field(
        default_factory=lambda: MappingProxyType(
            {
                ("medical", Channel.PEOPLE): "MEDI.PM",
                ("medical", Channel.SECTOR): "MEDI.PM",
                ("medical", Channel.ADMINISTRATIVE): "MEDI.ADM",
            }
        )
    )

    def default(self, category: str, channel: Channel) -> str | None:
        """The term that binds where the rules state none; None where no mediation is meant."""
        return self.by_category.get((category, channel)) or self.defaults.get(channel)


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the town may choose without touching code."""

    access: AccessPolicy
    categories: Categories
    category_words: CategoryWords
    danger_words: DangerWords
    sources: Sources
    rulebook: Rulebook
    clocks: Clocks
    clock_grounds: ClockGrounds
    grounds: GroundTerms
    evaluation: Scheme
    confirmations: Confirmations
    handovers: Handovers
    holidays: Holidays
    ladder: Ladder
    lawsuits: LawsuitData
    ledger: LedgerWords
    members: Members
    organisations: OrganisationWords
    papers: Papers
    passwords: Passwords
    plans: Plans
    registers: Registers
    population: Population
    privacy: Privacy
    recusals: Recusals
    retention: Retention
    suggestions: Suggestions
    supervisions: Supervisions
    linkages: Linkages
    sign_in: SignInPolicy = field(default_factory=SignInPolicy)
    home: HomePolicy = field(default_factory=HomePolicy)
    handling: HandlingPolicy = field(default_factory=HandlingPolicy)
    outbox: OutboxPolicy = field(default_factory=OutboxPolicy)
    backup: BackupPolicy = field(default_factory=BackupPolicy)
    limits: LimitPolicy = field(default_factory=LimitPolicy)
    duplicates: DuplicatePolicy = field(default_factory=DuplicatePolicy)
    repeats: RepeatPolicy = field(default_factory=RepeatPolicy)
    restricted: RestrictedPolicy = field(default_factory=RestrictedPolicy)
    draft_kept: timedelta = timedelta(days=7)
    idempotency_kept: timedelta = timedelta(days=7)
    catch_up_periods: int = 8


def load(config_dir: Path | None = None) -> Policy:
    """Read every table; a file of the same name in `config_dir` replaces the shipped one."""
    categories = category.load(_own(config_dir, "categories.toml"))
    clocks = clock.load(_own(config_dir, "clocks.toml"))
    return Policy(
        access=access.load(_own(config_dir, "access.toml")),
        categories=categories,
        danger_words=danger_words.load(_own(config_dir, "danger_words.toml")),
        category_words=category_words.load(
            _own(config_dir, "category_words.toml"), categories=categories
        ),
        sources=source.load(_own(config_dir, "sources.toml")),
        rulebook=routing.load(_own(config_dir, "routing.toml")),
        clocks=clocks,
        clock_grounds=clock_ground.load(_own(config_dir, "clock_grounds.toml"), clocks=clocks),
        grounds=ground.load(_own(config_dir, "grounds.toml"), known=clocks.by_id),
        confirmations=confirmation.load(_own(config_dir, "confirmation.toml"), known=clocks.by_id),
        evaluation=evaluation.load(_own(config_dir, "evaluation.toml")),
        handovers=handover.load(_own(config_dir, "handover.toml")),
        holidays=calendar.load(_own(config_dir, "holidays.toml")),
        ladder=ladder.load(_own(config_dir, "ladder.toml")),
        lawsuits=lawsuit.load(_own(config_dir, "lawsuit.toml"), known=clocks.by_id),
        ledger=ledger.load(_own(config_dir, "ledger.toml")),
        members=member.load(_own(config_dir, "member.toml")),
        organisations=organisation.load(_own(config_dir, "organisation.toml")),
        passwords=password.load(_own(config_dir, "passwords.toml")),
        plans=plan.load(_own(config_dir, "plan.toml")),
        registers=plan_register.load(_own(config_dir, "plan_registers.toml"), known=clocks.by_id),
        papers=material.load(_own(config_dir, "materials.toml"), known=categories.by_code),
        population=population.load(_own(config_dir, "population.toml")),
        privacy=privacy.load(_own(config_dir, "privacy.toml")),
        recusals=recusal.load(_own(config_dir, "recusal.toml")),
        retention=retention.load(_own(config_dir, "retention.toml")),
        suggestions=suggestion.load(_own(config_dir, "suggestion.toml"), known=clocks.by_id),
        supervisions=supervision.load(_own(config_dir, "supervision.toml")),
        linkages=linkage.load(_own(config_dir, "linkage.toml")),
    )


def _own(config_dir: Path | None, name: str) -> Path | None:
    if config_dir is None or not (config_dir / name).exists():
        return None
    return config_dir / name
