"""An office to run commands in: a directory with the project's config.toml and an upgraded database."""

import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.conftest import PROJECT
from workflow.cli.main import run

EXAMPLE = PROJECT / "examples" / "svar-pa-motion.txt"
"""A tjänsteskrivelse whose template is filled in: SON 2023-940, KS 2023-710."""

ENGLISH = re.compile(
    r"(?<![\w-])(Error|Usage|Options?|Commands?|Arguments?|Missing|Invalid|Try|No such|Got|Did you|is not|one of|"
    r"required|expected|default|Traceback|Errno|file or directory)(?![\w-])|\[OPTIONS\]",
    re.IGNORECASE,
)
"""What Click, Python and the system say in English."""


class Answer(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def furnish(directory: Path, template: Path) -> Path:
    """A config.toml that takes old days without a reason, and a fresh database."""
    text = (PROJECT / "config.toml").read_text(encoding="utf-8")
    (directory / "config.toml").write_text(re.sub(r"(late_after_days) = \d+", r"\1 = 36500", text), encoding="utf-8")
    shutil.copy(template, directory / "arendegang.db")
    return directory


def arende(*words: str) -> Answer:
    """Run a command in this process, in the current directory."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return Answer(code, out.getvalue(), err.getvalue())


def done(*words: str) -> str:
    """Run a command that goes through; what it printed."""
    answer = arende(*words)
    assert (answer.code, answer.err) == (0, ""), f"arende {' '.join(words)}: {answer}"
    return answer.out
