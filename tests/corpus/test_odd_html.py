"""HTML mails with the oddities of real ones; what has to be visible is written beside each."""

from __future__ import annotations

import pytest

from tests.corpus.imitations.folding import assert_nothing_is_lost, shown
from threading_engine import quotes

ANA = "Ana Bell &lt;<a href='mailto:ana@shop.example'>ana@shop.example</a>&gt;"
GMAIL = (
    '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Mar 3, 2020 at 8:15 AM '
    f'{ANA} wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px '
    'solid #ccc;padding-left:1ex">Which lamp is dark?</blockquote></div>'
)
OUTLOOK = (
    "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
    f"<b>From:</b> {ANA}<br><b>Sent:</b> Tuesday, March 3, 2020 8:15 AM<br><b>To:</b> Desk<br><b>Subject:</b> "
    "Lamp<o:p></o:p></p></div></div><p class=MsoNormal>Which lamp is dark?<o:p></o:p></p>"
)
WEB = (
    '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" '
    f'dir="ltr"><font><b>From:</b> {ANA}<br><b>Sent:</b> Tuesday, March 3, 2020<br><b>To:</b> Desk<br><b>Subject:</b> '
    "Lamp</font><div>&nbsp;</div></div><div>Which lamp is dark?</div>"
)
OURS = '<div style="color:#888">## Please reply above this line ##</div><p>Ticket 42: Which lamp is dark?</p>'
YES = "The one in the hall."

