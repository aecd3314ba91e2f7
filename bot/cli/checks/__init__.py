"""The checks of ``replydesk check``: each yields what it found, and changes nothing."""
