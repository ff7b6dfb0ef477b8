"""Documents of every kind, numbered within their case; the same file may be in several, but a skrivelse in one."""

import sqlalchemy as sa
from alembic import op

from workflow.migrations.words import index, number, text

revision = "0008"
down_revision = "0007"

KINDS = (
    "skrivelse",
    "bilaga",
    "inkommen",
    "utgaende",
    "yttrande",
    "protokollsutdrag",
    "kallelse",
    "tjansteanteckning",
)
A_SKRIVELSE = sa.text("kind IS NULL OR kind = 'skrivelse'")


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("document", recreate="always" if on_sqlite else "never") as documents:
        for column in (number("number", null=True), text("kind", null=True), number("size", null=True)):
            documents.add_column(column)
        documents.drop_constraint(op.f("uq_document_sha256"), type_="unique")
        documents.create_unique_constraint(op.f("uq_document_case_id_number"), ["case_id", "number"])
        documents.create_check_constraint(op.f("ck_document_kind"), sa.column("kind").in_(KINDS))
    index("document", "sha256")
    op.create_index(
        op.f("uq_document_skrivelse"),
        "document",
        ["sha256"],
        unique=True,
        sqlite_where=A_SKRIVELSE,
        postgresql_where=A_SKRIVELSE,
    )
