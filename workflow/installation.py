"""This municipality's installation as the law's own check wants it: config.toml on a day, and what is live."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from states import installation
from states.case_facts import BodyKind, CaseKind, MeetingState, State
from states.duties import DUTIES
from states.installation import BodyInForce, Installation, Standing
from states.kinds import KINDS
from states.lifecycle import MEETING_MOVES, MOVES
from states.roles import PERMISSIONS, Office, Role
from states.soundness import Fault, Table
from workflow import case_store, config_files, meeting_store, people, statements
from workflow.body_register import Body, BodyRegister
from workflow.config import Config, Settings
from workflow.connection import Connection, Row
from workflow.errors import EnvironmentFaultError
from workflow.sight import Sight

WITHOUT_BODY, WITHOUT_ROLE = "case-without-body", "case-without-role"
STRANDED = frozenset({WITHOUT_BODY, WITHOUT_ROLE})
"""Codes of faults that leave a live case where nobody can take it on."""


def of_config(config: Config, on: date) -> Installation:
    """What a configuration makes of the lifecycle on a day."""
    in_force = [body for body in register_of(config).bodies if body.in_force(on)]
    held = (office for person in config.people for office in people.offices(config, person))
    return Installation(
        cases=Table(MOVES, tuple(State)),
        meetings=Table(MEETING_MOVES, tuple(MeetingState)),
        kinds=KINDS,
        duties=DUTIES,
        permissions=PERMISSIONS,
        bodies=tuple(BodyInForce(body.code, body.kind, body.call_days, body.is_utskott) for body in in_force),
        offices=tuple(dict.fromkeys(held)),
        mailboxes=tuple(Office(Role(box.role), box.body) for box in config.mailboxes if box.role),
        rules=config.reminders,
        routines=config.routines,
        closed=frozenset() if config.law.medborgarforslag else frozenset({CaseKind.MEDBORGARFORSLAG}),
    )


def register_of(config: Config) -> BodyRegister:
    """The bodies of a configuration, whatever the tables say."""
    return BodyRegister(
        Body(
            code=body.code,
            name=body.name,
            kind=BodyKind(body.kind),
            diary=body.diary or body.parent or body.code,
            call_days=body.call_days,
            valid_from=body.valid_from,
            valid_to=body.valid_to,
            succeeds=body.succeeds or None,
            parent=body.parent or None,
        )
        for body in config.bodies
    )


def require_sound(settings: Settings, on: date) -> None:
    """Raise EnvironmentFaultError when no work should begin with a configuration, or it is about to be another."""
    if told := config_files.unfinished(settings.file):
        raise EnvironmentFaultError(told)
    grave = next(installation.grave_faults(of_config(settings.config, on)), None)
    if grave is not None:
        raise EnvironmentFaultError(
            f"Det går inte att arbeta efter config.toml: {grave.text} Se: arende workflow check"
        )


# --- what is live -------------------------------------------------------------------------------------


def live_faults(connection: Connection, config: Config, on: date, sight: Sight) -> Iterator[Fault]:
    """What is wrong with the cases and meetings that are not done with, by a configuration."""
    found = of_config(config, on)
    seen = {row["id"] for row in connection.run(statements.SEEN_STANDING)} if sight.named else set()
    standing = _standing(connection, config, on)
    yield from installation.of_cases(found, (case for own, case in standing.items() if own in seen))
    unseen = [case for own, case in standing.items() if own not in seen] if sight.counted else []
    yield from _counted(installation.of_cases(found, unseen), more=bool(seen))
    ahead = (row["id"] for row in connection.run(statements.MEETINGS_TO_HOLD))
    yield from installation.of_meetings(found, (meeting_store.load(connection, one).facts for one in ahead))


def stranded(connection: Connection, config: Config, on: date) -> frozenset[tuple[str, str]]:
    """(case, code) for every live case that a configuration leaves where nobody can take it on."""
    found, standing = of_config(config, on), _standing(connection, config, on)
    return frozenset(
        (own, fault.code) for own, case in standing.items() for fault in installation.of_cases(found, [case])
    )


def _counted(faults: Iterable[Fault], *, more: bool) -> Iterator[Fault]:
    """Faults of cases that are not named, one for each kind."""
    codes = [fault.code for fault in faults]
    for code in dict.fromkeys(codes):
        number = "1 ärende" if codes.count(code) == 1 else f"{codes.count(code)} ärenden"
        what = "ska till en instans som inte finns" if code == WITHOUT_BODY else "kan ingen föra vidare"
        yield Fault(code, f"{number}{' till' if more else ''} {what}; du ser inte vilka.", ())


def _standing(connection: Connection, config: Config, on: date) -> Mapping[str, Standing]:
    """Every live case by its id, with heirs in the place of bodies they take over from."""
    register = register_of(config)
    found = {}
    for own, group in groupby(connection.run(statements.STANDING), key=lambda row: row["id"]):
        stages = list(group)
        state = State(stages[0]["state"])
        left = [] if state is State.SKICKAS_TILL else [row for row in stages if not row["closed"]]
        found[own] = Standing(
            ref=case_store.named(stages[0]["number"], own),
            state=state,
            passes=tuple(dict.fromkeys(_now(register, row, on) for row in left)),
            bodies=frozenset(_now(register, row, on) for row in stages),
        )
    return found


def _now(register: BodyRegister, stage: Row, on: date) -> str:
    """The body that a stage is or will be at: its own, or an heir of the same sort (`succession`)."""
    heir = register.successor(stage["body"], on)
    follows = heir is not None and (heir.kind.value, heir.is_utskott) == (stage["kind"], bool(stage["utskott"]))
    return heir.code if heir is not None and follows else str(stage["body"])
