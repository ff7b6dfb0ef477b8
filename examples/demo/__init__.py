"""The main job, told in Swedish: five real cases go their whole way, then a day in a nämnd and one in fullmäktige.

A rule that no longer bites, or a reminder that does not come, makes the demo fail. Run it with `make demo`,
or `python -m examples.demo DIRECTORY` to choose where the result is kept.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from examples.demo import (
    anhorigstod,
    audit,
    dokumenten,
    familjecentraler,
    hagadal,
    klockorna,
    motion,
    refusals,
    sammantradet,
)
from examples.demo.mail import KANSLIET, OMSORG, SOCIAL, Mailbox
from examples.demo.story import Runner, Story, UnexpectedError

__all__ = [
    "DOCUMENTS",
    "YEAR",
    "UnexpectedError",
    "anhorigstod",
    "motion",
    "opening",
    "prepare",
    "real_programs",
    "refusals",
    "sammantradet",
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
YEAR = EXAMPLES / "sammantraden-2025.csv"
MAILBOX = """
[[mailboxes]]
role = "{}"
body = "{}"
address = "{}"
"""
MEMBER = """
[[members]]
id = "{}"
body = "{}"
name = "{}"
seat = "{}"
valid_from = 2025-01-01
"""
SEATS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "SON": (
        ("Anna Alm (S)", "ordforande"),
        ("Bo Ek (M)", "vice_ordforande"),
        ("Cia Dal (C)", "ledamot"),
        ("Dan Fors (V)", "ledamot"),
        ("Eva Gran (L)", "ledamot"),
        ("Fia Hall (S)", "ersattare"),
        ("Gun Ivarsson (M)", "ersattare"),
    ),
    "KF": (
        ("Hans Juhl (S)", "ordforande"),
        ("Ida Kvist (M)", "ledamot"),
        ("Jan Lind (C)", "ledamot"),
        ("Karin Mo (V)", "ledamot"),
        ("Lars Norén (L)", "ledamot"),
        ("Mia Orre (KD)", "ledamot"),
        ("Nils Palm (S)", "ledamot"),
    ),
}
"""Who sits where from 2025 on; before that nobody asks who was there."""
MAILBOXES = "".join(
    MAILBOX.format(*box)
    for box in (("handlaggare", "ON", OMSORG), ("handlaggare", "SON", SOCIAL), ("kommunsekreterare", "KF", KANSLIET))
)


def tell(run: Runner, directory: Path, mailbox: Mailbox, documents: Mapping[str, Path] = DOCUMENTS) -> Story:
    """The whole story in `directory`, which `prepare` has made ready. Raises UnexpectedError where it goes wrong."""
    story = opening(run, directory, mailbox)
    familjecentraler.tell(story, documents["familjecentraler"])
    hagadal.tell(story, documents["hagadal"])
    anhorigstod.tell(story, documents)
    motion.tell(story, documents["svar-pa-motion"])
    refusals.tell(story)
    sammantradet.tell(story, YEAR)
    klockorna.tell(story)
    dokumenten.tell(story, directory)
    audit.tell(story, directory)
    return story


def opening(run: Runner, directory: Path, mailbox: Mailbox) -> Story:
    """The beginning of every story: an empty database."""
    print("Ärendegång: fem ärenden från skrivelse till slut, på sina verkliga dagar.")
    print("I demon har en person alla roller, och gamla dagar får antecknas utan skäl (se config.toml).")
    story = Story(run, directory, mailbox)
    story.plain("database upgrade")
    return story


def prepare(directory: Path, port: int) -> None:
    """A config.toml of the demo's own: the project's, with mail and calendars, and no limit for entering old events."""
    text = (EXAMPLES.parent / "config.toml").read_text("utf-8")
    for setting, value in (
        ("late_after_days", 36500),
        ("host", '"127.0.0.1"'),
        ("port", port),
        ("sender", '"Ärendegång <arendegang@exempelkoping.se>"'),
        ("quiet", "[]"),
        ("weekends", "true"),
    ):
        text = re.sub(rf"(?m)^{setting} = (?:\[.*?\]|\S+)", f"{setting} = {value}", text)
    text = text.replace('directory = ""', 'directory = "kalendrar"', 1)
    text = text.replace('    "systemforvaltare",\n', '    "systemforvaltare", "revisor",\n', 1)
    (directory / "config.toml").write_text(f"{text}{MAILBOXES}{_members()}", "utf-8")


def _members() -> str:
    """Everybody's seat; an ersättare also has a place in the order they are called in."""
    written, places = [], dict.fromkeys(SEATS, 0)
    for body, seats in SEATS.items():
        for number, (name, seat) in enumerate(seats, 1):
            text = MEMBER.format(f"m-{body.lower()}-{number}", body, name, seat)
            if seat == "ersattare":
                places[body] += 1
                text += f"place = {places[body]}\n"
            written.append(text)
    return "".join(written)


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
