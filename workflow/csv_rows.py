"""The rows of CSV text, none of them hidden: a stray quotation mark takes the rows after it into its cell."""

import csv
import io
from collections.abc import Iterator, Sequence

from workflow.errors import UsageError

Numbered = tuple[int, list[str]]
"""A row by its number as a spreadsheet shows it, and its cells, each on one line."""


def numbered(text: str, delimiter: str, file: str) -> Iterator[Numbered]:
    """Every row, also those without anything. Raises UsageError where it cannot be told where one ends."""
    number, width = 0, 0
    try:
        for number, cells in enumerate(_read(text, delimiter), 1):
            if _hides_rows(cells, delimiter, width):
                raise UsageError(
                    f"{file}, rad {number}: flera rader har blivit en, troligen av ett citattecken som inte är stängt. "
                    "Rätta det. Hör de ihop, spara tabellen som ett kalkylblad (.xlsx). Inget är sparat."
                )
            width = max(width, len(cells))
            yield number, [" ".join(cell.split()) for cell in cells]
    except csv.Error as error:
        raise UsageError(
            f"{file}, rad {number + 1}: citattecknen går inte ihop, så det går inte att säga var raden slutar. Rätta "
            "den, eller öppna tabellen i Excel och spara den på nytt. Inget är sparat."
        ) from error


def _read(text: str, delimiter: str) -> Iterator[list[str]]:
    # Only a line feed or a carriage return ends a row; str.splitlines would cut one at what Word breaks a line with.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _hides_rows(cells: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether each line of a row is as wide as the table. Marks that pair up by chance leave nothing else to see."""
    lines = [line for line in delimiter.join(cells).splitlines() if line.strip()]
    return width > 1 and len(lines) > 1 and all(line.count(delimiter) == width - 1 for line in lines)
