"""The statements about reminders that the two databases must be told in words of their own."""

from workflow.connection import POSTGRESQL, SQLITE

LISTED = {
    SQLITE: "(SELECT value FROM json_each(:ids))",
    POSTGRESQL: "(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb)))",
}
"""Ids handed over as one JSON list, however many."""

SHARED = {SQLITE: "", POSTGRESQL: " ORDER BY deadline.id FOR SHARE OF deadline"}
"""SQLite's writers have the database to themselves."""

SAID_OF = {
    dialect: (
        "SELECT reminder.deadline_id, reminder.rule, reminder.step, reminder.recipient, reminder.channel,"
        " reminder.planned_for, reminder.status FROM reminder"
        " JOIN deadline ON deadline.id = reminder.deadline_id AND deadline.due = reminder.due"
        f" WHERE reminder.deadline_id IN {listed}"
    )
    for dialect, listed in LISTED.items()
}
STATUSES = {dialect: f"SELECT id, status FROM reminder WHERE id IN {listed}" for dialect, listed in LISTED.items()}
DEADLINES_NOW = {
    dialect: (
        "SELECT deadline.id, deadline.due, deadline.snoozed_until, cases.secrecy FROM deadline"
        " LEFT JOIN cases ON cases.id = deadline.stream"
        f" WHERE deadline.is_open AND deadline.id IN {listed}{SHARED[dialect]}"
    )
    for dialect, listed in LISTED.items()
}

CLOCK = {
    SQLITE: "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
    POSTGRESQL: "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
}
"""Milliseconds since 1970."""

FIRST_DUE = (
    "SELECT id FROM lease WHERE outlet = :outlet AND next_try <= :until AND digest IS NULL"
    " ORDER BY next_try, id LIMIT 1"
)
TAKE = "UPDATE lease SET token = token + 1, attempts = attempts + 1, owner = :owner, next_try = {clock} + :milliseconds"
CLAIM = {
    SQLITE: f"{TAKE.format(clock=CLOCK[SQLITE])} WHERE id = ({FIRST_DUE}) RETURNING id, token, attempts",
    POSTGRESQL: (
        f"WITH first AS ({FIRST_DUE} FOR UPDATE SKIP LOCKED) {TAKE.format(clock=CLOCK[POSTGRESQL])}"
        " FROM first WHERE lease.id = first.id RETURNING lease.id, lease.token, lease.attempts"
    ),
}
"""SQLite's writers have the database to themselves; PostgreSQL's pass by what another is just taking."""

CLAIM_DIGEST = {
    dialect: (
        f"{TAKE.format(clock=clock)}, digest = :digest"
        " WHERE outlet = :outlet AND digest = :waiting_for AND next_try <= :until RETURNING id, token, attempts"
    )
    for dialect, clock in CLOCK.items()
}
HOLD_DIGEST = {
    SQLITE: "SELECT id FROM digest WHERE id = :id",
    POSTGRESQL: "SELECT id FROM digest WHERE id = :id FOR UPDATE SKIP LOCKED",
}
CLAIMED = {
    dialect: (
        "SELECT reminder.id, reminder.deadline_id, reminder.rule, reminder.due, reminder.step, reminder.recipient,"
        " reminder.channel, reminder.planned_for, deadline.due AS due_now, deadline.act_by, deadline.is_open,"
        " deadline.snoozed_until, COALESCE(cases.secrecy, FALSE) AS secret,"
        " EXISTS (SELECT 1 FROM reminder AS newer WHERE newer.deadline_id = reminder.deadline_id"
        " AND newer.rule = reminder.rule AND newer.due = reminder.due AND newer.recipient = reminder.recipient"
        " AND newer.channel = reminder.channel AND newer.planned_for > reminder.planned_for"
        " AND (SUBSTR(newer.step, 1, 1) = 'e') = (SUBSTR(reminder.step, 1, 1) = 'e')"
        " AND newer.status IN ('planned', 'sent')) AS overtaken"
        " FROM reminder JOIN deadline ON deadline.id = reminder.deadline_id"
        " LEFT JOIN cases ON cases.id = deadline.stream"
        f" WHERE reminder.id IN {listed} ORDER BY reminder.planned_for, reminder.id"
    )
    for dialect, listed in LISTED.items()
}
