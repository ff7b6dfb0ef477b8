"""Verify the log from its files alone: every line, the chain of lines, each stream's chain, the payloads.

Hashes are taken over the stored bytes; a line is parsed only to demand that it is in canonical form.
Memory does not grow with the log, except by one hash for each stream.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from states.records import FORMAT, GENESIS
from workflow.audit_journal import canonical, sha256
from workflow.errors import NotFoundError
from workflow.log_exporter import LOG_NAME, PAYLOADS_NAME

__all__ = ["LOG_NAME", "Report", "as_view", "verify"]

MAX_FAULTS = 20
ENVELOPE = {"body", "log_index", "prev_line", "sha256"}


class Report(msgspec.Struct):
    """What a verification found."""

    lines: int = 0
    head: str = GENESIS
    payloads: int = 0
    missing_payloads: int = 0  # purged by decision, or lost: the log alone cannot tell
    faults: list[str] = msgspec.field(default_factory=list)  # Swedish, each naming its line

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(path: Path) -> Report:
    """Read a log from its first line to its last. Raises NotFoundError when there is none."""
    if not path.is_file():
        raise NotFoundError(f"Det finns ingen logg i {path}. Ange filen: arende audit verify FIL")
    report, streams = Report(), dict[str, tuple[int, str]]()
    for number, raw in enumerate(_raw_lines(path), 1):
        fault = _line_fault(number, raw, report, streams, path.parent / PAYLOADS_NAME)
        if fault:
            report.faults.append(f"Rad {number}: {fault}")
        if len(report.faults) >= MAX_FAULTS:
            report.faults.append("Fler fel följer; de första räcker för att se var loggen har ändrats.")
            break
        report.head = sha256(raw.removesuffix(b"\n"))
        report.lines = number
    return report


def as_view(report: Report) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "lines": report.lines,
        "head": report.head,
        "payloads": report.payloads,
        "missing_payloads": report.missing_payloads,
        "faults": report.faults,
    }


def _raw_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _line_fault(
    number: int, raw: bytes, report: Report, streams: dict[str, tuple[int, str]], payloads: Path
) -> str | None:
    """What is wrong with a line, in Swedish, or None."""
    if not raw.endswith(b"\n"):
        return "raden är avhuggen; den saknar radslut."
    line = raw[:-1]
    try:
        envelope = json.loads(line)
    except ValueError:
        return "raden är inte läsbar JSON."
    if not isinstance(envelope, dict) or envelope.keys() != ENVELOPE or canonical(envelope) != line:
        return "raden står inte i sin enda tillåtna form; någon har skrivit om den."
    if envelope["log_index"] != number:
        return f"löpnumret är {envelope['log_index']}, väntat {number}; en rad saknas, är dubblerad eller flyttad."
    if envelope["prev_line"] != report.head:
        return "kedjan är bruten: raden före har ändrats efteråt."
    body = canonical(envelope["body"])
    if sha256(body) != envelope["sha256"]:
        return "innehållet stämmer inte med sin kontrollsumma."
    return _body_fault(envelope["body"], envelope["sha256"], streams) or _payload_fault(
        envelope["body"], report, payloads
    )


def _body_fault(body: dict[str, Any], digest: str, streams: dict[str, tuple[int, str]]) -> str | None:
    if body.get("v") != FORMAT:
        return "posten har ett okänt format."
    seq, previous = streams.get(body["stream"], (0, GENESIS))
    if body["seq"] != seq + 1:
        return f"posten är nummer {body['seq']} i sin ström, väntat {seq + 1}."
    if body["prev"] != previous:
        return "strömmens kedja är bruten."
    streams[body["stream"]] = (body["seq"], digest)
    return None


def _payload_fault(body: dict[str, Any], report: Report, directory: Path) -> str | None:
    for digest in body["payloads"]:
        file = directory / digest[:2] / f"{digest}.json"
        if not file.is_file():
            report.missing_payloads += 1
        elif sha256(file.read_bytes()) != digest:
            return f"texten {digest[:12]}… har ändrats."
        else:
            report.payloads += 1
    return None
