"""`arende secrecy`: marking a case as secret, and lifting the mark."""

import click

from workflow import secrecy as marks
from workflow.cli import frame
from workflow.cli.change import Asked, changes, perform
from workflow.cli.swedish import Command
from workflow.errors import UsageError

marked_secret = click.option(
    "--sekretess", "secrecy", metavar="PARAGRAF", help='Sekretessmarkera ärendet genast, till exempel "OSL 26:1".'
)
"""The option of what makes a new case."""


def as_provision(text: str | None) -> str | None:
    """A provision in its one form; None for none. Raises UsageError with how to write one."""
    return None if text is None else marks.provision(text)


@click.command("secrecy", cls=Command, help="Sekretessmarkera ett ärende med stöd av en paragraf, eller häv märket.")
@frame.the_case
@click.option("--paragraf", "basis", metavar="PARAGRAF", help='Den som kan gälla, till exempel "OSL 26:1".')
@click.option("--havd", "--haver", "lifted", metavar="SKÄL", help="Häv markeringen, och varför.")
@changes
def secrecy_command(case_words: tuple[str, ...], basis: str | None, lifted: str | None, asked: Asked) -> int:
    if (basis is None) == (lifted is None):
        raise UsageError('Ange --paragraf "OSL 26:1" för att markera, eller --havd SKÄL för att häva markeringen.')
    cited = as_provision(basis)
    with frame.desk() as desk:
        case_id = frame.case_id(desk, case_words)
        if cited is not None:
            return perform(desk, asked, lambda given: marks.mark(desk, given, case_id, cited))
        return perform(desk, asked.because(lifted), lambda given: marks.lift(desk, given, case_id))
