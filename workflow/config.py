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
from pathlib import Path
from typing import Any, Literal

import msgspec

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


class Body(msgspec.Struct, frozen=True):
    code: str
    name: str
    kind: Literal["namnd", "ks", "kf"]
    valid_from: date
    diary: str = ""  # empty: the body's own code
    call_days: int = 5  # lead time of the kallelse; fullmäktige's week is law
    valid_to: date | None = None


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


class Config(msgspec.Struct, frozen=True):
    """The whole configuration."""

    municipality: Municipality = Municipality()
    database: Database = Database()
    log: Log = Log()
    registration: Registration = Registration()
    law: Law = Law()
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
    fields = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in raw.items():
        if key not in fields:
            raise EnvironmentFaultError(f"{path}: okänd inställning {where}{key}.{_meant(key, list(fields))}")
        _refuse_unknown_inside(value, fields[key], path, f"{where}{key}.")


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
    for body in config.bodies:
        if body.valid_to is not None and body.valid_to < body.valid_from:
            raise EnvironmentFaultError(f"{path}: instansen {body.code} slutar innan den börjar.")
    keys = [(body.code, body.valid_from) for body in config.bodies]
    if len(set(keys)) != len(keys):
        raise EnvironmentFaultError(f"{path}: en instans står två gånger med samma valid_from.")
