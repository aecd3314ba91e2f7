"""Finding tickets: a query becomes SQL, each database is asked in the way that suits it."""

from storage.searching.search import SqlSearch

__all__ = ["SqlSearch"]
