"""A connection on which nothing stays: every transaction is a savepoint of one that is never committed.

So hundreds of scenarios share one upgraded database, each finding it as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workflow.connection import SQLITE, Connection, Row


class Rehearsal:
    """Stands in for the connection it is given, until `over` is left."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect
        self.raw: Any = connection.raw
        self.only_read = connection.only_read

    @property
    def cleared(self) -> str:
        return self._connection.cleared

    @cleared.setter
    def cleared(self, bodies: str) -> None:
        self._connection.cleared = bodies

    @contextmanager
    def over(self) -> Iterator[None]:
        """The transaction that everything happens in, and that is rolled back."""
        self.run("BEGIN IMMEDIATE" if self.dialect == SQLITE else "BEGIN")
        try:
            yield
        finally:
            self.run("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.run("SAVEPOINT command")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK TO SAVEPOINT command")
            raise
        self.run("RELEASE SAVEPOINT command")

    @contextmanager
    def reading(self) -> Iterator[None]:
        yield

    def run(self, sql: str, **params: object) -> list[Row]:
        return self._connection.run(sql, **params)

    def each(self, sql: str) -> Iterator[Row]:
        yield from self._connection.run(sql)

    def count(self, sql: str, **params: object) -> int:
        return self._connection.count(sql, **params)

    def close(self) -> None:
        self._connection.close()
