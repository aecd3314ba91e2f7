"""Answers of forty more clients, a mail each: whatever they write around it, one sentence is new."""

from __future__ import annotations

import pytest

from tests.corpus.imitations.folding import assert_nothing_is_lost, shown
from threading_engine import quotes

ANA = "Ana Bell &lt;<a href='mailto:ana@shop.example'>ana@shop.example</a>&gt;"
YES = "The one in the hall."
OLD = "Which lamp is dark?"
MAILS = {
    "K-9": f'<!DOCTYPE html><html><body>{YES}<br><br>-- <br>Sent from my Android device with K-9 Mail. Please excuse my brevity.<br><br><div class="gmail_quote"><div dir="auto">On 3 March 2020 08:15:00 CET, {ANA} wrote:</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">{OLD}</blockquote></div></body></html>',
    "Airmail": f'<html><body><div id="bloop_customfont">{YES}</div><br><div id="bloop_sign_1" class="bloop_sign"><div>Ben Hall<br>Lamps</div></div><br><p class="airmail_on">On March 3, 2020 at 8:15:00 AM, Ana Bell (<a href="mailto:ana@shop.example">ana@shop.example</a>) wrote:</p> <blockquote type="cite" class="clean_bq"><span><div>{OLD}</div></span></blockquote></body></html>',
    "Mailspring": f'<div>{YES}</div><br><signature id="initial"><div>Ben Hall</div><div>Lamps</div></signature><div class="gmail_quote_attribution">On Mar 3 2020, at 8:15 am, {ANA} wrote:</div><blockquote>{OLD}</blockquote>',
    "Postbox": f'<html><body>{YES}<br><blockquote style="border: 0px none;" cite="mid:1@x" type="cite"><div style="margin:30px 25px 10px 25px;" class="__pbConvHr"><div style="width:100%;border-top:2px solid #EDF1F4;padding-top:10px;"><div style="display:inline-block;white-space:nowrap;"><a href="mailto:ana@shop.example">Ana Bell</a></div><div style="display:inline-block;"><font color="#909AA4">March 3, 2020 at 8:15 AM</font></div></div></div><div class="__pbConvBody">{OLD}</div></blockquote></body></html>',
    "Tuta": f'<div>{YES}<br></div><div><br></div><div>--<br></div><div>Sent with Tuta; enjoy secure &amp; ad-free emails.<br></div><div><br></div><div><br></div><div>3 Mar 2020, 08:15 by ana@shop.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: 10px; margin-left: 5px;"><div>{OLD}</div></blockquote>',
    "OX": f'<html><body><div class="default-style">{YES}</div><blockquote type="cite"><div>Ana Bell &lt;ana@shop.example&gt; hat am 03.03.2020 08:15 CET geschrieben:</div><div>&nbsp;</div><div>{OLD}</div></blockquote></body></html>',
    "SOGo": f'<html><p>{YES}</p><br><br>On Tuesday, March 03, 2020 08:15 CET, {ANA} wrote:<br> <blockquote type="cite" cite="1@x">{OLD}</blockquote></html>',
    "Horde": f'<p>{YES}</p><p>Zitat von {ANA}:</p><blockquote type="cite" style="border-left:2px solid blue;margin-left:2px;padding-left:12px;"><p>{OLD}</p></blockquote>',
    "GroupWise": f"<div>{YES}</div><div><br></div><div>&gt;&gt;&gt; {ANA} 03/03/20 8:15 AM &gt;&gt;&gt;</div><div>{OLD}</div>",
    "GroupWise German": f"<div>{YES}<br><br>&gt;&gt;&gt; Ana Bell 03.03.2020 08:15 &gt;&gt;&gt;<br>{OLD}<br></div>",
    "Seznam": f'<div>{YES}</div><aside>---------- Původní e-mail ----------<br>Od: {ANA}<br>Komu: desk@example.org<br>Datum: 3. 3. 2020 8:15:00<br>Předmět: Lamp</aside><br><blockquote data-email="ana@shop.example">{OLD}</blockquote>',
    "Onet": f'<p>{YES}</p><div class="nh_extra"><p>Dnia 3 marca 2020 08:15 {ANA} napisał(a):</p><blockquote class="nh_extra">{OLD}</blockquote></div>',
    "Orange": f'<p>{YES}</p><blockquote style="padding-left:10px;border-left:#f60 2px solid;"><p>&gt; Message du 03/03/20 08:15<br/>&gt; De : "Ana Bell" &lt;ana@shop.example&gt;<br/>&gt; A : desk@example.org<br/>&gt; Copie à : <br/>&gt; Objet : Lamp<br/>&gt; <br/>&gt; {OLD}</p></blockquote>',
    "Free": f'<div>{YES}</div><div><br></div><div>----- Mail original -----<br>De: "Ana Bell" &lt;ana@shop.example&gt;<br>À: desk@example.org<br>Envoyé: Mardi 3 Mars 2020 08:15:00<br>Objet: Lamp<br></div><div>{OLD}</div>',
    "Bluewin": f"{YES}<br><br>----Ursprüngliche Nachricht----<br>Von : ana@shop.example<br>Datum : 03/03/2020 - 08:15 (CEST)<br>An : desk@example.org<br>Betreff : Lamp<br><br>{OLD}",
    "Salesforce": f"{YES}<br><br>--------------- Original Message ---------------<br><b>From:</b> Ana Bell [ana@shop.example]<br><b>Sent:</b> 3/3/2020 8:15 AM<br><b>To:</b> desk@example.org<br><b>Subject:</b> Lamp [ ref:_00D1.5002:ref ]<br><br>{OLD}",
    "Windows Phone": f'<div><div style="font-family:Calibri;">{YES}<br><br>Sent from my Windows Phone</div></div><hr><span style="font-family:Tahoma,sans-serif;font-size:10pt;font-weight:bold">From: </span><span style="font-size:10pt">{ANA}</span><br><span style="font-weight:bold">Sent: </span><span>\u200e3/\u200e3/\u200e2020 8:15 AM</span><br><span>To: </span><span>desk@example.org</span><br><span>Subject: </span><span>Lamp</span><br><br>{OLD}',
    "Outlook iOS 2017": f'<div>{YES}</div><div id="ms-outlook-mobile-signature"><div>Get <a href="https://aka.example/o0ukef">Outlook for iOS</a></div></div><br>_____________________________<br>From: Ana Bell &lt;ana@shop.example&gt;<br>Sent: Tuesday, March 3, 2020 8:15 AM<br>Subject: Lamp<br>To: desk@example.org<br><br>{OLD}',
    "HubSpot": f'<div dir="auto"><p>{YES}</p></div><div class="hs_signature"><p>Ben Hall<br>Lamps</p></div><div class="hs_reply"><div>On Tue, Mar 3, 2020 at 8:15 AM, {ANA} wrote:</div><blockquote style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">{OLD}</blockquote></div>',
    "Polymail": f'<div>{YES}</div><div class="pm-quote"><div>On Tue, Mar 3, 2020 at 8:15 AM Ana Bell &lt;<a>ana@shop.example</a>&gt; wrote:</div><blockquote>{OLD}</blockquote></div>',
    "Outlook.com 2013": f'<div dir="ltr">{YES}<br><div><hr id="stopSpelling">Date: Tue, 3 Mar 2020 08:15:00 +0100<br>Subject: Lamp<br>From: ana@shop.example<br>To: desk@example.org<br><br>{OLD}</div></div>',
    "Hotmail": f'{YES}<br><br><hr id="stopSpelling">From: ana@shop.example<br>To: desk@example.org<br>Subject: Lamp<br>Date: Tue, 3 Mar 2020 08:15:00 +0100<br><br>{OLD}',
    "Incredimail": f"<TABLE><TR><TD>{YES}</TD></TR></TABLE><DIV><I>-------Original Message-------</I></DIV><DIV><B>From:</B> Ana Bell</DIV><DIV><B>Date:</B> 03/03/20 08:15:00</DIV><DIV><B>To:</B> Desk</DIV><DIV><B>Subject:</B> Lamp</DIV><DIV>{OLD}</DIV>",
    "Kerio": f"<div>{YES}</div><hr><b>From:</b> Ana Bell &lt;ana@shop.example&gt;<br><b>Date:</b> 3/3/20 8:15 AM<br><b>To:</b> desk@example.org<br><b>Subject:</b> Lamp<br><br>{OLD}",
    "Teamviewer table header": f"<p>{YES}</p><table><tr><td><b>From:</b></td><td>{ANA}</td></tr><tr><td><b>Sent:</b></td><td>3 March 2020 08:15</td></tr><tr><td><b>To:</b></td><td>desk@example.org</td></tr><tr><td><b>Subject:</b></td><td>Lamp</td></tr></table><p>{OLD}</p>",
    "Google Groups": f'<div dir="ltr">{YES}</div><br><div class="gmail_quote"><div dir="auto" class="gmail_attr">On Tuesday, March 3, 2020 at 8:15:00 AM UTC+1 ana@shop.example wrote:<br></div><blockquote class="gmail_quote" style="margin: 0 0 0 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">{OLD}</blockquote></div><p></p>\n\n-- <br />\nYou received this message because you are subscribed to the Google Groups &quot;lamps&quot; group.<br />\nTo unsubscribe, mail lamps+unsubscribe@list.example.<br />',
    "Zoho Desk": f"<div>{YES}</div><div><br></div><div>---- on Tue, 3 Mar 2020 08:15:00 +0100 <b>Ana Bell &lt;ana@shop.example&gt;</b> wrote ---- <br></div><blockquote>{OLD}</blockquote>",
    "Freshdesk": f'<div>{YES}</div><div class="freshdesk_quote"><br><div>On Tue, 3 Mar at 8:15 AM , Ana &lt;ana@shop.example&gt; wrote:</div><blockquote class="freshdesk_quote">{OLD}</blockquote></div>',
    "Help Scout": f'<table><tr><td>{YES}</td></tr></table><div class="hs-divider"></div><div>On Tue, Mar 3, 2020 at 8:15am, Ana Bell &lt;ana@shop.example&gt; wrote:</div><blockquote>{OLD}</blockquote>',
    "Mimestream": f'<html><body><div dir="ltr">{YES}</div><br><div class="mimestream_quote gmail_quote">On March 3, 2020, Ana Bell &lt;ana@shop.example&gt; wrote:<br><blockquote style="border-left:1px solid #ccc">{OLD}</blockquote></div></body></html>',
    "Canary": f'<div id="CanaryBody"><div>{YES}</div></div><div id="CanarySig"><div><div><br></div></div></div><div id="CanaryDropbox"></div><blockquote id="CanaryBlockquote"><div><div>On Tuesday, Mar 03, 2020 at 8:15 AM, Ana Bell &lt;<a href="mailto:ana@shop.example">ana@shop.example</a>&gt; wrote:<br></div><div>{OLD}</div></div></blockquote>',
    "BlueMail": f'<div dir="auto">{YES}</div><div class="bm_signature"></div><div class="gmail_quote"><blockquote class="gmail_quote" style="margin: 0"><div>On Mar 3, 2020, at 8:15 AM, Ana Bell &lt;<a>ana@shop.example</a>&gt; wrote:</div><p>{OLD}</p></blockquote></div>',
    "Edison": f'<div>{YES}</div><br/><br/><div class="edo-reply-signature"></div><div class="edo-reply-content"><div>On Mar 3, 2020 at 8:15 AM, &lt;<a>Ana Bell</a>&gt; wrote:<br/></div><blockquote type="cite">{OLD}</blockquote></div>',
    "Newton": f'<div>{YES}</div><div class="cm_quote" style="color: #787878">On Tue, Mar 03, 2020 at 8:15 AM <a>Ana Bell &lt;ana@shop.example&gt;</a>, wrote:<br></div><blockquote class="cm_quote">{OLD}</blockquote>',
    "Shortwave": f'<div dir="ltr">{YES}</div><br><div class="gmail_quote"><div>On Tue Mar 3, 2020, 08:15 AM GMT, <a>Ana Bell</a> wrote:</div><blockquote class="gmail_quote">{OLD}</blockquote></div>',
    "Naver": f'<p>{YES}</p><p><br></p><p>-----Original Message-----<br><b>From:</b> "Ana Bell" &lt;ana@shop.example&gt;<br><b>To:</b> &lt;desk@example.org&gt;;<br><b>Cc:</b><br><b>Sent:</b> 2020-03-03 (화) 08:15:00 (GMT+09:00)<br><b>Subject:</b> Lamp<br></p><div>{OLD}</div>',
    "Sina": f'<div>{YES}</div><div id="origbody"><div style="background: #f2f2f2;">----- 原始邮件 -----<br>发件人："Ana Bell" &lt;ana@shop.example&gt;<br>收件人：desk@example.org<br>主题：Lamp<br>日期：2020年03月03日 08点15分<br></div><br>{OLD}</div>',
    "Alibaba": f'<div>{YES}</div><blockquote style="margin-right:0;margin-top:0;margin-bottom:0;"><div>------------------------------------------------------------------</div><div>发件人：Ana Bell &lt;ana@shop.example&gt;</div><div>发送时间：2020年3月3日(星期二) 08:15</div><div>收件人：desk &lt;desk@example.org&gt;</div><div>主　题：Lamp</div><div>{OLD}</div></blockquote>',
    "Foxmail": f'<div>{YES}</div><div><br></div><hr style="width: 210px; height: 1px;" color="#b5c4df" size="1" align="left"><blockquote><div>&nbsp;</div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div style="PADDING-RIGHT: 8px; FONT-SIZE: 12px;BACKGROUND: #efefef;"><div><b>发件人：</b>&nbsp;<a>Ana Bell</a></div><div><b>发送时间：</b>&nbsp;2020-03-03&nbsp;08:15</div><div><b>收件人：</b>&nbsp;desk</div><div><b>主题：</b>&nbsp;Lamp</div></div></div><div>{OLD}</div></blockquote>',
}


@pytest.mark.parametrize("client", MAILS)
def test_one_sentence_is_new(client: str) -> None:
    folded = quotes.fold_html(MAILS[client])
    assert shown(folded) == YES
    assert OLD in folded.elided
    assert_nothing_is_lost(folded)


def test_a_mail_that_is_all_signature_is_words() -> None:
    folded = quotes.fold_html(f"<div class=signature-pad><p>{YES}</p><p>Ben</p></div>")
    assert shown(folded) == f"{YES} Ben"
