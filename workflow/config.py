"""config.toml: read once at start, checked in full, frozen.

An unknown key is refused with what was probably meant. Relative paths count from the file's own
directory. Secrets are not kept here: ARENDE_DATABASE_URL replaces [database] url.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Literal

import msgspec

from states.deadlines import USUAL, Routines
from workflow import config_checks, config_outlets, config_reminders
from workflow.config_outlets import Email as Email
from workflow.config_outlets import Webhook as Webhook
from workflow.config_outlets import WebhookTarget as WebhookTarget
from workflow.config_reminders import Mailbox as Mailbox
from workflow.config_reminders import ReminderRule as ReminderRule
from workflow.config_reminders import usual_rules as usual_rules
from workflow.errors import EnvironmentFaultError

MONTHS = 12
SECONDS_A_DAY, TEN_YEARS, A_HUNDRED_YEARS = 86_400, 3_660, 36_500
MOST_ATTEMPTS, LAST_PORT = 10_000, 65_535
SENDS_IN_A_LEASE = 3
"""A lease lasts at least so many times as long as a mail server or a webhook may be silent."""


class Municipality(msgspec.Struct, frozen=True):
    name: str = "Kommunen"


class Database(msgspec.Struct, frozen=True):
    url: str = "sqlite:///arendegang.db"


class Log(msgspec.Struct, frozen=True):
    directory: str = "logg"  # the log and its payloads
    operations: str = "logg/drift.jsonl"  # the operators' log


class Documents(msgspec.Struct, frozen=True):
    directory: str = "dokument"  # the files that have come in, each named by its SHA-256


class Registration(msgspec.Struct, frozen=True):
    late_after_days: int = 30  # older events need a reason and are marked efterregistrerad


class Law(msgspec.Struct, frozen=True):
    motion_raised: Literal["ingiven", "anmald"] = "ingiven"  # when a motion is väckt
    board_interruption: Literal["borjar_om", "loper_vidare"] = "borjar_om"  # the appeal time, when the board was down
    remote_kf: bool = False  # fullmäktige has let its members take part from afar (KL 5 kap. 16 §)
    remote_namnd: bool = False  # and the members of the nämnder (6 kap. 24 §)
    medborgarforslag: bool = True  # fullmäktige takes medborgarförslag (KL 5 kap. 23 §)


class Daemon(msgspec.Struct, frozen=True):
    """How the daemon goes about it."""

    tick_seconds: int = 60
    lease_seconds: int = 300  # how long a reminder being sent is nobody else's; far longer than a mail takes
    max_attempts: int = 20  # then a reminder that a server keeps putting off is given up
    retry_seconds: int = 60  # until the second attempt; doubled for each after that, up to six hours
    quiet: tuple[str, ...] = ("18:00", "07:00")  # between them, in Sweden, nothing leaves the house; () for never
    weekends: bool = False  # whether anything leaves the house on a day that is not a working day
    metrics_file: str = ""  # figures for Prometheus, as a text file; empty: none
    metrics_port: int = 0  # and on loopback; 0: none


class Calendar(msgspec.Struct, frozen=True):
    """Where calendars to subscribe to are written; without a directory none are."""

    directory: str = ""


class Body(msgspec.Struct, frozen=True):
    code: str
    name: str
    kind: Literal["namnd", "ks", "kf"]
    valid_from: date
    diary: str = ""  # empty: the body's own code
    call_days: int = 5  # lead time of the kallelse; fullmäktige's week is law
    valid_to: date | None = None
    succeeds: str = ""  # the code of the body whose matters it takes over
    parent: str = ""  # the code of the body it is an utskott or presidium of


class StandingItem(msgspec.Struct, frozen=True):
    """A matter that stands on every agenda of a body."""

    body: str
    title: str
    kind: Literal["beslut", "information", "anmalan"] = "beslut"
    place: Literal["first", "last"] = "first"


class Member(msgspec.Struct, frozen=True):
    id: str
    body: str
    name: str
    seat: Literal["ordforande", "vice_ordforande", "ledamot", "ersattare"]
    valid_from: date
    valid_to: date | None = None
    place: int = 0  # an ersättare's place in the order they are called in


class UrgentDecider(msgspec.Struct, frozen=True):
    """A member whom a body has chosen to decide in its place when it cannot wait (KL 6 kap. 39 §)."""

    member: str  # Member.id
    valid_from: date
    valid_to: date | None = None


class Person(msgspec.Struct, frozen=True):
    id: str  # what the log calls them
    user: str  # user name in the operating system; "*" for anybody
    roles: list[str]  # "registrator" everywhere, or "registrator@SON" for one body with its utskott and forerunners
    cleared: list[str] = []  # codes of bodies whose secret cases the person may see; "*" for all


class Config(msgspec.Struct, frozen=True):
    """The whole configuration."""

    municipality: Municipality = Municipality()
    database: Database = Database()
    log: Log = Log()
    documents: Documents = Documents()
    registration: Registration = Registration()
    law: Law = Law()
    routines: Routines = USUAL
    daemon: Daemon = Daemon()
    email: Email = Email()
    webhook: Webhook = Webhook()
    calendar: Calendar = Calendar()
    mailboxes: list[Mailbox] = []
    reminders: list[ReminderRule] = msgspec.field(default_factory=usual_rules)
    bodies: list[Body] = []
    members: list[Member] = []
    urgent_deciders: list[UrgentDecider] = []
    people: list[Person] = []
    standing_items: list[StandingItem] = []


class Settings(msgspec.Struct, frozen=True):
    """A configuration with where it came from."""

    config: Config
    hash: str
    directory: Path
    name: str = "config.toml"  # of the file in the directory

    @property
    def file(self) -> Path:
        """Where it really lies, whatever leads to it."""
        return (self.directory / self.name).resolve()

    @property
    def database_url(self) -> str:
        url = os.environ.get("ARENDE_DATABASE_URL") or self.config.database.url
        if not url.startswith("sqlite:///"):
            return url
        return f"sqlite:///{self.directory / url.removeprefix('sqlite:///')}"

    @property
    def log_directory(self) -> Path:
        return self.directory / self.config.log.directory

    @property
    def document_directory(self) -> Path:
        return self.directory / self.config.documents.directory

    @property
    def operations_log(self) -> Path:
        return self.directory / self.config.log.operations

    @property
    def calendar_directory(self) -> Path | None:
        wanted = self.config.calendar.directory
        return self.directory / wanted if wanted else None


def load(path: Path) -> Settings:
    """Read and check a configuration. Raises EnvironmentFaultError with what to mend."""
    content, raw = config_checks.read(path)
    if told := config_checks.unknown_key(raw, Config):
        raise EnvironmentFaultError(f"{path}: {told}")
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise EnvironmentFaultError(f"{path}: {config_checks.wrong_value(error)}") from error
    found = Settings(config, hashlib.sha256(content).hexdigest(), path.parent.absolute(), path.name)
    if told := next(filter(None, chain(_complaints(config), _about_directories(found))), ""):
        raise EnvironmentFaultError(f"{path}: {told}")
    return found


# --- what cannot be used ------------------------------------------------------------------------------


def _complaints(config: Config) -> Iterator[str]:
    """A sentence for everything that cannot work; empty ones for what can."""
    yield from (config_checks.outside(*number) for number in _numbers(config))
    yield from _about_outlets(config)
    yield config_checks.useless_hours("daemon.quiet", config.daemon.quiet)
    yield from config_reminders.about_mailboxes(config.mailboxes, {body.code for body in config.bodies})
    systems = [target.name for target in config.webhook.targets]
    yield from config_reminders.about_rules(config.reminders, config.mailboxes, systems)
    yield from _about_bodies(config.bodies)
    yield from _about_members(config)
    yield from _about_urgent_deciders(config)
    yield from _about_people(config)
    yield from _about_standing_items(config)


def _numbers(config: Config) -> Iterator[tuple[str, int, int, int]]:
    """(setting, value, least, most)"""
    daemon, email = config.daemon, config.email
    yield "daemon.tick_seconds", daemon.tick_seconds, 1, SECONDS_A_DAY
    yield "daemon.lease_seconds", daemon.lease_seconds, 1, SECONDS_A_DAY
    yield "daemon.max_attempts", daemon.max_attempts, 1, MOST_ATTEMPTS
    yield "daemon.retry_seconds", daemon.retry_seconds, 0, SECONDS_A_DAY
    yield "daemon.metrics_port", daemon.metrics_port, 0, LAST_PORT
    yield "email.port", email.port, 1, LAST_PORT
    yield "email.timeout_seconds", email.timeout_seconds, 1, SECONDS_A_DAY // SENDS_IN_A_LEASE
    yield "webhook.timeout_seconds", config.webhook.timeout_seconds, 1, SECONDS_A_DAY // SENDS_IN_A_LEASE
    yield "registration.late_after_days", config.registration.late_after_days, 0, A_HUNDRED_YEARS
    for name in config.routines.__struct_fields__:
        value = getattr(config.routines, name)
        if isinstance(value, int):
            yield f"routines.{name}", value, 0, TEN_YEARS
    yield from (("routines.motion_reports", month, 1, MONTHS) for month in config.routines.motion_reports)
    for body in config.bodies:
        yield f"bodies.call_days för {body.code}", body.call_days, 0, TEN_YEARS
    yield from config_reminders.numbers(config.reminders)


def _about_outlets(config: Config) -> Iterator[str]:
    waits = {"email": config.email.timeout_seconds}
    if config.webhook.targets:
        waits["webhook"] = config.webhook.timeout_seconds
    for section, seconds in waits.items():
        if config.daemon.lease_seconds < (shortest := SENDS_IN_A_LEASE * seconds):
            yield (
                f"daemon.lease_seconds är {config.daemon.lease_seconds}; det ska vara minst {SENDS_IN_A_LEASE} gånger "
                f"{section}.timeout_seconds, alltså {shortest}."
            )
    yield from config_outlets.about_mail(config.email)
    yield from config_outlets.about_webhooks(config.webhook)


def _about_directories(settings: Settings) -> Iterator[str]:
    """What is said of a directory that holds, or would come to hold, something that must not lie together with it."""
    documents, log = _real(settings.document_directory), _real(settings.log_directory)
    database = settings.database_url.partition("sqlite:///")[2]
    files = [_real(settings.operations_log), *([_real(Path(database))] if database else [])]
    if other := _together(documents, [settings.file, log, *files], [log]):
        yield (
            f"documents.directory är {settings.config.documents.directory}, tillsammans med {other}; ange en katalog "
            "bara för handlingarna."
        )
    if settings.calendar_directory is None:
        return
    wanted = _real(settings.calendar_directory)
    if other := _together(wanted, [settings.file, log, documents, *files], [log, documents]):
        yield (
            f"calendar.directory är {settings.config.calendar.directory}, tillsammans med {other}; andra "
            "läser kalendrarna, så ange en katalog bara för dem."
        )


def _real(path: Path) -> Path:
    """Where a path leads. Unlike Path.resolve, a link to itself is left for whoever opens it to tell of."""
    return Path(os.path.realpath(path))


def _together(directory: Path, own: list[Path], closed: list[Path]) -> str:
    """The name of what lies in a directory, or of what it lies in; empty for neither."""
    within = (one.name for one in own if one.is_relative_to(directory))
    around = (one.name for one in closed if directory.is_relative_to(one))
    return next(chain(within, around), "")


def _about_bodies(bodies: list[Body]) -> Iterator[str]:
    for body in bodies:
        if body.valid_to is not None and body.valid_to < body.valid_from:
            yield f"instansen {body.code} slutar innan den börjar."
    keys = [(body.code, body.valid_from) for body in bodies]
    if len(set(keys)) != len(keys):
        yield "en instans står två gånger med samma valid_from."
    successions = [(body.code, body.succeeds) for body in bodies if body.succeeds]
    yield from _about_parents(bodies)
    unknown = {old for _, old in successions} - {body.code for body in bodies}
    if unknown:
        yield f"succeeds namnger {', '.join(sorted(unknown))}, som inte finns."
    if round_about := config_checks.circle(successions):
        yield (
            f"bodies.succeeds går i ring ({', '.join(round_about)}); ingen instans kan ta över efter sig själv, "
            "så ta bort succeeds för den som var först."
        )


def _about_parents(bodies: list[Body]) -> Iterator[str]:
    kinds = {body.code: body.kind for body in bodies if not body.parent}
    for body in bodies:
        if body.parent and body.parent not in kinds:
            meant = config_checks.meant(body.parent, set(kinds))
            yield f"bodies.parent {body.parent} för {body.code} är ingen instans med egen kraft.{meant}"
        elif body.parent and kinds[body.parent] != body.kind:
            yield f"{body.code} hör till {body.parent} och ska ha samma kind, {kinds[body.parent]}."


def _about_standing_items(config: Config) -> Iterator[str]:
    codes = {body.code for body in config.bodies}
    for item in config.standing_items:
        if item.body not in codes:
            meant = config_checks.meant(item.body, codes)
            yield f"standing_items.body {item.body} är ingen code i [[bodies]].{meant}"
        if not item.title.strip():
            yield f"standing_items för {item.body} saknar title."


def _about_urgent_deciders(config: Config) -> Iterator[str]:
    known = {member.id for member in config.members}
    for chosen in config.urgent_deciders:
        if chosen.member not in known:
            meant = config_checks.meant(chosen.member, known)
            yield f"urgent_deciders.member {chosen.member} är inget id i [[members]].{meant}"


def _about_members(config: Config) -> Iterator[str]:
    codes, seen = {body.code for body in config.bodies}, set()
    for member in config.members:
        if member.body not in codes:
            meant = config_checks.meant(member.body, codes)
            yield f"members.body {member.body} för {member.id} är ingen code i [[bodies]].{meant}"
        if member.id in seen:
            yield f"två members har id {member.id}; ge den ena ett eget."
        seen.add(member.id)
        if member.valid_to is not None and member.valid_to < member.valid_from:
            yield f"platsen {member.id} slutar innan den börjar."


def _about_people(config: Config) -> Iterator[str]:
    codes = {body.code for body in config.bodies}
    for person in config.people:
        for held in person.roles:
            role, at, body = held.partition("@")
            yield config_reminders.unknown_role(role)
            if at and body not in codes:
                meant = config_checks.meant(body, codes)
                yield f"rollen {held} för {person.id}: {body} är ingen code i [[bodies]].{meant}"
        for code in person.cleared:
            if code != "*" and code not in codes:
                yield f"cleared {code} för {person.id} är ingen code i [[bodies]].{config_checks.meant(code, codes)}"
