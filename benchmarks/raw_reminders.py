"""The reminders of one day, found and written down by hand: what `benchmarks/reminders.py` holds the daemon against.

The same rows, hashes and log lines by the same driver, with nothing that is not needed for just these.
`python benchmarks/raw_reminders.py DIRECTORY DAY`
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import pysqlite3.dbapi2 as sqlite3

BATCH = 100
COME = "SELECT id, stream, due FROM deadline WHERE is_open AND kind = 'bevakning' AND act_by <= ? ORDER BY act_by, id"
SAID = "SELECT step FROM reminder WHERE deadline_id = ? AND due = ? AND status <> 'moot'"
STILL = "SELECT due FROM deadline WHERE id = ? AND is_open"
THERE = "SELECT status FROM reminder WHERE id = ?"
ADD = "INSERT INTO reminder VALUES (?, ?, 'bevakning', ?, '1/2', 'handlaggare@SON', 'logg', ?, ?, 'sent')"
TELL = "INSERT INTO journal (stream, seq, command_id, sha256, body) VALUES (?, 1, ?, ?, ?) RETURNING id"
PLACE = "INSERT INTO log_line VALUES (?, ?, ?, '2026-03-001', ?)"
HEAD = "SELECT log_index, sha256, ends_at FROM log_line ORDER BY log_index DESC LIMIT 1"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def write(connection: sqlite3.Connection, day: str, deadline: tuple[str, str, str]) -> tuple[int, str, str] | None:
    """A reminder and its record; the record as the log tells it."""
    about, stream, due = deadline
    own = sha256(canonical([about, "bevakning", due, "1/2", "handlaggare@SON", "logg"]))
    if connection.execute(STILL, (about,)).fetchone() != (due,) or connection.execute(THERE, (own,)).fetchone():
        return None
    row = {"id": own, "deadline_id": about, "rule": "bevakning", "due": due, "step": "1/2", "planned_for": day}
    row |= {"recipient": "handlaggare@SON", "channel": "logg", "stream": stream, "status": "sent"}
    body = {
        "stream": f"reminder:{own}",
        "seq": 1,
        "type": "reminder.sent",
        "event_date": day,
        "changes": [["insert", row]],
    }
    body |= {
        "actor": "daemon",
        "role": "daemon",
        "command_id": f"{own}:1:sent",
        "prev": "0" * 64,
        "version": 1,
        "data": {},
    }
    content = canonical(body)
    connection.execute(ADD, (own, about, due, stream, day))
    told = (f"reminder:{own}", f"{own}:1:sent", sha256(content), content.decode())
    (place,) = connection.execute(TELL, told).fetchone()
    return place, told[2], told[3]


def main(directory: Path, day: str) -> None:
    connection = sqlite3.connect(directory / "arendegang.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    come = connection.execute(COME, (day,)).fetchall()
    unsaid = [row for row in come if ("1/2",) not in connection.execute(SAID, (row[0], row[2])).fetchall()]
    told = []
    operations = (directory / "by-hand.jsonl").open("ab", buffering=0)
    for first in range(0, len(unsaid), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        told += [line for row in unsaid[first : first + BATCH] if (line := write(connection, day, row))]
        connection.execute("COMMIT")
        for _, _, body in told[first:]:
            operations.write(body.encode()[:200] + b"\n")
    export(connection, directory, told)
    print(len(told))


def export(connection: sqlite3.Connection, directory: Path, told: list[tuple[int, str, str]]) -> None:
    """The lines of the log: their places, and the file."""
    index, previous, ends = connection.execute(HEAD).fetchone()
    with (directory / "by-hand.log").open("ab") as file:
        connection.execute("BEGIN IMMEDIATE")
        for place, own, body in told:
            index += 1
            line = f'{{"log_index":{index},"prev_line":"{previous}","sha256":"{own}","body":{body}}}\n'.encode()
            previous, ends = sha256(line), ends + len(line)
            connection.execute(PLACE, (index, place, previous, ends))
            file.write(line)
        connection.execute("COMMIT")
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
