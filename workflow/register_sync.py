"""What config.toml says of bodies and members that the tables do not say yet.

Does not write: the changes are part of a record. What has left the configuration stays in the tables,
since old decisions refer to it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from states.records import Change, insert, update
from workflow import payload_store, statements
from workflow.config import Body, Config, Member
from workflow.connection import Connection

STREAM = "system"


def changes(connection: Connection, config: Config, aside: Callable[[Mapping[str, Any]], str]) -> list[Change]:
    """The rows to insert or update; `aside` puts a name away as a payload and gives its reference."""
    return [*_bodies(connection, config), *_members(connection, config, aside)]


def _bodies(connection: Connection, config: Config) -> Iterator[Change]:
    known = {row["id"]: row for row in connection.run(statements.BODIES)}
    for body in config.bodies:
        row = _body_row(body)
        yield from _change("body", known.get(row["id"]), row)


def _members(connection: Connection, config: Config, aside: Callable[[Mapping[str, Any]], str]) -> Iterator[Change]:
    known = {row["id"]: row for row in connection.run(statements.MEMBERS)}
    names = payload_store.of_stream(connection, STREAM)
    for member in config.members:
        old = known.get(member.id)
        kept = old["payload"] if old and _still_named(names.get(old["payload"]), member.name) else None
        row = _member_row(member, kept or aside({"name": member.name}))
        yield from _change("member", old, row)


def _still_named(payload: Mapping[str, Any] | None, name: str) -> bool:
    """True also for a name that has been removed (gallrad): it is not brought back."""
    return payload is None or payload["name"] == name


def _change(table: str, known: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> Iterator[Change]:
    if known is None:
        yield insert(table, **wanted)
    elif news := {column: value for column, value in wanted.items() if known[column] != value}:
        yield update(table, id=wanted["id"], **news)


def _body_row(body: Body) -> dict[str, Any]:
    return {
        "id": f"{body.code}@{body.valid_from}",
        "code": body.code,
        "name": body.name,
        "kind": body.kind,
        "diary": body.diary or body.parent or body.code,
        "call_days": body.call_days,
        "valid_from": body.valid_from.isoformat(),
        "valid_to": body.valid_to.isoformat() if body.valid_to else None,
        "succeeds": body.succeeds or None,
        "parent": body.parent or None,
    }


def _member_row(member: Member, payload: str) -> dict[str, Any]:
    return {
        "id": member.id,
        "body": member.body,
        "seat": member.seat,
        "payload": payload,
        "valid_from": member.valid_from.isoformat(),
        "valid_to": member.valid_to.isoformat() if member.valid_to else None,
        "place": member.place or None,
    }
