"""Registering the open cases of an older system: each as of its own day, marked as registered afterwards.

Where a case stands is what the older system says; no decision and no MBL is made up for how it came there.
"""

import msgspec

from states.judgement import Refused
from workflow import case_store, registration
from workflow.audit_journal import Command
from workflow.case_tables.open_case import OpenCase
from workflow.desk import Desk
from workflow.errors import AlreadyInError, NumberTakenError, UsageError
from workflow.registration import NewCase, Skrivelse
from workflow.use_case import Rehearsed, Result, deny_everywhere


def bring_in(desk: Desk, command: Command, case: OpenCase, *, save: bool = True) -> Result:
    """Register a case by the day it has. Raises AlreadyInError when one of its numbers is some case's.

    Without `save` everything is taken back, and only told.
    """
    if refused := deny_everywhere(desk, command, "register", "tabellens ärenden"):
        return refused
    _refuse_registered(desk, case)
    if not (command.reason or "").strip():
        raise UsageError("Ange varför ärendena registreras först nu: skal i kartan, eller --skal.")
    new = NewCase(
        kind=case.kind,
        skrivelse=Skrivelse(
            rubrik=case.rubrik,
            numbers=case.numbers,
            handlaggare=case.handlaggare,
            unsure=case.unsure,
            watches=case.watches,
        ),
        way=case.way,
        starts_in=case.starts_in,
        received_on=case.received_on,
        answer_by=case.answer_by,
        secrecy=case.secrecy,
    )
    own = msgspec.structs.replace(command, on=case.registered_on or command.on, late=True)
    try:
        return registration.register(desk, own, new, save=save)
    except Rehearsed as rehearsed:
        return rehearsed.done
    except NumberTakenError:
        _refuse_registered(desk, case)  # whoever was first with it came in between
        raise


def _refuse_registered(desk: Desk, case: OpenCase) -> None:
    if any(case_store.find_or_none(desk.connection, number) for number in case.numbers):
        # The same is said of a case that may be seen, so that nobody finds a secret one by its number.
        raise AlreadyInError("Diarienumret finns redan; inget gjordes.")


def denied(desk: Desk, command: Command) -> Refused | None:
    """The refusal for whoever may register nothing, before a table is read; written down."""
    return deny_everywhere(desk, command, "register", "tabellens ärenden")
