"""What it costs to verify the log and to build the database from it: one JSON line for each figure.

Verifying is told as a multiple of taking SHA-256 over the same files; both are the least of some tries, each in a
process of its own, which tells its memory too. `python benchmarks/audit.py [--records N] [--tries N]`
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from states.records import GENESIS, Change, insert, update  # noqa: E402
from workflow import log_files, log_rebuild, log_verifier, schema  # noqa: E402
from workflow.audit_journal import canonical, sha256  # noqa: E402

RECORDS, TRIES = 20_000, 3
RECORDS_OF_A_CASE = 10
GOAL = 5
"""Times SHA-256 over the same files that verifying them may take."""


def write_log(directory: Path, records: int) -> None:
    """A log of cases that are registered and then edited, in segments as they would be."""
    previous, heads, segment, filled = GENESIS, dict[str, tuple[int, str]](), "2026-01-001", 0
    file = log_files.segment_file(directory, segment).open("wb")
    for index in range(1, records + 1):
        case = f"{index // RECORDS_OF_A_CASE:012x}-0000-7000-8000-000000000000"
        seq, prev = heads.get(case, (0, GENESIS))
        content = canonical(_body(case, seq + 1, prev))
        line = log_files.line_of(index, previous, sha256(content), content.decode())
        its = log_files.segment_after(segment, filled, "2026-01", len(line) + 1, log_files.SEGMENT_SIZE)
        if its != segment:
            file.close()
            segment, filled = its, 0
            file = log_files.segment_file(directory, segment).open("wb")
        file.write(line + b"\n")
        filled += len(line) + 1
        heads[case], previous = (seq + 1, sha256(content)), sha256(line)
        if seq + 1 == RECORDS_OF_A_CASE:
            del heads[case]
    file.close()


def _body(case: str, seq: int, prev: str) -> dict[str, object]:
    return {
        "actor": "p-registrator",
        "changes": [[change.op, change.table, dict(change.row)] for change in _changes(case, seq)],
        "command_id": f"{case}/{seq}",
        "config": "0" * 64,
        "data": {},
        "event_date": "2026-01-02",
        "lifecycle": 1,
        "payloads": [],
        "prev": prev,
        "recorded_at": "2026-01-02T08:00:00.000000Z",
        "role": "registrator",
        "seen": {},
        "seq": seq,
        "stream": f"case:{case}",
        "type": "case.edited" if seq > 1 else "case.registered",
        "v": 1,
        "version": seq,
    }


def _changes(case: str, seq: int) -> Iterator[Change]:
    if seq > 1:
        yield update("cases", id=case, version=seq, noted_on="2026-01-02", leftovers=seq, payload="0" * 64)
        return
    yield insert(
        "cases",
        id=case,
        kind="forvaltningsarende",
        state="draft",
        stage=f"{case}/1",
        version=1,
        lifecycle=1,
        registered_on="2026-01-02",
        last_event="2026-01-02",
        appeal_regime="laglighetsprovning",
        secrecy=False,
        leftovers=0,
        payload="0" * 64,
    )
    yield insert(
        "stage",
        id=f"{case}/1",
        case_id=case,
        ordinal=1,
        body="SON",
        kind="namnd",
        role="beslut",
        required=True,
        closed=False,
        round=1,
    )
    yield insert(
        "deadline",
        id=f"{case}/silent/",
        stream=case,
        kind="silent",
        subject="",
        due="2026-03-03",
        act_by="2026-03-03",
        basis="rutin",
        is_open=True,
    )


# --- measuring --------------------------------------------------------------------------------------


def take_sha256(directory: Path) -> None:
    for path in log_files.segments(directory):
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def verify(directory: Path) -> None:
    report = log_verifier.verify(directory)
    assert report.whole, report.faults[0]


def rebuild(directory: Path) -> None:
    with tempfile.TemporaryDirectory() as target:
        connection = schema.create(f"sqlite:///{target}/rebuilt.db")
        log_rebuild.rebuild(directory, connection)
        connection.close()


WORK: dict[str, Callable[[Path], None]] = {"sha256": take_sha256, "verify": verify, "rebuild": rebuild}


def least(work: str, directory: Path, tries: int) -> tuple[float, float]:
    """(seconds, MB of memory at most) of the quickest of some processes."""
    told = [subprocess.check_output([sys.executable, __file__, "--do", work, str(directory)]) for _ in range(tries)]
    return min((answer["seconds"], answer["mb"]) for answer in map(json.loads, told))


def do(work: str, directory: Path) -> dict[str, float]:
    """Do one thing; how long it took and what memory, its own processes' together."""
    begun = time.perf_counter()
    WORK[work](directory)
    seconds = time.perf_counter() - begun
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"seconds": seconds, "mb": round((own + helpers) / 1024, 1)}


def figures(records: int, tries: int) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as directory:
        few, many = Path(directory, "few"), Path(directory, "many")
        for log, length in ((few, records // 4), (many, records)):
            log.mkdir()
            write_log(log, length)
        size = sum(path.stat().st_size for path in log_files.segments(many))
        hashed, _ = least("sha256", many, tries)
        _, mb_of_few = least("verify", few, 1)
        seconds, mb = least("verify", many, tries)
        yield {
            "figure": "audit verify",
            "times_sha256": round(seconds / hashed, 2),
            "goal": GOAL,
            "records": records,
            "log_mb": round(size / 1e6, 1),
            "seconds": round(seconds, 2),
            "memory_mb": mb,
            "memory_mb_of_a_quarter": mb_of_few,
        }
        seconds, mb = least("rebuild", many, 1)
        yield {
            "figure": "audit rebuild",
            "records": records,
            "seconds": round(seconds, 1),
            "records_per_second": round(records / seconds),
            "memory_mb": mb,
        }


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--do", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.do:
        print(json.dumps(do(given.do[0], Path(given.do[1]))))
        return 0
    for figure in figures(given.records, given.tries):
        print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
