"""config.toml: read once at start, checked in full, frozen.

An unknown key is refused with what was probably meant. Relative paths count from the file's own
directory. Secrets are not kept here: ARENDE_DATABASE_URL replaces [database] url.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from states.deadlines import USUAL, DeadlineKind, Routines
from states.guards import Role
from workflow.errors import EnvironmentFaultError


class Municipality(msgspec.Struct, frozen=True):
    name: str = "Kommunen"


class Database(msgspec.Struct, frozen=True):
    url: str = "sqlite:///arendegang.db"


class Log(msgspec.Struct, frozen=True):
    directory: str = "logg"  # the log and its payloads
    operations: str = "logg/drift.jsonl"  # the operators' log


class Registration(msgspec.Struct, frozen=True):
    late_after_days: int = 30  # older events need a reason and are marked efterregistrerad


class Law(msgspec.Struct, frozen=True):
    motion_raised: Literal["ingiven", "anmald"] = "ingiven"  # when a motion is väckt


class Daemon(msgspec.Struct, frozen=True):
    """How the daemon goes about it."""

    tick_seconds: int = 60
    lease_seconds: int = 300  # how long a reminder being sent is nobody else's; far longer than a mail takes
    max_attempts: int = 20  # then a reminder that a server keeps putting off is given up
    retry_seconds: int = 60  # until the second attempt; doubled for each after that, up to six hours


class Email(msgspec.Struct, frozen=True):
    """How reminders are mailed; without a host none are."""

    host: str = ""
    port: int = 25
    sender: str = ""
    timeout_seconds: int = 20


class Mailbox(msgspec.Struct, frozen=True):
    """Where a role is reached; a box without a body serves every body that has none of its own."""

    role: str
    address: str
    body: str = ""


class ReminderRule(msgspec.Struct, frozen=True):
    """When somebody is reminded of a kind of deadline, counted from the working day to act on."""

    about: str  # kind of deadline
    months_before: list[int] = []
    days_before: list[int] = []
    days_after: list[int] = []
    repeat_days: int = 0  # after the last of those, again and again
    days_before_last_council: list[int] = []  # before fullmäktige's last planned meeting in time
    to: list[str] = []  # roles; empty: the one the duty is
    name: str = ""  # where several rules are about the same; empty: `about`
    late: Literal["skicka", "sla_ihop", "hoppa_over"] = "sla_ihop"  # what is done with a step that was missed


class Body(msgspec.Struct, frozen=True):
    code: str
    name: str
    kind: Literal["namnd", "ks", "kf"]
    valid_from: date
    diary: str = ""  # empty: the body's own code
    call_days: int = 5  # lead time of the kallelse; fullmäktige's week is law
    valid_to: date | None = None
    succeeds: str = ""  # the code of the body whose matters it takes over


class Member(msgspec.Struct, frozen=True):
    id: str
    body: str
    name: str
    seat: str
    valid_from: date
    valid_to: date | None = None


class Person(msgspec.Struct, frozen=True):
    id: str  # what the log calls them
    user: str  # user name in the operating system; "*" for anybody
    roles: list[str]


def usual_rules() -> list[ReminderRule]:
    """The rules of a configuration that names none."""
    return [
        ReminderRule("mbl", days_before=[14, 7, 3]),
        ReminderRule("manusstopp", days_before=[7, 1]),
        ReminderRule("announce", days_before=[3, 0]),
        ReminderRule("call", days_before=[3, 0]),
        ReminderRule("adjust", days_before=[7, 4, 2], days_after=[1]),
        ReminderRule("post", days_before=[1, 0], days_after=[1]),
        ReminderRule("take_down", days_before=[0], days_after=[14]),
        ReminderRule("dispatch", days_after=[0, 7], repeat_days=14),
        ReminderRule(
            "motion_year", months_before=[6, 3], days_before_last_council=[28], to=["kommunsekreterare", "handlaggare"]
        ),
        ReminderRule("uppsagning", months_before=[6, 3], days_before=[28, 14, 3]),
        ReminderRule("option", months_before=[3], days_before=[28, 14]),
        ReminderRule("avtalsslut", months_before=[9, 3], days_before=[28]),
        ReminderRule("uppdrag", days_before=[14, 3], days_after=[7], repeat_days=30),
        ReminderRule("handelse", days_before=[0]),
        ReminderRule("invantad", days_before=[0], repeat_days=180),
        ReminderRule("period", months_before=[3], days_before=[14]),
        ReminderRule("bevakning", days_before=[0], days_after=[7]),
        ReminderRule("silent", days_before=[0], repeat_days=30),
    ]


class Config(msgspec.Struct, frozen=True):
    """The whole configuration."""

    municipality: Municipality = Municipality()
    database: Database = Database()
    log: Log = Log()
    registration: Registration = Registration()
    law: Law = Law()
    routines: Routines = USUAL
    daemon: Daemon = Daemon()
    email: Email = Email()
    mailboxes: list[Mailbox] = []
    reminders: list[ReminderRule] = msgspec.field(default_factory=usual_rules)
    bodies: list[Body] = []
    members: list[Member] = []
    people: list[Person] = []


class Settings(msgspec.Struct, frozen=True):
    """A configuration with where it came from."""

    config: Config
    hash: str
    directory: Path

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
    def operations_log(self) -> Path:
        return self.directory / self.config.log.operations


def load(path: Path) -> Settings:
    """Read and check a configuration. Raises EnvironmentFaultError with what to mend."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EnvironmentFaultError(
            f"Inställningsfilen {path} kan inte läsas. Ställ dig i en katalog med config.toml, ange "
            "--config FIL, eller kopiera config.toml från projektet."
        ) from error
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EnvironmentFaultError(f"{path} är inte skriven i UTF-8; spara om den.") from error
    except tomllib.TOMLDecodeError as error:
        raise EnvironmentFaultError(f"{path} är inte giltig TOML{_place(error)}. Rätta den raden.") from error
    _refuse_unknown(raw, Config, path)
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise EnvironmentFaultError(f"{path}: {_wrong_value(error)}") from error
    _refuse_contradictions(config, path)
    return Settings(config=config, hash=hashlib.sha256(content).hexdigest(), directory=path.parent.absolute())


