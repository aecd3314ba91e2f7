"""Reads mail: which conversation, which words, who says so, and did a human write it at all.

Pure and typed. Every module is one question with one main function; each takes values and gives
frozen values back, names the rule that decided, and never raises, whatever the bytes were:

============= ==================================== =====================================
question      ask                                  answer
============= ==================================== =====================================
which words   `quotes.fold`                        `quotes.Folded`: visible, elided, signature
forwarded?    `forwards.find`                      `forwards.Forwarded`: whose mail, the note above it
whose         `sender.parse_sender`                `message.Sender`, or why it is ambiguous
a machine?    `automatic.judge`                    `automatic.Automatic`: kind and rule
undelivered?  `bounces.read_failures`              `bounces.Failure`: address, status, permanent
about what    `subject.bare`                       the subject without prefixes
which ticket  `clues.collect`, then `match.decide` `match.Match`: ticket, rule, what disagreed
what we sign  `tokens.Keyring`                     reply addresses and Message-IDs of our own
============= ==================================== =====================================

All begin with a `message.Message`; ``channels.email.decode.decode`` makes one of raw bytes.
`docs/engine.md` shows them at work.
"""
