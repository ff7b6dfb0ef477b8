"""From a remedy's code to the command that mends it: the only place that knows both.

The law names what would help (`Remedy`); a test parses every line made here with the real program.
"""

import shlex
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from states.deadlines import WEEK
from states.guards import Remedy
from states.judgement import Finding
from states.swedish_calendar import days_after
from workflow import case_queries
from workflow.connection import Connection

SECTION_FLAGS = {
    "Rubrik": ("--rubrik", "RUBRIK"),
    "Beslutsunderlag": ("--underlag", "UNDERLAG"),
    "Beslutet skickas till": ("--mottagare", "MOTTAGARE"),
    "Diarienummer": ("--dnr", "SON 2021-1"),
}
"""Section of a skrivelse -> the flag of `arende edit` that fills it in, and an example of a value."""


NOTHING_PLANNED: Mapping[str, str] = {}


class CommandLines:
    """Writes remedies as command lines, with real meeting dates where they are planned."""

    def __init__(self, connection: Connection, on: date, planned: Mapping[str, str] = NOTHING_PLANNED) -> None:
        """`planned`: body -> the day of the meeting that a case is planned for, instead of the body's next."""
        self._connection, self._on, self._planned = connection, on, planned
        self._coming: dict[str, str] | None = None

    def line(self, remedy: Remedy) -> str:
        """The command, quoted for a shell."""
        return "arende " + shlex.join(WRITERS[remedy.code](self, remedy.args))

    def views(self, findings: Iterable[Finding]) -> list[case_queries.View]:
        """Findings as plain values, each with the commands that mend it."""
        return [self._view(finding) for finding in findings]

    def _view(self, finding: Finding) -> case_queries.View:
        return {
            "guard": finding.guard,
            "text": finding.text,
            "blocks": finding.blocks,
            "force": finding.basis.force.value,
            "law": finding.basis.cite or None,
            "rule": finding.basis.id,
            "law_then": finding.law_then or None,
            "doubt": finding.basis.doubt or None,
            "who": finding.who.value,
            "commands": [self.line(remedy) for remedy in finding.remedies],
        }

    def planning(self, body: str) -> str:
        """The command that plans another meeting of a body."""
        return f"arende meeting add {body} DATUM"

    def duty(self, waiting: Mapping[str, Any]) -> str:
        """The command that does what a deadline asks for (a row of `case_queries.todo`)."""
        named = {"meeting" if waiting["is_meeting"] else "case": waiting["ref"], "number": waiting["subject"]}
        if waiting["paragraph"] is not None:
            named["paragraph"] = str(waiting["paragraph"])
        return self.line(Remedy(waiting["remedy"], named))

    def meeting_from(self, body: str, days: int) -> str | None:
        """A body's first planned meeting at least so many days ahead."""
        return case_queries.coming_meetings(self._connection, days_after(self._on, days)).get(body)

    def next_meeting(self, body: str) -> str | None:
        if body in self._planned:
            return self._planned[body]
        if self._coming is None:
            self._coming = case_queries.coming_meetings(self._connection, self._on)
        return self._coming.get(body)


def short(ref: str) -> str:
    """A case's or meeting's name in one word."""
    return ref.replace(" ", "-", 1)


Args = Mapping[str, str]


def _edit(lines: CommandLines, args: Args) -> list[str]:
    words = ["edit", short(args["case"])]
    for section, value in args.items():
        if section in SECTION_FLAGS:
            flag, example = SECTION_FLAGS[section]
            words += [flag, example]
        elif section == "Förslag till beslut" and value:
            words += ["--att", f"{value}=FÖRSLAG"]
        elif section != "case":
            words += ["--ifyllt", section]
    return words


def _book(lines: CommandLines, args: Args) -> list[str]:
    coming = lines.next_meeting(args["body"])
    if coming is None:
        return ["meeting", "list", args["body"]]
    return ["book", short(args["case"]), f"{args['body']}-{coming}"]


def _book_at(lines: CommandLines, args: Args) -> list[str]:
    words = ["book", short(args["case"]), short(args["meeting"])]
    return words if args["purpose"] == "beslut" else [*words, "--som", args["purpose"]]


def _council(lines: CommandLines, args: Args) -> list[str]:
    """To fullmäktige's first meeting that can still be announced a week before."""
    day = lines.meeting_from("KF", WEEK)
    return ["book", short(args["case"]), f"KF-{day}"] if day else ["meeting", "list", "KF"]


def _report(lines: CommandLines, args: Args) -> list[str]:
    """Fullmäktige is told of it at its first meeting that can still be announced."""
    words = _council(lines, args)
    return [*words, "--som", "anmalan"] if words[0] == "book" else words


