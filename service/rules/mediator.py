"""Who may mediate 回避、推荐: what speaks against each mediator, and three to be offered.

People are compared by keyed hashes of their numbers and by folded names and addresses; what is
found names the part of a party (申请人), never the party. A ground more never makes somebody more
eligible: findings only add up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from config.basis import Basis
from config.mediator_word import Gender, RecusalGrade, Relation
from config.recusal import Ground, Recusals
from config.spelling import fold
from config.vocabulary import Language, PartyKind, PartyRole
from config.words import label

OFFERED: Final = 3
LEAST_ADDRESS: Final = 6  # 柳溪镇东街: what is shorter is the address of many
# never offered, though they may be named by hand with a reason
UNAVAILABLE: Final = frozenset({"away", "load"})
COMMITTEES: Final = ("村委会", "村民委员会", "嘎查委员会", "嘎查村委会", "居委会", "居民委员会")
Key = bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A party, as far as it is compared: folded words, keyed hashes."""

    role: PartyRole
    kind: PartyKind
    name: str
    id_key: Key = None
    phone_key: Key = None
    address: str = ""
    language: Language = Language.CHINESE


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Somebody a mediator is close to, as declared: folded name, keyed hash of the number."""

    relation: Relation
    name: str
    id_key: Key = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is to be mediated; `woman`: a woman among the mediators is asked for."""

    category: str
    village: str
    people: tuple[Person, ...]
    woman: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A mediator who could be named. `listed`: their row of the register holds today.

    `limit` None: no row in the register names one. `met` are the parts of those parties whom
    they met in another dispute, `earlier` of those where that came to no agreement. `agreed` of
    `ended` are those of the same kind of matter.
    """

    id: UUID
    name: str
    unit: str
    id_key: Key = None
    phone_key: Key = None
    address: str = ""
    village: str = ""
    gender: Gender | None = None
    languages: frozenset[Language] = frozenset()
    skills: frozenset[str] = frozenset()
    limit: int | None = None
    open: int = 0
    known: bool = False
    listed: bool = True
    away: bool = False
    recused: bool = False
    earlier: frozenset[PartyRole] = frozenset()
    met: frozenset[PartyRole] = frozenset()
    interests: tuple[Interest, ...] = ()
    agreed: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a mediator, or is to be thought of.

    `reason`: who names them all the same has to say why.
    """

    code: str
    grade: RecusalGrade
    text: str
    basis: tuple[Basis, ...]
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what for, how much, of how much at most."""

    code: str
    text: str
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A mediator with everything that speaks against and for them."""

    candidate: Candidate
    findings: tuple[Finding, ...]
    parts: tuple[Part, ...]

    @property
    def score(self) -> int:
        """All points together."""
        return sum(each.points for each in self.parts)

    def of(self, grade: RecusalGrade) -> tuple[Finding, ...]:
        """The findings of one grade."""
        return tuple(each for each in self.findings if each.grade is grade)

    @property
    def excluded(self) -> bool:
        """Must step aside 必须回避."""
        return bool(self.of(RecusalGrade.MUST))

    @property
    def offered(self) -> bool:
        """May be offered: neither excluded nor away nor full."""
        return not self.excluded and not UNAVAILABLE & {each.code for each in self.findings}


def judge(candidate: Candidate, matter: Matter, data: Recusals) -> Judged:
    """Everything that speaks against and for one mediator; the strictest first."""
    found: dict[tuple[str, str], Finding] = {}
    for code, who in _signs(candidate, matter):
        finding = _finding(data.grounds[code], who)
        found.setdefault((code, finding.text), finding)
    order = list(RecusalGrade)
    findings = sorted(found.values(), key=lambda each: order.index(each.grade))
    return Judged(candidate, tuple(findings), tuple(_parts(candidate, matter, data)))


def suggest(judged: Iterable[Judged], *, most: int = OFFERED) -> list[Judged]:
    """Whom to offer: nobody to be avoided before others, then by points, load, name, id."""
    fit = [each for each in judged if each.offered]
    return sorted(fit, key=_place)[:most]


def _place(each: Judged) -> tuple[int, int, int, str, UUID]:
    avoided = len(each.of(RecusalGrade.SHOULD))
    who = each.candidate
    return (avoided, -each.score, who.open, who.name, who.id)


