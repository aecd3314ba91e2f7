"""``replydesk keys``: the keys that sign reply addresses and Message-IDs."""

from __future__ import annotations

import secrets

from bot.cli.opening import opened
from bot.cli.output import say, say_columns
from storage.records import ages_of_signing_keys
from storage.unit_of_work import SqlUnitOfWork


def list_() -> None:
    """List the keys, the signing one first."""
    with opened() as storage:
        keys = storage.database.read(lambda uow: ages_of_signing_keys(uow.connection))
        rows = [
            (ident, storage.local(made_at), "no" if number else "yes")
            for number, (ident, made_at) in enumerate(keys)
        ]
    say_columns(("key", "made", "signs"), rows, none="There is no key yet.")


def rotate_(*, keep: int = 0) -> None:
    """Sign with a new key from the next start of the service on; older ones still verify.

    Args:
        keep: Forget all but so many of the newest keys: answers to addresses that an older key
            signed are then no longer recognised by them. 0 keeps all.
    """
    with opened() as storage:
        now = storage.clock()

        def add(uow: SqlUnitOfWork) -> str:
            known = {ident for ident, _ in uow.house.signing_keys()}
            ident = next(name for name in iter(_new_name, "") if name not in known)
            uow.house.add_signing_key(ident, secrets.token_bytes(32), now=now)
            if keep > 0:
                uow.house.keep_signing_keys(keep)
            return ident

        made = storage.database.run(add)
    say(f"Key {made} signs from now on. Restart every 'replydesk serve', all of them at once:")
    say("one that runs on knows neither the key nor what it signs.")


def _new_name() -> str:
    """Two characters that name a key inside a token."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(2))
