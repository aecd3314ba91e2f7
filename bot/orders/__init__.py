"""What people ask for is carried out: an order becomes calls of `bot.actions`.

Nothing here knows whether a mail, a chat message or a form asked. A family of orders is a module
with one handler an order; `carrying_out` has the table of all.
"""

from bot.orders.carrying_out import carry_out, finish
from bot.orders.work import Work

__all__ = ["Work", "carry_out", "finish"]
