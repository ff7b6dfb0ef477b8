"""Verify the log from its files alone: every line, the chain of lines, each stream's chain, the payloads.

Hashes are taken over the stored bytes; a line is parsed only to demand that it is in canonical form.
Memory does not grow with the log, except by one hash for each stream. Whatever stands in the file, the
answer is a report: a log is verified because somebody may have written anything in it.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from states.records import FORMAT, GENESIS
from workflow import log_files
from workflow.audit_journal import canonical, sha256
from workflow.errors import EnvironmentFaultError, NotFoundError, why
from workflow.log_files import line_of

MAX_FAULTS = 20
REWRITTEN = "raden står inte i sin enda tillåtna form; någon har skrivit om den."

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A line, as the exporter writes it."""

    body: Any
    log_index: int
    prev_line: Digest
    sha256: Digest


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A record, as `states.records.Record.body` gives it."""

    v: int
    stream: str
    seq: int
    type: str
    event_date: str
    recorded_at: str
    actor: str
    role: str
    command_id: str
    version: int
    lifecycle: int
    config: str
    prev: Digest
    seen: dict[str, int]
    data: dict[str, Any]
    payloads: list[Digest]
    changes: list[tuple[Literal["insert", "update", "delete"], str, dict[str, Any]]]


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
    """Read a log, a directory of segments or one file, from its first line to its last.

    Raises NotFoundError when there is none.
    """
    try:
        paths = log_files.segments(path) if path.is_dir() else [path]
        if not paths or not paths[0].is_file():
            raise NotFoundError(f"Det finns ingen logg i {path}. Ange var: arende audit verify KATALOG")
        return _verified(paths)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggen {path} kan inte läsas ({why(error)}). Kontrollera att du får läsa den."
        ) from error


def _verified(paths: list[Path]) -> Report:
    report, streams = Report(), dict[str, tuple[int, str]]()
    raw_lines = (line for path in paths for line in log_files.lines(path))
    for number, raw in enumerate(raw_lines, 1):
        fault = _line_fault(number, raw, report, streams, paths[0].parent / log_files.PAYLOADS)
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


def _line_fault(
    number: int, raw: bytes, report: Report, streams: dict[str, tuple[int, str]], payloads: Path
) -> str | None:
    """What is wrong with a line, in Swedish, or None."""
    if not raw.endswith(b"\n"):
        return "raden är avhuggen; den saknar radslut."
    line = raw[:-1]
    try:
        envelope = msgspec.convert(json.loads(line), Envelope)
        body = canonical(envelope.body)
    except (ValueError, RecursionError):
        return "raden är inte läsbar JSON."
    except msgspec.ValidationError:
        return REWRITTEN
    if line_of(envelope.log_index, envelope.prev_line, envelope.sha256, body.decode()) != line:
        return REWRITTEN
    if envelope.log_index != number:
        return f"löpnumret är {envelope.log_index}, väntat {number}; en rad saknas, är dubblerad eller flyttad."
    if envelope.prev_line != report.head:
        return "kedjan är bruten: raden före har ändrats efteråt."
    if sha256(body) != envelope.sha256:
        return "innehållet stämmer inte med sin kontrollsumma."
    return _content_fault(envelope, report, streams, payloads)


def _content_fault(
    envelope: Envelope, report: Report, streams: dict[str, tuple[int, str]], payloads: Path
) -> str | None:
    if isinstance(envelope.body, dict) and envelope.body.get("v") != FORMAT:
        return "posten har ett okänt format."
    try:
        body = msgspec.convert(envelope.body, Body)
    except msgspec.ValidationError as error:
        return f"posten saknar något eller har något av fel slag ({error})."
    if any(not isinstance(row.get("id"), str) for _, _, row in body.changes):
        return "posten ändrar en rad utan id."
    return _stream_fault(body, envelope.sha256, streams) or _payload_fault(body, report, payloads)


def _stream_fault(body: Body, digest: str, streams: dict[str, tuple[int, str]]) -> str | None:
    seq, previous = streams.get(body.stream, (0, GENESIS))
    if body.seq != seq + 1:
        return f"posten är nummer {body.seq} i sin ström, väntat {seq + 1}."
    if body.prev != previous:
        return "strömmens kedja är bruten."
    streams[body.stream] = (body.seq, digest)
    return None


def _payload_fault(body: Body, report: Report, directory: Path) -> str | None:
    for digest in body.payloads:
        try:
            found = _digest(directory / digest[:2] / f"{digest}.json")
        except OSError as error:
            return f"texten {digest[:12]}… kan inte läsas ({why(error)})."
        if found is None:
            report.missing_payloads += 1
        elif found != digest:
            return f"texten {digest[:12]}… har ändrats."
        else:
            report.payloads += 1
    return None


def _digest(file: Path) -> str | None:
    """The SHA-256 of a file, or None when there is none."""
    if not file.is_file():
        return None
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
