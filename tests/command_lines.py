"""Command lines checked against the real program without running it: for docs, remedies and e-mails."""

import contextlib
import io
import itertools
import re
import shlex
from collections.abc import Iterator, Mapping

import click

from scheduler.daemon import daemon
from workflow.cli.main import cli

PROGRAMS: Mapping[str, click.Command] = {"arende": cli, "arende-daemon": daemon}
FENCE = re.compile(r"^\s*```")
CODE = re.compile(r"`([^`]+)`")


def parses(line: str) -> None:
    """Parse every command of ours on a shell line. Raises click.UsageError where the program would refuse it."""
    for words in _commands(line):
        if words[0] in PROGRAMS:
            _parse(*words)


def exists(mention: str) -> None:
    """Parse a command as running text names it: what it needs may be left out."""
    with contextlib.suppress(click.MissingParameter, click.BadOptionUsage, click.exceptions.NoArgsIsHelpError):
        parses(mention)


def _commands(line: str) -> Iterator[list[str]]:
    """The commands of a shell line, as words: split at |, &&, ; and >."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    found = [list(group) for is_word, group in itertools.groupby(words, _is_word) if is_word]
    yield from found


def _is_word(token: str) -> bool:
    return not set(token) <= set("();<>|&")


def _parse(program: str, *words: str) -> None:
    command = PROGRAMS[program]
    name, rest, parent = program, list(words), None
    while True:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                parent = command.make_context(name, list(rest), parent=parent)
        except click.exceptions.Exit:
            return  # --help
        if not isinstance(command, click.Group):
            return
        # What a group leaves for its commands; Click has no public name for it.
        rest = [*parent._protected_args, *parent.args]
        if not rest:
            return
        found, inner, rest = command.resolve_command(parent, rest)
        if found is None or inner is None:
            raise click.UsageError(f"no such command: {words}", parent)
        name, command = found, inner


def commands_in(page: str) -> list[str]:
    """Every line with a command of ours in the fenced blocks of a Markdown page."""
    found: list[str] = []
    inside, unfinished = False, ""
    for line in page.splitlines():
        if FENCE.match(line):
            inside, unfinished = not inside, ""
        elif inside:
            text = unfinished + line.strip().removeprefix("$ ")
            if text.endswith("\\"):
                unfinished = text[:-1]
                continue
            unfinished = ""
            if text.partition(" ")[0] in PROGRAMS:
                found.append(text)
    return found


def mentions_in(page: str) -> list[str]:
    """Every command of ours in a Markdown page's running text, unless it leaves something out with `…`."""
    prose = re.sub(r"(?ms)^\s*```.*?^\s*```\s*$", "", page)
    codes = (match[1] for match in CODE.finditer(prose))
    return [code for code in codes if code.partition(" ")[0] in PROGRAMS and "…" not in code]
