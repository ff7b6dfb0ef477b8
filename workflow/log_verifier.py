"""Verify the log from its files alone: every line, the chain of lines, each stream's chain, the texts.

Most of a log is read the fast way, a piece at a time (`log_pieces`); what that does not find right is read again
line by line, which decides and tells the fault. Whatever stands in the files, the answer is a report: a log is
verified because somebody may have written anything in it.

Memory does not grow with the lines, but with what has to be remembered: some 150 bytes for each stream, and some
300 for each text that is gone until the record is read that purged it.
"""

import json
import os
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import msgspec

from states.records import GENESIS
from workflow import log_files, log_form, log_pieces
from workflow.audit_journal import sha256
from workflow.errors import EnvironmentFaultError, NotFoundError, UsageError, why
from workflow.log_form import BadLineError, Body, Digest, Envelope
from workflow.log_pieces import Piece, Summary

MAX_FAULTS = 20
MORE = "Fler fel följer; de första räcker för att se var loggen har ändrats."


class Head(msgspec.Struct, frozen=True):
    """The last line of a log when somebody noted it, preferably where nobody who runs the log can change it."""

    log_index: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Digest


class Report(msgspec.Struct):
    """What a verification found."""

    first: int = 1  # number of the first line; a later segment lifted out begins further on
    lines: int = 0
    head: str = GENESIS  # hash of the last line
    payloads: int = 0  # texts that are there and right
    purged_payloads: int = 0  # gone by decision, as the log tells
    missing_payloads: int = 0  # gone; a fault unless a later segment, not read here, may tell why
    unchecked_payloads: int = 0  # named, but no texts came along at all
    faults: list[str] = msgspec.field(default_factory=list)  # Swedish, each naming its line

    @property
    def whole(self) -> bool:
        return not self.faults

    @property
    def log_index(self) -> int:
        """Number of the last line; with `head`, what there is to note."""
        return self.first + self.lines - 1


def verify(path: Path, head: Head | None = None, progress: Callable[[int], None] | None = None) -> Report:
    """Read a log, a directory of segments or one file, from its first line to its last.

    The log must hold the line that `head` names. `progress` is told how many bytes have been read, again and again.
    Raises NotFoundError when there is no log.
    """
    try:
        paths = files(path)
        return _through(paths, Reading(paths, path.is_dir(), head), progress)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggen {path} kan inte läsas ({why(error)}). Kontrollera att du får läsa den."
        ) from error


def files(path: Path) -> list[Path]:
    """The files of a log, oldest first. Raises NotFoundError when there are none."""
    try:
        found = log_files.segments(path) if path.is_dir() else [path]
    except OSError as error:
        raise EnvironmentFaultError(
            f"Loggen {path} kan inte läsas ({why(error)}). Kontrollera att du får läsa den."
        ) from error
    if not found or not found[0].is_file():
        raise NotFoundError(f"Det finns ingen logg i {path}. Ange var: arende audit verify KATALOG")
    return found


def saved_head(file: Path) -> Head:
    """A head that was noted: a line `NUMBER SHA256`, or what `arende audit verify --json` printed."""
    try:
        text = file.read_text("utf-8").strip()
        found: Any = (
            json.loads(text) if text.startswith("{") else dict(zip(("log_index", "head"), text.split(), strict=True))
        )
        return msgspec.convert({"log_index": found["log_index"], "sha256": found["head"]}, Head, strict=False)
    except OSError as error:
        raise UsageError(f"Filen {file} kan inte läsas ({why(error)}). Kontrollera namnet.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} är inget antecknat huvud. Det ska vara en rad med radens nummer och summa, eller svaret från "
            "arende audit verify --json."
        ) from error


def as_view(report: Report) -> dict[str, Any]:
    """For JSON; it serves as a saved head too."""
    return {"whole": report.whole, "log_index": report.log_index, **msgspec.to_builtins(report)}


def _through(paths: list[Path], reading: "Reading", progress: Callable[[int], None] | None) -> Report:
    pieces = [piece for path in paths for piece in log_pieces.pieces(path)]
    read = 0
    with closing(log_pieces.summaries(pieces, reading.texts)) as summaries:
        for piece, summary in zip(pieces, summaries, strict=True):
            reading.read(piece, summary)
            if len(reading.report.faults) > MAX_FAULTS:
                return reading.report
            read += piece.end - piece.start
            if progress:
                progress(read)
    return reading.finish()


