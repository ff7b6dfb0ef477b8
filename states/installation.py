"""A municipality's lifecycle with its own bodies, people and times: can everything be done, by somebody, in time?

Pure: tables, settings and what stands in the database are handed in, so that a test can plant any fault. Each fault
comes with the way that leads to it, or with what it concerns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

import msgspec

from states import deadlines, examples
from states.case_facts import BodyKind, CaseKind, MeetingFacts, State
from states.deadlines import DeadlineKind, Routines
from states.duties import OF_A_MEETING, Duty
from states.guards import secretary_of
from states.judgement import findings
from states.kinds import OWN, Kind
from states.lifecycle import Move
from states.reminders import Rule
from states.roles import Office, Permission, Role, acting
from states.soundness import Fault, Place, Table, of_table, step, steps, stuck, unreachable, way_to
from states.swedish_text import listed, name

BODY_STATES: Mapping[Place, BodyKind] = {kind.state: kind for kind in BodyKind}
WITH_THESE = " med de instanser som finns"
OF_COUNCIL = frozenset({DeadlineKind.ANNOUNCE, DeadlineKind.MOTION_REPORT})
"""Kinds of deadline that only fullmäktige's own meetings have."""


class BodyInForce(msgspec.Struct, frozen=True):
    """A body there is on the day."""

    code: str
    kind: BodyKind
    call_days: int
    utskott: bool = False

    @property
    def is_council(self) -> bool:
        return self.kind is BodyKind.KF and not self.utskott


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is to go together, on one day."""

    cases: Table
    meetings: Table
    kinds: Mapping[CaseKind, Kind]
    duties: Mapping[DeadlineKind, Duty]
    permissions: Mapping[str, Permission]
    bodies: tuple[BodyInForce, ...]
    offices: tuple[Office, ...]  # of everybody
    mailboxes: tuple[Office, ...]
    rules: Sequence[Rule]
    routines: Routines
    closed: frozenset[CaseKind] = frozenset()  # kinds that a setting says are not taken

    @property
    def usable(self) -> tuple[Move, ...]:
        """The moves of cases between bodies that there are."""
        there = {body.kind.state for body in self.bodies if not body.utskott}
        lacking = BODY_STATES.keys() - there
        return tuple(move for move in self.cases.moves if not {move.source, move.target} & lacking)

    def holds(self, roles: Iterable[Role], body: str = "") -> bool:
        """True when somebody holds one of the roles at a body, or at any."""
        return acting(self.offices, frozenset(roles), {body} if body else ()) is not None


class Standing(msgspec.Struct, frozen=True):
    """A live case as far as it has bodies left to pass."""

    ref: str
    state: State
    passes: tuple[str, ...]  # bodies that have not done with it
    bodies: frozenset[str]  # all the bodies of its way


def faults(installation: Installation) -> Iterator[Fault]:
    """Everything that can be told without looking at what stands in the database."""
    yield from grave_faults(installation)
    for fault in unreachable(Table(installation.cases.moves, (State.NAMND,)), installation.usable, WITH_THESE):
        yield msgspec.structs.replace(fault, grave=False)
    yield from _kinds(installation)
    yield from _beginnings(installation)
    yield from _moves(installation)
    yield from _permissions(installation)
    yield from _deadlines(installation)
    yield from _times(installation)
    yield from _reminders(installation)
    yield from contradictions(installation.cases, {move: examples.cases(move) for move in installation.cases.moves})
    yield from contradictions(
        installation.meetings, {move: examples.meetings(move) for move in installation.meetings.moves}
    )


def grave_faults(installation: Installation) -> Iterator[Fault]:
    """What no work should begin with: states that nothing leads to or out of, and the two bodies that everybody has."""
    of_tables = [*of_table(installation.cases), *of_table(installation.meetings)]
    yield from of_tables
    if of_tables:
        return  # what follows from them is no fault of the settings
    # Every municipality has a fullmäktige and a kommunstyrelse; it may have no other nämnd.
    asked = tuple(state for state in installation.cases.states if state is not State.NAMND)
    yield from unreachable(Table(installation.cases.moves, asked), installation.usable, WITH_THESE)
    yield from stuck(installation.cases, installation.usable, WITH_THESE)


# --- kinds of cases -----------------------------------------------------------------------------------


def _kinds(installation: Installation) -> Iterator[Fault]:
    there = {body.kind.value for body in installation.bodies if not body.utskott}
    for kind, what in installation.kinds.items():
        if kind in installation.closed:
            continue
        told = " → ".join(f"{_called(body)} ({name(role)})" for body, role in what.way)
        lacking = [body for body, _ in what.way if body != OWN and body not in there]
        if lacking:
            text = f"Ett ärende av slaget {name(kind)} ska till {_called(lacking[0])}, som inte finns."
            yield Fault("kind-without-body", text, (told,))
        else:
            yield from _walked(installation, kind, what)


def _walked(installation: Installation, kind: CaseKind, what: Kind) -> Iterator[Fault]:
    """Walk a kind's own way, from where it begins until it is sent: is there a move for every step of it?"""
    own = BodyKind.NAMND if what.starts_in in (None, State.DRAFT) else BodyKind(what.starts_in)
    stops = [own.state if body == OWN else State(body) for body, _ in what.way]
    first: list[Place] = [State.DRAFT, State.MBL] if what.starts_in is State.DRAFT else []
    places: list[Place] = [None, *first, *stops, State.SKICKAS_TILL, State.AVSLUTAD]
    walked: list[Move] = []
    for source, target in pairwise(places):
        found = next((move for move in installation.cases.moves if _leads(move, source, target)), None)
        if found is None:
            text = f"Ett ärende av slaget {name(kind)} kommer inte från läget {name(source)} till {name(target)}."
            yield Fault("way-without-move", text, steps(walked))
            return
        walked.append(found)


