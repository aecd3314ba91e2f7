"""The index of words by ticket: FTS5 on SQLite, tsvector and GIN on PostgreSQL, kept by triggers.

A ticket is one document: its title, its public words and its internal words, the newest first, each
part up to `LONGEST` characters. Private words are in no index. Triggers follow the rows, whoever
writes them: before a change of words the ticket's document is taken out, afterwards it is put in
again, so an edit, a move to another ticket or a change of visibility needs nothing of its own.
A ticket without any workunit has no document yet.

Both fold alike: case, diacritics, ß as ss; a word is a run of letters and digits. What neither
database knows as a table of SQLAlchemy's is made here, by `metadata.create_all` and by migration
0003 alike; a released form is never changed, the next one is another list.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, event

#: Names of everything below begin so; whoever lists the database's tables leaves them out.
PREFIX = "ticket_words"
#: Characters of a title with public words, and of internal words, that are indexed. PostgreSQL
#: takes a tsvector of one megabyte at most, and a mail to a ticket of a thousand entries has to
#: cost as much as any other.
LONGEST = 60_000
#: Characters of one workunit that are read for it.
_LONGEST_WORKUNIT = 20_000

# --- SQLite -------------------------------------------------------------------------------------


def _sqlite_text(visibility: str) -> str:
    return (
        "coalesce((SELECT group_concat(words, ' ') FROM (SELECT substr(text, 1, "
        f"{_LONGEST_WORKUNIT}) AS words FROM workunits WHERE ticket_id = tickets.id "
        f"AND visibility = '{visibility}' ORDER BY id DESC)), '')"
    )


def _sqlite_fold(text: str) -> str:
    return f"substr(replace(replace({text}, 'ß', 'ss'), 'ẞ', 'ss'), 1, {LONGEST})"


_SQLITE_NOW = (
    "CREATE VIEW ticket_words_now AS SELECT id AS ticket_id, "
    f"{_sqlite_fold('title || char(32) || ' + _sqlite_text('public'))} AS public, "
    f"{_sqlite_fold(_sqlite_text('internal'))} AS internal FROM tickets "
    "WHERE EXISTS (SELECT 1 FROM workunits WHERE ticket_id = tickets.id)"
)
_TAKE_OUT = (
    "INSERT INTO ticket_words (ticket_words, rowid, public, internal) "
    "SELECT 'delete', ticket_id, public, internal FROM ticket_words_now WHERE ticket_id"
)
_PUT_IN = (
    "INSERT INTO ticket_words (rowid, public, internal) "
    "SELECT ticket_id, public, internal FROM ticket_words_now WHERE ticket_id"
)
_OF_WORKUNITS = "ticket_id, visibility, text ON workunits"


def _sqlite_trigger(name: str, when: str, work: str) -> str:
    return f"CREATE TRIGGER ticket_words_{name} {when} BEGIN {work}; END"


_SQLITE = (
    # Without a copy of the words, and without the sizes that only a ranking would need.
    (
        "CREATE VIRTUAL TABLE ticket_words USING fts5(public, internal, content='', columnsize=0, "
        "tokenize=\"unicode61 remove_diacritics 2 categories 'L* Nd Nl Co Mn Mc'\")"
    ),
    _SQLITE_NOW,
    _sqlite_trigger("out_1", "BEFORE INSERT ON workunits", f"{_TAKE_OUT} = new.ticket_id"),
    _sqlite_trigger("in_1", "AFTER INSERT ON workunits", f"{_PUT_IN} = new.ticket_id"),
    _sqlite_trigger(
        "out_2",
        f"BEFORE UPDATE OF {_OF_WORKUNITS}",
        f"{_TAKE_OUT} IN (old.ticket_id, new.ticket_id)",
    ),
    _sqlite_trigger(
        "in_2",
        f"AFTER UPDATE OF {_OF_WORKUNITS}",
        f"{_PUT_IN} IN (old.ticket_id, new.ticket_id)",
    ),
    _sqlite_trigger("out_3", "BEFORE DELETE ON workunits", f"{_TAKE_OUT} = old.ticket_id"),
    _sqlite_trigger("in_3", "AFTER DELETE ON workunits", f"{_PUT_IN} = old.ticket_id"),
    _sqlite_trigger("out_4", "BEFORE UPDATE OF title ON tickets", f"{_TAKE_OUT} = old.id"),
    _sqlite_trigger("in_4", "AFTER UPDATE OF title ON tickets", f"{_PUT_IN} = new.id"),
)
_SQLITE_FILL = (
    (
        "INSERT INTO ticket_words (rowid, public, internal) "
        "SELECT ticket_id, public, internal FROM ticket_words_now ORDER BY ticket_id"
    ),
)
_SQLITE_DROP = (
    *(
        f"DROP TRIGGER IF EXISTS ticket_words_{name}_{n}"
        for n in range(1, 5)
        for name in ("out", "in")
    ),
    "DROP VIEW IF EXISTS ticket_words_now",
    "DROP TABLE IF EXISTS ticket_words",
)

# --- PostgreSQL ---------------------------------------------------------------------------------

#: Stands before a word that begins with a digit, which PostgreSQL's parser would take for a number
#: and its unit, and alone between the public and the internal words. Nobody writes that letter.
MARK = "ꙮ"
# Only signs of ASCII make the parser see addresses, paths and hyphened words. Marks are taken from
# Latin letters alone, as FTS5 does.
_POSTGRESQL_FOLD = f"""
CREATE FUNCTION ticket_words_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT regexp_replace(regexp_replace(
  CASE WHEN octet_length(words) = char_length(words) THEN words
  ELSE normalize(regexp_replace(normalize(
    replace(replace(replace(words, 'ß', 'ss'), 'ẞ', 'ss'), 'ς', 'σ'), NFD),
    '(?<=[A-Za-z])[\u0300-\u036f]+', '', 'g'), NFC) END,
  '[!-/:-@\\[-`{{-~\u00ad\u200b-\u200f\u2060\ufeff]', ' ', 'g'), '\\m(?=[0-9])', '{MARK}', 'g')
