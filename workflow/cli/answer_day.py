"""The options of a day to answer by: a date, or so many working days ahead."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

import click

from states.swedish_calendar import working_days_after
from workflow.cli import frame
from workflow.cli.swedish import Number
from workflow.errors import UsageError

AnswerDay = Callable[[date], date | None]
"""From the day something is asked to the day to answer by; None where none was said."""


def answers_by(function: Callable[..., int]) -> Callable[..., int]:
    """`--svar-senast` and `--arbetsdagar`, gathered in `until`."""

    @wraps(function)
    def gathered(answer_by: date | None, working_days: int | None, **rest: Any) -> int:
        if answer_by is not None and working_days is not None:
            raise UsageError("Ange svarsdagen med --svar-senast DATUM eller --arbetsdagar N, inte båda.")

        def until(on: date) -> date | None:
            return answer_by if working_days is None else working_days_after(on, working_days)

        return function(until=until, **rest)

    for option in (
        click.option(
            "--arbetsdagar", "working_days", type=Number(250), metavar="N", help="Svar inom så många arbetsdagar."
        ),
        click.option(
            "--svar-senast",
            "answer_by",
            type=frame.DAY,
            metavar="DATUM",
            help="Passerad svarsdag räknas som tillfälle.",
        ),
    ):
        gathered = option(gathered)
    return gathered
