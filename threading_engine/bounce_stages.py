"""Which step of the SMTP dialogue a refusal answered, as the notice tells it.

"No such user" in answer to RCPT is a fact about the address. The same words in answer to the text
come from a filter that wants to look like nobody.
"""

from __future__ import annotations

import re
from enum import Enum


class Stage(Enum):
    """A step of the dialogue."""

    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    TEXT = "text"
    UNTOLD = "untold"


# The phrases meet folded text; the latest step that is named decides.
_STAGES = (
    (
        # All commands were sent at once: the recipient was refused, DATA had no recipient left.
        Stage.RECIPIENT,
        r"<<< (?:503|554 (?:5\.5\.1 )?(?:error: )?no valid recipients)",
    ),
    (
        Stage.TEXT,
        r"in reply to (?:end of )?data|our (?:final )?data\b|after (?:end of )?data|for text command",
        r"after i sent the message|smtp command data|>>> (?:data|\.) <<< [45]\d\d|\(state 1[5-8]\)",
        # How a Japanese mobile carrier answers DATA.
        r"550 : user unknown",
    ),
    (
        Stage.RECIPIENT,
        r"in reply to rcpt|after rcpt|>>> ?rcpt|our rcpt|[(\[]rcpt_to|(?:following|progress was) rcpt",
        r"not like recipient|response to (?:the )?rcpt|rcpt command|rejected recipient|\(state 1[34]\)",
    ),
    (
        Stage.SENDER,
        r"in reply to mail|after mail from|>>> ?mail|our mail from|sender was rejected",
    ),
    (
        Stage.CONNECT,
        r"after initial connection|initial server greeting|in reply to (?:helo|ehlo)|refused to talk",
    ),
)
_PATTERNS = tuple((stage, re.compile("|".join(phrases))) for stage, *phrases in _STAGES)


def stage_of(folded: str) -> Stage:
    """The step that ``folded`` words name."""
    return next((stage for stage, pattern in _PATTERNS if pattern.search(folded)), Stage.UNTOLD)
