"""The main job, told in Swedish: five real cases go their whole way through the real programs.

A rule that no longer bites, or a reminder that does not come, makes the demo fail. Run it with `make demo`,
or `python -m examples.demo DIRECTORY` to choose where the result is kept.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from examples.demo import anhorigstod, audit, familjecentraler, hagadal, motion, refusals
from examples.demo.mail import KANSLIET, OMSORG, SOCIAL, Mailbox
from examples.demo.story import Runner, Story, UnexpectedError

__all__ = [
    "DOCUMENTS",
    "UnexpectedError",
    "anhorigstod",
    "motion",
    "opening",
    "prepare",
    "real_programs",
    "refusals",
    "tell",
]

EXAMPLES = Path(__file__).resolve().parent.parent
DOCUMENTS: Mapping[str, Path] = {
    name: EXAMPLES / f"{name}.txt"
    for name in (
        "familjecentraler",
        "hagadal",
        "anhorigstod",
        "forfragningsunderlag",
        "barnhalsovard",
        "svar-pa-motion",
    )
}
MAILBOX = """
[[mailboxes]]
role = "{}"
body = "{}"
address = "{}"
"""
MAILBOXES = "".join(
    MAILBOX.format(*box)
    for box in (("handlaggare", "ON", OMSORG), ("handlaggare", "SON", SOCIAL), ("kommunsekreterare", "KF", KANSLIET))
)


def tell(run: Runner, directory: Path, mailbox: Mailbox, documents: Mapping[str, Path] = DOCUMENTS) -> None:
    """The whole story in `directory`, which `prepare` has made ready. Raises UnexpectedError where it goes wrong."""
    story = opening(run, directory, mailbox)
    familjecentraler.tell(story, documents["familjecentraler"])
    hagadal.tell(story, documents["hagadal"])
    anhorigstod.tell(story, documents)
    motion.tell(story, documents["svar-pa-motion"])
    refusals.tell(story)
    audit.tell(story, directory)


def opening(run: Runner, directory: Path, mailbox: Mailbox) -> Story:
    """The beginning of every story: an empty database."""
    print("Ärendegång: fem ärenden från skrivelse till slut, på sina verkliga dagar.")
    print("I demon har en person alla roller, och gamla dagar får antecknas utan skäl (se config.toml).")
    story = Story(run, directory, mailbox)
    story.plain("database upgrade")
    return story


def prepare(directory: Path, port: int) -> None:
    """A config.toml of the demo's own: the project's, with a mail server and no limit for entering old events."""
    text = (EXAMPLES.parent / "config.toml").read_text("utf-8")
    for setting, value in (
        ("late_after_days", 36500),
        ("host", '"127.0.0.1"'),
        ("port", port),
        ("sender", '"Ärendegång <arendegang@exempelkoping.se>"'),
    ):
        text = re.sub(rf"(?m)^{setting} = \S+", f"{setting} = {value}", text)
    (directory / "config.toml").write_text(f"{text}{MAILBOXES}", "utf-8")


def real_programs(directory: Path) -> Runner:
    """Runs the installed programs, each as a process of its own."""
    programs = Path(sys.executable).parent

    def run(program: str, arguments: list[str]) -> tuple[int, str]:
        done = subprocess.run(
            [programs / program, *arguments],
            cwd=directory,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout

    return run
