"""Doing everything, and taking all of it back: what many transactions would have come to."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import msgspec

from workflow.connection import AbstractTransaction, Connection
from workflow.desk import Desk


@contextmanager
def rehearsing(desk: Desk) -> Iterator[Desk]:
    """A desk where each transaction is part of one that is never committed."""
    with desk.connection.writing():
        desk.connection.run("SAVEPOINT rehearsal")
        try:
            yield msgspec.structs.replace(desk, connection=_Within(desk.connection))
        finally:
            desk.connection.run("ROLLBACK TO SAVEPOINT rehearsal")


class _Within:
    """A connection in a transaction that others have begun; its own are steps in it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._connection.run("SAVEPOINT step")
        try:
            yield
        except BaseException:
            self._connection.run("ROLLBACK TO SAVEPOINT step")
            raise
        finally:
            self._connection.run("RELEASE SAVEPOINT step")

    def reading(self) -> AbstractTransaction:
        return nullcontext()
