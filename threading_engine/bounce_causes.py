"""Why a delivery failed, as a person says it, and what follows for the address.

A cause is *permanent* when the address itself is dead (nobody there, no such domain, moved away,
takes no mail at all): mailing it again is pointless. Everything else may work tomorrow, from
another server or with another text, whatever the first digit of the reply says.

Where a report gives no enhanced status, ``number`` makes one up in the unassigned range
``x.0.9nn`` of RFC 3463. The numbers are those that the Sisimai bounce analyser made customary, so
that figures of both can be laid side by side.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """One reason for which mail is not delivered."""

    #: What a person is told: "not delivered: mailbox full".
    name: str
    #: The detail of a made-up status ``5.0.9nn``.
    number: int
    #: True when the address is dead.
    permanent: bool = False


# The address.
USER_UNKNOWN = Cause(name="no such address", number=911, permanent=True)
HOST_UNKNOWN = Cause(name="no such domain", number=912, permanent=True)
MOVED = Cause(name="the address has moved", number=916, permanent=True)
NO_MAIL_ACCEPTED = Cause(name="the domain takes no mail", number=932, permanent=True)
MAILBOX_FULL = Cause(name="mailbox full", number=922)
SUSPENDED = Cause(name="mailbox disabled", number=921)
FILTERED = Cause(name="refused for this recipient", number=910)
# The sender and the way.
REJECTED = Cause(name="sender refused", number=918)
BLOCKED = Cause(name="sending server blocked", number=971)
NO_REVERSE_NAME = Cause(name="sending server without reverse name", number=973)
BAD_REPUTATION = Cause(name="sender's reputation too low", number=975)
AUTHENTICATION = Cause(name="sender authentication failed", number=976)
SECURITY = Cause(name="login required", number=970)
ENCRYPTION = Cause(name="encryption failed", number=930)
NO_RELAYING = Cause(name="relaying denied", number=909)
TOO_MANY = Cause(name="too many messages at once", number=945)
GREYLISTED = Cause(name="asked to try again later", number=945)
EXPIRED = Cause(name="delivery time expired", number=947)
NETWORK = Cause(name="network problem", number=944)
LOOP = Cause(name="mail loop", number=944)
# The message.
POLICY = Cause(name="against the server's policy", number=972)
NOT_COMPLIANT = Cause(name="against the mail standard", number=974)
SPAM = Cause(name="taken for spam", number=980)
VIRUS = Cause(name="taken for a virus", number=971)
TOO_BIG = Cause(name="message too big", number=934)
OVER_LIMIT = Cause(name="message too big for this recipient", number=923)
CONTENT = Cause(name="content refused", number=960)
# The server.
SYSTEM_FULL = Cause(name="the server's disk is full", number=931)
SYSTEM = Cause(name="server problem", number=930)
MAILER = Cause(name="delivery program failed", number=939)
SYNTAX = Cause(name="protocol error", number=902)
# Words that no rule knows, and no words at all.
ON_HOLD = Cause(name="reason unclear", number=901)
UNDEFINED = Cause(name="no reason given", number=900)

#: What the details of an enhanced status mean (RFC 3463, RFC 7505, RFC 7372 and Microsoft's own).
_MEANINGS = (
    (USER_UNKNOWN, "1.0 1.1 1.3 1.4 1.351"),
    (HOST_UNKNOWN, "1.2 4.4 4.310"),
    (MOVED, "1.6"),
    (REJECTED, "1.7 1.8 7.60"),
    (NO_MAIL_ACCEPTED, "1.10 7.27"),
    (FILTERED, "2.0 2.1 2.4"),
    (MAILBOX_FULL, "2.2"),
    (OVER_LIMIT, "2.3"),
    (SYSTEM, "3.0 3.3 3.5"),
    (SYSTEM_FULL, "3.1 4.5"),
    (TOO_MANY, "3.2 5.3 7.28"),
    (TOO_BIG, "3.4"),
    (NETWORK, "4.1 4.2 4.3 4.312"),
    (LOOP, "4.6 4.14"),
    (EXPIRED, "4.7 4.316"),
    (SYNTAX, "5.1 5.2 5.4"),
    (CONTENT, "6.0 6.1 6.2 6.3 6.5 6.7 6.9"),
    (ENCRYPTION, "7.4 7.5 7.10 7.11"),
    (SECURITY, "7.8"),
    (POLICY, "7.9"),
    (SUSPENDED, "7.13"),
    (AUTHENTICATION, "7.20 7.21 7.22 7.23 7.24 7.26 7.509 7.515"),
    (NO_REVERSE_NAME, "7.25"),
    (BLOCKED, "7.511 7.606"),
    (BAD_REPUTATION, "7.650"),
)
_BY_STATUS = {detail: cause for cause, details in _MEANINGS for detail in details.split()}


def by_status(status: str) -> Cause | None:
    """The cause that an enhanced status such as ``5.2.2`` names, or None for a general one."""
    return _BY_STATUS.get(status.partition(".")[2])
