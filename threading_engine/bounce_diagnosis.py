"""Status, reply code and cause, read from the words about one failed recipient."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from threading_engine import bounce_causes, bounce_phrases, bounce_stages
from threading_engine.bounce_causes import Cause
from threading_engine.bounce_phrases import fold
from threading_engine.bounce_stages import Stage

#: Words of a server that are kept.
MAX_SAID = 500
#: Paragraphs among which the telling one is looked for, and letters that make more than a greeting.
MAX_PARAGRAPHS, MIN_LETTERS = 8, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What there is to judge one failure by."""

    #: What was said about this recipient.
    words: str
    #: The Status field of a report, or empty.
    reported: str = ""
    #: The prose around the words.
    context: str = ""
    #: True when a report's own field holds the words, false when they are prose.
    formal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What an account amounts to."""

    #: The enhanced status; a detail ``0.9nn`` is made up.
    status: str
    #: The SMTP reply code, or empty.
    code: str
    #: Why.
    cause: Cause
    #: The server's own words, on one line.
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    folded: str
    around: str
    status: str
    code: str
    stage: Stage
    formal: bool


def diagnose(account: Account) -> Diagnosis:
    """Judge one failure."""
    words = _WRAPPER.sub("", account.words[: bounce_phrases.MAX_TEXT])
    context = account.context
    status = _status(account.reported, words, context)
    code = _CODE.search(words) or _CODE.search(context)
    folded, around = fold(words), fold(context)
    stage = bounce_stages.stage_of(folded)
    if stage is Stage.UNTOLD:
        stage = bounce_stages.stage_of(around)
    facts = _Facts(
        folded=folded,
        around=around,
        status=status,
        code=code[1] if code else "",
        stage=stage,
        formal=account.formal,
    )
    cause = _cause(facts)
    return Diagnosis(
        status=status or _made_up(cause, facts),
        code=facts.code,
        cause=cause,
        said=_own_words(words, cause) or _own_words(context, cause),
    )


_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_RULER = re.compile(r"[-=*_]{4,}")
_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"\S{1,64}@\S{1,255}")
_WORDS = re.compile(r"\w{2,}")


def _own_words(text: str, cause: Cause) -> str:
    """The paragraph with the SMTP reply, from there on; else the one that tells the cause."""
    if reply := _CODE.search(text):
        said = _EMPTY_LINE.split(text[reply.start() :])[0]
    else:
        paragraphs = [each for each in _EMPTY_LINE.split(text, MAX_PARAGRAPHS) if _says_much(each)]
        telling = (each for each in paragraphs if bounce_phrases.tells(fold(each), cause))
        said = next(telling, paragraphs[0] if paragraphs else "")
    return _SPACE.sub(" ", _RULER.sub("", said[:MAX_SAID])).strip()


def _says_much(paragraph: str) -> bool:
    return len("".join(_WORDS.findall(_ADDRESS.sub("", paragraph)))) > MIN_LETTERS


# ---- the status ------------------------------------------------------------------------------

_ENHANCED = r"([45]\.[0-7]\.\d{1,3})(?![\d.]*\d)"
_STATUS_OF_REPLY = re.compile(rf"(?<![\d.])[45]\d\d[ -:]{{1,3}}[#('\"]{{0,2}}{_ENHANCED}")
_STATUS_MARKED = re.compile(rf"(?:#|\(|status[:=] ?){_ENHANCED}", re.IGNORECASE)
_STATUS_BARE = re.compile(rf"(?<![\d.]){_ENHANCED}")
_CODE = re.compile(
    r"(?:(?<![\d.#/=:-])|(?<=_CODE :))([45][0-7]\d)(?=[ \t-](?:[^\d]|[245]\.\d)|: |,)"
)
#: A gateway (Cisco's) puts a status and a sentence of its own before the reply it quotes.
_WRAPPER = re.compile(r"\A\s{0,9}[45]\.\d\.\d - [A-Za-z ]{1,60}(?=[45]\d\d[ -])")


def _status(reported: str, words: str, context: str) -> str:
    """The most specific status: that of the remote server's own reply before the reporter's."""
    if of_reply := _specific(_STATUS_OF_REPLY, words):
        return of_reply
    if reported and not reported.endswith(".0.0"):
        return reported
    for pattern in (_STATUS_MARKED, _STATUS_BARE):
        if found := pattern.search(words):
            return str(found[1])
    return _specific(_STATUS_OF_REPLY, context) or reported


def _specific(pattern: re.Pattern[str], text: str) -> str:
    """The last status that ``pattern`` finds and that tells more than the class."""
    found = [str(status) for status in pattern.findall(text) if not status.endswith(".0.0")]
    return found[-1] if found else ""


_TEMPORARY = re.compile(
    r"details of temporary failure|retry timeout exceeded|hosts have been failing|not yet been delivered"
)


def _made_up(cause: Cause, facts: _Facts) -> str:
    said = f"{facts.folded} {facts.around}"
    temporary = facts.code.startswith("4") or (not facts.code and _TEMPORARY.search(said))
    # Customary for Exim, whatever the cause: "after MAIL FROM" tells nothing about the recipient.
    untold = "after mail from" in facts.folded
    return f"{4 if temporary else 5}.0.{bounce_causes.ON_HOLD.number if untold else cause.number}"


# ---- the cause -------------------------------------------------------------------------------


def _cause(facts: _Facts) -> Cause:
    """In the server's words, in its status, then in the prose around them."""
    found = (
        bounce_phrases.by_phrase(facts.folded)
        or bounce_causes.by_status(facts.status)
        or bounce_phrases.by_phrase(facts.around)
    )
    if found is None:
        said = _WORDS.search(_ADDRESS.sub("", facts.folded))
        return bounce_causes.ON_HOLD if said else bounce_causes.UNDEFINED
    return next(
        (other for cause, doubt, other in _DOUBTS if cause is found and doubt(facts)), found
    )


def temporary_status(facts: _Facts) -> bool:
    """A name server that fails today may answer tomorrow."""
    return facts.status.startswith("4.")


#: Said in so many words, nobody is there.
_NO_ACCOUNT = re.compile(r"n[o']t have an? \S{1,80} ?account|invalid user address")


def _certain(facts: _Facts) -> bool:
    said = facts.status.endswith(".1.1") or facts.stage is Stage.RECIPIENT
    return said or _NO_ACCOUNT.search(f"{facts.folded} {facts.around}") is not None


def after_the_text(facts: _Facts) -> bool:
    """The recipient had been taken: that is a filter's answer."""
    return facts.stage is Stage.TEXT and not _certain(facts)


def status_of_a_policy(facts: _Facts) -> bool:
    """The status says that a rule refused it, and no stage says otherwise."""
    return facts.status.endswith(".7.1") and not _certain(facts)


def unplaced_reply(facts: _Facts) -> bool:
    """A bare reply quoted in prose: neither its status nor the command that it answered is told."""
    bare = not facts.formal and facts.code and not facts.status
    return bool(bare) and not _certain(facts)


_Doubt = Callable[[_Facts], bool]
#: When words are not believed, and what is believed instead. An address is struck off on these
#: words, so they have to be certain.
_DOUBTS: tuple[tuple[Cause, _Doubt, Cause], ...] = (
    (bounce_causes.HOST_UNKNOWN, temporary_status, bounce_causes.NETWORK),
    (bounce_causes.USER_UNKNOWN, after_the_text, bounce_causes.FILTERED),
    (bounce_causes.USER_UNKNOWN, status_of_a_policy, bounce_causes.FILTERED),
    (bounce_causes.USER_UNKNOWN, unplaced_reply, bounce_causes.FILTERED),
)
