"""The command line. Commands are imported when they are called, so that start-up stays fast."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from bot.errors import ConfigurationError, ReplydeskError

#: Exit statuses as in sysexits.h, which mail systems read.
EX_USAGE, EX_CONFIG = 64, 78
_INTERRUPTED = 130

app = App(
    name="replydesk",
    help="The help desk that people run by replying.",
    version=lambda: version("replydesk"),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)

#: Every command with what ``--help`` says of it.
COMMANDS = {
    "serve": "Take mail, understand it, answer: the service itself.",
    "demo": "Play a whole conversation on a desk made for the purpose, then stay up.",
    "check": "Say what is wrong with configuration and surroundings, and how to repair it.",
    "accept": "Take one mail from standard input: for mail servers that deliver to a pipe.",
    "tickets": "List tickets, newest first, or look for some.",
    "show": "Show a ticket as a thread, or why it became what it is.",
    "ratings": "How satisfied requesters were, by group and owner, with their comments.",
    "request": "Open a ticket on behalf of somebody.",
    "held": "Mails whose author is in doubt: list them, and decide.",
    "dead": "List what could not be placed or delivered: mails aside or dead, deliveries refused.",
    "replay": "Handle waiting mails again, or send refused deliveries again.",
    "inspect": "Show what we make of a mail.",
    "migrate": "Bring the database's schema up to date.",
    "backup": "Copy database and attachments, and verify the copy.",
}
GROUPS = {
    "ticket": (
        "Tickets among tickets: merge, split, link, tag.",
        {
            "merge": "Put all of a ticket into another one, and close it as a duplicate.",
            "split": "Make a ticket of some of the words of another.",
            "link": "Say what a ticket is to another one.",
            "unlink": "Say that two tickets have nothing to do with each other.",
            "tag": "Put tags on a ticket, or take them off.",
            "about": "Say what a ticket is about: something that is kept elsewhere.",
        },
    ),
    "workunit": (
        "What somebody wrote: corrected, with its history.",
        {
            "edit": "Give words a new text or a new time; what they were is kept.",
            "history": "Show what words are, and what they were before each edit.",
        },
    ),
    "people": (
        "Technicians, requesters and their addresses.",
        {
            "list": "List people with their addresses.",
            "add": "Add a person or a technician.",
            "address": "Give somebody one more address.",
            "show": "Show somebody: addresses, rights, absence, and what was done to them.",
            "away": "Note that somebody is away, and who stands in.",
            "back": "Note that somebody is back.",
            "deactivate": "Let somebody take no part any more.",
            "reactivate": "Let somebody take part again.",
            "merge": "Make one person of two.",
            "reachable": "Send mail to an address again that refused it.",
            "set": "Say how somebody wants to be told: digests, quiet hours, language.",
            "quality": "Let somebody read what requesters thought, or list who may.",
            "trust": "Take unproven mail from an address as its owner's, or list such addresses.",
            "distrust": "Take that back.",
        },
    ),
    "config": (
        "The configuration: what is in force, what was, and changes by command.",
        {
            "status": "Say which configuration is in force, and whether the file says the same.",
            "history": "List every configuration that was in force, newest first.",
            "show": "Print the configuration in force, or an earlier one; secrets are left out.",
            "diff": "Say what changed between two configurations, or between one and the file.",
            "check": "Read another file, and say what it would change; nothing takes effect.",
            "set": "Change one key in the file, checked before it is written.",
            "unset": "Take one key or section out of the file, checked before it is written.",
        },
    ),
    "workflow": (
        "Workflow rules: what shall happen by itself.",
        {
            "list": "List the rules with what they did.",
            "hits": "List what rules saw and did.",
            "try": "Say whether a rule would hit for a ticket, and why.",
            "yes": "Let a rule do what it suggested.",
            "no": "Decline what a rule suggested.",
        },
    ),
    "keys": (
        "The keys that sign reply addresses.",
        {
            "list": "List the keys, the signing one first.",
            "rotate": "Sign with a new key; older ones still verify.",
        },
    ),
    "template": (
        "The words of notifications.",
        {
            "list": "List the notifications, who gets them, and what of them is your own.",
            "preview": "Show how a notification reads; nothing is sent.",
            "check": "Say what is wrong with your own templates.",
        },
    ),
}

for _name, _words in COMMANDS.items():
    app.command(f"bot.cli.{_name}:{_name}", name=_name, help=_words)
for _name, (_words, _members) in GROUPS.items():
    _group = App(name=_name, help=_words, result_action="return_value")
    for _member, _help in _members.items():
        _group.command(f"bot.cli.{_name}:{_member}_", name=_member, help=_help)
    app.command(_group)


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    config: Annotated[Path | None, Parameter(help="Configuration file (TOML).")] = None,
) -> object:
    if config is not None:
        # The variable is the one place where every command looks.
        os.environ["REPLYDESK_CONFIG"] = str(config)
    return app(tokens, exit_on_error=False)


def main() -> None:
    """Run the command line."""
    # Mails, signing keys and backups are for this account only, whatever folder they go to.
    os.umask(os.umask(0o077) | 0o077)
    sys.exit(run(sys.argv[1:]))


def run(tokens: Sequence[str]) -> int:
    """Run one command; its exit status. What we raise on purpose ends in a sentence."""
    try:
        status = app.meta(tokens, exit_on_error=False)
        sys.stdout.flush()
    except CycloptsError:  # it has told so itself
        return EX_USAGE
    except ReplydeskError as error:
        print(f"replydesk: {error}", file=sys.stderr)
        return EX_CONFIG if isinstance(error, ConfigurationError) else 1
    except PermissionError as error:
        print(f"replydesk: {error}; call it as the account of the service", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has read enough; the interpreter must not flush into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0
