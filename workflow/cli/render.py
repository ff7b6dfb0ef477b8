"""Everything that is printed. Plain text to a pipe, Rich tables only to a terminal.

Control and bidirectional characters never reach a terminal raw: titles come from documents that
anybody may have written.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, TextIO

from states.swedish_text import capitalised, day, name
from workflow.errors import EnvironmentFaultError, Exit
from workflow.harmless_text import safe

WIDTH = 100
NARROWEST = 40


def line(text: str = "") -> int:
    """One line. Newlines before it are layout; any other came with the text and is shown as its code."""
    content = text.lstrip("\n")
    _print("\n" * (len(text) - len(content)) + safe(content))
    return Exit.DONE


def block(text: str) -> int:
    """Several lines of our own making."""
    _print("\n".join(safe(part) for part in text.split("\n")))
    return Exit.DONE


def complain(text: str, exit_code: int) -> int:
    if sys.stderr is None:
        return int(exit_code)  # the program was started without one
    try:
        print(safe(text), file=sys.stderr)
    except (OSError, ValueError):
        # Nobody is there to be told; the exit code tells, if what was not told is not tried again at the end.
        _to_nobody(sys.stderr)
    return int(exit_code)


def as_json(value: Any) -> int:
    import json

    return block(json.dumps(value, ensure_ascii=False, indent=2))


def paragraph(text: str, indent: str = "", first: str | None = None) -> None:
    import textwrap

    start = indent if first is None else first
    block(textwrap.fill(text, _width(), initial_indent=start, subsequent_indent=indent, break_on_hyphens=False))


def _width() -> int:
    """As wide as the terminal, where there is one, and never wider than is read with ease."""
    columns = 0
    if sys.stdout.isatty():
        with suppress(OSError, ValueError):
            columns = os.get_terminal_size(sys.stdout.fileno()).columns
    return min(WIDTH, max(columns, NARROWEST)) if columns else WIDTH


def _print(text: str) -> None:
    _written(lambda: print(text))


def flush() -> None:
    """Let go of what is waiting to be printed. Raises EnvironmentFaultError when it cannot be."""
    _written(sys.stdout.flush)


def _written(write: Callable[[], None]) -> None:
    """Write to standard output. Whoever reads it may have had enough; the command goes on all the same."""
    try:
        write()
    except BrokenPipeError:
        _to_nobody(sys.stdout)
    except OSError as error:
        _to_nobody(sys.stdout)
        raise EnvironmentFaultError(
            "Svaret kunde inte skrivas ut; är disken full? Det som ändrades är sparat: se läget med arende show."
        ) from error


def _to_nobody(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns: a Rich table on a terminal, aligned text in a pipe."""
    cells = [[safe(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _rich_table(headings, cells)
        return
    widths = [max(len(row[i]) for row in [list(headings), *cells]) for i in range(len(headings))]
    for row in [list(headings), *cells]:
        line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _rich_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    # Rich is worth its start-up time only where somebody looks at it.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*headings, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


# --- verdicts -------------------------------------------------------------------------------------

CANNOT = {
    "advance": "{ref} kan inte gå vidare",
    "refer": "{ref} kan inte remitteras",
    "return": "{ref} kan inte återremitteras",
    "postpone": "{ref} kan inte bordläggas",
    "book": "{ref} kan inte sättas på föredragningslistan",
    "decide": "{ref} kan inte beslutas",
    "minute": "det kan inte antecknas i protokollet på {ref}",
    "vote": "voteringen kan inte antecknas på {ref}",
    "dispatch": "{ref} kan inte expedieras",
    "close": "{ref} kan inte avslutas",
    "laga_kraft": "laga kraft kan inte bekräftas för {ref}",
    "reopen": "{ref} kan inte återupptas",
    "withdraw": "{ref} kan inte återkallas",
    "join": "{ref} kan inte läggas samman med ett annat ärende",
    "add": "{ref} kan inte planeras",
    "register": "{ref} kan inte registreras",
    "announce": "{ref} kan inte kungöras",
    "move": "{ref} kan inte flyttas",
    "cancel": "{ref} kan inte ställas in",
    "call": "{ref} kan inte kallas",
    "hold": "{ref} kan inte antecknas som hållet",
    "attend": "närvaron vid {ref} kan inte antecknas så",
    "adjust": "protokollet från {ref} kan inte antecknas som justerat",
    "post": "justeringen från {ref} kan inte antecknas som anslagen",
    "take_down": "anslaget från {ref} får inte tas ned",
}


def refused(view: Mapping[str, Any], json_wanted: bool) -> None:
    """A refusal: every unmet requirement at once, who can mend it, and how."""
    if json_wanted:
        as_json({"done": False, **view})
        return
    to = f" till {name(view['to'])}" if view["to"] and view["verb"] in ("advance", "refer", "return") else ""
    cannot = _cannot(view["verb"]).format(ref=view["ref"])
    line(f"Stopp: {cannot}{to} {day(date.fromisoformat(view['on']))}.")
    findings(view["findings"])
    if view["recordable"]:
        line()
        paragraph('Har det redan hänt? Anteckna det då med --avvikelse "skäl"; det syns på ärendet för alltid.')


def _cannot(verb: str) -> str:
    """What did not go through; of what is no move and is refused for its role alone, in the permission's words."""
    # The roles bring msgspec, which --help does without.
    from states.roles import PERMISSIONS

    return CANNOT.get(verb) or f"det går inte att {PERMISSIONS[verb].label} i {{ref}}"


def findings(found: Sequence[Mapping[str, Any]]) -> None:
    blocking = [finding for finding in found if finding["blocks"]]
    warnings = [finding for finding in found if not finding["blocks"]]
    for finding in blocking:
        line()
        _finding(finding, "  ✗ ")
    if warnings:
        line()
        line("Att tänka på:")
    for finding in warnings:
        _finding(finding, "  ! ")


def finding(found: Mapping[str, Any]) -> None:
    """One unmet requirement, below what it is about."""
    _finding(found, "    ✗ ")


def _finding(finding: Mapping[str, Any], mark: str) -> None:
    paragraph(finding["text"], "    ", mark)
    line(f"    Grund: {_ground(finding)}")
    if finding["doubt"]:
        paragraph(finding["doubt"], "            ", "    Osäkert: ")
    if "earliest" in finding:
        earliest = finding["earliest"]
        told = f"tidigast {day(date.fromisoformat(earliest))}" if earliest else "det kan inte uppfyllas härifrån"
        line(f"    Uppfyllt: {told}")
    who = capitalised(name(finding["who"]))
    for command in finding["commands"]:
        line(f"    {who}: {command}")
    if not finding["commands"]:
        line(f"    Ansvarig: {name(finding['who'])}")


def _ground(finding: Mapping[str, Any]) -> str:
    if not finding["law"]:
        return "rutin, inte lag"
    then = f"; {finding['law_then']}" if finding["law_then"] else ""
    return f"{finding['law']}, {finding['force']}{then}"


def done(view: Mapping[str, Any], json_wanted: bool) -> int:
    """What was done, what followed by itself, and what to think of."""
    if json_wanted:
        return as_json({"done": True, **view})
    if view["before"] != view["after"]:
        before = f"{name(view['before'])} → " if view["before"] else ""
        line(f"Klart: {view['ref']}: {before}{name(view['after'])}.")
    else:
        line(f"Klart: {view['ref']} ({name(view['after'])}).")
    for note in view["notes"]:
        paragraph(note, "  ")
    if view["deviations"]:
        line()
        line("Antecknat som avvikelse från:")
        for finding in view["deviations"]:
            _finding(finding, "  ✗ ")
    findings(view["warnings"])
    return Exit.DONE


def repeated(command_id: str, json_wanted: bool) -> int:
    if json_wanted:
        return as_json({"done": True, "repeated": True, "command_id": command_id})
    return line(f"Redan utfört med --command-id {command_id}; inget gjordes en gång till.")


def verified(view: Mapping[str, Any], path: str, noted: int | None = None, saved: str = "") -> None:
    """What a verification found; `noted` is the line it was held against, `saved` where the head was written."""
    if view["first"] > 1:
        paragraph(f"Loggen börjar här på rad {view['first']}; det som kom före är inte kontrollerat.")
    if view["whole"]:
        line(f"Loggen håller: {view['lines']} rader och {view['payloads']} texter i {path}.")
    else:
        line(f"Loggen i {path} håller INTE:")
        for fault in view["faults"]:
            paragraph(fault, "    ", "  ✗ ")
    if view["purged_payloads"]:
        line(f"{view['purged_payloads']} texter är gallrade efter beslut.")
    if view["unchecked_payloads"]:
        line(f"Texterna följde inte med; {view['unchecked_payloads']} st. är inte kontrollerade.")
    if view["missing_payloads"] and view["whole"]:
        told = f"{view['missing_payloads']} texter finns inte. Är de gallrade står det i en senare fil; "
        paragraph(f"{told}kontrollera hela katalogen.")
    if view["whole"]:
        _head(view, noted, saved)


def _head(view: Mapping[str, Any], noted: int | None, saved: str) -> None:
    line(f"Huvud: {view['log_index']} {view['head']}")
    if noted is not None:
        line(f"Rad {noted}, som antecknades förut, står kvar som den var.")
    if saved:
        line(f"Huvudet är antecknat i {saved}; flytta det dit de som sköter loggen inte kan ändra det.")
    elif noted is None:
        paragraph(
            "Att slutet är borta, eller att allt har skrivits om, syns bara mot ett huvud som har antecknats utanför "
            "datorn. Anteckna det med --save-head FIL, och kontrollera nästa gång med --head FIL."
        )


@contextmanager
def reading(size: int | None) -> Iterator[Callable[[int], None] | None]:
    """A bar to tell how many of so many bytes have been read; None unless somebody looks at it."""
    if size is None or not sys.stdout.isatty():
        yield None
        return
    # Rich is worth its start-up time only where somebody looks at it; without a thread, since verifying forks.
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True, auto_refresh=False) as bar:
        task, step = bar.add_task("", total=size), max(1, size // 100)
        drawn = [0]

        def told(read: int) -> None:
            if read - drawn[0] >= step:
                drawn[0] = read
                bar.update(task, completed=read, refresh=True)

        yield told


SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Something to call for each of so many things: a bar where somebody looks on, a line now and then elsewhere.

    It is drawn on standard error, so that the answer can be read by a program.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield _lines_now_and_then(what, total)
        return
    # Rich is worth its start-up time only where somebody looks at it; without a thread, since reading forks.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.update(task, advance=1, refresh=True)


def _lines_now_and_then(what: str, total: int) -> Callable[[], None]:
    import time

    told, done = time.monotonic(), 0

    def one_more() -> None:
        nonlocal told, done
        done += 1
        if time.monotonic() - told > SECONDS_BETWEEN_LINES:
            told = time.monotonic()
            complain(f"{what}: {done} av {total}", Exit.DONE)

    return one_more


def upgraded(view: Mapping[str, Any]) -> int:
    if view["before"] is None:
        line(f"Databasen är skapad (version {view['after']}).")
    elif view["before"] != view["after"]:
        line(f"Databasen är uppgraderad från {view['before']} till {view['after']}.")
    else:
        line(f"Databasen har redan version {view['after']}.")
    for entry in view["registered"]:
        line(f"  inskrivet: {entry}")
    if view["succeeded"]:
        line(f"  öppna ärenden som gick till den instans som tog över: {view['succeeded']}")
    if view["deadlines"]:
        line(f"  frister som räknades om: {view['deadlines']}")
    return Exit.DONE


MARKS = {"fine": "  ✓ ", "warning": "  ! ", "fault": "  ✗ "}


def checked(checks: Sequence[Mapping[str, Any]]) -> None:
    for check in checks:
        paragraph(check["told"], "    ", MARKS[check["verdict"]])


@contextmanager
def counting() -> Iterator[Callable[[int], None] | None]:
    """Something to tell how many lines have been read; None unless somebody looks on."""
    if not sys.stderr.isatty():
        yield None
        return
    yield lambda lines: print(f"\r{lines} rader …", end="", file=sys.stderr, flush=True)
    print("\r" + " " * 30 + "\r", end="", file=sys.stderr)
