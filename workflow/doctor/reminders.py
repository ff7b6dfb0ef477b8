"""What the doctor asks of the reminders: has nobody been left without one?"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from states.swedish_calendar import working_day_on_or_before
from workflow import statements
from workflow.connection import Connection, Row
from workflow.doctor.answers import Answer, Machine, fault, fine, some, warning

GIVEN_UP = (
    "SELECT reminder.planned_for, lease.fault, meeting.body, meeting.day,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id ORDER BY n.ordinal LIMIT 1) AS case_number,"
    " cases.id AS case_id FROM reminder"
    " JOIN deadline ON deadline.id = reminder.deadline_id AND deadline.due = reminder.due"
    " LEFT JOIN lease ON lease.id = reminder.id LEFT JOIN cases ON cases.id = reminder.stream"
    " LEFT JOIN meeting ON meeting.id = reminder.stream"
    " WHERE reminder.status = 'failed' AND deadline.is_open ORDER BY reminder.planned_for, reminder.id"
)
OVERDUE = (
    "SELECT COUNT(*) AS reminders, MIN(planned_for) AS first FROM reminder"
    " WHERE status = 'planned' AND planned_for < :day"
)
A_DAY = timedelta(days=1)


def given_up(connection: Connection, _: Machine) -> Answer:
    """Is there a duty that somebody could not be told of? What is done since is nobody's trouble."""
    rows = connection.run(GIVEN_UP)
    if not rows:
        return fine("Ingen påminnelse om något som är kvar att göra har misslyckats.")
    answers = ", ".join(sorted({row["fault"] for row in rows if row["fault"]})) or "okänt fel"
    shown = some([f"arende {line}" for line in dict.fromkeys(map(_command, rows))])
    return fault(
        f"Påminnelser som gavs upp: {len(rows)}, den första till {rows[0]['planned_for']} ({answers}). Rätta [email] "
        "och [[mailboxes]] i config.toml och kör arende-daemon outbox retry --all-failed, eller säg själv till den det "
        f"gäller; se {shown}"
    )


def _command(row: Row) -> str:
    if row["body"]:
        return f"meeting show {row['body']}-{row['day']}"
    return f"show {row['case_number'] or row['case_id']}"


def overdue(connection: Connection, machine: Machine) -> Answer:
    """Is somebody at work who sends them?"""
    today = machine.now.astimezone(ZoneInfo("Europe/Stockholm")).date()
    # On a closed day, and the morning after, what came before it may still wait to leave the house.
    late = connection.run(OVERDUE, day=working_day_on_or_before(today - A_DAY).isoformat())[0]
    if not late["reminders"]:
        return fine("Ingen påminnelse är mer än en arbetsdag sen.")
    return fault(
        f"Påminnelser som skulle ha skickats: {late['reminders']}, den första {late['first']}. Kontrollera att "
        "arende-daemon run är igång och når e-postservern, eller kör: arende-daemon --once"
    )


def without_lease(connection: Connection, _: Machine) -> Answer:
    """Is there one on its way that nobody can take up?"""
    if lost := connection.run(statements.LOST_LEASES):
        return warning(f"Påminnelser på väg utan lån: {len(lost)}. Demonen ger dem ett nytt i nästa runda.")
    return fine("Varje påminnelse som är på väg har sitt lån.")
