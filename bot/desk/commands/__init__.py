"""What people can ask for in a mail, one line each; `reading` has the table of all commands.

A family of commands is a module with its orders (values), its readers, and a table of both.
"""

from bot.desk.commands.order import Order
from bot.desk.commands.reading import (
    COMMANDS,
    Orders,
    asks_for_internal,
    asks_for_private,
    read_orders,
    read_wishes,
)

__all__ = [
    "COMMANDS",
    "Order",
    "Orders",
    "asks_for_internal",
    "asks_for_private",
    "read_orders",
    "read_wishes",
]
