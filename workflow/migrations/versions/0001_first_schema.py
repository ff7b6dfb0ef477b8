"""The first schema.

An upgrade is never undone by a downgrade: the way back is the copy taken before it.
"""

import sqlalchemy as sa
from alembic import op

from workflow.migrations.words import LONG, day, flag, index, key, number, one_of, refers, text, unique

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_bodies()
    create_cases()
    create_meetings()
    create_deadlines()
    create_log()


def create_bodies() -> None:
    op.create_table(
        "body",
        text("id"),
        text("code"),
        text("name"),
        text("kind"),
        text("diary"),
        number("call_days"),
        day("valid_from"),
        day("valid_to", null=True),
        key("body", "id"),
        one_of("body", "kind", "namnd", "ks", "kf"),
    )
    index("body", "code")
    op.create_table(
        "member",
        text("id"),
        text("body"),
        text("seat"),
        text("payload"),
        day("valid_from"),
        day("valid_to", null=True),
        key("member", "id"),
    )


def create_cases() -> None:
    op.create_table(
        "cases",
        text("id"),
        text("kind"),
        text("state"),
        text("stage", null=True),
        number("version"),
        number("lifecycle"),
        day("registered_on"),
        day("last_event"),
        text("appeal_regime"),
        flag("secrecy"),
        number("leftovers"),
        text("payload"),
        key("cases", "id"),
        one_of("cases", "kind", "forvaltningsarende", "motion", "medborgarforslag", "ks_arende"),
        one_of("cases", "state", "draft", "mbl", "namnd", "ks", "kf", "skickas_till", "avslutad", "aterkallad"),
    )
    op.create_table(
        "case_number",
        text("id"),
        text("case_id"),
        number("ordinal"),
        text("diary"),
        number("year"),
        number("number"),
        text("suffix"),
        text("verbatim"),
        key("case_number", "id"),
        refers("case_number", "case_id", "cases"),
        unique("case_number", "diary", "year", "number", "suffix"),
    )
    index("case_number", "case_id")
    op.create_table(
        "proposal_version",
        text("id"),
        text("case_id"),
        number("version"),
        number("ordinal"),
        text("body"),
        number("att_satser"),
        text("hash"),
        text("payload"),
        key("proposal_version", "id"),
        refers("proposal_version", "case_id", "cases"),
        unique("proposal_version", "case_id", "version", "body"),
    )
    op.create_table(
        "stage",
        text("id"),
        text("case_id"),
        number("ordinal"),
        text("body"),
        text("kind"),
        text("role"),
        flag("required"),
        flag("closed"),
        number("round"),
        day("opportunity_until", null=True),
        key("stage", "id"),
        one_of("stage", "kind", "namnd", "ks", "kf"),
        one_of("stage", "role", "anmalan", "remiss", "yttrande", "beredning", "forslag", "beslut", "egen_del"),
        refers("stage", "case_id", "cases"),
    )
    index("stage", "case_id")
    op.create_table(
        "mbl_event",
        text("id"),
        text("case_id"),
        text("kind"),
        text("paragraph", null=True),
        day("day"),
        flag("held"),
        text("payload", null=True),
        key("mbl_event", "id"),
        one_of("mbl_event", "kind", "forhandling", "information", "ej_pakallad"),
        refers("mbl_event", "case_id", "cases"),
    )
    index("mbl_event", "case_id")
    op.create_table(
        "recipient",
        text("id"),
        text("case_id"),
        number("ordinal"),
        text("body", null=True),
        flag("removed"),
        text("payload"),
        key("recipient", "id"),
        refers("recipient", "case_id", "cases"),
    )
    index("recipient", "case_id")
    op.create_table(
        "document",
        text("id"),
        text("case_id"),
        number("version"),
        text("sha256"),
        day("received_on"),
        text("payload"),
        key("document", "id"),
        refers("document", "case_id", "cases"),
        unique("document", "sha256"),
    )
    index("document", "case_id")