$$"""


def _postgresql_text(visibility: str) -> str:
    return (
        f"coalesce((SELECT string_agg(left(text, {_LONGEST_WORKUNIT}), ' ' ORDER BY id DESC) "
        f"FROM workunits WHERE ticket_id = tickets.id AND visibility = '{visibility}'), '')"
    )


def _vector(text: str, weight: str) -> str:
    return (
        f"setweight(to_tsvector('simple', left(ticket_words_fold({text}), {LONGEST})), '{weight}')"
    )


# Without the mark a phrase would reach from one part to the other.
_POSTGRESQL_NOW = (
    "CREATE VIEW ticket_words_now AS SELECT id AS ticket_id, "
    f"{_vector('title || chr(32) || ' + _postgresql_text('public'), 'A')} || '{MARK}:1'::tsvector || "
    f"{_vector(_postgresql_text('internal'), 'D')} AS words FROM tickets "
    "WHERE EXISTS (SELECT 1 FROM workunits WHERE ticket_id = tickets.id)"
)
_POSTGRESQL_WRITE = """
CREATE FUNCTION ticket_words_write(tickets_changed bigint[]) RETURNS void LANGUAGE sql AS $$
DELETE FROM ticket_words WHERE ticket_id = ANY (tickets_changed)
  AND NOT EXISTS (SELECT 1 FROM workunits WHERE workunits.ticket_id = ticket_words.ticket_id);
INSERT INTO ticket_words (ticket_id, words)
  SELECT ticket_id, words FROM ticket_words_now WHERE ticket_id = ANY (tickets_changed)
  ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words;