def _leads(move: Move, source: Place, target: Place) -> bool:
    return move.verb in ("register", "advance", "close") and (move.source, move.target) == (source, target)


def _beginnings(installation: Installation) -> Iterator[Fault]:
    """Moves that register a case where no kind that is taken begins."""
    begun: set[Place] = set()
    for kind, what in installation.kinds.items():
        if kind not in installation.closed:
            first = what.way[0][0]
            at = set(BODY_STATES) if first == OWN else {State(first)}
            begun |= {what.starts_in} if what.starts_in else at
    for move in installation.cases.moves:
        if move.source is None and move.target not in begun:
            refused = listed(name(kind) for kind in CaseKind if kind in installation.closed)
            why = f"; inställningarna säger nej till {refused}" if refused else ""
            text = f"Inget slag av ärende som tas emot börjar i läget {name(move.target)}{why}."
            yield Fault("no-kind-begins", text, (step(move),))


def _called(body: str) -> str:
    return "den egna instansen" if body == OWN else name(body)


# --- people -------------------------------------------------------------------------------------------


def _moves(installation: Installation) -> Iterator[Fault]:
    """Moves that nobody may take, each where it is taken; those with the same roles are told of together."""
    for table, usable in (
        (installation.cases, installation.usable),
        (installation.meetings, installation.meetings.moves),
    ):
        lacking: dict[tuple[frozenset[Role], str], list[Move]] = {}
        for move in usable:
            if not move.by:
                text = f"Ingen roll får ta steget ”{move.label}”."
                yield Fault("move-without-role", text, steps(way_to(table.moves, move)))
                continue
            for body in _taken_at(installation, move):
                if not installation.holds(move.by, body.code):
                    lacking.setdefault((move.by, body.code), []).append(move)
        for (roles, code), moves in lacking.items():
            labels = _either(dict.fromkeys(move.label for move in moves))
            text = f"Hos {code} har ingen rollen {_roles(roles)}, så där kan ingen {labels}."
            yield Fault("role-unheld", text, steps(way_to(table.moves, moves[0])))


def _taken_at(installation: Installation, move: Move) -> Iterator[BodyInForce]:
    """The bodies at which a move is taken: those that have the case before them, and of meetings all."""
    kind = BODY_STATES.get(move.source) or (BODY_STATES.get(move.target) if move.source is None else None)
    for body in installation.bodies:
        # An utskott has what is before it, but begins and ends no case.
        if body.kind is kind or (kind is None and not (body.utskott and isinstance(move.target, State))):
            yield body


def _permissions(installation: Installation) -> Iterator[Fault]:
    for act in installation.permissions.values():
        if not installation.holds(act.by):
            yield Fault("role-unheld", f"Ingen har rollen {_roles(act.by)}, så ingen kan {act.label}.", (act.label,))


