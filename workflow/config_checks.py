"""What can be told of config.toml without knowing what it sets: its keys, kinds of values, addresses, numbers.

Of a part that is as it should be, nothing is told: the empty text.

Every command reads the configuration, so nothing here imports more than it must, and what only a wrong one
needs is imported when there is one.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from workflow import held_files
from workflow.errors import EnvironmentFaultError, UsageError

LONGEST_LABEL, LONGEST_DOMAIN, LONGEST_LOCAL, LONGEST_ADDRESS = 63, 253, 64, 254
IN_LOCAL = frozenset("!#$%&'*+/=?^_`{|}~-")
NOT_IN_NAME = frozenset('"<>,;:@()[]\\')
LARGEST_BYTE = 255


def read(path: Path) -> tuple[bytes, Mapping[str, Any]]:
    """A TOML file as it is and as it reads. Raises EnvironmentFaultError or UsageError with what to mend."""
    if held_files.is_held(path):
        raise UsageError(f"{path} är arendes egen databas. Ange en inställningsfil.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EnvironmentFaultError(
            f"Inställningsfilen {path} kan inte läsas. Ställ dig i en katalog med config.toml, ange "
            "--config FIL, eller kopiera config.toml från projektet."
        ) from error
    try:
        return content, tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EnvironmentFaultError(f"{path} är inte skriven i UTF-8; spara om den.") from error
    except tomllib.TOMLDecodeError as error:
        raise EnvironmentFaultError(f"{path} är inte giltig TOML{_place(error)}. Rätta den raden.") from error


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Where the TOML goes wrong: `, rad 3`."""
    found = re.search(r"line (\d+)", str(error))
    return f", rad {found[1]}" if found else ", i slutet av filen"


# --- keys and kinds of values -------------------------------------------------------------------------


def unknown_key(raw: Mapping[str, Any], struct: type[msgspec.Struct], where: str = "") -> str:
    """What is said of the first key that is no setting."""
    fields = _fields(struct)
    for key, value in raw.items():
        if key not in fields:
            return f"okänd inställning {where}{key}.{meant(key, fields)}"
        if told := _unknown_inside(value, fields[key], f"{where}{key}."):
            return told
    return ""


