"""Watches, reminders, and bodies that succeed each other."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.migrations.words import day, flag, index, key, number, one_of, partial_index, refers, text, unique

revision = "0002"
down_revision = "0001"

DEADLINES = (
    "mbl", "motion_year", "manusstopp", "announce", "call", "adjust", "post", "take_down", "dispatch", "silent",
    "avtalsslut", "uppsagning", "option", "uppdrag", "handelse", "period", "bevakning", "invantad",
)  # fmt: skip
WATCHES = ("avtalsslut", "uppsagning", "option", "uppdrag", "handelse", "period", "bevakning")
STATUSES = ("planned", "sent", "merged", "skipped", "moot", "failed")


def upgrade() -> None:
    add_column("body", text("succeeds", null=True))
    add_column("cases", day("noted_on", null=True))
    create_watches()
    widen_deadlines()
    create_reminders()


def add_column(table: str, column: sa.Column[Any]) -> None:
    # SQLite adds a column by writing on the table's last line; made anew, the definition stays readable.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table(table, recreate="always" if on_sqlite else "never") as altered:
        altered.add_column(column)


def create_watches() -> None:
    op.create_table(
        "watch",
        text("id"),
        text("case_id"),
        number("number"),
        text("kind"),
        text("body"),
        day("noted_on"),
        day("due", null=True),
        number("months", null=True),
        flag("inferred"),
        day("snoozed_until", null=True),
        day("closed_on", null=True),
        text("payload"),
        key("watch", "id"),
        one_of("watch", "kind", *WATCHES),
        refers("watch", "case_id", "cases"),
        unique("watch", "case_id", "number"),
    )


def widen_deadlines() -> None:
    with op.batch_alter_table("deadline") as deadline:
        deadline.drop_constraint(op.f("ck_deadline_kind"), type_="check")
        deadline.create_check_constraint(op.f("ck_deadline_kind"), sa.column("kind").in_(DEADLINES))
        deadline.add_column(text("body", null=True))
        deadline.add_column(text("watch_id", null=True))
        deadline.add_column(day("snoozed_until", null=True))
        deadline.create_foreign_key(op.f("fk_deadline_watch_id"), "watch", ["watch_id"], ["id"])
    partial_index("ix_deadline_open", "deadline", "act_by", "is_open")


def create_reminders() -> None:
    op.create_table(
        "reminder",
        text("id"),
        text("deadline_id"),
        text("rule"),
        day("due"),
        text("step"),
        text("recipient"),
        text("channel"),
        text("stream"),
        day("planned_for"),
        text("status"),
        key("reminder", "id"),
        one_of("reminder", "channel", "logg", "e-post"),
        one_of("reminder", "status", *STATUSES),
        refers("reminder", "deadline_id", "deadline"),
        unique("reminder", "deadline_id", "rule", "due", "step", "recipient", "channel"),
    )
    index("reminder", "stream")
    partial_index("ix_reminder_planned", "reminder", "planned_for", "status = 'planned'")
    op.create_table(
        "lease",
        text("id"),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        number("token"),
        text("owner", null=True),
        number("attempts"),
        text("fault", null=True),
        key("lease", "id"),
        refers("lease", "id", "reminder"),
    )
    partial_index("ix_lease_next_try", "lease", "next_try", "next_try IS NOT NULL")
