"""What every table is made with."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, MetaData, text

from storage.columns import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def ref(
    name: str, target: str, *, nullable: bool = False, primary_key: bool = False
) -> Column[int]:
    """A column with the row number of another table."""
    key = ForeignKey(f"{target}.id")
    return Column(name, Id, key, nullable=nullable, primary_key=primary_key)


def partial(name: str, *columns: str, where: str) -> Index:
    """An index on some rows only."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
