"""Forwards of forty more clients, a mail each."""

from __future__ import annotations

import pytest

from threading_engine import forwards
from threading_engine.message import Message

N = "Can you look at this?"
B = "The lamp is dark."
A = "Ana Bell <ana@shop.example>"
H = "Ana Bell &lt;<a href='mailto:ana@shop.example'>ana@shop.example</a>&gt;"
#: What phones add to the note.
DEVICE_LINES = (
    "Sent from Mail for Windows 10",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Sent from my Windows Phone",
    "Sent from my BlackBerry 10 smartphone.",
)
PLAIN = {
    "airmail": f"{N}\n\nBegin forwarded message:\n\nFrom: {A}\nReply: Ana Bell <ana@shop.example>\nDate: March 3, 2020 at 8:15:00 AM\nTo: desk@example.org <desk@example.org>\nSubject:  Lamp\n\n{B}",
    "tuta": f"{N}\n\n----- Forwarded message -----\n\nFrom: ana@shop.example\nTo: desk@example.org\nDate: 3 Mar 2020, 08:15\nSubject: Lamp\n\n{B}",
    "ox": f"{N}\n\n---------- Weitergeleitete Nachricht ----------\nVon: {A}\nAn: desk@example.org\nDatum: 03.03.2020 08:15 CET\nBetreff: Lamp\n\n\n{B}",
    "seznam": f"{N}\n\n---------- Přeposlaný e-mail ----------\nOd: {A}\nKomu: desk@example.org\nDatum: 3. 3. 2020 8:15:00\nPředmět: Lamp\n\n{B}",
    "orange": f'{N}\n\n> Message du 03/03/20 08:15\n> De : "Ana Bell" <ana@shop.example>\n> A : desk@example.org\n> Copie à : \n> Objet : Lamp\n> \n> {B}',
    "free": f'{N}\n\n----- Mail transféré -----\nDe: "Ana Bell" <ana@shop.example>\nÀ: desk@example.org\nEnvoyé: Mardi 3 Mars 2020 08:15:00\nObjet: Lamp\n\n{B}',
    "laposte": f"{N}\n\n---------- Message transféré ----------\nDe : {A}\nDate : mar. 3 mars 2020 à 08:15\nObjet : Lamp\nÀ : desk@example.org\n\n{B}",
    "bluewin": f"{N}\n\n----Weitergeleitete Nachricht----\nVon : ana@shop.example\nDatum : 03/03/2020 - 08:15 (CEST)\nAn : desk@example.org\nBetreff : Lamp\n\n{B}",
    "kerio": f"{N}\n\n---- Forwarded message ----\nFrom: {A}\nDate: 3/3/20 8:15 AM\nTo: desk@example.org\nSubject: Lamp\n\n{B}",
    "mailru": f"{N}\n\n\n-------- Пересылаемое сообщение --------\nОт кого: {A}\nКому: desk@example.org\nДата: Вторник, 3 марта 2020, 8:15 +03:00\nТема: Lamp\n\n{B}",
    "rambler": f"{N}\n\n--- Пересылаемое сообщение ---\nОт: {A}\nКому: desk@example.org\nДата: 3 марта 2020\nТема: Lamp\n\n{B}",
    "naver": f'{N}\n\n-----Original Message-----\nFrom: "Ana Bell" <ana@shop.example> \nTo: "desk" <desk@example.org>; \nCc: \nSent: 2020-03-03 (화) 08:15:00 (GMT+09:00)\nSubject: Lamp\n\n{B}',
    "sina": f'{N}\n\n----- 转发的邮件 -----\n发件人："Ana Bell" <ana@shop.example>\n收件人：desk@example.org\n主题：Lamp\n日期：2020年03月03日 08点15分\n\n{B}',
    "alibaba": f"{N}\n------------------------------------------------------------------\n发件人：{A}\n发送时间：2020年3月3日(星期二) 08:15\n收件人：desk <desk@example.org>\n主　题：Lamp\n\n{B}",
    "GroupWise": f"{N}\n\n\n>>> Ana Bell <ana@shop.example> 03/03/20 8:15 AM >>>\n{B}",
    "windows mail": f"{N}\n\nSent from Mail for Windows 10\n\nFrom: Ana Bell\nSent: Tuesday, 3 March 2020 08:15\nTo: desk@example.org\nSubject: Lamp\n\n{B}",
    "front": f"{N}\n\n---------- Forwarded message ----------\nFrom: Ana Bell <ana@shop.example>\nDate: March 3, 2020 at 8:15 AM GMT+1\nSubject: Lamp\nTo: Desk <desk@example.org>\n\n\n{B}",
    "hey": f"{N}\n\nBegin forwarded message:\n\nFrom: {A}\nDate: March 3, 2020\nTo: desk@example.org\nSubject: Lamp\n\n{B}",
    "canary": f"{N}\n\n---------- Forwarded message ----------\n\nFrom: {A}\nDate: Tuesday, Mar 03, 2020 at 8:15 AM\nTo: desk <desk@example.org>\nSubject: Lamp\n\n{B}",
    "mobile de": f"{N}\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n-------- Ursprüngliche Nachricht --------\nVon: {A} \nDatum: 03.03.20 08:15 (GMT+01:00) \nAn: desk@example.org \nBetreff: Lamp \n\n{B}",
    "postmaster list": f"{N}\n\n--- Forwarded Message Attachment ---\nFrom: ana@shop.example\nTo: desk@example.org\nDate: Tue, 3 Mar 2020 08:15:00 +0100\nSubject: Lamp\n\n{B}",
    "pegasus": f"{N}\n\n------- Forwarded message follows -------\nFrom:           \tAna Bell <ana@shop.example>\nTo:             \tdesk@example.org\nSubject:        \tLamp\nDate sent:      \tTue, 3 Mar 2020 08:15:00 +0100\n\n{B}\n------- End of forwarded message -------",
    "gnus": f"{N}\n\n-------------------- Start of forwarded message --------------------\nFrom: {A}\nSubject: Lamp\nTo: desk@example.org\nDate: Tue, 03 Mar 2020 08:15:00 +0100\n\n{B}\n-------------------- End of forwarded message --------------------",
    "elm": f"{N}\n\nForwarded message:\n> From: {A}\n> Subject: Lamp\n> To: desk@example.org\n> Date: Tue, 3 Mar 2020 08:15:00 +0100\n> \n> {B}",
    "squirrelmail": f'{N}\n\n---------------------------- Original Message ----------------------------\nSubject: Lamp\nFrom:    "Ana Bell" <ana@shop.example>\nDate:    Tue, March 3, 2020 8:15 am\nTo:      desk@example.org\n--------------------------------------------------------------------------\n\n{B}',
    "horde": f"{N}\n\n----- Weitergeleitete Nachricht von Ana Bell <ana@shop.example> -----\n Datum: Tue, 03 Mar 2020 08:15:00 +0100\n   Von: Ana Bell <ana@shop.example>\nBetreff: Lamp\n    An: desk@example.org\n\n{B}\n\n----- Ende der weitergeleiteten Nachricht -----",
    "claws": f"{N}\n\nBegin forwarded message:\n\nDate: Tue, 3 Mar 2020 08:15:00 +0100\nFrom: {A}\nTo: desk@example.org\nSubject: Lamp\n\n\n{B}",
    "sylpheed": f"{N}\n\nForwarded by Ben Hall <ben@shop.example>\n----------------------- Original Message -----------------------\n From:    {A}\n To:      desk@example.org\n Date:    Tue, 3 Mar 2020 08:15:00 +0100\n Subject: Lamp\n----\n\n{B}",
    "becky": f"{N}\n\nForwarded by Ben Hall <ben@shop.example>\n----------------------- Original Message -----------------------\n From:    {A}\n To:      desk@example.org\n Date:    Tue, 3 Mar 2020 08:15:00 +0100\n Subject: Lamp\n----\n\n{B}\n--------------------- Original Message Ends --------------------",
}
RICH = {
    "postbox": f"<div>{N}</div><br><div class='moz-forward-container'>-------- Original Message --------<br><table class='moz-email-headers-table'><tr><th align=right>Subject: </th><td>Lamp</td></tr><tr><th>Date: </th><td>Tue, 3 Mar 2020 08:15</td></tr><tr><th>From: </th><td>{H}</td></tr><tr><th>To: </th><td>desk@example.org</td></tr></table><br><p>{B}</p></div>",
    "superhuman": f"<div>{N}</div><br><div class='gmail_quote'>---------- Forwarded message ----------<br/>From: <b>Ana Bell</b> &lt;<a href='mailto:ana@shop.example'>ana@shop.example</a>&gt;<br/>Date: Tue, Mar 03, 2020 at 8:15 AM<br/>Subject: Lamp<br/>To: desk@example.org<br/><br/><div>{B}</div></div>",
    "foxmail": f"<div>{N}</div><div><br></div><blockquote><div>&nbsp;</div><div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm'><div><b>发件人：</b>&nbsp;{H}</div><div><b>发送时间：</b>&nbsp;2020-03-03&nbsp;08:15</div><div><b>收件人：</b>&nbsp;desk</div><div><b>主题：</b>&nbsp;Lamp</div></div><div>{B}</div></blockquote>",
    "outlook table": f"<p>{N}</p><table><tr><td><b>From:</b></td><td>{H}</td></tr><tr><td><b>Sent:</b></td><td>3 March 2020 08:15</td></tr><tr><td><b>To:</b></td><td>desk@example.org</td></tr><tr><td><b>Subject:</b></td><td>Lamp</td></tr></table><p>{B}</p>",
    "mac 2011": f"<div>{N}</div><div><br></div><span id='OLK_SRC_BODY_SECTION'><div style='BORDER-TOP: #b5c4df 1pt solid; PADDING-TOP: 3pt'><span style='font-weight:bold'>From: </span> {H}<br><span style='font-weight:bold'>Date: </span> Tuesday, 3 March 2020 08:15<br><span style='font-weight:bold'>To: </span> desk@example.org<br><span style='font-weight:bold'>Subject: </span> Lamp<br></div><div><br></div><div>{B}</div></span>",
    "windows phone": f"<div>{N}<br><br>Sent from my Windows Phone</div><hr><span style='font-weight:bold'>From: </span>{H}<br><span>Sent: </span><span>\u200e3/\u200e3/\u200e2020 8:15 AM</span><br>To: desk@example.org<br>Subject: Lamp<br><br>{B}",
    "hotmail": f"{N}<br><br><hr id='stopSpelling'>From: ana@shop.example<br>To: desk@example.org<br>Subject: Lamp<br>Date: Tue, 3 Mar 2020 08:15:00 +0100<br><br>{B}",
    "notes table": f"<font>{N}</font><br><font color=#800080>----- Forwarded by Ben Hall/Shop on 03/03/2020 09:00 AM -----</font><br><br><table width=100%><tr valign=top><td width=40%><font><b>Ana Bell &lt;ana@shop.example&gt;</b></font><p><font>03/03/2020 08:15 AM</font><td><table><tr><td><div align=right>To</div><td>desk@example.org<tr><td><div align=right>cc</div><td><tr><td><div align=right>Subject</div><td>Lamp</table></table><br>{B}",
    "mailspring": f"{N}<br><br><div class='gmail_quote'>---------- Forwarded Message ---------<br><br>From: {H}<br>Subject: Lamp<br>Date: Mar 3 2020, at 8:15 am<br>To: desk@example.org<br><br>{B}</div>",
    "blackberry": f"<div>{N}</div><div>Sent from my BlackBerry 10 smartphone.</div><table><tr><td><div style='border-style: solid none none; border-top-color: rgb(181, 196, 223); border-top-width: 1pt; padding: 3pt 0in 0in;'><div><b>From: </b>{H}</div><div><b>Sent: </b>Tuesday, March 3, 2020 08:15</div><div><b>To: </b>desk@example.org</div><div><b>Subject: </b>Lamp</div></div></td></tr></table><div>{B}</div>",
}


@pytest.mark.parametrize("client", [*PLAIN, *RICH])
def test_a_forward_is_taken_apart(client: str) -> None:
    rich = client in RICH
    message = Message(
        text=PLAIN.get(client, ""), html=RICH[client] if rich else None, subject="Fwd: Lamp"
    )
    found = forwards.find(message)
    assert found is not None
    note = found.note
    for line in DEVICE_LINES:
        note = note.replace(line, "").strip()
    assert (note, found.body) == (N, B)
    assert found.subject == ("" if client == "GroupWise" else "Lamp")
    if client == "windows mail":
        assert (found.sender, found.name) == (None, "Ana Bell")
    else:
        assert found.sender is not None
        assert found.sender.address == "ana@shop.example"
