"""What mail servers say when they do not deliver, and which cause it means.

The table is ordered: the more telling phrase stands before the one that servers use for anything.
A phrase is a regular expression that meets lower-cased text with white space folded, so that one
server's line breaks and capitals are as good as another's. Nothing in a phrase repeats without a
bound. To teach the desk a server's wording, add a phrase to its cause; when a later rule's word
stands in it, add it to the first part of the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from threading_engine.bounce_causes import (
    AUTHENTICATION,
    BAD_REPUTATION,
    BLOCKED,
    CONTENT,
    ENCRYPTION,
    EXPIRED,
    FILTERED,
    GREYLISTED,
    HOST_UNKNOWN,
    LOOP,
    MAILBOX_FULL,
    MAILER,
    MOVED,
    NETWORK,
    NO_MAIL_ACCEPTED,
    NO_RELAYING,
    NO_REVERSE_NAME,
    NOT_COMPLIANT,
    OVER_LIMIT,
    POLICY,
    REJECTED,
    SECURITY,
    SPAM,
    SUSPENDED,
    SYNTAX,
    SYSTEM,
    SYSTEM_FULL,
    TOO_BIG,
    TOO_MANY,
    USER_UNKNOWN,
    VIRUS,
    Cause,
)

#: Characters of a text that are searched.
MAX_TEXT = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    cause: Cause
    pattern: re.Pattern[str]


def _rule(cause: Cause, *phrases: str) -> _Rule:
    return _Rule(cause=cause, pattern=re.compile("|".join(phrases)))


_RULES = (
    # ---- stock sentences that hold a word of a later rule --------------------------------------
    _rule(HOST_UNKNOWN, r"account or domain may not exist|^the domain \S{1,100} does not exist"),
    _rule(
        HOST_UNKNOWN,
        r"domain (?:\S{1,100} )?(?:could ?n.t|could not|was ?n.t|cannot) be found",
        r"domain is unknown|domain mentioned in",
    ),
    _rule(USER_UNKNOWN, r"could not be found\. perhaps the recipient moved"),
    _rule(GREYLISTED, r"gr[ea]y-?list"),
    _rule(FILTERED, r"resolver\.rst\.(?:not|restricted)|notauthorized|rcp-p2"),
    _rule(
        BLOCKED,
        r"\bip(?: address)? (?:\S{1,50} )?(?:is |was |has been )?(?:blocked|banned|denied|refused)",
    ),
    _rule(SPAM, r"blacklisted url|\buribl\b|with spam-like"),
    _rule(
        NETWORK,
        r"connect(?:ing)? to \S{1,150}: (?:connection refused|no route|network is)|econnrefused",
    ),
    _rule(
        TOO_MANY,
        r"daily (?:message|sending) quota|throttl|receiving mail (?:too quickly|at a rate)",
        r"unusual rate|exceeded the rate limit|temporarily rate limited(?! due)|too many errors from your ip",
    ),
    _rule(CONTENT, r"header (?:size|length)|mime complexity|compressed files|smtputf8"),
    _rule(
        SYSTEM_FULL,
        r"mail system full|(?:out of|no) (?:disk )?space (?:left )?on (?:server|device)",
    ),
    _rule(SYSTEM, r"can't create (?:user )?output|loops?: local config|timeout waiting for input"),
    _rule(SYNTAX, r"bad syntax"),
    # ---- the mailbox and what it cannot take ---------------------------------------------------
    _rule(
        MAILBOX_FULL,
        r"(?:mail ?box|inbox|mail ?drop|mail ?folder|maildir|account|user)(?: \S{1,80})? is (?:over ?)?(?:full|over quota)",
        r"mailbox[ _]?full|full mailbox|mailfull|mailbox size limit|mailbox exceed(?:s|ed)|exceeds? (?:the )?mailbox",
        r"over ?quota|quota ?(?:exceeded|limit|is full|full|usage|violation)|quotaexceeded|disk quota|storage quota",
        r"(?:mailbox|user|account|recipient)(?: is)? over (?:its|the|his|their) (?:\S{1,20} ){0,2}(?:limit|quota)",
        r"exceed\w{0,3} (?:\S{1,20} ){0,3}(?:quota|storage|mailbox size|disk space|receiving limits)",
        r"out of (?:storage|disk) ?(?:space|quota)|storage space (?:is )?(?:full|exceeded)|space has been used up",
        r"(?:insufficient|not (?:enough|sufficient)) (?:storage|mailbox|disk) ?(?:space|quota) (?:in|for|of) (?:the )?(?:mailbox|user|recipient)",
        r"would (?:exceed|be over) .{0,20}(?:quota|mailbox)|too m(?:any|uch) (?:messages|mails|mail data)(?: (?:in|on) (?:the |this )?(?:mailbox|user|server))?(?! from)",
        r"boite .{0,20}pleine|quota .{0,20}(?:depass|überschritten)|postfach .{0,30}\bvoll|buz.n lleno|casella .{0,20}piena|скринька переповнена|ящик .{0,30}переполнен|メールボックス.{0,20}いっぱい|邮箱.{0,10}满",
    ),
    _rule(
        OVER_LIMIT,
        r"recipsizelimit|message length exceeds|exceeds (?:administrative|the recipient's|recipient) limit|exceeds limit set by recipient",
    ),
    _rule(
        TOO_BIG,
        r"(?:message|mail|messages|file) (?:size|length)? ?(?:is )?(?:too (?:big|large)|exceeds?|limit exceeded|violation)",
        r"(?:size|message) (?:limit )?exceed(?:s|ed)? (?:\S{1,20} ){0,2}(?:limit|maximum)|exceed(?:s|ed)? (?:the )?(?:\S{1,20} ){0,3}(?:message|mail) size|size limit",
        r"message (?:file )?too (?:big|large)|too large message|maximum message size|line limit exceeded|larger than the (?:current )?maximum|taille limite|nachricht .{0,20}zu groß",
    ),
    # ---- who sent it, from where ---------------------------------------------------------------
    _rule(
        AUTHENTICATION,
        r"\bdmarc\b|\bdkim\b.{0,40}(?:fail|not pass|invalid|missing)|(?:invalid|bad|no passing) dkim",
        r"unauthenticated (?:email|mail)|does not have authentication information|sender is unauthenticated|required authentication level",
        r"\bspf\b.{0,60}(?:fail|not (?:allow|permit|pass)|deni|reject|settings|violat)|not allowed to send from .{0,60}\bspf\b|bad spf|sender policy framework|openspf|spf\.pobox",
        r"authentication checks? failed",
    ),
    _rule(
        NO_REVERSE_NAME,
        r"reverse (?:dns|host ?name|mapping|lookup|ip|address|name)|\bptr (?:record|lookup|check)|\(ptr\)|dns ptr|\brdns\b",
        r"(?:cannot|can't|could ?n[o']t|unable to) (?:find|resolve|look ?up) your (?:host ?name|ip|domain|reverse|address)",
        r"mismatch\w{0,2} client ip|no ptr|does not resolve to|invalid ip for sending .{0,5}ptr|unresolvable client",
    ),
    _rule(
        VIRUS,
        r"\bvirus(?:es)?\b.{0,40}(?:found|detected|infected|reject)|infected|contain(?:s|ed)? (?:a )?virus|virus scanner|\bmalware\b|suspicious attachment",
    ),
    _rule(
        BAD_REPUTATION,
        r"(?:low|bad|poor) (?:\S{1,20} ){0,3}reputation|due to (?:ip |domain |poor )?reputation|\[tss04\]|ip reputation",
    ),
    _rule(
        NOT_COMPLIANT,
        r"multiple (?:\S{1,8} ){0,3}addresses in from|not (?:comply with )?(?:rfc ?\d{3,4}[ -]?)(?:compliant)?|rfc ?\d{3,4} compliant|not compliant",
        r"(?:missing|duplicate|multiple) (?:required )?(?:from|date|message-id|subject)[: -]{0,2}header",
    ),
    # ---- the address: gone, or not taking mail -------------------------------------------------
    _rule(
        SUSPENDED,
        r"archiv(?:ed recipient|ee)|recipient suspend|no longer accepts mail|extended inactivity",
    ),
    _rule(
        MOVED,
        r"mailbox has moved|has moved to|recipient.{0,20}moved|please (?:use the new address|try <)|(?:address|recipient) (?:\S{1,100} )?has been replaced|no longer on (?:this )?server|not our (?:user|customer)",
    ),
    _rule(
        USER_UNKNOWN,
        r"domain or user isn't in my list",
    ),
    _rule(
        NO_RELAYING,
        r"relay(?:ing)? (?:access |is |mail )?(?:denied|prohibited|not permitted|not allowed|disabled)|no relay|not (?:\S{1,20} ){0,3}(?:to )?relay",
        r"unable to relay|insecure mail relay|we (?:do not|don't) relay|relay(?:ing)? (?:mail )?(?:to|for|from|through)|that domain isn't in my list of allowed rcpthosts|not (?:a )?(?:local|relay) (?:domain|host)|not a gateway",
    ),
    _rule(
        SUSPENDED,
        r"(?:account|mail ?box|user|recipient|address|compte|domain)(?: \S{1,80}){0,6} (?:is |has been |was )?(?:temporar\w{1,4} )?(?:disabled|suspended|inactive|locked|frozen|deactivated|blocked|discontinued|bloque|not active|expired|terminated)",
        r"disabled recipient|(?:inactive|suspended|disabled|deactivated) (?:user|account|mailbox|recipient)|mailbox (?:currently )?(?:disabled|unavailable or (?:disabled|access denied))|mail box suspended|unused for a long",
    ),
    _rule(
        NO_MAIL_ACCEPTED,
        r"no (?:mx|srv) (?:record )?found|indicated no smtp service|(?:does not|doesn't|never) accepts? (?:any )?(?:mail|email)|null mx|nullmx|smtp protocol returned a permanent error",
        r"couldn't find a mail exchanger|malformed or unexpected name server reply|no (?:valid )?mx|mail receiving disabled",
    ),
    # ---- who is let in -------------------------------------------------------------------------
    _rule(
        REJECTED,
        r"after mail from.{0,200}(?:no such domain|does not exist|unrout|invalid|not found|denied|rejected)|from: domain is invalid",
        r"sender (?:address )?(?:\S{1,80} )?(?:was |is |has been )?(?:rejected|denied|refused|blocked|blacklisted|spammer|not (?:allowed|accepted))(?! .{0,40}reverse)",
        r"(?:domain of )?sender(?: address)?.{0,80}(?:does ?n[o']t exist|not exist|not found|verify failed|verification failed|unknown)",
        r"sender was rejected|from address .{0,40}(?:denied|rejected|not allowed)|address that has been blacklisted|(?:invalid|bad|unroutable|unrouteable|bogus|null|no) (?:envelope )?sender|sender given|emetteur invalide|badmailfrom|bogus mail from",
        r"(?:must be|not) a member|only (?:members|subscribers)|not (?:a )?subscrib|may not have permission to post|customfromdenied|permissions? to send as|mail from not owned",
        r"purported responsible address|you are not (?:allowed|authori[sz]ed) to (?:post|send)|address family mismatch on sender|empty envelope senders|email address is not verified|\bbatv\b",
        r"groups\.google\.com/support|all recipient addresses rejected ?: ?access denied",
    ),
    _rule(
        BLOCKED,
        r"client (?:host|address) rejected|banned (?:sending )?ip|banned sender|black ?list|blocklist|block list|\brbls?\b|dnsbl|spamhaus|spamcop|barracuda.{0,20}reputation",
        r"(?:your|sending|source|client) (?:ip|server|host|mail ?server|network)(?: address)?\b.{0,60}(?:block|banned|denied|refused|reject|listed|not (?:allowed|permitted))",
        r"connections? (?:from .{0,40})?(?:refused|rejected|not accepted|not allowed|denied)(?! by peer)|not accepting connections|no access from mail server|invalid ip for sending",
        r"my name was rejected|invalid (?:helo|ehlo|domain name)|bad helo|helo .{0,40}(?:rejected|invalid)|blocked (?:using|by|ip|-|for)|messages from \S{1,40} (?:were|weren't|was) |ip (?:address )?(?:is )?(?:blocked|banned|listed)|ip profile",
        r"after initial connection|access denied\.? ?ip|unsolicited mail originating from your|part of their network is on|error: too many .{0,20}from your ip|dynamic[ /](?:\S{1,20} )?(?:ip|address|host)|dial-?up|mail from [\d.]{7,15} refused|\brly:|your server is banned",
    ),
    # ---- what it is taken for, and how much of it ----------------------------------------------
    _rule(
        SPAM,
        r"\bspam|\bube\b|\buce\b|unsolicited|message content rejected|mail content denied|junk ?mail|phishing|spammessage|\bdt:spm\b",
        r"considered (?:as )?(?:spam|junk)|bulk (?:e-?)?mail|content filter reject|mail rejete|mail rejected\. ofr",
    ),
    _rule(
        TOO_MANY,
        r"too many (?:connections|recipients|messages|sessions|concurrent|errors|invalid)|(?:connection|rate|ip|connection rate|message rate) ?(?:frequency )?limit(?:ed|s)?|frequency limited",
        r"sent to too many recipients|temporarily deferred due to unexpected volume|sending (?:rate|quota)|slow(?:er)? down|too much mail from|too many (?:\S{1,20} ){1,2}(?:this|per) hour|concurrent connections|max emails per hour",
    ),
    _rule(
        ENCRYPTION,
        r"must (?:issue|use) (?:a )?starttls|tls (?:is )?required|encryption required|not support (?:start)?tls|cannot start tls|tls (?:not available|handshake|negotiation|connection)|handshake fail|certificate (?:validation|not trusted|verif)|ssl",
    ),
    _rule(
        SECURITY,
        r"turn on smtp authentication|authentication (?:is )?required|authentication turned on|authentication credentials|unauthenticated senders|not authenticated|\bsasl\b",
    ),
    _rule(
        POLICY,
        r"polic(?:y|ies)|security reasons|protocol violation|potential security issue|presents a potential|host network not allowed|prohibited|administrative prohibition|delivery not authorized",
    ),
    _rule(
        CONTENT,
        r"8-bit data|headers? too (?:large|long|many)|duplicate header|content (?:refused|error)|(?:malformed|invalid|broken) mime|mime (?:error|parts|headers)|improper use|illegal attachment|unsupported charset|charset not supported|conversion not permitted",
    ),
    # ---- nobody there --------------------------------------------------------------------------
    _rule(
        NETWORK,
        r"host not found, try again|temporary (?:dns|name) (?:error|failure)|dns query failed",
    ),
    _rule(
        HOST_UNKNOWN,
        r"host unknown|unknown host|(?:host|domain)(?: or domain)?(?: name)?(?: \S{1,80})? (?:not found|does ?n[o']t exist|not be found)|domain is not reachable|no such (?:host|domain)|unrout(?:e)?able (?:address|mail domain)|invalid domain|nxdomain|non-?existent hosts",
        r"(?<![@\w.-])[\w-]{1,63}\.[\w.-]{1,80} does not exist|couldn't find any host|name service error|dns lookup failure|bad destination system|no route to host name|name or service not known|illegal host|domain .{0,30}not exist|(?:recipient )?domain must exist|host name lookup failure|unresolvable|no mail hosts",
    ),
    _rule(MAILER, r"pipe to \||procmail"),
    _rule(
        USER_UNKNOWN,
        r"user:?(?: \S{1,80})? (?:unknown|not (?:found|known|exist|listed|local)|does ?n[o']t exist|is unknown)|unknown (?:user|recipient|address|e-?mail|local|mailbox|account|virtual user|or illegal alias)",
        r"no (?:such|mailbox|account|valid recipient|local mailbox|user)(?: \S{1,30}){0,2}? ?(?:user|mailbox|address|recipient|person|account|email|here|by that name|with that name|found|name)",
        r"no such|nosuchuser|not a (?:known|valid|local) (?:user|mailbox|recipient|address)|user_?unknown|unknownuser|not present in directory|not known at this|missing home directory|recipients? (?:was|were|is) (?:undeliverable|not accepted|not local)|recipient has been denied|name is not recogni[sz]ed",
        r"(?:recipient|address|mailbox|account|email|e-mail|addressee|destinataire)(?: \S{1,80}){0,8}? (?:unknown|not (?:be )?(?:found|exist|known|valid|available|present)|does ?n[o']t exist|invalid|no longer (?:valid|available|exists?|active)|is unavailable|unavailable|cannot be found|inconnue?)",
        r"(?:invalid|bad|incorrect|nonexist\w{0,4}|non-existent|undeliverable|illegal|unknown) (?:or unknown virtual |virtual )?(?:recipient|address|mailbox|user|destination mailbox|email)|recipnotfound|recipient not found|recipientnotfound",
        r"(?:do ?n[o']t|does ?n[o']t|did ?n[o']t) (?:\S{1,20} ){0,2}have (?:an? )?(?:\S{1,40} ){0,2}(?:account|mailbox|user)|doesn't have an? \S{1,40} ?account|not listed in (?:domino|public|the)|user \S{1,80} not|have no mailbox",
        r"there is no (?:user|one|such)|no one (?:by|with)|this user does|couldn't be found|could not be found|wasn't found|n'existe pas|existiert nicht|unbekannt|no existe|not exist|adresse d au moins un destinataire|destinataire invalide|utilisateur inconnu|nessun utente|nieznany|onbekend|desconocid|desconhecid|sconosciut|不存在",
        r"(?:account|user|mailbox) (?:\S{1,80} )?(?:has been )?(?:removed|deleted|closed|terminated)|見つかりません|存在しません|не найден|не существует|mailbox does not|no valid recipients",
    ),
    # ---- the way there -------------------------------------------------------------------------
    _rule(
        LOOP,
        r"\bloop(?:s|ing)?\b|too many hops|hop count|too many received|forwarding loop",
    ),
    _rule(
        EXPIRED,
        r"retry time(?:out)? (?:not reached|exceeded)|timed? ?out|timeout|expired|in the queue too long|too old|giving up|retries|all hosts .{0,30}have been failing|still undelivered|attempts will continue|queue (?:period|time|lifetime)|did not respond|not responding",
        r"(?:could not|unable to|not) (?:be )?deliver(?:ed)? (?:\S{1,20} ){0,3}(?:for|in|within) (?:the last )?\d|not yet been delivered|has been delayed|being retried|failed \d{1,4} attempts|did not accept our requests to connect|unable to connect success|host not reachable|socket error|without delivery",
    ),
    _rule(
        NETWORK,
        r"connection (?:refused|lost|reset|dropped|failed|error)|lost connection|network (?:error|is unreachable|unreachable)|no route|unreachable|wasn't able to establish an smtp connection|could not connect|cannot connect|can't connect|unable to connect|dns (?:error|query)|(?:host|name) lookup",
    ),
    # ---- the server itself ---------------------------------------------------------------------
    _rule(
        SYSTEM_FULL,
        r"insufficient (?:system |disk )?(?:storage|space|disk|resources)|no space left|disk full|server disk",
    ),
    _rule(
        MAILER,
        r"pipe to|mailer error|command (?:failed|died)|exit (?:status|code)|child process|x-unix|local delivery|maildrop",
    ),
    _rule(
        SYNTAX,
        r"command (?:parameter )?(?:not (?:implemented|recogni[sz]ed)|unrecogni[sz]ed)|syntax error|malformed address|bad sequence|not implemented|unsupported option",
    ),
    _rule(
        SYSTEM,
        r"(?:internal|system|server|configuration|config|local|temporary) (?:\S{1,20} )?(?:error|problem|failure)|could not load|ldap|try again later|service (?:is )?(?:not available|unavailable|refused?)|resources? (?:temporarily )?unavailable|duplicated message-id|aliasing|unexpected failure|interrupted system call|file write error|thread limit|server busy",
    ),
    # ---- what says least -----------------------------------------------------------------------
    _rule(USER_UNKNOWN, r"address rejected|rejected address"),
    _rule(
        FILTERED,
        r"filtered|mailbox (?:is )?unavailable|requested action not taken|recipient preferences|did not like|not accept(?:ed|ing)?|refuse[ds]?|reject(?:ed)?\b|only accepting mail|blocked by the recipient|protected by",
    ),
)
_FOLDED = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower-case ``text`` with every run of white space as one space, bounded."""
    return _FOLDED.sub(" ", text[:MAX_TEXT]).lower()


def by_phrase(folded: str) -> Cause | None:
    """The cause that ``folded`` words tell, or None."""
    return next((rule.cause for rule in _RULES if rule.pattern.search(folded)), None)


def tells(folded: str, cause: Cause) -> bool:
    """Whether ``folded`` words hold a phrase of ``cause``."""
    return any(rule.pattern.search(folded) for rule in _RULES if rule.cause is cause)
