"""From sections of the configuration to the options of listeners and senders."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

from bot.errors import ConfigurationError
from bot.ports import Channel
from bot.settings import ListenerSection, SmtpOutSection, TrustSection
from bot.settings.rules import WebhooksSection, secret_bytes
from channels.email.authenticate import Trust
from channels.email.outbox import Outbox
from channels.email.peers import PeerLimits
from channels.email.smtp_in import ListenerOptions
from channels.email.smtp_out import SenderOptions, SmtpSender
from channels.webhook import WebhookOptions, WebhookSender


def listener_options(section: ListenerSection) -> ListenerOptions:
    """The listener's options; raises ConfigurationError where they make no sense."""

    def login(user: str, password: bytes) -> bool:
        wanted = section.users.get(user)
        # The comparison runs for unknown users too, so that its time tells nothing.
        same = hmac.compare_digest((wanted or "").encode(), password)
        return wanted is not None and same

    return ListenerOptions(
        protocol=section.protocol,
        host=section.host,
        port=section.port,
        socket_path=section.socket,
        hostname=section.hostname,
        certificate=section.certificate,
        key=section.key,
        implicit_tls=section.implicit_tls,
        require_tls=section.require_tls,
        login=login if section.users else None,
        auth_required=section.auth_required,
        max_size=section.max_size,
        limits=PeerLimits(
            connections_per_peer=section.connections_per_peer or None,
            messages_per_minute=section.mails_per_minute or None,
        ),
    )


def trust_of(section: TrustSection) -> Trust:
    """Whose word about senders counts; raises ConfigurationError for what is no network."""
    try:
        return Trust.of(
            senders=section.senders,
            relays=section.relays,
            authserv_ids=section.authserv_ids,
            arc_sealers=section.arc_sealers,
        )
    except ValueError as error:
        raise ConfigurationError(
            f"trust: expected networks such as 192.0.2.0/24: {error}"
        ) from None


def mail_channel(section: SmtpOutSection) -> Channel:
    """Where our mail goes: to the mail server, or into a folder."""
    return Outbox(section.outbox) if section.outbox else SmtpSender(sender_options(section))


def webhook_channel(
    section: Callable[[], WebhooksSection], clock: Callable[[], datetime]
) -> Channel:
    """Where what rules post goes; the section is asked for each post, as it may change."""

    def options() -> WebhookOptions:
        now = section()
        return WebhookOptions.of(secret_bytes(now.secret), now.networks)

    return WebhookSender(options, clock)


def sender_options(section: SmtpOutSection) -> SenderOptions:
    """The sender's options."""
    return SenderOptions(
        host=section.host,
        port=section.port,
        tls=section.tls,
        user=section.user or None,
        password=section.password,
        verify=section.verify,
        authority=section.authority,
        helo=section.helo,
        per_domain=section.per_domain,
        connections=section.connections,
    )
