"""A database as a release left it: every table with rows, kept as one JSON file a release.

The file is written once, on the day of the release:

    python -m tests.contract.released.frame sqlite:///filled.db > tests/contract/released/0.1.0.json

and never changed again. A time is ``{"time": …}``, bytes are ``{"bytes": …}``.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Engine, MetaData, func, insert, select, text

from storage.columns import UtcTime
from storage.database import Database
from storage.migrate import _config, current_revision
from storage.tables import metadata

FOLDER = Path(__file__).parent
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Frame = dict[str, Any]


def read_frame(release: str) -> Frame:
    """The revision and the rows of a release: ``{"revision": …, "tables": {name: [row, …]}}``."""
    frame: Frame = json.loads((FOLDER / f"{release}.json").read_text("utf-8"))
    return frame


def releases() -> list[str]:
    """Every release that has a frame."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def fill(engine: Engine, frame: Frame) -> None:
    """Make the tables as that release had them, and put its rows into them."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, frame["revision"])
        # What the database says of itself: today's tables may have other columns.
        then = MetaData()
        then.reflect(connection)
        for table in then.sorted_tables:
            for row in frame["tables"].get(table.name, ()):
                values = {name: _value(value, engine.name) for name, value in row.items()}
                connection.execute(insert(table).values(values))
            if engine.name == "postgresql" and "id" in table.c and frame["tables"].get(table.name):
                _move_sequence(connection, table)


def _move_sequence(connection: Any, table: Any) -> None:  # noqa: ANN401 - reflected
    if table.c.id.type.python_type is int:
        highest = connection.execute(select(func.max(table.c.id))).scalar()
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :highest)"),
            {"table": table.name, "highest": highest},
        )


def _value(value: Any, database: str) -> Any:  # noqa: ANN401 - a column's value
    match value:
        case {"time": moment}:
            moment = datetime.fromisoformat(moment)
            return moment if database == "postgresql" else (moment - _EPOCH) // _MICROSECOND
        case {"bytes": coded}:
            return base64.b64decode(coded)
        case {"json": plain}:
            return plain
        case _:
            return value


_MICROSECOND = timedelta(microseconds=1)


def dump(engine: Engine) -> Frame:
    """Today's rows of every table, as the file keeps them."""
    with engine.connect() as connection:
        tables = {
            table.name: [
                {name: _plain(row[name], table.c[name].type) for name in row}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in metadata.sorted_tables
        }
    return {"revision": current_revision(engine), "tables": tables}


def _plain(value: Any, kind: Any) -> Any:  # noqa: ANN401 - a column's value and type
    if value is None:
        return None
    if isinstance(kind, UtcTime):
        return {"time": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return {"json": value} if isinstance(value, dict | list) else value


if __name__ == "__main__":
    print(json.dumps(dump(Database(sys.argv[1]).engine), indent=1, ensure_ascii=False))  # noqa: T201 - a tool
