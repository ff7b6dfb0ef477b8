"""A database with very many reminders, written past every use case and the log."""

from workflow.connection import SQLITE, Connection

DUE = "2026-03-02"
"""The day some of the deadlines are to be acted on; the others' days are months and years later."""

NUMBERS = {
    SQLITE: (
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows),"
        " days(n, day) AS (SELECT n, CASE WHEN n <= :due THEN '2026-03-02'"
        " ELSE date('2026-06-01', '+' || (3000 * n / :rows) || ' days') END FROM numbers) "
    ),
    "postgresql": (
        "WITH numbers AS (SELECT generate_series(1, CAST(:rows AS bigint)) AS n),"
        " days AS (SELECT n, CASE WHEN n <= :due THEN DATE '2026-03-02'"
        " ELSE DATE '2026-06-01' + CAST(3000 * n / :rows AS integer) END AS day FROM numbers) "
    ),
}
"""1, 2, 3 … each with the day to act on."""

DEADLINES = (
    "INSERT INTO deadline (id, stream, kind, subject, due, act_by, basis, is_open, body)"
    " {numbers} SELECT 'c' || (10000000 + n) || '/bevakning/1', 'c' || (10000000 + n), 'bevakning', '1', day, day,"
    " 'R-BEVAKNING', TRUE, 'SON' FROM days"
)
REMINDERS = (
    "INSERT INTO reminder (id, deadline_id, rule, due, step, recipient, channel, stream, planned_for, status)"
    " {numbers} SELECT 'r' || (10000000 + n), 'c' || (10000000 + n) || '/bevakning/1', 'bevakning', day, 'sent before',"
    " 'handlaggare@SON', 'e-post', 'c' || (10000000 + n), '2025-01-01', 'sent' FROM days"
)
LEASES = (
    "INSERT INTO lease (id, next_try, token, attempts, outlet)"
    " {numbers} SELECT 'r' || (10000000 + n), NULL, 1, 1, 'e-post' FROM days"
)
STEP_ASIDE = "SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0"


def fill(connection: Connection, rows: int, due: int) -> None:
    """So many open deadlines, `due` of them to be acted on that day, each with a reminder that was sent long ago."""
    numbers = NUMBERS[connection.dialect]
    if connection.dialect == SQLITE:
        _let_go_of_safety(connection)
    with connection.writing():
        if connection.dialect != SQLITE:
            connection.run(STEP_ASIDE)
        for statement in (DEADLINES, REMINDERS, LEASES):
            connection.run(statement.format(numbers=numbers), rows=rows, due=due)
    if connection.dialect == SQLITE:
        connection.run("PRAGMA journal_mode = WAL")
    else:
        connection.run("ANALYZE")  # as it does by itself, in time


def _let_go_of_safety(connection: Connection) -> None:
    """Nobody pulls the plug on what is filled; a log beside it would only be written twice."""
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
        connection.run(f"PRAGMA {pragma}")
