"""What daemons that share a database must know of each other; channels; the dates that calendars were given."""

import sqlalchemy as sa
from alembic import op

from workflow.migrations.words import alter, day, key, number, partial_index, text, unique

revision = "0007"
down_revision = "0006"

CHANNELS = ("logg", "todo", "e-post", "webhook")
STATUSES = ("planned", "sent", "merged", "skipped", "moot", "failed", "cancelled")
OUTLETS = sa.text("UPDATE lease SET outlet = (SELECT channel FROM reminder WHERE reminder.id = lease.id)")


def upgrade() -> None:
    partial_index("ix_cases_live", "cases", "lifecycle", "state NOT IN ('avslutad', 'aterkallad')")
    partial_index("ix_deadline_open_kind", "deadline", ["kind", "act_by"], "is_open")
    partial_index("ix_deadline_snoozed", "deadline", "snoozed_until", "is_open AND snoozed_until IS NOT NULL")
    alter("reminder", channel=CHANNELS, status=STATUSES)
    partial_index("ix_reminder_failed", "reminder", "planned_for", "status = 'failed'")
    partial_index("ix_reminder_cancelled", "reminder", "planned_for", "status = 'cancelled'")
    outlets()
    columns = (text("id"), text("recipient"), day("day"))
    op.create_table("digest", *columns, key("digest", "id"), unique("digest", "recipient", "day"))
    op.create_table(
        "outlet",
        text("id"),
        number("failures"),
        sa.Column("closed_until", sa.BigInteger(), nullable=True),
        key("outlet", "id"),
    )
    op.create_table(
        "heartbeat",
        text("id"),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ticked_at", sa.BigInteger(), nullable=False),
        number("tick_seconds"),
        text("outcome"),
        text("config"),
        key("heartbeat", "id"),
    )
    op.create_table("feed_event", text("id"), text("fingerprint"), number("sequence"), key("feed_event", "id"))


def outlets() -> None:
    """Every lease says what it goes through, and is found by it."""
    op.drop_index(op.f("ix_lease_next_try"), "lease")
    with op.batch_alter_table("lease") as leases:
        leases.add_column(text("outlet", null=True))
        leases.add_column(text("digest", null=True))
    op.execute(OUTLETS)
    with op.batch_alter_table("lease") as leases:
        leases.alter_column("outlet", nullable=False)
    partial_index("ix_lease_next_try", "lease", ["outlet", "next_try"], "next_try IS NOT NULL")