MAILS: dict[str, tuple[str, str]] = {
    "disclaimer in a table below the words": (
        (
            f"<div>{YES}</div><br><table><tr><td><p>This e-mail and its attachments are confidential and intended only for the "
            f"person to whom it is addressed.</p></td></tr></table>{GMAIL}"
        ),
        YES,
    ),
    "disclaimer appended by a gateway below the quote": (
        (
            f"<html><body><div>{YES}</div>{GMAIL}</body></html><br><hr><p style='font-size:8pt'>This message is confidential. "
            "If you are not the intended recipient, delete it.</p>"
        ),
        YES,
    ),
    "gateway's warning in a table above the words": (
        (
            "<table border=0 bgcolor=#FFEB9C><tr><td><b>CAUTION:</b> This email originated from outside of the organization."
            f"</td></tr></table><div>{YES}</div>{GMAIL}"
        ),
        YES,
    ),
    "tracking pixel and style": (
        (
            f"<html><head><style>td{{x:y}}</style></head><body>{YES}<img src='https://t.example/o.gif' width=1 height=1 alt=''>"
            f"{GMAIL}</body></html>"
        ),
        YES,
    ),
    "conditional comments of Word": (
        (
            f"<!--[if mso]><table><tr><td><![endif]--><p>{YES}</p><!--[if mso]></td></tr></table><![endif]--><!--[if !mso]><!-->"
            f"<p>Really.</p><!--<![endif]-->{OUTLOOK}"
        ),
        f"{YES} Really.",
    ),
    "base and meta": (
        f"<html><head><base href='https://shop.example/'><meta charset=utf-8><title>Re: Lamp</title></head><body>{YES}{WEB}",
        YES,
    ),
    "unclosed tags": (
        f"<html><body><div><p>{YES}<p><b>Really<div>now.{GMAIL}",
        f"{YES} Really now.",
    ),
    "two bodies": (f"<html><body>{YES}</body></html><html><body>{GMAIL}</body></html>", YES),
    "words in layout tables": (
        (
            f"<table width=100%><tr><td align=center><table width=600><tr><td>{YES}</td></tr><tr><td>Ben</td></tr></table></td></tr>"
            f"<tr><td>{GMAIL}</td></tr></table>"
        ),
        f"{YES} Ben",
    ),
    "quote inside of a layout table's cell": (
        f"<table><tr><td>{YES}<br>{WEB}</td></tr></table>",
        YES,
    ),
    "right to left": (
        f"<div dir=rtl>המנורה במסדרון.</div>{GMAIL}",
        "המנורה במסדרון.",
    ),
    "pre-wrapped text": (
        f"<div style='white-space:pre-wrap'>{YES}\n\nReally.</div>{GMAIL}",
        f"{YES} Really.",
    ),
    "plain text in a pre element, as gateways write it": (
        (
            f"<html><body><pre>{YES}\n\nOn 3 Mar 2020, at 08:15, Ana Bell &lt;ana@shop.example&gt; wrote:\n\n&gt; Which lamp is "
            "dark?\n</pre></body></html>"
        ),
        YES,
    ),
    "text converted by Exchange": (
        (
            f"<font size=2><span style='font-size:10pt;'><div class=PlainText>{YES}<br>\n<br>\n-----Original Message-----<br>\n"
            f"From: {ANA} <br>\nSent: 3 March 2020 08:15<br>\nTo: desk@example.org<br>\nSubject: Lamp<br>\n<br>\nWhich lamp is "
            "dark?<br>\n</div></span></font>"
        ),
        YES,
    ),
    "our own notification, unmarked": (f"<div>{YES}</div><br>{OURS}", YES),
    "our own notification below Outlook's header": (
        f"<p class=MsoNormal>{YES}</p>{OUTLOOK}{OURS}",
        YES,
    ),
    "our own notification in a quote": (f"{YES}<blockquote type=cite>{OURS}</blockquote>", YES),
    "answers below our own line in a quote": (
        f"<blockquote type=cite>{OURS}</blockquote><div>{YES}</div>",
        YES,
    ),
    "colours announced": (
        f"<p class=MsoNormal>See my answers in red below.</p>{OUTLOOK}<p class=MsoNormal><span style='color:red'>{YES}</span></p>",
        (
            "See my answers in red below. From: Ana Bell <ana@shop.example> Sent: Tuesday, March 3, 2020 8:15 AM To: Desk "
            f"Subject: Lamp Which lamp is dark? {YES}"
        ),
    ),
    "colours announced in German": (
        f"<div>Hallo Ana, meine Antworten in blau im Text.</div>{WEB}<div style='color:blue'>{YES}</div>",
        (
            "Hallo Ana, meine Antworten in blau im Text. --- From: Ana Bell <ana@shop.example> Sent: Tuesday, March 3, 2020 To: "
            f"Desk Subject: Lamp Which lamp is dark? {YES}"
        ),
    ),
    "the same words about something else": (
        f"<p>The cable in red below the desk is broken.</p>{OUTLOOK}",
        "The cable in red below the desk is broken.",
    ),
    "a table of one's own": (
        f"<p>Ours:</p><table><tr><th>Lamp</th><th>Dark</th></tr><tr><td>Hall</td><td>yes</td></tr></table>{GMAIL}",
        "Ours: Lamp | Dark Hall | yes",
    ),
    "lists of one's own": (
        f"<p>Two:</p><ol><li>hall</li><li>yard</li></ol><ul><li>dark</li></ul>{GMAIL}",
        "Two: 1. hall 2. yard - dark",
    ),
    "one's own indentation": (
        f"<blockquote style='margin:0 0 0 40px;border:none;padding:0px'><div>{YES}</div></blockquote>{GMAIL}",
        YES,
    ),
    "somebody quoted in the middle": (
        f"<p>The sign says:</p><blockquote>No lamps.</blockquote><p>{YES}</p>{GMAIL}",
        f"The sign says: No lamps. {YES}",
    ),
    "nothing above the quote": (GMAIL, ""),
    "nothing above but the phone's line": (
        f"<div dir=ltr>Sent from my iPhone</div>{GMAIL}",
        "",
    ),
    "hidden preview": (
        (
            "<div style='display:none;max-height:0;overflow:hidden'>Preview of the words</div>"
            f"<span style='font-size:0px;color:#fff;opacity:0'>More of it</span><p>{YES}</p>"
        ),
        YES,
    ),
    "zero-width padding": (f"<p>{YES}&zwnj;&nbsp;&zwnj;&nbsp;&#847;&shy;</p>{GMAIL}", YES),
    "emoji as pictures": (
        f"<div>{YES} <img class=emoji alt='😀' src='https://e.example/1f600.png'></div>{GMAIL}",
        f"{YES} 😀",
    ),
    "signature with a logo": (
        f"<div>{YES}</div><div id=Signature><img src='cid:logo@1'><br>Ben Hall</div>{WEB}",
        YES,
    ),
    "signature set by the company below Outlook's words": (
        (
            f"<p class=MsoNormal>{YES}</p><p class=MsoNormal>Kind regards,</p><p class=MsoNormal>Ben Hall</p><p class=MsoNormal>"
            f"Manager, Lamps Ltd</p><p class=MsoNormal>T +44 20 7946 0000</p>{OUTLOOK}"
        ),
        YES,
    ),
    "Word's smart signature with a table": (
        (
            f"<p class=MsoNormal>{YES}</p><p class=MsoNormal>-- </p><table class=MsoNormalTable><tr><td><p class=MsoNormal>Ben"
            f"</p></td><td><p class=MsoNormal>Lamps Ltd</p></td></tr></table>{OUTLOOK}"
        ),
        YES,
    ),
    "a header pasted into the words of a Google mail": (
        f"<div dir=ltr>Their mail said:<div>Lamps are sold out until May.</div><div>{YES}</div></div>{GMAIL}",
        f"Their mail said: Lamps are sold out until May. {YES}",
    ),
    "link with another text": (
        f"<a href='https://shop.example/lamps?id=1'>{YES}</a>{GMAIL}",
        f"{YES} <https://shop.example/lamps?id=1>",
    ),
    "a rewritten safe link": (
        (
            "<a href='https://eur01.safelinks.example/?url=https%3A%2F%2Fshop.example%2Flamps&amp;data=05'>"
            f"https://shop.example/lamps</a>{GMAIL}"
        ),
        "https://shop.example/lamps <https://eur01.safelinks.example/?url=https%3A%2F%2Fshop.example%2Flamps&data=05>",
    ),
    "a mail without any quote": (
        f"<html><body><div>{YES}</div><div><br></div><div>Ben</div></body></html>",
        f"{YES} Ben",
    ),
    "a note with a bar beside it": (
        f"<p>{YES}</p><div style='border-left:3px solid #ddd;padding-left:8px'>Mind the step.</div>",
        f"{YES} Mind the step.",
    ),
    "a frame in Outlook's grey": (
        (
            f"<table style='border:1px solid #e1e1e1;padding:8px'><tr><td>{YES}</td></tr></table><div style='border-top:1px solid "
            "#E1E1E1;padding-top:4px'>Really.</div>"
        ),
        f"{YES} Really.",
    ),
    "a link in Outlook's blue": (
        f"<p style='border-bottom:solid blue 1.0pt'>{YES}</p>{OUTLOOK}",
        YES,
    ),
    "Teams' invitation below the words": (
        (
            f"<p>{YES}</p><div>________________________________________________________________________________</div>"
            "<div>Microsoft Teams meeting</div><div>Join: https://teams.example/1</div>"
        ),
        YES,
    ),
    "a vendor's desk asks to reply above its line": (
        f"<div style='color:#b5b5b5'>##- Please type your reply above this line -##</div><p>{YES}</p><p>Ben, Lamps Ltd</p>",
        f"{YES} Ben, Lamps Ltd",
    ),
    "a vendor's desk with history below": (
        (
            "<div style='color:#b5b5b5'>##- Please type your reply above this line -##</div>"
            f"<p>{YES}</p><hr><p><b>Desk</b> (desk@example.org)</p><p>Mar 3, 2020, 08:15 GMT</p><p>Which lamp is dark?</p>"
        ),
        f"{YES} --- Desk (desk@example.org) Mar 3, 2020, 08:15 GMT Which lamp is dark?",
    ),
    "Freshdesk's agent": (
        (
            f"<div>{YES}</div><div class='freshdesk_quote'><blockquote class='freshdesk_quote'>On Tue, 3 Mar at 8:15 AM , Ana "
            "&lt;ana@shop.example&gt; wrote:<br>Which lamp is dark?</blockquote></div>"
        ),
        YES,
    ),
    "Intercom's agent": (
        (
            f"<div class=intercom-container><p>{YES}</p></div><div class='history'><div>On Tue, Mar 3, 2020 at 08:15 AM, \"Ana\" "
            "&lt;ana@shop.example&gt; wrote:</div><blockquote>Which lamp is dark?</blockquote></div>"
        ),
        YES,
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_oddities(name: str) -> None:
    html, visible = MAILS[name]
    folded = quotes.fold_html(html)
    if visible:
        assert shown(folded) == visible
    else:
        assert not folded.own
    assert_nothing_is_lost(folded)