def _finding(ground: Ground, who: PartyRole | None) -> Finding:
    text = ground.words.format(who=label(who) if who else "")
    return Finding(ground.code, ground.grade, text, ground.basis, ground.reason)


def _signs(who: Candidate, matter: Matter) -> Iterator[tuple[str, PartyRole | None]]:
    for person in matter.people:
        for code in _tied(who, person):
            yield code, person.role
    for role in sorted(who.earlier | who.met):
        yield ("earlier" if role in who.earlier else "met"), role
    told = {
        "recused": who.recused,
        "unlisted": not who.listed,
        "away": who.away,
        "load": is_full(who),
        "woman": matter.woman and who.gender is not Gender.WOMAN,
    }
    yield from ((code, None) for code, holds in told.items() if holds)


def is_full(who: Candidate) -> bool:
    """Whether the open disputes have reached the limit the register names."""
    return who.limit is not None and who.open >= who.limit


def _tied(who: Candidate, person: Person) -> Iterator[str]:
    """What ties a mediator to one party."""
    yield from _alike(who, person)
    if len(person.address) >= LEAST_ADDRESS and person.address == who.address:
        yield Relation.HOUSEHOLD.value
    if person.kind is PartyKind.ORGANISATION:
        yield from _of_unit(who, person)
    elif who.known and person.language not in who.languages | {Language.CHINESE}:
        yield "language"
    yield from (each.relation.value for each in who.interests if _means(each, person))


def _alike(who: Candidate, person: Person) -> Iterator[str]:
    """The same number, name or telephone."""
    same_phone = _same(who.phone_key, person.phone_key)
    unknown = None in (who.id_key, person.id_key)
    namesake = unknown and person.kind is PartyKind.PERSON and person.name == fold(who.name)
    if _same(who.id_key, person.id_key) or (namesake and same_phone):
        yield "self"
    elif namesake:
        yield "name"
    if same_phone:
        yield "phone"


def _of_unit(who: Candidate, person: Person) -> Iterator[str]:
    """The mediator's own unit, or the committee of their village."""
    if person.name == fold(who.unit):
        yield "unit"
    elif who.village and fold(who.village) in person.name and person.name.endswith(COMMITTEES):
        yield "committee"


def _means(interest: Interest, person: Person) -> bool:
    """By number where both are known, else by name."""
    if interest.id_key is not None and person.id_key is not None:
        return interest.id_key == person.id_key
    return bool(interest.name) and interest.name == person.name


def _same(one: Key, other: Key) -> bool:
    return one is not None and one == other


def _parts(who: Candidate, matter: Matter, data: Recusals) -> Iterator[Part]:
    points = data.points
    skilled = matter.category in who.skills
    yield Part(
        "skill",
        "有这类专长" if skilled else "没有登记这类专长",
        _if(skilled, points.skill),
        points.skill,
    )
    limit = who.limit or data.load_limit
    free = max(limit - who.open, 0)
    yield Part(
        "load", f"在办 {who.open} 件，上限 {limit} 件", points.load * free // limit, points.load
    )
    spoken = sorted({each.language for each in matter.people} - {Language.CHINESE})
    if spoken:
        speaks = who.languages >= set(spoken)
        names = "、".join(label(each) for each in spoken)
        text = f"会{names}" if speaks else f"没有登记会{names}"
        yield Part("language", text, _if(speaks, points.language), points.language)
    if matter.village:
        near = who.village == matter.village
        yield Part(
            "village",
            "在同一嘎查村" if near else "不在同一嘎查村",
            _if(near, points.village),
            points.village,
        )
    counted = who.ended >= points.least
    text = f"近一年同类办结 {who.ended} 件，谈成 {who.agreed} 件"
    gained = points.success * who.agreed // who.ended if counted else 0
    yield Part("success", text if counted else f"{text}，件数少，不计分", gained, points.success)


def _if(holds: bool, points: int) -> int:
    return points if holds else 0


def must_text(findings: Sequence[Finding]) -> str:
    """Why somebody cannot be named, in a sentence."""
    return f"应当回避：{'；'.join(each.text for each in findings)}，请另选一位"


def should_text(findings: Sequence[Finding]) -> str:
    """What a reason is asked for."""
    return f"这位调解员{'；'.join(each.text for each in findings)}。仍要指定的，请写明理由"
