"""More kinds of cases and their clocks: remisser, MBL in full, pauses, parties, and cases that belong together."""

from alembic import op

from workflow.migrations.words import alter, day, flag, index, key, number, one_of, perhaps, refers, text, unique

revision = "0005"
down_revision = "0004"

KINDS = (
    "forvaltningsarende", "motion", "medborgarforslag", "ks_arende", "interpellation", "fraga", "val", "revision",
    "ledamotsinitiativ", "foreskrift", "informationsarende", "inkommen_remiss", "myndighetsyttrande",
    "delegationsbeslut", "ordforandebeslut",
)  # fmt: skip
DEADLINES = (
    "mbl", "motion_year", "manusstopp", "announce", "call", "adjust", "post", "take_down", "dispatch", "silent",
    "ansvarsfrihet", "hold", "report", "svar", "laga_kraft", "overklagande", "mbl_mote", "mbl_talan", "drojsmal",
    "drojsmal_svar", "remissvar", "paus", "redovisning",
    "avtalsslut", "uppsagning", "option", "uppdrag", "handelse", "period", "bevakning", "invantad",
)  # fmt: skip
MBL = ("forhandling", "information", "ej_pakallad", "begaran", "avslut", "attest")
CHILDREN = ("nej", "ja", "provat")


def upgrade() -> None:
    alter(
        "cases",
        day("received_on", null=True),
        text("children", null=True),
        day("answer_by", null=True),
        day("paused_on", null=True),
        day("paused_until", null=True),
        day("party_told_on", null=True),
        day("party_asked_on", null=True),
        day("party_refused_on", null=True),
        new={("cases", "children")},
        kind=KINDS,
        children=CHILDREN,
    )
    alter("mbl_event", perhaps("unfinished"), kind=MBL)
    alter("proposal_version", day("noted_on", null=True))
    alter("deadline", kind=DEADLINES)
    op.create_table(
        "referral",
        text("id"),
        text("case_id"),
        number("number"),
        day("sent_on"),
        day("due"),
        flag("mandatory"),
        day("answered_on", null=True),
        day("withdrawn_on", null=True),
        text("payload"),
        key("referral", "id"),
        refers("referral", "case_id", "cases"),
        unique("referral", "case_id", "number"),
    )
    op.create_table(
        "case_link",
        text("id"),
        text("case_id"),
        text("other_id"),
        text("kind"),
        flag("removed"),
        key("case_link", "id"),
        one_of("case_link", "kind", "hor_ihop", "sammanlagt", "delat"),
        refers("case_link", "case_id", "cases"),
        refers("case_link", "other_id", "cases"),
        unique("case_link", "case_id", "other_id"),
    )
    index("case_link", "other_id")
