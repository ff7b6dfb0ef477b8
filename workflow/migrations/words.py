"""The words migrations are written in: columns and constraints, named as `tables.NAMING` names them."""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null)


def day(name: str, *, null: bool = False) -> sa.Column[date]:
    return sa.Column(name, sa.Date(), nullable=null)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def perhaps(name: str) -> sa.Column[bool]:
    """A flag that may be unknown."""
    return sa.Column(name, sa.Boolean(), nullable=True)


def key(table: str, column: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def one_of(table: str, column: str, *codes: str) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=op.f(f"ck_{table}_{column}"))


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def partial_index(name: str, table: str, columns: str | list[str], where: str) -> None:
    """An index over the rows for which `where` is true."""
    condition = sa.text(where)
    op.create_index(
        op.f(name),
        table,
        [columns] if isinstance(columns, str) else columns,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def alter(
    table: str,
    *columns: sa.Column[Any],
    optional: tuple[str, ...] = (),
    new: Collection[tuple[str, str]] = (),
    **codes: tuple[str, ...],
) -> None:
    """Columns last in a table, those that may be empty now, and the codes that a column may hold.

    `new`: (table, column) of those codes that had no constraint before.
    """
    # SQLite adds a column by writing on the table's last line; made anew, the definition stays readable.
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table(table, recreate="always" if on_sqlite else "never") as altered:
        for column in columns:
            altered.add_column(column)
        for name in optional:
            altered.alter_column(name, nullable=True)
        for name, allowed in codes.items():
            if (table, name) not in new:
                altered.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            altered.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.column(name).in_(allowed))