@lru_cache
def _fields(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


def _unknown_inside(value: Any, kind: Any, where: str) -> str:
    item = kind.__args__[0] if getattr(kind, "__origin__", None) is list else kind
    if not (isinstance(item, type) and issubclass(item, msgspec.Struct)):
        return ""
    parts = value if isinstance(value, list) else [value]
    return next(filter(None, (unknown_key(part, item, where) for part in parts if isinstance(part, dict))), "")


def meant(key: str, known: Iterable[str]) -> str:
    """` Menade du call?`, or everything there is to choose from."""
    import difflib

    possible = sorted(known)
    close = difflib.get_close_matches(key, possible, 1)
    if close:
        return f" Menade du {close[0]}?"
    return f" Möjliga: {', '.join(possible)}." if possible else ""


def wrong_value(error: msgspec.ValidationError) -> str:
    """Which setting has a wrong value, and what it should be, out of msgspec's own words."""
    told, _, where = str(error).partition(" - at `$.")
    setting = where.rstrip("`") or "inställningarna"
    if "missing required field" in told:
        return f"inställningen {setting}.{told.split('`')[1]} saknas.".replace("inställningarna.", "")
    kinds = {"str": "en text", "int": "ett heltal", "date": "ett datum", "array": "en lista", "object": "en tabell"}
    wanted = kinds.get(told.split("`")[1] if "`" in told else "", "ett av de värden som mallen visar")
    return f"inställningen {setting} har fel värde; det ska vara {wanted}."


# --- names on the net ---------------------------------------------------------------------------------


def is_host(text: str) -> bool:
    """True for the name or the IP address of a machine."""
    if ":" in text:
        return _is_ipv6(text)
    return _is_ipv4(text) or _is_domain(text.removesuffix("."))


def is_address(text: str) -> bool:
    """True for `someone@somewhere` that any mail server takes: ASCII, with nothing that needs quoting."""
    local, _, domain = text.rpartition("@")
    return len(text) <= LONGEST_ADDRESS and _is_local(local) and _is_domain(domain)


def is_sender(text: str) -> bool:
    """True for `lada@kommun.se` and `Namn <lada@kommun.se>`."""
    name, bracket, rest = text.partition("<")
    if not bracket:
        return is_address(text)
    return _is_name(name.strip(" ")) and rest.endswith(">") and is_address(rest.removesuffix(">"))


def useless_host(setting: str, text: str) -> str:
    """What is said of a host that cannot be used."""
    return _useless(setting, text, is_host, "skriv ett datornamn, till exempel smtp.kommun.se, eller en IP-adress")


def useless_address(setting: str, text: str) -> str:
    """What is said of an address that cannot be used."""
    return _useless(setting, text, is_address, "skriv den som lada@kommun.se, utan å, ä och ö")


def useless_sender(setting: str, text: str) -> str:
    """What is said of a sender that cannot be used."""
    wanted = "skriv lada@kommun.se eller Namn <lada@kommun.se>, utan å, ä och ö i adressen"
    return _useless(setting, text, is_sender, wanted)


def _useless(setting: str, text: str, usable: Callable[[str], bool], wanted: str) -> str:
    if usable(text):
        return ""
    known_as = _in_dns(text)
    if usable(known_as):
        return f"{setting} ”{text}” har å, ä, ö eller liknande i domänen; skriv {known_as} i stället."
    return f"{setting} ”{text}” går inte att använda; {wanted}."


def _in_dns(text: str) -> str:
    """An address or a host with its domain as DNS has it (xn--…); empty where there is no such form."""
    local, at, domain = text.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return len(text) <= LONGEST_DOMAIN and all(map(_is_label, labels)) and not labels[-1].isdigit()


def _is_label(text: str) -> bool:
    """One part between dots. An underscore is in no proper host name, and in many that work."""
    letters = text.replace("-", "").replace("_", "")
    return len(text) <= LONGEST_LABEL and text.strip("-") == text and letters.isascii() and letters.isalnum()


def _is_local(text: str) -> bool:
    atoms = text.split(".")
    return len(text) <= LONGEST_LOCAL and all(map(_is_atom, atoms))


def _is_atom(text: str) -> bool:
    return text != "" and text.isascii() and all(sign.isalnum() or sign in IN_LOCAL for sign in text)


def _is_name(text: str) -> bool:
    """What may stand before an address: plain words, or anything but quotes in quotes."""
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text.isprintable() and (not set(text[1:-1]) & {'"', "\\"} if quoted else not set(text) & NOT_IN_NAME)


def _is_ipv4(text: str) -> bool:
    numbers = text.split(".")
    return len(numbers) == 4 and all(
        number.isascii() and number.isdigit() and str(int(number)) == number and int(number) <= LARGEST_BYTE
        for number in numbers
    )


def _is_ipv6(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


# --- times of the day ---------------------------------------------------------------------------------

TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
CHANGED_FROM, CHANGED_TO = "02:00", "03:00"
"""Between them a time comes twice one day of the year, and never on another."""


def useless_hours(setting: str, hours: Sequence[str]) -> str:
    """What is said of two times that nothing can be between."""
    if len(hours) not in (0, 2):
        return f'{setting} ska vara två klockslag, till exempel ["18:00", "07:00"], eller [] för inga.'
    for hour in hours:
        if not TIME_OF_DAY.fullmatch(hour):
            return f"{setting} ”{hour}” är inget klockslag; skriv det som 07:00."
        if CHANGED_FROM <= hour < CHANGED_TO:
            return (
                f"{setting} ”{hour}” finns två gånger eller inte alls när klockan ställs om; "
                f"välj ett klockslag före {CHANGED_FROM} eller från {CHANGED_TO}."
            )
    if hours and hours[0] == hours[1]:
        return f"{setting} börjar och slutar {hours[0]}, så inget skulle någonsin skickas; skriv [] för inga."
    return ""


# --- numbers and successions --------------------------------------------------------------------------


def outside(setting: str, value: int, least: int, most: int) -> str:
    """What is said of a number out of bounds."""
    return "" if least <= value <= most else f"{setting} är {value}; det ska vara ett tal från {least} till {most}."


def circle(successions: Iterable[tuple[str, str]]) -> list[str]:
    """The codes in (heir, predecessor) that come after themselves."""
    left, before = set(successions), None
    while left != before:
        before = left
        heirs, predecessors = {heir for heir, _ in left}, {predecessor for _, predecessor in left}
        left = {(heir, old) for heir, old in left if old in heirs and heir in predecessors}
    return sorted({heir for heir, _ in left})
