"""Gallring: destroying the texts of an ended case, on the archive authority's decision and by two persons.

What is destroyed are the payloads of the case's stream: rubrik, names, reasons, att-satser, the words of its
watches; and the files of its documents, but for those that another case has too. What remains is what the log says:
numbers, days, codes, and the hash of each text, so that the chain still verifies. Meetings keep their own texts, and
so do other cases.

That a decision is asked for follows from arkivlagen as we read it (RG-08, low confidence). That it takes two
persons, and an ended case that nobody watches, is the program's own rule and no law.

A text is gone from the tables when the transaction is committed, its file when the log is next exported (the
record names it), its documents when the store has been gone through, and its bytes when the database file has been
wiped. Backups hold what they held when they
were made, and mails that were sent what they said.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from states.case_facts import State
from states.judgement import Refused
from states.records import insert, update
from states.swedish_text import listed, name
from workflow import audit_journal, case_store, correction, documents, statements
from workflow.audit_journal import Command
from workflow.case_store import LockedCase
from workflow.connection import SQLITE, Connection, Row
from workflow.desk import Desk
from workflow.errors import EnvironmentFaultError, UsageError
from workflow.use_case import ORDINARY_WAY, Result, accept, give_reason, noted, opened, touched

DECISION = re.compile(r"(?P<body>.+?)[ -]+(?P<day>\d{4}-\d\d-\d\d),? *§ *(?P<paragraph>[1-9][0-9]{0,4})")


def propose(desk: Desk, command: Command, case_id: str, decision: str, **expected: int) -> Result:
    """Propose that a case's texts are destroyed, by a decision such as `KS 2024-05-14 § 12`."""
    with opened(desk, command, "gallra", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        ground = _ground(desk, command, decision)
        _refuse_untimely(case)
        _refuse_pointless(desk.connection, case)
        draft = noted(case, "case.purge_proposed", command, "gallra")
        draft.data["decision"] = ground
        give_reason(draft, command)
        new = {"decision": ground, "proposed_by": command.actor, "proposed_on": command.on.isoformat()}
        row = insert("purge", id=command.new_id(), case_id=case_id, **new, approved_by=None, purged_on=None)
        draft.changes += [touched(case, command), row]
        note = f"Gallring är föreslagen enligt {ground}. Texterna står kvar tills någon annan godkänner: {_how(case)} "
        return accept(desk, command, case, draft, ORDINARY_WAY, f"{note}--godkann")


def approve(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """Destroy the texts that somebody else has proposed to; `wipe` comes after it."""
    _overwrite_what_goes(desk.connection)
    with opened(desk, command, "gallra", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        proposal = _proposal(desk.connection, case)
        if proposal["proposed_by"] == command.actor:
            raise UsageError(
                f"Gallringen föreslogs av {command.actor} och godkänns av någon annan (programmets egen regel, inte "
                "lag); vem som är vem står under [[people]] i config.toml."
            )
        _refuse_untimely(case)
        draft = noted(case, "case.purged", command, "gallra")
        texts = [row["id"] for row in desk.connection.run(statements.PAYLOAD_IDS_OF, stream=case.stream)]
        files = documents.only_of(desk.connection, case_id)
        draft.data |= {"decision": proposal["decision"], "proposed_by": proposal["proposed_by"], "purged": texts}
        draft.data |= {"documents": files} if files else {}
        approved = {"approved_by": command.actor, "purged_on": command.on.isoformat()}
        draft.changes += [touched(case, command), update("purge", id=proposal["id"], **approved)]
        gone = "1 text är gallrad" if len(texts) == 1 else f"{len(texts)} texter är gallrade"
        also = f", och {len(files)} handlingars filer" if len(files) > 1 else ", och en handlings fil" if files else ""
        notes = (f"{gone} enligt {proposal['decision']}{also}.", *_out_of_reach(desk))
        done = accept(desk, command, case, draft, ORDINARY_WAY, *notes)
        # The database lets a text go only when it finds the purge approved.
        desk.connection.run(statements.PURGE_PAYLOADS, stream=case.stream)
        return done


def cancel(desk: Desk, command: Command, case_id: str, **expected: int) -> Result:
    """Take a proposal back, with a reason; anybody may."""
    with opened(desk, command, "gallra", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        if not (command.reason or "").strip():
            raise UsageError("Ange --skal: varför förslaget tas tillbaka.")
        _proposal(desk.connection, case)
        told = audit_journal.history(desk.connection, case.stream)
        seq = max(body["seq"] for body in told if body["type"] == "case.purge_proposed")
        past = correction.read(desk.connection, case.facts.ref, case.stream, seq)
        return correction.take_back(desk, command, case, past)


def waiting(connection: Connection) -> list[dict[str, Any]]:
    """What is proposed and waits for somebody else, the oldest first."""
    return [
        {
            "ref": case_store.named(row["case_number"], row["case_id"]),
            "state": row["state"],
            "decision": row["decision"],
            "proposed_by": row["proposed_by"],
            "proposed_on": row["proposed_on"],
        }
        for row in connection.run(statements.PURGES_WAITING)
    ]


# --- what must be so ----------------------------------------------------------------------------------------


def _ground(desk: Desk, command: Command, text: str) -> str:
    """A decision in its one form. Raises UsageError unless a body that there was can have made it by now."""
    match = DECISION.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        day = date.fromisoformat(match["day"])
    except ValueError:
        raise UsageError(f'”{text}” är inget beslut. Skriv till exempel --beslut "KS 2024-05-14 § 12".') from None
    body = next((one for one in desk.bodies.bodies if one.is_called(match["body"]) and one.in_force(day)), None)
    if body is None:
        raise UsageError(f"Instansen ”{match['body']}” fanns inte {day}. Ange den som beslutade om gallringen.")
    if day > command.on:
        raise UsageError(f"{day} ligger i framtiden. Föreslå gallringen när beslutet om den är fattat.")
    return f"{body.code} {day} § {match['paragraph']}"


def _refuse_untimely(case: LockedCase) -> None:
    """Raise UsageError unless the case has ended and nothing more is waited for in it."""
    facts = case.facts
    if facts.state not in (State.AVSLUTAD, State.ATERKALLAD):
        raise UsageError(f"{facts.ref} har läget {name(facts.state)}; avsluta eller återkalla det före gallringen.")
    if facts.watches:
        numbers = listed(str(watch.number) for watch in facts.watches)
        raise UsageError(
            f"{facts.ref} har öppna bevakningar ({numbers}); avsluta dem med arende watch done före gallringen."
        )


def _refuse_pointless(connection: Connection, case: LockedCase) -> None:
    """Raise UsageError when a proposal waits already, or when there is nothing left to destroy."""
    if there := _waiting(connection, case.id):
        raise UsageError(
            f"Gallring av {case.facts.ref} är redan föreslagen av {there['proposed_by']} enligt {there['decision']}; "
            "någon annan godkänner med --godkann, eller så tas förslaget tillbaka med --avbryt."
        )
    if not connection.run(statements.PAYLOAD_IDS_OF, stream=case.stream):
        raise UsageError(f"{case.facts.ref} har inga texter kvar att gallra. Se: arende history {_word(case)}")


def _proposal(connection: Connection, case: LockedCase) -> Row:
    """The proposal that waits. Raises UsageError when none does."""
    if there := _waiting(connection, case.id):
        return there
    if done := max(connection.run(statements.PURGES, id=case.id), key=lambda row: str(row["purged_on"]), default=None):
        raise UsageError(f"{case.facts.ref} gallrades {done['purged_on']} enligt {done['decision']}; inget mer behövs.")
    raise UsageError(f"Ingen gallring är föreslagen. Föreslå den med: {_how(case)} --beslut BESLUT")


def _waiting(connection: Connection, case_id: str) -> Row | None:
    return next((row for row in connection.run(statements.PURGES, id=case_id) if row["purged_on"] is None), None)


def _how(case: LockedCase) -> str:
    return f"arende gallra {_word(case)}"


def _word(case: LockedCase) -> str:
    return case.facts.ref.replace(" ", "-", 1)


# --- the bytes ----------------------------------------------------------------------------------------------


def is_purged(connection: Connection, case_id: str) -> bool:
    """True for a case whose texts have been destroyed, perhaps by somebody who was killed before `wipe`."""
    return any(row["purged_on"] for row in connection.run(statements.PURGES, id=case_id))


def _overwrite_what_goes(connection: Connection) -> None:
    """From now on SQLite writes zeros where a row was."""
    if connection.dialect == SQLITE:
        connection.run("PRAGMA secure_delete = ON")


def wipe(connection: Connection) -> None:
    """Leave nothing in the database's files of what has been deleted; done again, it does no harm.

    A page that was split or let go long ago may hold a copy of a row besides the one that was overwritten, so
    SQLite's file is made anew, while everybody else waits; its -wal, which holds pages as they were, is emptied.
    PostgreSQL keeps deleted rows in its files until it vacuums (autovacuum does so in time, `VACUUM payload` at
    once) and in its write-ahead log until that is recycled; that is for those who run the server.
    """
    if connection.dialect != SQLITE:
        return
    try:
        connection.run("VACUUM")
        busy = connection.run("PRAGMA wal_checkpoint(TRUNCATE)")[0]["busy"]
    except EnvironmentFaultError as error:
        raise EnvironmentFaultError(_half_done(str(error.__cause__))) from error
    if busy:
        raise EnvironmentFaultError(_half_done("någon läser i databasen"))


def _out_of_reach(desk: Desk) -> Iterator[str]:
    """What still holds the texts and is not ours to destroy."""
    yield "Säkerhetskopior från tiden dessförinnan har texterna kvar tills de förstörs."
    if desk.connection.dialect == SQLITE:
        path = Path(desk.settings.database_url.removeprefix("sqlite:///"))
        aside = sorted(found.name for found in path.parent.glob(f"{path.name}.undanlagd-*"))
        if aside:
            yield f"Undanlagda databaser kan också ha dem kvar; ta bort {listed(aside)}."


def _half_done(reason: str) -> str:
    return (
        f"Texterna är gallrade, men spår kan finnas kvar i databasens filer ({reason}). Stäng andra program som har "
        "databasen öppen, se till att det finns plats på disken och kör samma kommando igen."
    )
