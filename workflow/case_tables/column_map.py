"""The map of a table of open cases: what its columns are, what its words mean. Written once by hand, in TOML."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from workflow import config_checks
from workflow.document_intake.incoming import read_incoming
from workflow.document_intake.interface import UnreadableDocument
from workflow.errors import UsageError


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[fil]"""

    blad: str = ""  # of a workbook; empty: the first with anything in it
    datum: list[str] = msgspec.field(default_factory=lambda: ["ÅÅÅÅ-MM-DD"])


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[kolumner]: what a column is called in the table; those that are not there are left out."""

    diarienummer: str
    rubrik: str
    slag: str = ""
    instans: str = ""
    handlaggare: str = ""
    inkom: str = ""
    registrerad: str = ""
    lage: str = ""
    vag: str = ""
    svar_senast: str = ""
    sekretess: str = ""
    nasta_steg: str = ""
    nasta_dag: str = ""


class Constants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[konstanter]: what holds for every row whose own cell is empty."""

    slag: str = "forvaltningsarende"
    instans: str = ""
    handlaggare: str = ""
    lage: str = ""
    vag: str = ""
    sekretess: str = ""


class Skipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[hoppa_over]]: rows that are not to be taken in."""

    kolumn: str
    varden: list[str]


class ColumnMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    skal: str  # why the cases are registered only now
    kolumner: Columns
    fil: Sheet = Sheet()
    konstanter: Constants = Constants()
    varden: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)  # [varden.lage] their word = our code
    hoppa_over: list[Skipped] = msgspec.field(default_factory=list)

    def meaning(self, field: str, text: str) -> str:
        """Our word for theirs; their own where the map has none."""
        return self._words.get(field, {}).get(folded(text), text)

    @property
    def _words(self) -> dict[str, dict[str, str]]:
        return {field: {folded(theirs): ours for theirs, ours in words.items()} for field, words in self.varden.items()}


FIELDS = Columns.__struct_fields__
_DATE_WORDS = re.compile("ÅÅÅÅ|ÅÅ|MM|DD")
_FORMAT = {"ÅÅÅÅ": "%Y", "ÅÅ": "%y", "MM": "%m", "DD": "%d"}


def folded(text: str) -> str:
    """A word or a heading as it is compared: capitals and spaces mean nothing."""
    return " ".join(text.casefold().split())


def load(path: Path) -> ColumnMap:
    """Read and check a map. Raises UsageError with what to mend."""
    raw = _read(path)
    if told := config_checks.unknown_key(raw, ColumnMap) or _unknown_field(raw):
        raise UsageError(f"{path.name}: {told} Inget är sparat.")
    try:
        found = msgspec.convert(raw, ColumnMap)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path.name}: {config_checks.wrong_value(error)} Inget är sparat.") from error
    if not found.skal.strip():
        raise UsageError(f"{path.name}: ange skal, varför ärendena registreras först nu. Inget är sparat.")
    for form in found.fil.datum:
        strptime_format(form, path.name)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_incoming(path).data.decode("utf-8-sig"))
    except UnreadableDocument as error:
        raise UsageError(f"Kartan {path}: {error.reason}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} är inte skriven i UTF-8; spara om den. Inget är sparat.") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"rad {line[1]}" if line else "slutet"
        raise UsageError(f"{path.name}, {where}: filen är inte giltig TOML. Inget är sparat.") from error


def _unknown_field(raw: dict[str, Any]) -> str:
    words = raw.get("varden", {})
    unknown = next((field for field in words if field not in FIELDS), None) if isinstance(words, dict) else None
    return f"okänd inställning varden.{unknown}.{config_checks.meant(unknown, FIELDS)}" if unknown else ""


def strptime_format(form: str, file: str) -> str:
    """`ÅÅÅÅ-MM-DD` in Python's letters. Raises UsageError for a form without year, month or day."""
    found = _DATE_WORDS.findall(form)
    if len(found) != len(_FORMAT) - 1 or "%" in form:
        raise UsageError(
            f"{file}: fil.datum {form} ska ha år, månad och dag, till exempel DD/MM/ÅÅÅÅ. Inget är sparat."
        )
    return _DATE_WORDS.sub(lambda match: _FORMAT[match[0]], form)