# --- reading ------------------------------------------------------------------------------------------


class Reading:
    """A log on its way from the first line to the last."""

    def __init__(self, paths: list[Path], whole_log: bool, head: Head | None) -> None:
        self.report = Report()
        self._paths, self._head = paths, head
        self._streams = Streams()
        self._next = 1  # number of the line that should follow
        self._file, self._row = paths[0], 0
        self._missing: dict[bytes, str] = {}  # a text's hash -> the line that names it
        self._noted: str | None = None  # hash of the line that the head names
        texts = paths[0].parent / log_files.PAYLOADS
        self.texts = str(texts) if texts.is_dir() else None
        # A text that is gone may be purged by a segment after the one file that is read.
        self._goes_on = not whole_log and paths[0] in log_files.segments(paths[0].parent)[:-1]
        if not whole_log:
            self._begin_further_on()
        self._note(self._next - 1, self.report.head)

    def _begin_further_on(self) -> None:
        """Take what came before a later segment as its first line tells it."""
        first = next(log_files.lines(self._paths[0]), b"").removesuffix(b"\n")
        try:
            found, _ = log_form.envelope(first)
        except BadLineError:
            return
        if found.log_index > 1 and found.prev_line != GENESIS:
            self.report.first = self._next = found.log_index
            self.report.head = found.prev_line
            self._streams.forget()

    def read(self, piece: Piece, summary: Summary | None) -> None:
        """Read the next piece; `summary` is what the fast way found of it."""
        if Path(piece.path) != self._file:
            self._file, self._row = Path(piece.path), 0
        if summary is None or not self._takes(piece, summary):
            self._read_lines(piece)

    def finish(self) -> Report:
        """What is wrong with the whole of it comes last."""
        self.report.missing_payloads = len(self._missing)
        missing = () if self._goes_on else islice(self._missing.items(), MAX_FAULTS)
        for digest, place in missing:
            told = f"texten {digest.hex()[:12]}… finns inte, och ingen senare post säger att den är gallrad."
            self._blame(f"{place}: {told}")
        if self._head and self._head.sha256 != self._noted:
            self._blame(self._told_of(self._head))
        return self.report

    # --- the fast way ---------------------------------------------------------------------------------

    def _takes(self, piece: Piece, summary: Summary) -> bool:
        """Go on past a piece that is right by itself, unless it does not fit what came before."""
        if (summary.log_index, summary.prev_line) != (self._next, self.report.head):
            return False
        if any(self._streams.fault(stream, run.seq, run.prev) for stream, run in summary.streams.items()):
            return False
        for stream, run in summary.streams.items():
            self._streams.set(stream, run.last_seq, run.head)
        for place, digest in summary.missing:
            self._miss(digest, self._place(self._next + place, self._row + place + 1))
        if self._head and self._next <= self._head.log_index < self._next + summary.lines:
            line = log_pieces.content(piece).split(b"\n")[self._head.log_index - self._next]
            self._note(self._head.log_index, sha256(line))
        self.report.payloads += summary.payloads
        self.report.lines += summary.lines
        self.report.head = summary.head
        self._next += summary.lines
        self._row += summary.lines
        return True

    # --- the slow way, which decides ------------------------------------------------------------------

    def _read_lines(self, piece: Piece) -> None:
        *lines, rest = log_pieces.content(piece).split(b"\n")
        for line in lines:
            self._line(line)
        if rest:
            self._line(rest, torn=True)

    def _line(self, line: bytes, *, torn: bool = False) -> None:
        self._row += 1
        place = self._place(self._next, self._row)
        digest = sha256(line)
        try:
            if torn:
                raise BadLineError("raden är avhuggen; den saknar radslut.")
            found, content = log_form.envelope(line)
            self._note(found.log_index, digest)
            self._require_place(found)
            if sha256(content) != found.sha256:
                raise BadLineError("innehållet stämmer inte med sin kontrollsumma.")
            self._record(log_form.body(found.body), found.sha256, place)
        except BadLineError as error:
            self._blame(f"{place}: {error}")
            # Which streams it hides something of is not known.
            self._streams.forget()
        self._next += 1
        self.report.lines += 1
        self.report.head = digest

    def _require_place(self, found: Envelope) -> None:
        follows = found.prev_line == self.report.head
        if found.log_index != self._next:
            expected, self._next = self._next, self._next if follows else found.log_index
            told = f"löpnumret är {found.log_index}, väntat {expected}"
            if found.log_index > expected + 1:
                raise BadLineError(f"{told}; raderna {expected}–{found.log_index - 1} saknas, eller något är flyttat.")
            raise BadLineError(f"{told}; en rad saknas, är dubblerad eller flyttad.")
        if not follows:
            raise BadLineError("kedjan är bruten: raden före har ändrats efteråt.")

    def _record(self, body: Body, digest: str, place: str) -> None:
        fault = self._streams.fault(body.stream, body.seq, body.prev)
        faults = [fault] if fault else []
        self._streams.set(body.stream, body.seq, digest)
        for text in body.payloads:
            faults += self._text(text, place)
        for text in body.purged:
            faults += self._purge(text)
        for told in faults:
            self._blame(f"{place}: {told}")

    # --- texts ----------------------------------------------------------------------------------------

    def _text(self, digest: str, place: str) -> list[str]:
        try:
            found = log_pieces.text_hash(self.texts, digest) if self.texts else None
        except OSError as error:
            return [f"texten {digest[:12]}… kan inte läsas ({why(error)})."]
        if found is None:
            self._miss(digest, place)
        elif found != digest:
            return [f"texten {digest[:12]}… har ändrats."]
        else:
            self.report.payloads += 1
        return []

    def _miss(self, digest: str, place: str) -> None:
        if self.texts:
            self._missing.setdefault(bytes.fromhex(digest), place)
        else:
            self.report.unchecked_payloads += 1

    def _purge(self, digest: str) -> list[str]:
        self.report.purged_payloads += 1
        self._missing.pop(bytes.fromhex(digest), None)
        if self.texts is None:
            self.report.unchecked_payloads = max(0, self.report.unchecked_payloads - 1)
        elif os.path.lexists(log_pieces.text_path(self.texts, digest)):
            return [f"texten {digest[:12]}… är gallrad enligt posten, men filen finns kvar."]
        return []

    # --- the end --------------------------------------------------------------------------------------

    def _blame(self, told: str) -> None:
        if len(self.report.faults) < MAX_FAULTS:
            self.report.faults.append(told)
        else:
            self.report.faults[MAX_FAULTS:] = [MORE]

    def _place(self, number: int, row: int) -> str:
        if len(self._paths) > 1:
            return f"Rad {number} ({self._file.name}, rad {row})"
        return f"Rad {number}" if self.report.first == 1 else f"Rad {number} (rad {row} i filen)"

    def _note(self, log_index: int, digest: str) -> None:
        if self._head and self._head.log_index == log_index:
            self._noted = digest

    def _told_of(self, head: Head) -> str:
        """How the log differs from what was noted of it."""
        last = self._next - 1
        if head.log_index > last:
            then = f"men hade rad {head.log_index} då"
            return f"Loggen är kortare än när huvudet antecknades: den slutar på rad {last}, {then}. Slutet är borta."
        if head.log_index < self.report.first - 1:
            return f"Huvudet gäller rad {head.log_index}, men det som lästes börjar på rad {self.report.first}."
        return f"Rad {head.log_index} är inte den som antecknades; loggen har skrivits om efteråt."


class Streams:
    """Where each stream stands.

    Some 150 bytes for each: a 64-bit key, since the hash of a name is keyed with chance in every process (two of
    300,000 names share theirs once in 10⁹ times), and the hash and number of the last record.
    """

    def __init__(self) -> None:
        self._heads: dict[int, bytes] = {}
        self._all_known = True

    def fault(self, stream: str, seq: int, prev: str) -> str | None:
        """What is wrong with how a stream goes on, in Swedish; None when nothing is."""
        known = self._heads.get(hash(stream))
        if known:
            last, head = int(known[32:]), known[:32].hex()
        elif self._all_known or seq == 1 or prev == GENESIS:
            last, head = 0, GENESIS
        else:
            return None
        if seq != last + 1:
            return f"posten är nummer {seq} i sin ström, väntat {last + 1}."
        return None if prev == head else "strömmens kedja är bruten."

    def set(self, stream: str, seq: int, digest: str) -> None:
        self._heads[hash(stream)] = b"%b%d" % (bytes.fromhex(digest), seq)

    def forget(self) -> None:
        """From now on, each stream is taken as it comes the first time."""
        self._heads.clear()
        self._all_known = False