def _deadlines(installation: Installation) -> Iterator[Fault]:
    """Deadlines that nobody answers for, at every body that has them."""
    for kind in (kind for kind in DeadlineKind if kind not in installation.duties):
        yield Fault("deadline-without-duty", f"Ingen roll svarar för fristen {kind.value}.", (kind.value,))
    lacking: dict[tuple[Role, str], list[str]] = {}
    for kind, duty in installation.duties.items():
        for body in installation.bodies:
            who = duty.who or secretary_of(body.kind)
            everywhere = who is Role.KOMMUNSEKRETERARE and kind not in OF_A_MEETING
            if _arises(kind, body) and not installation.holds({who}, "" if everywhere else body.code):
                lacking.setdefault((who, "" if everywhere else body.code), []).append(duty.text)
    for (who, code), texts in lacking.items():
        where = f"Hos {code} har ingen" if code else "Ingen har"
        text = f"{where} rollen {_roles({who})}, och den svarar för {_counted(len(set(texts)))}."
        yield Fault("deadline-unowned", text, tuple(dict.fromkeys(texts)))


def _arises(kind: DeadlineKind, body: BodyInForce) -> bool:
    if kind in OF_COUNCIL:
        return body.is_council
    return kind in OF_A_MEETING or not body.utskott


def _counted(number: int) -> str:
    return "en frist" if number == 1 else f"{number} frister"


def _roles(roles: Iterable[Role]) -> str:
    """`registrator eller handlaggare`, as config.toml spells them."""
    return _either(role.value for role in Role if role in set(roles))


def _either(words: Iterable[str]) -> str:
    """`a, b eller c`"""
    *others, last = words
    return f"{', '.join(others)} eller {last}" if others else last


# --- times --------------------------------------------------------------------------------------------


def _times(installation: Installation) -> Iterator[Fault]:
    """Papers that are due when the kallelse has gone, and customs that are later than the law's last day."""
    routines, manus = installation.routines, installation.routines.manus_days
    for setting, days, law in (
        ("adjust_days", routines.adjust_days, deadlines.JUSTERING_DAYS),
        ("post_days", routines.post_days, deadlines.ANSLAG_DAYS),
    ):
        if days > law:
            text = f"Inställningen {setting} är {days} dagar, men lagens sista dag är den {law}:e. Sänk den."
            yield Fault("later-than-the-law", text, (f"{setting}: {days} dagar", f"lagen: {law} dagar"))
    for body in installation.bodies:
        call = deadlines.WEEK if body.is_council else body.call_days
        if call > manus:
            text = (
                f"Kallelsen till {body.code} ska gå {call} dagar före sammanträdet, men handlingarna behöver vara inne "
                f"först {manus} dagar före: de hinner inte med. Höj manus_days eller sänk call_days."
            )
            path = (f"kallelse {body.code}: {call} dagar före", f"manusstopp: {manus} dagar före")
            yield Fault("papers-after-call", text, path)


def _reminders(installation: Installation) -> Iterator[Fault]:
    """Rules that nothing ever sets off, or that nobody would hear."""
    for rule in installation.rules:
        told = f"regeln {rule.name or rule.about}"
        if rule.about == DeadlineKind.MOTION_REPORT and not installation.routines.motion_reports:
            text = f"En påminnelse ({told}) gäller en redovisning som motion_reports = [] har tagit bort."
            yield Fault("reminder-never", text, (told,))
        lead = _lead(DeadlineKind(rule.about), installation.routines)
        asked = [31 * months for months in rule.months_before] + [*rule.days_before]
        afterwards = rule.days_after or rule.repeat_days or rule.days_before_last_council or rule.escalate_days
        only_before = asked and not afterwards
        if lead is not None and only_before and rule.late == "hoppa_over" and min(asked) > lead:
            text = (
                f"En påminnelse ({told}) skickas aldrig: den gäller {min(asked)} dagar före en dag som är känd högst "
                f"{lead} dagar i förväg, och late = hoppa_over. Minska days_before eller ändra late."
            )
            yield Fault("reminder-never", text, (told, f"känd högst {lead} dagar före"))
        # A name in `to` is a mailbox there is; a role is nothing but whoever holds it.
        for role in (one for one in (*rule.to, *rule.escalate_to) if one in set(Role)):
            if not installation.holds({Role(role)}) and role not in {box.role for box in installation.mailboxes}:
                text = f"En påminnelse ({told}) går till {role}, en roll som ingen har och som ingen låda finns för."
                yield Fault("reminder-unheard", text, (told,))


ROLLED = 7
"""A day is moved over no more closed days than this."""


