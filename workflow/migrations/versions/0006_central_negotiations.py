"""A negotiation asked for with the union's central organisation has three weeks to its first meeting (MBL 16 §)."""

from workflow.migrations.words import alter, perhaps

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    alter("mbl_event", perhaps("central"))
