"""What people give on the command line, checked; and who they are."""

from __future__ import annotations

import getpass
import os

from pydantic import TypeAdapter, ValidationError

from bot.errors import ReplydeskError
from bot.settings import Address


def checked_address(address: str) -> str:
    """A plain mail address, lower-cased; raises ReplydeskError with what is expected."""
    try:
        return TypeAdapter(Address).validate_python(address)
    except ValidationError:
        raise ReplydeskError(
            f"{address}: expected is a plain mail address such as ann@example.org"
        ) from None


def decider() -> str:
    """Who sits at the terminal, as it is kept with what they decide."""
    try:
        account = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        account = f"account {os.getuid()}"
    return f"{account} at the command line"