def create_meetings() -> None:
    op.create_table(
        "meeting",
        text("id"),
        text("body"),
        text("kind"),
        day("day"),
        text("state"),
        number("version"),
        number("call_days"),
        day("announced_on", null=True),
        day("called_on", null=True),
        key("meeting", "id"),
        one_of("meeting", "kind", "namnd", "ks", "kf"),
        one_of("meeting", "state", "planerad", "kallad", "hallen"),
        unique("meeting", "body", "day"),
    )
    op.create_table(
        "protocol_part",
        text("id"),
        text("meeting_id"),
        flag("whole"),
        day("adjusted_on"),
        day("posted_on", null=True),
        day("taken_down_on", null=True),
        key("protocol_part", "id"),
        refers("protocol_part", "meeting_id", "meeting"),
    )
    index("protocol_part", "meeting_id")
    op.create_table(
        "agenda_item",
        text("id"),
        text("case_id"),
        text("stage_id"),
        text("meeting_id"),
        text("part_id", null=True),
        number("ordinal"),
        text("body"),
        number("year"),
        number("paragraph", null=True),
        day("announced_on", null=True),
        flag("urgent"),
        flag("decided"),
        text("outcome", null=True),
        flag("deviation"),
        key("agenda_item", "id"),
        one_of(
            "agenda_item",
            "outcome",
            "bifallen",
            "avslagen",
            "besvarad",
            "avskriven",
            "atertagen",
            "overlamnad",
            "remitterad",
            "aterremitterad",
            "bordlagd",
            "noterad",
            "anmald",
            "avvisad",
            "utgatt",
        ),
        refers("agenda_item", "case_id", "cases"),
        refers("agenda_item", "stage_id", "stage"),
        refers("agenda_item", "meeting_id", "meeting"),
        refers("agenda_item", "part_id", "protocol_part"),
        unique("agenda_item", "body", "year", "paragraph"),
        unique("agenda_item", "stage_id", "meeting_id"),
    )
    index("agenda_item", "case_id")
    index("agenda_item", "meeting_id")
    op.create_table(
        "decision",
        text("id"),
        text("item_id"),
        number("ordinal"),
        text("target"),
        text("outcome"),
        text("payload"),
        key("decision", "id"),
        one_of("decision", "outcome", "bifall", "bifall_med_andring", "avslag"),
        one_of("decision", "target", "egen_del", "foreslar_kf", "under_forutsattning"),
        refers("decision", "item_id", "agenda_item"),
        unique("decision", "item_id", "ordinal"),
    )
    op.create_table(
        "dispatch",
        text("id"),
        text("recipient_id"),
        text("item_id"),
        day("sent_on"),
        flag("before_justering"),
        key("dispatch", "id"),
        refers("dispatch", "recipient_id", "recipient"),
        refers("dispatch", "item_id", "agenda_item"),
        unique("dispatch", "recipient_id", "item_id"),
    )
    index("dispatch", "item_id")


def create_deadlines() -> None:
    op.create_table(
        "deadline",
        text("id"),
        text("stream"),
        text("kind"),
        text("subject"),
        day("due"),
        day("act_by"),
        text("basis"),
        flag("is_open"),
        key("deadline", "id"),
        one_of("deadline", "kind", "mbl", "motion_year", "announce", "call", "adjust", "post", "take_down"),
    )
    index("deadline", "due")
    index("deadline", "stream")


def create_log() -> None:
    op.create_table(
        "payload",
        text("id"),
        text("stream"),
        text("body"),
        key("payload", "id"),
    )
    index("payload", "stream")
    op.create_table(
        "journal",
        sa.Column("id", LONG, sa.Identity(), nullable=False),
        text("stream"),
        number("seq"),
        text("command_id", null=True),
        text("sha256"),
        text("body"),
        key("journal", "id"),
        unique("journal", "command_id"),
        unique("journal", "stream", "seq"),
    )
    op.create_table(
        "log_line",
        sa.Column("log_index", LONG, autoincrement=False, nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        text("sha256"),
        key("log_line", "log_index"),
        refers("log_line", "journal_id", "journal"),
        unique("log_line", "journal_id"),
    )
