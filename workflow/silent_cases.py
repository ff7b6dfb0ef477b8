"""Open cases in which nothing is going to happen unless somebody sees to it.

A module of its own: asking the law takes its machine, which the other lists do without.
"""

from datetime import date
from typing import Any

import msgspec

from states.guards import Remedy
from states.silence import Silence, explain
from workflow import body_register, case_queries, case_store, overviews, statements
from workflow.connection import Connection

View = dict[str, Any]


class SilentCase(msgspec.Struct, frozen=True):
    """One of them, and what gets it going."""

    view: View
    remedy: Remedy


def find(connection: Connection, today: date, raised_reading: str) -> list[SilentCase]:
    """Those on no list of a coming meeting, in which nothing is to happen on a later day; the longest silent first.

    What a watch with a day waits for, and an unanswered remiss, is on its way. How long a matter may take is not.
    """
    register, ahead = body_register.load(connection), overviews.on_the_way(connection)
    coming = case_queries.coming_meetings(connection, today)
    found = []
    for row in connection.run(statements.UNBOOKED_CASES, day=today.isoformat()):
        if ahead.get(row["id"], "") >= today.isoformat():
            continue
        facts = case_store.load_facts(connection, row["id"], raised_reading)
        # What stands in the way may be said in the case's own words.
        hidden = Silence(case_queries.MASKED, Remedy("why", {"case": facts.ref}))
        silence = hidden if row["secrecy"] else explain(facts, today, coming)
        view = {**overviews.open_case(row, register, today), "why": silence.why}
        found.append(SilentCase(view, silence.remedy))
    return sorted(found, key=lambda one: -one.view["silent_days"])
