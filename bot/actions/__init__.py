"""The only writer of tickets: ``verb_noun(uow, ticket, *, actor, now, ...)``, one event each.

Every function changes the ticket, records the event with the rule that led to it, and queues the
notifications that the event means, all inside the caller's transaction.
"""

from bot.actions.below import answer_incidents, close_below
from bot.actions.editing import edit_workunit, find_workunit
from bot.actions.ending import AUTO_CLOSE, CLOSING_WARNING, warn_of_closing
from bot.actions.holding import decide_held, note_held, trust_address
from bot.actions.links import (
    add_tags,
    end_of_merges,
    ends,
    link_tickets,
    open_below,
    put_asset,
    remove_asset,
    remove_tags,
    unlink_tickets,
)
from bot.actions.merging import check_merge, merge_tickets
from bot.actions.opening import open_ticket
from bot.actions.people import (
    add_address,
    deactivate,
    end_absence,
    join_company,
    merge_people,
    reactivate,
    set_absence,
)
from bot.actions.questions import answer_question
from bot.actions.rating import rate_ticket
from bot.actions.reports import record_failure, record_report, send_elsewhere
from bot.actions.rules import (
    NOTICE,
    WEBHOOK,
    add_rule_note,
    join_ticket,
    post_to,
    record_answer,
    record_timed,
    report_stop,
    suggest,
    tell_people,
)
from bot.actions.shape import Shape, ask_for_fields, fill_fields, put_values
from bot.actions.splitting import check_split, split_ticket
from bot.actions.states import Changes, change_ticket
from bot.actions.summaries import sum_up
from bot.actions.taking_part import add_copies, join_as_colleague
from bot.actions.words import Words, add_workunit, price

__all__ = [
    "AUTO_CLOSE",
    "CLOSING_WARNING",
    "NOTICE",
    "WEBHOOK",
    "Changes",
    "Shape",
    "Words",
    "add_address",
    "add_copies",
    "add_rule_note",
    "add_tags",
    "add_workunit",
    "answer_incidents",
    "answer_question",
    "ask_for_fields",
    "change_ticket",
    "check_merge",
    "check_split",
    "close_below",
    "deactivate",
    "decide_held",
    "edit_workunit",
    "end_absence",
    "end_of_merges",
    "ends",
    "fill_fields",
    "find_workunit",
    "join_as_colleague",
    "join_company",
    "join_ticket",
    "link_tickets",
    "merge_people",
    "merge_tickets",
    "note_held",
    "open_below",
    "open_ticket",
    "post_to",
    "price",
    "put_asset",
    "put_values",
    "rate_ticket",
    "reactivate",
    "record_answer",
    "record_failure",
    "record_report",
    "record_timed",
    "remove_asset",
    "remove_tags",
    "report_stop",
    "send_elsewhere",
    "set_absence",
    "split_ticket",
    "suggest",
    "sum_up",
    "tell_people",
    "trust_address",
    "unlink_tickets",
    "warn_of_closing",
]
