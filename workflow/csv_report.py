"""A report that a spreadsheet opens: rows of text, written to a file as they come.

A cell that begins as a formula does is text to the spreadsheet too: titles and file names come from anybody.
"""

import csv
import io
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from workflow import durable_files, held_files
from workflow.errors import EnvironmentFaultError, UsageError, why_unwritten
from workflow.harmless_text import safe

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "−")
_MARK = "\ufeff"
"""Excel takes a file for Windows-1252 without it."""


def cell(text: str) -> str:
    """A text as a spreadsheet shows it, never as it would be worked out (OWASP: CSV injection)."""
    begins = text.lstrip(" \u00a0")
    return safe(f"'{text}" if begins.startswith(_FORMULA) else text)


class CsvReport:
    """One file, whole or not there. Raises EnvironmentFaultError where it cannot be written."""

    def __init__(self, file: Path, headings: Sequence[str]) -> None:
        self._file, self._headings = file, _row(headings)
        self._refuse_others()
        try:
            # Without a name until it is whole, so that a killed import leaves nothing behind.
            self._out = TemporaryFile(dir=file.parent)  # noqa: SIM115 - closed when the report is
        except OSError as error:
            raise self._fault(error) from error
        self.is_written = False
        self._write(_MARK + self._headings)

    def _refuse_others(self) -> None:
        """A report may be written over by the next; nothing else is."""
        wanted = (_MARK + self._headings).encode()
        try:
            if self._file.is_file() and not held_files.is_held(self._file):
                with self._file.open("rb") as there:
                    if there.read(len(wanted)) == wanted:
                        return
        except OSError as error:
            raise self._fault(error) from error
        if not os.path.lexists(self._file):
            return
        raise UsageError(f"{self._file} finns redan och är ingen sådan rapport. Ange en fil som inte finns.")

    def row(self, cells: Sequence[str]) -> None:
        self._write(_row(cells))

    def _write(self, text: str) -> None:
        try:
            self._out.write(text.encode())
        except OSError as error:
            raise self._fault(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What there is of it is kept, however the work ended."""
        try:
            self._put()
            self.is_written = True
        except OSError as fault:
            raise self._fault(fault) from fault
        finally:
            with suppress(OSError):  # of what could not be written, which has been said
                self._out.close()

    def _put(self) -> None:
        half = self._file.with_name(f"{self._file.name}.{os.urandom(8).hex()}.halv")
        self._out.seek(0)
        try:
            with os.fdopen(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as whole:
                shutil.copyfileobj(self._out, whole)
                whole.flush()
                os.fsync(whole.fileno())
            half.replace(self._file)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        durable_files.sync(self._file.parent)

    def _fault(self, error: OSError) -> EnvironmentFaultError:
        return EnvironmentFaultError(
            f"Rapporten {self._file} kunde inte skrivas ({why_unwritten(error)}). Välj en annan fil."
        )


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([cell(text) for text in cells])
    return out.getvalue()