def _lead(kind: DeadlineKind, routines: Routines) -> int | None:
    """How many days ahead a deadline can be known, at most; None where nothing sets a limit."""
    days = {
        DeadlineKind.ADJUST: deadlines.JUSTERING_DAYS,
        DeadlineKind.POST: deadlines.ANSLAG_DAYS,
        DeadlineKind.TAKE_DOWN: deadlines.APPEAL_DAYS,
        DeadlineKind.DISPATCH: routines.dispatch_days,
        DeadlineKind.APPEAL: routines.appeal_days,
        DeadlineKind.AWAITED: routines.awaited_days,
        DeadlineKind.MBL_MEETING: deadlines.NEGOTIATION_DAYS,
        DeadlineKind.MBL_COURT: deadlines.COURT_DAYS,
        DeadlineKind.PARTY_DELAY: 31 * routines.party_months,
        DeadlineKind.PARTY_ANSWER: deadlines.PARTY_WEEKS * deadlines.WEEK,
    }.get(kind)
    return None if days is None else days + ROLLED


# --- requirements -------------------------------------------------------------------------------------


def contradictions(table: Table, tried: Mapping[Move, Iterable[tuple[object, object]]]) -> Iterator[Fault]:
    """Moves whose requirements cannot all be met, by examples of which one should do.

    A fact has rows besides that are there for what went wrong, so one row of those that lead alike is enough.
    """
    blocked = {move: [_blocking(move, *one) for one in some] for move, some in tried.items()}
    met = {(move.verb, move.target) for move, found in blocked.items() if move.fact and set() in found}
    for move, found in blocked.items():
        if set() not in found and (move.verb, move.target) not in met:
            asked = _never_met(found)
            what = f"Kravet {asked[0]} kan" if len(asked) == 1 else f"Kraven {listed(asked)} kan"
            together = "aldrig uppfyllas" if len(asked) == 1 else "aldrig uppfyllas samtidigt"
            text = f"{what} {together}, så steget ”{move.label}” går inte att ta. De står i docs/rules.md."
            yield Fault("contradiction", text, steps(way_to(table.moves, move)))


def _blocking(move: Move, facts: object, attempt: object) -> set[str]:
    return {finding.guard for finding in findings(move, facts, attempt) if finding.blocks}  # type: ignore[arg-type]


def _never_met(found: Sequence[set[str]]) -> tuple[str, ...]:
    """The fewest requirements of which every example misses one."""
    guards = sorted(set().union(*found))
    several = (some for size in range(1, len(guards) + 1) for some in combinations(guards, size))
    return next(some for some in several if all(missed & {*some} for missed in found))


# --- what stands in the database ----------------------------------------------------------------------


def of_cases(installation: Installation, standing: Iterable[Standing]) -> Iterator[Fault]:
    """Live cases that are to pass a body there is not, or that nobody can take on."""
    codes = {body.code for body in installation.bodies}
    onward: dict[State, frozenset[Role]] = {}
    for move in installation.cases.moves:
        if isinstance(move.source, State) and move.target != move.source and not move.fact:
            onward[move.source] = onward.get(move.source, frozenset()) | move.by
    for case in standing:
        lost = [body for body in case.passes if body not in codes]
        if lost:
            text = f"{case.ref} ska till {listed(lost)}, som inte finns och som ingen har tagit över från."
            yield Fault("case-without-body", text, (case.ref, *(f"väntar på {body}" for body in lost)))
        roles = onward.get(case.state, frozenset())
        if roles and acting(installation.offices, roles, case.bodies) is None:
            where = listed(sorted(case.bodies))
            text = f"{case.ref} kan ingen föra vidare: ingen har rollen {_roles(roles)} hos {where}."
            yield Fault("case-without-role", text, (f"{case.ref}: {name(case.state)}",))


def of_meetings(installation: Installation, planned: Iterable[MeetingFacts]) -> Iterator[Fault]:
    """Planned meetings whose own days contradict each other."""
    for meeting in planned:
        papers, call = deadlines.papers_in(meeting, installation.routines), deadlines.call_last_day(meeting)
        if meeting.ahead and meeting.called_on is None and papers > call:
            text = (
                f"Manusstopp för {meeting.ref} är {papers}, efter kallelsen {call}. Ändra den ena: arende meeting plan "
                f"{meeting.ref.replace(' ', '-', 1)}"
            )
            yield Fault("papers-after-call", text, (f"{meeting.ref}: kallelse {call}", f"manusstopp {papers}"))
