"""Meetings with attendance, minutes and votes; delegated decisions, appeals, secrecy, and who a decision is sent to."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.migrations import words
from workflow.migrations.words import day, flag, index, key, number, one_of, perhaps, refers, text, unique

revision = "0004"
down_revision = "0003"

DEADLINES = (
    "mbl", "motion_year", "manusstopp", "announce", "call", "adjust", "post", "take_down", "dispatch", "silent",
    "ansvarsfrihet", "hold", "report", "svar", "laga_kraft", "overklagande",
    "avtalsslut", "uppsagning", "option", "uppdrag", "handelse", "period", "bevakning", "invantad",
)  # fmt: skip
MATTERS = (
    "bifallen", "avslagen", "besvarad", "avskriven", "atertagen", "overlamnad", "remitterad", "aterremitterad",
    "bordlagd", "noterad", "anmald", "avvisad", "utgatt", "avstar_fran_yttrande", "vald", "entledigad",
)  # fmt: skip
KINDS = (
    "forvaltningsarende", "motion", "medborgarforslag", "ks_arende", "interpellation", "fraga", "val", "revision",
)  # fmt: skip
CHANNELS = ("e-post", "post", "internpost", "digital_brevlada", "akten")
SEATS = ("ordforande", "ledamot", "ersattare", "personalforetradare", "tjansteperson")


def upgrade() -> None:
    widen()
    create_attendance_and_minutes()
    create_delegation_and_appeals()


def widen() -> None:
    alter("body", text("parent", null=True))
    alter("member", number("place", null=True))
    alter("cases", text("secrecy_basis", null=True), kind=KINDS)
    alter("stage", perhaps("utskott"))
    alter(
        "meeting",
        day("manus_on", null=True),
        day("call_on", null=True),
        day("announce_on", null=True),
        text("starts_at", null=True),
        text("closed_at", null=True),
        state=("planerad", "kallad", "hallen", "installd"),
    )
    alter("protocol_part", day("restarted_on", null=True))
    alter(
        "agenda_item",
        text("kind", null=True),
        text("standing", null=True),
        perhaps("minority"),
        perhaps("appealable"),
        day("final_on", null=True),
        text("payload", null=True),
        optional=("case_id", "stage_id"),
        outcome=MATTERS,
        kind=("beslut", "information", "anmalan"),
    )
    alter("decision", text("matter", null=True), matter=MATTERS)
    alter("recipient", text("purpose", null=True), purpose=("atgard", "kannedom"))
    alter("dispatch", text("channel", null=True), day("receipt_on", null=True), channel=CHANNELS)
    alter("deadline", kind=DEADLINES)


NEW_CHECKS = frozenset(
    {("agenda_item", "kind"), ("decision", "matter"), ("recipient", "purpose"), ("dispatch", "channel")}
)


def alter(table: str, *columns: sa.Column[Any], optional: tuple[str, ...] = (), **codes: tuple[str, ...]) -> None:
    words.alter(table, *columns, optional=optional, new=NEW_CHECKS, **codes)


def create_attendance_and_minutes() -> None:
    op.create_table(
        "attendance",
        text("id"),
        text("meeting_id"),
        text("member", null=True),
        text("seat"),
        text("serves_for", null=True),
        number("from_paragraph", null=True),
        number("to_paragraph", null=True),
        flag("remote"),
        text("payload", null=True),
        key("attendance", "id"),
        one_of("attendance", "seat", *SEATS),
        refers("attendance", "meeting_id", "meeting"),
    )
    index("attendance", "meeting_id")
    op.create_table(
        "jav",
        text("id"),
        text("item_id"),
        text("member"),
        text("payload", null=True),
        key("jav", "id"),
        refers("jav", "item_id", "agenda_item"),
        unique("jav", "item_id", "member"),
    )
    op.create_table(
        "vote",
        text("id"),
        text("item_id"),
        number("ordinal"),
        number("yes"),
        number("no"),
        number("abstained"),
        flag("casting"),
        flag("secret"),
        text("payload"),
        key("vote", "id"),
        refers("vote", "item_id", "agenda_item"),
        unique("vote", "item_id", "ordinal"),
    )
    op.create_table(
        "ballot",
        text("id"),
        text("vote_id"),
        text("member"),
        text("choice"),
        key("ballot", "id"),
        one_of("ballot", "choice", "ja", "nej", "avstar"),
        refers("ballot", "vote_id", "vote"),
        unique("ballot", "vote_id", "member"),
    )
    op.create_table(
        "minute",
        text("id"),
        text("item_id"),
        number("ordinal"),
        text("kind"),
        text("member", null=True),
        text("noted_at", null=True),
        text("payload"),
        key("minute", "id"),
        one_of("minute", "kind", "yrkande", "propositionsordning", "reservation", "protokollsanteckning"),
        refers("minute", "item_id", "agenda_item"),
        unique("minute", "item_id", "ordinal"),
    )


def create_delegation_and_appeals() -> None:
    op.create_table(
        "delegated_decision",
        text("id"),
        text("meeting_id"),
        text("case_id", null=True),
        text("item_id", null=True),
        text("kind"),
        text("point"),
        day("decided_on"),
        text("payload"),
        key("delegated_decision", "id"),
        one_of("delegated_decision", "kind", "delegation", "bradskande"),
        refers("delegated_decision", "case_id", "cases"),
        refers("delegated_decision", "item_id", "agenda_item"),
        refers("delegated_decision", "meeting_id", "meeting"),
    )
    index("delegated_decision", "meeting_id")
    op.create_table(
        "appeal",
        text("id"),
        text("item_id"),
        day("received_on"),
        text("received_by"),
        flag("in_time"),
        day("forwarded_on", null=True),
        day("settled_on", null=True),
        text("outcome", null=True),
        text("payload", null=True),
        key("appeal", "id"),
        one_of("appeal", "outcome", "avslag", "upphavt", "avvisat", "avskrivet"),
        one_of("appeal", "received_by", "kommunen", "forvaltningsratten"),
        refers("appeal", "item_id", "agenda_item"),
    )
    index("appeal", "item_id")
