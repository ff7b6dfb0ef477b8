"""What is wrong with a file, as the registrator is told it."""

from collections.abc import Iterator
from contextlib import contextmanager

from workflow.document_intake.interface import UnreadableDocument

DAMAGED = (
    "Filen är skadad och kan inte läsas. Öppna dokumentet i sitt program, spara det på nytt och lämna in det igen."
)
LOCKED = "Dokumentet är skyddat med lösenord. Ta bort lösenordet, spara dokumentet och lämna in det igen."
_TOO_MUCH = "Dokumentet är för stort för att läsas. Lämna in enbart skrivelsen, utan bilagor."


@contextmanager
def told_apart() -> Iterator[None]:
    """Lets nothing but UnreadableDocument out of a library that reads the bytes of strangers."""
    try:
        yield
    except UnreadableDocument:
        raise
    except MemoryError as error:
        raise UnreadableDocument(_TOO_MUCH) from error
    except Exception as error:
        raise UnreadableDocument(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a fault in Rust, which PyO3 raises past Exception
            raise
        raise UnreadableDocument(DAMAGED) from error
