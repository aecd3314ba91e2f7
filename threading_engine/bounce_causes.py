"""Why a delivery failed, from what mail servers say.

The table is ordered: the more telling phrase stands before the one that servers use for anything.
A cause is *permanent* when the address itself is dead (nobody there, no such domain, moved away,
takes no mail at all): mailing it again is pointless. Everything else may work tomorrow, from
another server or with another text, whatever the first digit of the reply says.

Where a report gives no enhanced status, ``number`` makes one up in the unassigned range
``x.0.9nn`` of RFC 3463. The numbers are those that the Sisimai bounce analyser made customary, so
that figures of both can be laid side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """One reason for which mail is not delivered."""

    #: Its name, for people and for figures.
    name: str
    #: The detail of a made-up status ``5.0.9nn``.
    number: int
    #: True when the address is dead.
    permanent: bool = False
    #: True when a made-up status is of the temporary class 4.
    temporary: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    cause: Cause
    pattern: re.Pattern[str]
    statuses: frozenset[str]


USER_UNKNOWN = Cause(name="user unknown", number=911, permanent=True)
HOST_UNKNOWN = Cause(name="host unknown", number=912, permanent=True)
MOVED = Cause(name="moved", number=916, permanent=True)
NO_MAIL_ACCEPTED = Cause(name="takes no mail", number=932, permanent=True)
MAILBOX_FULL = Cause(name="mailbox full", number=922)
SUSPENDED = Cause(name="mailbox suspended", number=921)
FILTERED = Cause(name="filtered", number=910)
REJECTED = Cause(name="sender rejected", number=918)
BLOCKED = Cause(name="client blocked", number=971)
NO_REVERSE_NAME = Cause(name="client without reverse name", number=973)
BAD_REPUTATION = Cause(name="bad reputation", number=975)
AUTHENTICATION = Cause(name="sender authentication failed", number=976)
POLICY = Cause(name="against policy", number=972)
NOT_COMPLIANT = Cause(name="against the standard", number=974)
SPAM = Cause(name="taken for spam", number=980)
VIRUS = Cause(name="virus", number=971)
SECURITY = Cause(name="security", number=970)
TOO_BIG = Cause(name="message too big", number=934)
OVER_LIMIT = Cause(name="over the recipient's limit", number=923)
CONTENT = Cause(name="content refused", number=960)
NO_RELAYING = Cause(name="no relaying", number=909)
TOO_MANY = Cause(name="too many connections", number=945)
EXPIRED = Cause(name="expired", number=947)
NETWORK = Cause(name="network", number=944)
SYSTEM_FULL = Cause(name="disk full", number=931)
SYSTEM = Cause(name="system error", number=930)
MAILER = Cause(name="mailer error", number=939)
SYNTAX = Cause(name="protocol error", number=902)
ON_HOLD = Cause(name="not told", number=901)
UNDEFINED = Cause(name="not told", number=900)


def _rule(cause: Cause, *phrases: str, statuses: str = "") -> _Rule:
    pattern = re.compile("|".join(phrases) or r"(?!)")
    return _Rule(cause=cause, pattern=pattern, statuses=frozenset(statuses.split()))


# Phrases meet lower-cased text with white space folded. Nothing in them repeats without a bound.
_RULES = (
    # Stock sentences that hold a word of a later rule.
    _rule(HOST_UNKNOWN, r"account or domain may not exist"),
    _rule(SPAM, r"blacklisted url|\buribl\b"),
    _rule(
        MAILBOX_FULL,
        r"(?:mail ?box|inbox|mail ?drop|mail ?folder|maildir|account|user)(?: \S{1,80})? is (?:over ?)?(?:full|over quota)",
        r"mailbox[ _]?full|mailfull|mailbox size limit|mailbox exceeds|exceeds? (?:the )?mailbox",
        r"over ?quota|quota ?(?:exceeded|limit|is full|full|violation)|quotaexceeded|disk quota",
        r"exceed\w{0,3} (?:\S{1,20} ){0,3}(?:quota|storage|mailbox size)",
        r"out of (?:storage|disk) ?(?:space|quota)|storage space (?:is )?(?:full|exceeded)",
        r"(?:insufficient|not enough) (?:storage|mailbox|disk) ?(?:space|quota) (?:in|for|of) (?:the )?(?:mailbox|user|recipient)",
        r"would exceed .{0,20}(?:quota|mailbox)|too many (?:messages|mails) (?:in|on) (?:the |this )?(?:mailbox|user)",
        r"boite .{0,20}pleine|quota .{0,20}(?:depass|überschritten)|postfach (?:ist )?voll|buz.n lleno",
        statuses="2.2",
    ),
    _rule(
        AUTHENTICATION,
        r"\bdmarc\b|\bdkim\b.{0,40}(?:fail|not pass|invalid|missing)",
        r"unauthenticated (?:email|mail)|does not have authentication information",
        r"\bspf\b.{0,60}(?:fail|not (?:allow|permit|pass)|deni|reject|settings)|not allowed to send from .{0,60}\bspf\b",
        r"authentication checks? failed",
        statuses="7.20 7.21 7.22 7.23 7.24 7.26 7.509",
    ),
    _rule(
        NO_REVERSE_NAME,
        r"reverse (?:dns|host ?name|mapping|lookup|ip|address)|\bptr (?:record|lookup|check)|\brdns\b",
        r"(?:cannot|can't|could ?n[o']t|unable to) (?:find|resolve|look ?up) your (?:host ?name|ip|domain|reverse|address)",
        r"mismatch\w{0,2} client ip|no ptr|does not resolve to|invalid ip for sending .{0,5}ptr",
        statuses="7.25",
    ),
    _rule(
        VIRUS,
        r"\bvirus(?:es)?\b.{0,40}(?:found|detected|infected|reject)|infected|contains? (?:a )?virus|\bmalware\b|suspicious attachment",
    ),
    _rule(
        BAD_REPUTATION,
        r"(?:low|bad|poor) (?:\S{1,20} ){0,3}reputation|due to (?:ip |domain |poor )?reputation|\[tss04\]",
        statuses="7.650",
    ),
    _rule(
        NOT_COMPLIANT,
        r"multiple (?:\S{1,8} ){0,3}addresses in from|not (?:rfc ?\d{3,4}[ -])?compliant|rfc ?\d{3,4} compliant",
        r"(?:missing|duplicate|multiple) (?:required )?(?:from|date|message-id|subject)[: -]{0,2}header",
    ),
    _rule(
        OVER_LIMIT,
        r"message length exceeds|exceeds (?:administrative|the recipient's|recipient) limit|exceeds limit set by recipient",
        statuses="2.3",
    ),
    _rule(
        TOO_BIG,
        r"(?:message|mail|messages|file) (?:size|length)? ?(?:is )?(?:too (?:big|large)|exceeds?|limit exceeded)",
        r"(?:size|message) (?:limit )?exceed(?:s|ed)? (?:\S{1,20} ){0,2}(?:limit|maximum)|exceeds? (?:the )?(?:\S{1,20} ){0,3}(?:message|mail) size|size limit",
        r"message too (?:big|large)|too large message|maximum message size|line limit exceeded",
        statuses="3.4",
    ),
    _rule(
        MOVED,
        r"no longer on (?:this )?server|mailbox has moved|has moved to|recipient.{0,20}moved|not our (?:user|customer)|please use the new address",
        statuses="1.6",
    ),
    _rule(
        NO_RELAYING,
        r"relay(?:ing)? (?:access |is |mail )?(?:denied|prohibited|not permitted|not allowed|disabled)|no relay|not (?:\S{1,20} ){0,3}(?:to )?relay",
        r"unable to relay|insecure mail relay|we (?:do not|don't) relay|relay(?:ing)? (?:mail )?(?:to|for|from)|that domain isn't in my list of allowed rcpthosts|not (?:a )?(?:local|relay) (?:domain|host)",
    ),
    _rule(
        SUSPENDED,
        r"(?:account|mailbox|user|recipient|address|compte)(?: \S{1,80}){0,6} (?:is |has been |was )?(?:temporar\w{1,4} )?(?:disabled|suspended|inactive|locked|frozen|deactivated|blocked|discontinued|bloque|not active|expired)",
        r"disabled recipient|inactive (?:user|account|mailbox|recipient)|mailbox (?:currently )?(?:disabled|unavailable or disabled)|unused for a long",
        statuses="7.13",
    ),
    _rule(
        NO_MAIL_ACCEPTED,
        r"no (?:mx|srv) (?:record )?found|indicated no smtp service|(?:does not|doesn't|never) accepts? (?:any )?(?:mail|email)|null mx|nullmx|smtp protocol returned a permanent error",
        r"couldn't find a mail exchanger|malformed or unexpected name server reply|no (?:valid )?mx|mail receiving disabled",
        statuses="1.10",
    ),
    _rule(
        REJECTED,
        r"after mail from.{0,200}(?:no such domain|does not exist|unrout|invalid|not found|denied|rejected)|from: domain is invalid",
        r"sender (?:address )?(?:\S{1,80} )?(?:was |is |has been )?(?:rejected|denied|refused|blocked|blacklisted|not (?:allowed|accepted))(?! .{0,40}reverse)",
        r"(?:domain of )?sender(?: address)?.{0,80}(?:does ?n[o']t exist|not exist|not found|verify failed|verification failed|unknown)",
        r"sender was rejected|from address .{0,40}(?:denied|rejected|not allowed)|address that has been blacklisted|(?:invalid|bad|unroutable|unrouteable) sender",
        r"(?:must be|not) a member|only (?:members|subscribers)|not (?:a )?subscrib|may not have permission to post|customfromdenied",
        r"purported responsible address|you are not (?:allowed|authori[sz]ed) to (?:post|send)|address family mismatch on sender|empty envelope senders",
        r"groups\.google\.com/support|all recipient addresses rejected ?: ?access denied",
        statuses="1.7 1.8",
    ),
    _rule(
        BLOCKED,
        r"client (?:host|address) rejected|banned (?:sending )?ip|black ?list|blocklist|block list|\brbls?\b|dnsbl|spamhaus|spamcop",
        r"(?:your|sending|source|client) (?:ip|server|host|mail ?server|network)(?: address)?\b.{0,60}(?:block|banned|denied|refused|reject|listed|not (?:allowed|permitted))",
        r"connections? (?:from .{0,40})?(?:refused|rejected|not accepted|not allowed|denied)(?! by peer)|not accepting connections|no access from mail server|invalid ip for sending",
        r"my name was rejected|invalid (?:helo|ehlo|domain name)|bad helo|helo .{0,40}(?:rejected|invalid)|blocked (?:using|by|ip|-|for)|messages from \S{1,40} (?:were|weren't|was) |ip (?:address )?(?:is )?(?:blocked|banned|listed)",
        r"after initial connection|access denied\.? ?ip|unsolicited mail originating from your|part of their network is on|error: too many .{0,20}from your ip",
        statuses="7.606 7.511",
    ),
    _rule(
        SPAM,
        r"\bspam\b|\bube\b|\buce\b|unsolicited|message content rejected|looks like spam|junk ?mail|spammessage",
        r"considered (?:as )?(?:spam|junk)|bulk mail|(?:high|spam) score|mail rejete|mail rejected\. ofr",
    ),
    _rule(
        TOO_MANY,
        r"too many (?:connections|recipients|messages|sessions|concurrent|errors|invalid)|(?:connection|rate|ip|connection rate|message rate) ?(?:frequency )?limit(?:ed|s)?|throttl|frequency limited",
        r"sent to too many recipients|temporarily deferred due to unexpected volume|unusual rate",
        statuses="3.2",
    ),
    _rule(
        SECURITY,
        r"(?:please )?turn on smtp authentication|authentication required|unauthenticated senders|must (?:issue|use) (?:a )?starttls|tls (?:is )?required|encryption required|\bsasl\b",
    ),
    _rule(
        POLICY,
        r"polic(?:y|ies)|security reasons|protocol violation|potential security issue|presents a potential|host network not allowed|prohibited",
        statuses="7.9",
    ),
    _rule(
        CONTENT,
        r"8-bit data|headers? too (?:large|long|many)|duplicate header|content (?:refused|error)|mime (?:error|parts)|improper use",
        statuses="6.0 6.9 6.1 6.2 6.3",
    ),
    _rule(
        NETWORK,
        r"host not found, try again|temporary (?:dns|name|lookup) (?:error|failure)|dns query failed",
    ),
    _rule(
        HOST_UNKNOWN,
        r"host unknown|unknown host|(?:host|domain)(?: or domain)?(?: name)?(?: \S{1,80})? (?:not found|does ?n[o']t exist|not be found)|no such (?:host|domain)|unrout(?:e)?able (?:address|mail domain)|invalid domain|nxdomain",
        r"(?<![@\w.-])[\w-]{1,63}\.[\w.-]{1,80} does not exist|couldn't find any host|name service error|dns lookup failure|bad destination system|no route to host name|name or service not known|illegal host|domain .{0,30}not exist|host name lookup failure|unresolvable",
        statuses="1.2 4.4",
    ),
    _rule(MAILER, r"pipe to \||procmail"),
    _rule(
        USER_UNKNOWN,
        r"user:?(?: \S{1,80})? (?:unknown|not (?:found|known|exist|listed)|does ?n[o']t exist|is unknown)|unknown (?:user|recipient|address|local|mailbox|account|or illegal alias)",
        r"no (?:such|mailbox|account|valid recipient|local mailbox|user)(?: \S{1,30}){0,2}? ?(?:user|mailbox|address|recipient|person|account|email|here|by that name|with that name|found|name)",
        r"no such|nosuchuser|not a (?:known|valid|local) (?:user|mailbox|recipient|address)|user_?unknown|unknownuser",
        r"(?:recipient|address|mailbox|account|email|e-mail|addressee|destinataire)(?: \S{1,80}){0,8}? (?:unknown|not (?:be )?(?:found|exist|known|valid|available)|does ?n[o']t exist|invalid|no longer (?:valid|available|exists?|active)|is unavailable|unavailable|cannot be found|inconnue?)",
        r"(?:invalid|bad|incorrect|nonexist\w{0,4}|non-existent|undeliverable|illegal) (?:recipient|address|mailbox|user|destination mailbox|email)|recipnotfound|recipient not found|recipientnotfound",
        r"(?:do ?n[o']t|does ?n[o']t|did ?n[o']t) (?:\S{1,20} ){0,2}have (?:an? )?(?:\S{1,40} ){0,2}(?:account|mailbox|user)|doesn't have an? \S{1,40} ?account|not listed in (?:domino|public|the)|user \S{1,80} not",
        r"there is no (?:user|one|such)|no one (?:by|with)|this user does|couldn't be found|could not be found|wasn't found|n'existe pas|existiert nicht|unbekannt|no existe|not exist|adresse d au moins un destinataire|destinataire invalide",
        r"(?:account|user|mailbox) (?:\S{1,80} )?(?:has been )?(?:removed|deleted|closed|terminated)|見つかりません|存在しません|не найден|не существует|mailbox does not|no valid recipients",
        statuses="1.1 1.0 1.3 1.351 1.4",
    ),
    _rule(
        EXPIRED,
        r"retry time(?:out)? (?:not reached|exceeded)|timed? ?out|timeout|expired|in the queue too long|too old|giving up|retries|all hosts .{0,30}have been failing|(?:could not|unable to|not) (?:be )?deliver(?:ed)? (?:\S{1,20} ){0,3}(?:for|in|within) (?:the last )?\d|not yet been delivered|has been delayed|being retried|failed \d{1,4} attempts|did not accept our requests to connect|unable to connect success|host not reachable|socket error",
        statuses="4.7",
    ),
    _rule(
        NETWORK,
        r"connection (?:refused|lost|reset|dropped|failed|error)|lost connection|network (?:error|is unreachable|unreachable)|no route|unreachable|wasn't able to establish an smtp connection|could not connect|cannot connect|can't connect|unable to connect|loop|too many hops|hop count|dns (?:error|query)|(?:host|name) lookup",
        statuses="4.1 4.2 4.6 4.3 4.312",
    ),
    _rule(
        SYSTEM_FULL,
        r"insufficient (?:system |disk )?(?:storage|space|disk)|no space left|disk full|server disk",
        statuses="3.1 4.5",
    ),
    _rule(
        MAILER,
        r"pipe to|mailer error|command (?:failed|died)|procmail|exit (?:status|code)|child process|x-unix|local delivery|maildrop",
    ),
    _rule(
        SYNTAX,
        r"command (?:parameter )?(?:not implemented|unrecogni[sz]ed)|syntax error|malformed address|bad sequence|not implemented",
    ),
    _rule(
        SYSTEM,
        r"(?:internal|system|server|configuration|local) (?:\S{1,20} )?(?:error|problem|failure)|could not load|ldap|try again later|service (?:unavailable|refused?)|resources? (?:temporarily )?unavailable|mail system|duplicated message-id|aliasing|unexpected failure",
        statuses="3.0 3.5",
    ),
    _rule(USER_UNKNOWN, r"address rejected|rejected address"),
    _rule(
        FILTERED,
        r"filtered|mailbox (?:is )?unavailable|requested action not taken|recipient preferences|did not like|not accept(?:ed|ing)?|refused|rejected",
        statuses="2.0 2.1",
    ),
)
_FOLDED = re.compile(r"\s+")
#: The server had taken the recipient and refused only after the text: that is a filter's answer,
#: even when it says "user unknown".
_AFTER_DATA = re.compile(
    # The last is how a Japanese mobile carrier answers DATA.
    r"in reply to (?:end of )?data|our (?:final )?data\b|after end of data|after i sent the message"
    r"|for text command|smtp command data|>>> (?:data|\.) <<< [45]\d\d|550 : user unknown"
)
#: Said in so many words, nobody is there.
_NO_ACCOUNT = re.compile(r"n[o']t have an? \S{1,80} ?account")
#: The same transcript line from a server to which all commands were sent at once: it refused the
#: recipient, and DATA only had no recipient left.
_NO_RECIPIENT_LEFT = re.compile(r"<<< (?:503|554 (?:5\.5\.1 )?(?:error: )?no valid recipients)")
MAX_TEXT = 4000


def cause_of(words: str, status: str, *, context: str = "", after_data: bool = False) -> Cause:
    """Find the cause: in the server's words, in its status, then in the prose around them."""
    folded = fold(words)
    cause = _by_phrase(folded) or _by_status(status) or _by_phrase(fold(context))
    if cause is USER_UNKNOWN and not status.endswith(".1.1") and not _NO_ACCOUNT.search(folded):
        return FILTERED if after_data or refused_after_data(folded) else cause
    return cause or (ON_HOLD if folded.strip() else UNDEFINED)


def fold(text: str) -> str:
    """Lower-case ``text`` with every run of white space as one space, bounded."""
    return _FOLDED.sub(" ", text[:MAX_TEXT]).lower()


def _by_phrase(folded: str) -> Cause | None:
    return next((rule.cause for rule in _RULES if rule.pattern.search(folded)), None)


def _by_status(status: str) -> Cause | None:
    detail = status.partition(".")[2]
    return next((rule.cause for rule in _RULES if detail in rule.statuses), None)


def refused_after_data(folded: str) -> bool:
    """Whether the folded transcript shows a refusal of the text, not of the recipient."""
    return _AFTER_DATA.search(folded) is not None and not _NO_RECIPIENT_LEFT.search(folded)
