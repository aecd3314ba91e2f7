"""Workflow rules at work: asked after every event and when their time has come.

========== =========================================================================
`view`     a ticket as rules see it
`asking`   which rules hit, and what becomes of a hit: logged, suggested, done, stopped
`doing`    deeds become calls of `bot.actions`
`timed`    rules that wait for time
`following` what is done at the end of every job
`answers`  what technicians say to suggestions
========== =========================================================================
"""

from bot.workflow.answers import answer
from bot.workflow.following import follow
from bot.workflow.timed import RULES_TIMER, arm_all, fire
from bot.workflow.view import TicketView

__all__ = ["RULES_TIMER", "TicketView", "answer", "arm_all", "fire", "follow"]
