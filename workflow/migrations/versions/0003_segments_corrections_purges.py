"""The log in segments; numbers that were a mistake; gallring."""

import json

import sqlalchemy as sa
from alembic import op

from workflow.log_files import SEGMENT_SIZE, line_of, segment_after
from workflow.migrations.words import day, index, key, refers, text

revision = "0003"
down_revision = "0002"

LINES = sa.text(
    "SELECT log_line.log_index, journal.sha256, journal.body FROM log_line"
    " JOIN journal ON journal.id = log_line.journal_id WHERE log_line.log_index > :after"
    " ORDER BY log_line.log_index LIMIT 1000"
)
SET = sa.text("UPDATE log_line SET segment = :segment, ends_at = :ends_at WHERE log_index = :log_index")


def upgrade() -> None:
    place_lines()
    with op.batch_alter_table("case_number", recreate="always" if on_sqlite() else "never") as numbers:
        numbers.add_column(day("voided_on", null=True))
    op.create_table(
        "purge",
        text("id"),
        text("case_id"),
        text("decision"),
        text("proposed_by"),
        day("proposed_on"),
        text("approved_by", null=True),
        day("purged_on", null=True),
        key("purge", "id"),
        refers("purge", "case_id", "cases"),
    )
    index("purge", "case_id")


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def place_lines() -> None:
    """Every line there is gets the segment it stands in."""
    with op.batch_alter_table("log_line") as lines:
        lines.add_column(text("segment", null=True))
        lines.add_column(sa.Column("ends_at", sa.BigInteger(), nullable=True))
    connection, segment, filled, after, no_hash = op.get_bind(), "", 0, 0, "0" * 64
    while rows := connection.execute(LINES, {"after": after}).all():
        for after, sha256, body in rows:
            size = len(line_of(after, no_hash, sha256, body)) + 1
            its = segment_after(segment, filled, json.loads(body)["recorded_at"][:7], size, SEGMENT_SIZE)
            segment, filled = its, (filled if its == segment else 0) + size
            connection.execute(SET, {"segment": segment, "ends_at": filled, "log_index": after})
    with op.batch_alter_table("log_line") as lines:
        lines.alter_column("segment", nullable=False)
        lines.alter_column("ends_at", nullable=False)
