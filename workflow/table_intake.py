"""Taking in the open cases of a table, row by row; a bad row stops no other."""

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256

from states.case_facts import CaseKind
from states.judgement import Refused
from states.kinds import KINDS
from workflow import open_cases
from workflow.audit_journal import Command
from workflow.case_tables.column_map import ColumnMap
from workflow.case_tables.headings import table_of
from workflow.case_tables.open_case import BadRow, OpenCase, Reading, number
from workflow.case_tables.table_file import Row
from workflow.desk import Desk
from workflow.errors import AlreadyInError, ChangedMeanwhileError, NotFoundError, UsageError
from workflow.intake_outcome import Became, Outcome


class Import:
    """The rows of a table on their way in. Raises UsageError for a table that the map is not of."""

    def __init__(self, desk: Desk, rows: tuple[Row, ...], wanted: ColumnMap, file: str, today: date) -> None:
        table = table_of(rows, wanted, file)
        self._desk = desk
        self._reading = Reading(table, wanted, desk.bodies, today, _kinds(desk))
        self._rows = [row for row in table.rows if not self._reading.is_passed_by(row)]
        self._passed_by = len(table.rows) - len(self._rows)
        self._taken: dict[str, int] = {}  # diarienummer -> the row that has it

    def __len__(self) -> int:
        return len(self._rows)

    def notes(self) -> Iterator[str]:
        if self._passed_by:
            yield f"Rader som kartan säger ska hoppas över: {self._passed_by}"

    def each(self, command_of: Callable[[str], Command], *, save: bool) -> Iterator[Outcome]:
        for row in self._rows:
            found = self._reading.case(row)
            if isinstance(found, OpenCase):
                found = self._not_told_of_twice(found)
            if isinstance(found, BadRow):
                yield Outcome(_where(row), Became.LEFT, told=found.faults)
            else:
                yield self._taken_in(found, command_of, save=save)

    def _not_told_of_twice(self, case: OpenCase) -> OpenCase | BadRow:
        numbers = [str(number(text)) for text in case.numbers]
        before = next((self._taken[one] for one in numbers if one in self._taken), None)
        if before is not None:
            return BadRow(case.row, (f"Diarienumret står också på rad {before}; ta bort den ena.",))
        self._taken.update(dict.fromkeys(numbers, case.row))
        return case

    def _taken_in(self, case: OpenCase, command_of: Callable[[str], Command], *, save: bool) -> Outcome:
        where = f"rad {case.row}"
        command = command_of(sha256(str(number(case.numbers[0])).encode()).hexdigest())
        try:
            result = open_cases.bring_in(self._desk, command, case, save=save)
        except (AlreadyInError, ChangedMeanwhileError):
            # Whoever was first with the number has registered it.
            return Outcome(where, Became.ALREADY_IN)
        except (UsageError, NotFoundError) as error:
            return Outcome(where, Became.LEFT, told=(str(error),))
        if isinstance(result, Refused):
            return Outcome(where, Became.LEFT, told=tuple(finding.text for finding in result.blocking))
        return Outcome(where, Became.REGISTERED, result.ref, case.unsure)


def _where(row: Row) -> str:
    return f"rad {row.number}"


def _kinds(desk: Desk) -> frozenset[CaseKind]:
    """Kinds that an open case can be of: what is decided by delegation is no open case."""
    closed = frozenset() if desk.settings.config.law.medborgarforslag else {CaseKind.MEDBORGARFORSLAG}
    return frozenset(kind for kind in CaseKind if not KINDS[kind].taken) - closed
