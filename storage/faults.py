"""Errors of the database itself, told from errors of a job: after one, the transaction is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.errors import StorageAway


class DatabaseAway(StorageAway):
    """Nothing of the running transaction can be kept, and the connection is not to be trusted."""


@contextmanager
def database_faults() -> Iterator[None]:
    """A full disk, a lock that never opens and a lost server are all "try again later"."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway(f"the database does not answer: {error.orig}") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseAway(f"the database went away: {error.orig}") from error
        raise
