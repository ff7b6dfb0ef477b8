"""A command loads what it needs and no more: what people type must answer at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.cli.office import EXAMPLE, done

HEAVY = {"sqlalchemy", "sqlmodel", "structlog", "rich", "alembic", "psycopg", "pydantic", "asyncio", "holidays"}
LIGHT = HEAVY | {"transitions", "msgspec", "sqlite3", "pysqlite3", "zoneinfo", "pathlib", "json", "shutil"}
NO_LAW = HEAVY | {"transitions"}
CASE = "SON-2023-940"

PROBE = """\
import sys
opened = set()
sys.addaudithook(lambda event, _: opened.add(event) if event.startswith("socket.") else None)
from workflow.cli.main import run
code = run(sys.argv[1:])
print(code, *sys.modules, *opened, file=sys.stderr)
"""


def modules(*words: str) -> set[str]:
    """What a fresh interpreter has loaded, and done with sockets, in a command whose output goes into a pipe."""
    answer = subprocess.run(
        [sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True, timeout=60
    )
    code, *loaded = answer.stderr.split()
    assert (code, bool(answer.stdout)) == ("0", True)
    return set(loaded)


def test_a_change_is_written_down_without_what_the_log_never_uses(office: Path) -> None:
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    loaded = modules("advance", CASE, "--date", "2024-04-03")
    assert "structlog" in loaded
    assert loaded & {"rich", "ssl", "asyncio.events", "sqlalchemy", "smtplib"} == set()


MAIL = """
[email]
host = "127.0.0.1"
port = 1
sender = "arende@exempel.se"
"""


def test_a_change_waits_for_no_mail_server_whatever_the_settings_are(office: Path) -> None:
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    settings = office / "config.toml"
    before, _, after = settings.read_text().partition("[email]")
    settings.write_text(f"{before}{MAIL}{after[after.index('# Var en roll') :]}")
    loaded = modules("advance", CASE, "--date", "2024-04-03")
    assert loaded & {"socket", "ssl", "smtplib", "http.client", "email", "scheduler"} == set()
    assert not any(name.startswith("socket.") for name in loaded)


@pytest.mark.parametrize(
    ("line", "banned", "most"),
    [
        ("--version", LIGHT, 120),
        ("--help", LIGHT, 120),
        ("advance --help", HEAVY, 226),
        ("list", NO_LAW, 200),
        (f"show {CASE}", NO_LAW, 200),
        (f"history {CASE}", NO_LAW, 200),
        (f"why {CASE}", HEAVY, 227),
        ("graph", HEAVY, 200),
        ("todo", HEAVY, 226),
        ("watch list", HEAVY, 226),
        (f"diff {CASE}", NO_LAW, 200),
        ("balans", NO_LAW, 200),
        ("motioner", NO_LAW, 200),
        ("silent", HEAVY, 226),
        (f"read {EXAMPLE}", HEAVY | {"rapidfuzz", "transitions"}, 226),  # what reads a document is in the child
    ],
)
def test_a_command_loads_only_what_it_needs(office: Path, line: str, banned: set[str], most: int) -> None:
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    loaded = modules(*line.split())
    assert {name.partition(".")[0] for name in loaded} & banned == set()
    assert len(loaded) <= most