$$"""


def _postgresql_trigger(name: str, events: str, changed: str) -> tuple[str, str]:
    return (
        (
            f"CREATE FUNCTION ticket_words_{name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM ticket_words_write(ARRAY({changed})); RETURN NULL; END $$"
        ),
        f"CREATE TRIGGER ticket_words_{name} AFTER {events} EXECUTE FUNCTION ticket_words_{name}()",
    )


#: Once a statement: a merge moves all of a ticket's workunits by one.
_ONCE = "FOR EACH STATEMENT"


_POSTGRESQL = (
    (
        "CREATE TABLE ticket_words (ticket_id bigint PRIMARY KEY "
        "REFERENCES tickets (id) ON DELETE CASCADE, words tsvector NOT NULL)"
    ),
    # How common a word is decides how it is looked for, so more of them are counted than usual.
    "ALTER TABLE ticket_words ALTER words SET STATISTICS 400",
    _POSTGRESQL_FOLD,
    _POSTGRESQL_NOW,
    _POSTGRESQL_WRITE,
    *_postgresql_trigger(
        "added",
        f"INSERT ON workunits REFERENCING NEW TABLE AS after {_ONCE}",
        "SELECT DISTINCT ticket_id FROM after",
    ),
    *_postgresql_trigger(
        "changed",
        f"UPDATE ON workunits REFERENCING OLD TABLE AS before NEW TABLE AS after {_ONCE}",
        "SELECT unnest(ARRAY[before.ticket_id, after.ticket_id]) FROM before JOIN after USING (id) "
        "WHERE (before.ticket_id, before.visibility, before.text) "
        "IS DISTINCT FROM (after.ticket_id, after.visibility, after.text)",
    ),
    *_postgresql_trigger(
        "removed",
        f"DELETE ON workunits REFERENCING OLD TABLE AS before {_ONCE}",
        "SELECT DISTINCT ticket_id FROM before",
    ),
    *_postgresql_trigger("titled", "UPDATE OF title ON tickets FOR EACH ROW", "SELECT NEW.id"),
)
_POSTGRESQL_FILL = (
    (
        "INSERT INTO ticket_words (ticket_id, words) "
        "SELECT ticket_id, words FROM ticket_words_now ORDER BY ticket_id"
    ),
    # New words wait in a list that every search reads, too: it is kept short.
    (
        "CREATE INDEX ix_ticket_words_words ON ticket_words USING gin (words) "
        "WITH (fastupdate = on, gin_pending_list_limit = 1024)"
    ),
)
_POSTGRESQL_DROP = (
    "DROP VIEW IF EXISTS ticket_words_now",
    "DROP TABLE IF EXISTS ticket_words",
    *(
        f"DROP FUNCTION IF EXISTS ticket_words_{name} CASCADE"
        for name in ("fold", "write", "added", "changed", "removed", "titled")
    ),
)

_MAKE = {"sqlite": (_SQLITE, _SQLITE_FILL), "postgresql": (_POSTGRESQL, _POSTGRESQL_FILL)}
_DROP = {"sqlite": _SQLITE_DROP, "postgresql": _POSTGRESQL_DROP}


def make_word_index(connection: Connection) -> None:
    """Make the index and put the words of every ticket there is into it."""
    definitions, filling = _MAKE[connection.dialect.name]
    for statement in (*definitions, *filling):
        connection.exec_driver_sql(statement)


def drop_word_index(connection: Connection) -> None:
    """Take the index and its triggers away, where there are any."""
    for statement in _DROP[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def attach_word_index(metadata: MetaData) -> None:
    """Make and drop the index together with all the tables."""

    def make(_metadata: MetaData, connection: Connection, **_more: Any) -> None:
        make_word_index(connection)

    def drop(_metadata: MetaData, connection: Connection, **_more: Any) -> None:
        drop_word_index(connection)

    event.listen(metadata, "after_create", make)
    event.listen(metadata, "before_drop", drop)
