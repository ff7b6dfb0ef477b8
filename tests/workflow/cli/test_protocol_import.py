"""A protokoll and a kallelse taken in from the command line: recorded once, held against the register, nothing overwritten."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.cli.office import ENGLISH, EXAMPLE, arende, done
from tests.workflow.cli.test_minute_commands import CASE, MEETING, MEMBERS
from tests.workflow.document_intake.protocols import SON_PROTOKOLL
from workflow.errors import Exit


@pytest.fixture
def registered(office: Path) -> Path:
    """A motion before SON, whose members are in the register; the protocol lies in the directory."""
    with (office / "config.toml").open("a", encoding="utf-8") as file:
        file.write(MEMBERS)
    done("database", "upgrade")
    done("import", str(EXAMPLE), "--date", "2024-04-03")
    paper = office / "protokoll.txt"
    paper.write_text(SON_PROTOKOLL, encoding="utf-8")
    return paper


def taken_in(paper: Path, *more: str) -> tuple[int, Any]:
    found = arende("import", "--protokoll", str(paper), "--json", *more)
    assert not found.err, found
    return found.code, json.loads(found.out)


def endings(view: Any) -> list[tuple[str, int | None, str]]:
    return [(one["ending"], one["paragraph"], one["what"]) for one in view["facts"]]


def test_x(registered: Path) -> None:
    found = arende("import", "--protokoll", str(registered), "--torrt")
    print(found.out, found.err, found.code)
    found = arende("import", "--protokoll", str(registered))
    print(found.out, found.err, found.code)
    found = arende("import", "--protokoll", str(registered), "--avvikelse", "Antecknas i efterhand.")
    print(found.out, found.err, found.code)
    found = arende("import", "--protokoll", str(registered))
    print(found.out, found.err, found.code)
    print(done("meeting", "show", MEETING))
    assert 0