def _dispatch(lines: CommandLines, args: Args) -> list[str]:
    words = ["dispatch", short(args["case"]), *_at_meeting(args)]
    return [*words, "--to", args["to"]] if "to" in args else words


def _at_meeting(args: Args) -> list[str]:
    """The meeting a case's command is about: named by the law, or the subject of a deadline."""
    named = args.get("meeting") or args.get("number", "")
    return [short(named)] if " " in named else []


def _final(lines: CommandLines, args: Args) -> list[str]:
    return ["laga-kraft", short(args["case"]), *_at_meeting(args), "--uppgift", "BESKED"]


def _reservation(lines: CommandLines, args: Args) -> list[str]:
    words = ["minute", short(args["case"]), short(args["meeting"]), "--reservation", args["member"]]
    return [*words, "--anmald", "KLOCKSLAG"]


def _watch(*verb: str) -> Callable[[CommandLines, Args], list[str]]:
    return lambda lines, args: [*verb, short(args["case"]), args["number"]]


def _take_down(lines: CommandLines, args: Args) -> list[str]:
    words = _meeting("take-down")(lines, args)
    return [*words, "--date", args["date"]] if "date" in args else words


def _meeting(verb: str) -> Callable[[CommandLines, Args], list[str]]:
    """A command on a meeting, or on the part of its protocol that a § stands in."""

    def words(lines: CommandLines, args: Args) -> list[str]:
        about = ["--paragraf", args["paragraph"]] if "paragraph" in args else []
        because = ["--avvikelse", args["deviation"]] if "deviation" in args else []
        return ["meeting", verb, short(args["meeting"]), *about, *because]

    return words


WRITERS: dict[str, Callable[[CommandLines, Args], list[str]]] = {
    "edit": _edit,
    "show": lambda lines, args: ["show", short(args["case"])],
    "mbl.negotiate": lambda lines, args: ["mbl", short(args["case"]), "--forhandling", args.get("paragraph", "11")],
    "mbl.book": lambda lines, args: ["mbl", short(args["case"]), "--forhandling", "11", "--bokad", args["date"]],
    "remiss.answer": lambda lines, args: ["remiss", "answer", short(args["case"]), args["number"]],
    "children.assessed": lambda lines, args: ["edit", short(args["case"]), "--barn", "provat"],
    "pause.end": lambda lines, args: ["resume", short(args["case"])],
    "party.told": lambda lines, args: ["party", short(args["case"]), "--underrattad"],
    "motions.list": lambda lines, args: ["motioner"],
    "mbl.end": lambda lines, args: ["mbl", short(args["case"]), "--avslutad", args["paragraph"]],
    "mbl.attest": lambda lines, args: ["mbl", short(args["case"]), "--omfattas"],
    "mbl.inform": lambda lines, args: ["mbl", short(args["case"]), "--information"],
    "mbl.not_called_for": lambda lines, args: ["mbl", short(args["case"]), "--ej-pakallad"],
    "advance": lambda lines, args: ["advance", short(args["case"]), *(("--to", args["to"]) if "to" in args else ())],
    "close": lambda lines, args: ["close", short(args["case"])],
    "stage.add": lambda lines, args: ["stage", "add", short(args["case"]), args["body"]],
    "book": _book,
    "book.at": _book_at,
    "book.late": lambda lines, args: ["book", short(args["case"]), short(args["meeting"]), "--late", "SKÄL"],
    "decide": lambda lines, args: ["decide", short(args["case"]), short(args["meeting"])],
    "book.council": _council,
    "book.report": _report,
    "dispatch": _dispatch,
    "laga_kraft": _final,
    "appeal.forward": _watch("appeal", "forward"),
    "why": lambda lines, args: ["why", short(args["case"])],
    "watch.done": _watch("watch", "done"),
    "watch.list": lambda lines, args: ["watch", "list", short(args["case"])],
    "mandate.report": _watch("uppdrag", "report"),
    "meeting.show": _meeting("show"),
    "meeting.attend": lambda lines, args: ["meeting", "attend", short(args["meeting"]), "--narvarande", "NAMN"],
    "minute.reservation": _reservation,
    "meeting.add": lambda lines, args: ["meeting", "list", args["body"]],
    "meeting.announce": _meeting("announce"),
    "meeting.call": _meeting("call"),
    "meeting.hold": _meeting("hold"),
    "meeting.adjust": _meeting("adjust"),
    "meeting.post": _meeting("post"),
    "meeting.take_down": _take_down,
}
"""Remedy code -> the words after `arende`."""
