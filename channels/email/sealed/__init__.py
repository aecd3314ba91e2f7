"""Mails that are signed or encrypted, by S/MIME (RFC 8551) or PGP (RFC 3156, RFC 9580)."""