def _refuse_unknown(raw: Mapping[str, Any], struct: type[msgspec.Struct], path: Path, where: str = "") -> None:
    fields = _fields(struct)
    for key, value in raw.items():
        if key not in fields:
            raise EnvironmentFaultError(f"{path}: okänd inställning {where}{key}.{_meant(key, list(fields))}")
        _refuse_unknown_inside(value, fields[key], path, f"{where}{key}.")


@lru_cache
def _fields(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


def _refuse_unknown_inside(value: Any, kind: Any, path: Path, where: str) -> None:
    item = kind.__args__[0] if getattr(kind, "__origin__", None) is list else kind
    if not (isinstance(item, type) and issubclass(item, msgspec.Struct)):
        return
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            _refuse_unknown(part, item, path, where)


def _meant(key: str, known: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(key, known, 1)
    return f" Menade du {close[0]}?" if close else f" Möjliga: {', '.join(known)}."


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Where the TOML goes wrong: `, rad 3`."""
    found = re.search(r"line (\d+)", str(error))
    return f", rad {found[1]}" if found else ", i slutet av filen"


def _wrong_value(error: msgspec.ValidationError) -> str:
    """Which setting has a wrong value, and what it should be, out of msgspec's own words."""
    told, _, where = str(error).partition(" - at `$.")
    setting = where.rstrip("`") or "inställningarna"
    if "missing required field" in told:
        return f"inställningen {setting}.{told.split('`')[1]} saknas.".replace("inställningarna.", "")
    kinds = {"str": "en text", "int": "ett heltal", "date": "ett datum", "array": "en lista", "object": "en tabell"}
    wanted = kinds.get(told.split("`")[1] if "`" in told else "", "ett av de värden som mallen visar")
    return f"inställningen {setting} har fel värde; det ska vara {wanted}."


def _refuse_contradictions(config: Config, path: Path) -> None:
    _refuse_unusable_rules(config, path)
    for body in config.bodies:
        if body.valid_to is not None and body.valid_to < body.valid_from:
            raise EnvironmentFaultError(f"{path}: instansen {body.code} slutar innan den börjar.")
    keys = [(body.code, body.valid_from) for body in config.bodies]
    if len(set(keys)) != len(keys):
        raise EnvironmentFaultError(f"{path}: en instans står två gånger med samma valid_from.")
    unknown = {body.succeeds for body in config.bodies if body.succeeds} - {body.code for body in config.bodies}
    if unknown:
        raise EnvironmentFaultError(f"{path}: succeeds namnger {', '.join(sorted(unknown))}, som inte finns.")


def _refuse_unusable_rules(config: Config, path: Path) -> None:
    kinds, roles = {kind.value for kind in DeadlineKind}, {role.value for role in Role}
    for rule in config.reminders:
        if rule.about not in kinds:
            raise EnvironmentFaultError(
                f"{path}: reminders.about {rule.about} finns inte.{_meant(rule.about, [*kinds])}"
            )
        offsets = (*rule.months_before, *rule.days_before, *rule.days_after, *rule.days_before_last_council)
        if min((*offsets, rule.repeat_days), default=0) < 0:
            raise EnvironmentFaultError(f"{path}: reminders för {rule.about} har ett tal under noll.")
    for role in (role for part in (*config.reminders,) for role in part.to):
        _refuse_unknown_role(role, roles, path)
    for box in config.mailboxes:
        _refuse_unknown_role(box.role, roles, path)
    names = [rule.name or rule.about for rule in config.reminders]
    if len(set(names)) != len(names):
        raise EnvironmentFaultError(f"{path}: två reminders har samma namn; ge den ena ett eget name.")
    if config.email.host and not config.email.sender:
        raise EnvironmentFaultError(f"{path}: email.sender saknas; ange vem påminnelserna kommer från.")


def _refuse_unknown_role(role: str, roles: set[str], path: Path) -> None:
    if role not in roles:
        raise EnvironmentFaultError(f"{path}: rollen {role} finns inte.{_meant(role, sorted(roles))}")
