"""A story told with the real programs: every step says what it expects, and a step that goes otherwise ends it."""

import contextlib
import io
import json
import shlex
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from examples.demo.mail import Mailbox
from workflow import log_files
from workflow.cli import main

Runner = Callable[[str, list[str]], tuple[int, str]]
"""Runs a program (`arende`, `arende-daemon`) with arguments; its exit code and everything it printed."""


class UnexpectedError(AssertionError):
    """The program did not do what the story says."""


class Story:
    """Shows commands with their output, and checks what the log says they did."""

    def __init__(self, run: Runner, directory: Path, mailbox: Mailbox) -> None:
        self._run, self._mailbox = run, mailbox
        self._config = directory / "config.toml"
        self._log = directory / "logg"
        self._calendars = directory / "kalendrar"
        self.proved: set[str] = set()  # the guards whose answers have been told and found so

    def chapter(self, title: str) -> None:
        print(f"\n{'━' * 100}\n{title}\n{'━' * 100}")

    def tell(self, text: str) -> None:
        print(f"\n» {text}")

    def does(
        self,
        command: str,
        *,
        warns: Collection[str] = (),
        deviates: Collection[str] = (),
        older_law: Collection[str] = (),
    ) -> None:
        """A command that goes through with exactly these warnings and deviations."""
        output = self.plain(command)
        record = self._last_record()["data"]
        self._expect_guards(command, record, warnings={*warns, *older_law}, deviations=set(deviates))
        self._expect(command, "äldre lag", "dagens lydelse, ärendet är äldre" in output, bool(older_law))

    def refuses(self, command: str, *blocking: str, warns: Collection[str] = ()) -> None:
        """A command that is refused by exactly these rules, all of them named at once."""
        self.plain(command, 3)
        record = self._last_record()
        self._expect(command, "type", record["type"].partition(".")[2], "refused")
        self._expect_guards(command, record["data"], blocking=set(blocking), warnings=set(warns))

    def shows(self, command: str, **expected: Any) -> Any:
        """A reading command; its JSON must hold what is expected."""
        self.plain(command)
        answer = json.loads(self._as_json(command))
        for key, value in expected.items():
            self._expect(command, key, answer[key], value)
        return answer

    def plain(self, command: str, code: int = 0, *, program: str = "arende") -> str:
        """A command as a person runs it; what it printed."""
        got, output = self._run(program, shlex.split(command))
        print(f"\n$ {program} {command}\n{output.rstrip()}")
        self._expect(command, "exit code", got, code)
        return output

    def reminds(self, day: str, *expected: tuple[str, str]) -> None:
        """The daemon's round on a day: exactly these mails arrive (address, what the subject holds)."""
        self.plain(f"--once --today {day}", program="arende-daemon")
        arrived = self._mailbox.emptied()
        for mail in arrived[:1]:
            print(f"\n{mail.as_received()}")
        found = sorted((mail.to, mail.subject) for mail in arrived)
        for to, subject in found:
            print(f"  ✉ {to}: {subject}")
        self._expect(day, "how many mails", len(found), len(expected))
        for (to, subject), (address, words) in zip(found, sorted(expected), strict=True):
            self._expect(day, "mail to", to, address)
            self._expect(day, subject, words in subject, True)

    def subscribes(self, calendar: str, words: str) -> None:
        """The one entry of a calendar that holds some words, as it stands in the file."""
        unfolded = (self._calendars / f"{calendar}.ics").read_text("utf-8").replace("\n ", "")
        found = [entry for entry in unfolded.split("BEGIN:VEVENT\n")[1:] if words in entry]
        self._expect(calendar, words, len(found), 1)
        print(f"\n  {calendar}.ics")
        for line in found[0].partition("END:VEVENT")[0].splitlines():
            print(f"  │ {line}")

    def expect(self, what: str, found: object, expected: object) -> None:
        self._expect("…", what, found, expected)

    def _as_json(self, command: str) -> str:
        """What the command says to a program; asked in this process, since nobody looks at it."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            main.run(["--config", str(self._config), *shlex.split(command), "--json"])
        return printed.getvalue()

    def _last_record(self) -> Any:
        """What the last command wrote to the log."""
        return json.loads(log_files.last_line(self._log) or b"{}")["body"]

    def _expect_guards(self, command: str, data: Any, **expected: set[str]) -> None:
        for key, guards in expected.items():
            self._expect(command, key, set(data.get(key, ())), guards)
            self.proved |= guards

    def _expect(self, command: str, what: str, found: object, expected: object) -> None:
        if found != expected:
            raise UnexpectedError(f"{command}\n  {what}: {found!r}, väntat {expected!r}")
