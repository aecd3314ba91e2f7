"""How clients forward: one small function each, plain text or HTML, in their own words.

To add a client, write its function and put it into ``PLAIN`` or ``RICH``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from tests.corpus.imitations.letters import LABELS

#: What Apple Mail writes above a forwarded mail.
APPLE = {
    "en": "Begin forwarded message:",
    "de": "Anfang der weitergeleiteten Nachricht:",
    "fr": "Début du message réexpédié :",
    "es": "Inicio del mensaje reenviado:",
    "it": "Inizio messaggio inoltrato:",
    "pt": "Início da mensagem reencaminhada:",
    "nl": "Begin doorgestuurd bericht:",
    "sv": "Vidarebefordrat brev:",
    "da": "Start på videresendt besked:",
    "no": "Videresendt melding:",
    "fi": "Välitetty viesti alkaa:",
    "pl": "Początek przekazywanej wiadomości:",
    "cs": "Začátek přeposílané zprávy:",
    "sk": "Začiatok preposlanej správy:",
    "hu": "Továbbított levél kezdete:",
    "ro": "Începutul mesajului redirecționat:",
    "ru": "Начало переадресованного сообщения:",
    "uk": "Початок листа, що пересилається:",
    "tr": "İletilmiş mesajın başlangıcı:",
    "el": "Έναρξη προωθημένου μηνύματος:",
    "hr": "Početak proslijeđene poruke:",
    "ca": "Inici del missatge reenviat:",
    "ja": "転送されたメッセージ:",
    "ko": "전달된 메시지:",
    "zh": "下面是被转发的邮件：",
    "vi": "Bắt đầu chuyển tiếp thư:",
    "id": "Mulai meneruskan pesan:",
    "th": "เริ่มต้นข้อความที่ส่งต่อ:",
    "he": "תחילת ההודעה שהועברה:",
    "ar": "بداية الرسالة المعاد توجيهها:",
}

#: What Thunderbird writes between its dashes.
THUNDERBIRD = {
    "en": "Forwarded Message",
    "de": "Weitergeleitete Nachricht",
    "fr": "Message transféré",
    "es": "Mensaje reenviado",
    "it": "Messaggio Inoltrato",
    "pt": "Mensagem encaminhada",
    "nl": "Doorgestuurd bericht",
    "sv": "Vidarebefordrat meddelande",
    "da": "Videresendt besked",
    "no": "Videresendt melding",
    "fi": "Välitetty viesti / Fwd.Msg",
    "pl": "Przekazana wiadomość",
    "cs": "Přeposlaná zpráva",
    "sk": "Preposlaná správa",
    "hu": "Továbbított üzenet",
    "ro": "Mesaj redirecționat",
    "ru": "Перенаправленное сообщение",
    "uk": "Переслане повідомлення",
    "bg": "Препратено писмо",
    "tr": "İletilmiş İleti",
    "el": "Προωθημένο μήνυμα",
    "hr": "Proslijeđena poruka",
    "sl": "Posredovano sporočilo",
    "lt": "Persiųstas laiškas",
    "lv": "Pārsūtītā vēstule",
    "et": "Edastatud kiri",
    "ca": "Missatge reenviat",
    "ja": "転送メッセージ",
    "ko": "전달된 메시지",
    "zh": "转发的消息",
    "vi": "Thư được chuyển tiếp",
    "id": "Pesan Terusan",
    "th": "ข้อความที่ส่งต่อ",
    "he": "הודעה שהועברה",
    "ar": "رسالة معاد توجيهها",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """A mail of Ana's that Ben hands on."""

    note: str = "Can you look at this?"
    name: str = "Ana Bell"
    subject: str = "The lamp"
    body: tuple[str, ...] = ("The lamp in the hall is dark.", "It has been since Monday.")
    language: str = "en"

    @property
    def sender(self) -> str:
        return f"{self.name} <ana@shop.example>"

    @property
    def words(self) -> str:
        """The body as text."""
        return "\n\n".join(self.body)

    @property
    def labels(self) -> tuple[str, str, str, str]:
        """From, sent, to, subject in the client's language."""
        return LABELS[self.language]

    def fields(self, order: str = "fstj", gap: str = " ") -> str:
        """A header block of from, sent, to, subject in this order."""
        values = {
            "f": self.sender,
            "s": "Tuesday, March 3, 2020 8:15 AM",
            "t": "Ben Hall <ben@shop.example>, Desk <desk@example.org>",
            "j": self.subject,
        }
        label = dict(zip("fstj", self.labels, strict=True))
        return "\n".join(f"{label[key]}:{gap}{values[key]}" for key in order)


LINES = "\n\n"
Client = Callable[[Handed], str]


def quoted(text: str) -> str:
    """Text with quote marks."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


# ---- plain text ------------------------------------------------------------------------------


def gmail(mail: Handed) -> str:
    return f"{mail.note}\n\n---------- Forwarded message ---------\n{mail.fields('fsjt')}\n\n\n{mail.words}\n"


def apple(mail: Handed) -> str:
    opening = APPLE.get(mail.language, APPLE["en"])
    return f"{mail.note}\n\n{quoted(opening + LINES + mail.fields('fjst') + LINES + mail.words)}\n"


def apple_unmarked(mail: Handed) -> str:
    opening = APPLE.get(mail.language, APPLE["en"])
    return f"{mail.note}\n\n{opening}\n\n{mail.fields('fjst')}\n\n{mail.words}\n"


def thunderbird(mail: Handed) -> str:
    phrase = THUNDERBIRD.get(mail.language, THUNDERBIRD["en"])
    return f"{mail.note}\n\n\n-------- {phrase} --------\n{mail.fields('jsft', gap=' 	')}\n\n\n\n{mail.words}\n"


def outlook(mail: Handed) -> str:
    return f"{mail.note}\n\n{mail.fields()}\n\n{mail.words}\n"


def outlook_line(mail: Handed) -> str:
    return f"{mail.note}\n\n________________________________\n{mail.fields()}\n\n{mail.words}\n"


def outlook_original(mail: Handed) -> str:
    return f"{mail.note}\n\n-----Original Message-----\n{mail.fields()}\n\n{mail.words}\n"


def outlook_bold(mail: Handed) -> str:
    block = "\n".join(f"*{line.replace(':', ':*', 1)}" for line in mail.fields("fstj").split("\n"))
    return f"{mail.note}\n\n{block}\n\n{mail.words}\n"


def outlook_phone(mail: Handed) -> str:
    return f"{mail.note}\n\nGet Outlook for iOS<https://aka.example/o0ukef>\n________________________________\n{mail.fields()}\n\n{mail.words}\n"


def yahoo(mail: Handed) -> str:
    phrase = THUNDERBIRD.get(mail.language, THUNDERBIRD["en"])
    return f"{mail.note}\n\n   ----- {phrase} ----- {mail.fields('ftsj').replace(chr(10), '')}\n {mail.words}"


def yahoo_lines(mail: Handed) -> str:
    return f"{mail.note}\n\n----- Forwarded Message -----\n{mail.fields('ftsj')}\n\n{mail.words}\n"


def zoho(mail: Handed) -> str:
    frame = "============ Forwarded message ============"
    return f"{mail.note}\n\n\n\n{frame}\n{mail.fields('ftsj')}\n{frame}\n\n{mail.words}\n"


def mutt(mail: Handed) -> str:
    return (
        f"{mail.note}\n\n----- Forwarded message from {mail.sender} -----\n\n{mail.fields('sftj')}\nUser-Agent: Mutt/1.13\n\n"
        f"{mail.words}\n\n----- End forwarded message -----\n"
    )


def kmail(mail: Handed) -> str:
    phrase = THUNDERBIRD.get(mail.language, THUNDERBIRD["en"])
    return f"{mail.note}\n\n----------  {phrase}  ----------\n\n{mail.fields('jsft')}\n\n{mail.words}\n-----------------------------------------\n"


def alpine(mail: Handed) -> str:
    return f"{mail.note}\n\n---------- Forwarded message ----------\n{mail.fields('sftj')}\n\n{mail.words}\n"


def mailmate(mail: Handed) -> str:
    return f"{mail.note}\n\nForwarded message:\n\n{quoted(mail.fields('ftjs'))}\n>\n{quoted(mail.words)}\n"


def proton(mail: Handed) -> str:
    return f"{mail.note}\n\n------- Forwarded Message -------\n{mail.fields('fsjt')}\n\n{quoted(mail.words)}\n"


def open_xchange(mail: Handed) -> str:
    return f"{mail.note}\n\n---------- Original Message ----------\n{mail.fields('ftsj')}\n\n{mail.words}\n"


def roundcube(mail: Handed) -> str:
    return f"{mail.note}\n\n-------- Original Message --------\n{mail.fields('jsft', gap=' 	')}\n\n{mail.words}\n"


def samsung(mail: Handed) -> str:
    return f"{mail.note}\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\n{mail.fields('fstj')} \n\n{mail.words}\n"


def notes(mail: Handed) -> str:
    return (
        f"{mail.note}\n\n----- Forwarded by Ben Hall/Shop on 03/03/2020 09:00 AM -----\n\n{mail.sender} \n03/03/2020 08:15 AM\n\n"
        f"To\nBen Hall/Shop@Shop\ncc\n\nSubject\n{mail.subject}\n\n\n\n{mail.words}\n"
    )


def notes_colons(mail: Handed) -> str:
    return f"{mail.note}\n\n----- Forwarded by Ben Hall/Shop on 03/03/2020 09:00 AM -----\n\n{mail.fields('ftsj', gap='	')}\n\n\n\n{mail.words}\n"


def notes_german(mail: Handed) -> str:
    return f"{mail.note}\n\n----- Weitergeleitet von Ben Hall/Shop am 03.03.2020 09:00 -----\n\n{mail.fields('ftsj', gap='	')}\n\n\n\n{mail.words}\n"


def domino_web(mail: Handed) -> str:
    return f"{mail.note}\n\n-----Forwarded by Ben Hall/Shop on 03/03/2020 09:00AM -----\n{mail.fields('tfsj')}\n\n{mail.words}\n"


def em_client(mail: Handed) -> str:
    return f"{mail.note}\n\n------ Forwarded Message ------\n{mail.fields('ftsj').replace(':', '', 1).replace(f'{chr(10)}{mail.labels[2]}:', f'{chr(10)}{mail.labels[2]}').replace(f'{chr(10)}{mail.labels[1]}:', f'{chr(10)}{mail.labels[1]}').replace(f'{chr(10)}{mail.labels[3]}:', f'{chr(10)}{mail.labels[3]}')}\n\n{mail.words}\n"


def yandex(mail: Handed) -> str:
    return (
        f'{mail.note}\n\n-------- Пересылаемое сообщение --------\n03.03.2020, 08:15, "{mail.name}" <ana@shop.example>:\n\n'
        f"{mail.words}\n\n-------- Конец пересылаемого сообщения --------\n"
    )


def netease(mail: Handed) -> str:
    return f"{mail.note}\n\n\n-------- 转发邮件信息 --------\n{mail.fields('fstj').replace(':', '：')}\n{mail.words}\n"


def qq(mail: Handed) -> str:
    return f"{mail.note}\n\n\n------------------ 原始邮件 ------------------\n{mail.fields('fstj').replace(chr(10), ';' + chr(10))};\n\n{mail.words}\n"


def the_bat(mail: Handed) -> str:
    return (
        f"{mail.note}\n\nThis is a forwarded message\n{mail.fields('ftsj')}\n\n===8<==============Original message text===============\n"
        f"{mail.words}\n\n===8<===========End of original message text===========\n"
    )


def gmx(mail: Handed) -> str:
    return f"{mail.note}\n\n---- Weitergeleitete Nachricht ----\n{mail.fields('sftj')}\n\n{mail.words}\n"


def blackberry(mail: Handed) -> str:
    return f"{mail.note}\n\n  Original Message  \n{mail.fields('fstj')}\n\n{mail.words}\n"


def wrapped(mail: Handed) -> str:
    """Any client behind a server that wraps at some 40 characters."""
    block = mail.fields("fsjt").replace("example>, ", "example>,\n ")
    return f"{mail.note}\n\n---------- Forwarded message ---------\n{block}\n\n\n{mail.words}\n"


def mailto(mail: Handed) -> str:
    """Outlook's older way of writing addresses."""
    block = mail.fields().replace("<ana@shop.example>", "[mailto:ana@shop.example]")
    return f"{mail.note}\n\n{block}\n\n{mail.words}\n"


PLAIN: tuple[Client, ...] = (
    gmail,
    apple,
    apple_unmarked,
    thunderbird,
    outlook,
    outlook_line,
    outlook_original,
    outlook_bold,
    outlook_phone,
    yahoo,
    yahoo_lines,
    zoho,
    mutt,
    kmail,
    alpine,
    mailmate,
    proton,
    open_xchange,
    roundcube,
    samsung,
    notes,
    notes_colons,
    notes_german,
    domino_web,
    em_client,
    yandex,
    netease,
    qq,
    the_bat,
    gmx,
    blackberry,
    wrapped,
    mailto,
)


# ---- HTML ------------------------------------------------------------------------------------


def _divs(paragraphs: tuple[str, ...]) -> str:
    return "<div><br></div>".join(f"<div>{escape(text)}</div>" for text in paragraphs)


def _rows(mail: Handed, order: str, row: str) -> str:
    lines = mail.fields(order).split("\n")
    pairs = (line.partition(": ") for line in lines)
    return "".join(
        row.format(
            label=label,
            value=escape(value).replace(
                "ana@shop.example", '<a href="mailto:ana@shop.example">ana@shop.example</a>'
            ),
        )
        for label, _, value in pairs
    )


def gmail_rich(mail: Handed) -> str:
    rows = _rows(mail, "fsjt", "{label}: {value}<br>").replace(
        escape(mail.name),
        f'<strong class="gmail_sendername" dir="auto">{escape(mail.name)}</strong>',
        1,
    )
    return (
        f'<div dir="ltr">{mail.note}<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message '
        f"---------<br>{rows}</div><br><br>{_divs(mail.body)}</div></div>"
    )


def apple_rich(mail: Handed) -> str:
    row = (
        '<div style="margin-top: 0px; margin-right: 0px; margin-bottom: 0px; margin-left: 0px;"><span style="color:rgba(0, 0, 0, 1.0);">'
        "<b>{label}: </b></span><span>{value}<br></span></div>"
    )
    opening = APPLE.get(mail.language, APPLE["en"])
    return (
        f'<html><body>{mail.note}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>{opening}</div>'
        f'<br class="Apple-interchange-newline">{_rows(mail, "fjst", row)}<br><div>{_divs(mail.body)}</div></blockquote></div></body></html>'
    )


def thunderbird_rich(mail: Handed) -> str:
    row = '<tr><th valign="BASELINE" nowrap="nowrap" align="RIGHT">{label}: </th><td>{value}</td></tr>'
    phrase = THUNDERBIRD.get(mail.language, THUNDERBIRD["en"])
    return (
        f'<html><body><p>{mail.note}</p><div class="moz-forward-container"><br><br>-------- {phrase} --------<table class="moz-email-headers-table" '
        f'cellspacing="0" cellpadding="0" border="0"><tbody>{_rows(mail, "jsft", row)}</tbody></table><br><br>{_divs(mail.body)}</div></body></html>'
    )


def outlook_rich(mail: Handed) -> str:
    rows = _rows(mail, "fstj", "<b>{label}:</b> {value}<br>")
    return (
        f"<html><body><div class=WordSection1><p class=MsoNormal>{mail.note}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div>"
        f"<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{rows}</p></div></div>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        + "".join(f"<p class=MsoNormal>{escape(text)}<o:p></o:p></p>" for text in mail.body)
        + "</div></body></html>"
    )


def outlook_web_rich(mail: Handed) -> str:
    rows = _rows(mail, "fstj", "<b>{label}:</b> {value}<br>")
    return (
        f'<html><body dir="ltr"><div class="elementToProof">{mail.note}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">{rows}</font><div>&nbsp;</div></div>{_divs(mail.body)}</body></html>'
    )


def yahoo_rich(mail: Handed) -> str:
    rows = _rows(mail, "ftsj", "<div><b>{label}:</b> {value}</div>")
    return (
        f'<div class="yahoo-style-wrap"><div>{mail.note}</div><div><br></div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>'
        f"<div>----- Forwarded Message -----</div>{rows}<div><br></div>{_divs(mail.body)}</div></div>"
    )


def zoho_rich(mail: Handed) -> str:
    rows = _rows(mail, "ftsj", "{label}: {value}<br>")
    frame = "============ Forwarded message ============"
    return (
        f'<div style="font-size: 10pt;"><div>{mail.note}<br></div><br><div class="zmail_extra" data-zbluepencil-ignore="true"><br><div id="Zm-_Id_-Sgn1">'
        f'{frame}<br>{rows}{frame}<br></div><br><blockquote id="blockquote_zmail" style="margin: 0px;">{_divs(mail.body)}</blockquote></div></div>'
    )


def gmx_rich(mail: Handed) -> str:
    rows = _rows(mail, "sftj", "<b>{label}:</b>&nbsp;{value}<br/>")
    return (
        f'<div style="font-family: Verdana;font-size: 12.0px;"><div>{mail.note}</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px;">'
        f'<div style="margin:0 0 10px 0;">{rows}</div><div name="quoted-content">{_divs(mail.body)}</div></div></div></div>'
    )


def proton_rich(mail: Handed) -> str:
    rows = _rows(mail, "fsjt", "{label}: {value}<br>")
    return (
        f'<div style="font-family: Arial;">{mail.note}</div><div class="protonmail_quote">------- Forwarded Message -------<br>{rows}<br>'
        f'<blockquote class="protonmail_quote" type="cite">{_divs(mail.body)}</blockquote></div>'
    )


def spark_rich(mail: Handed) -> str:
    rows = _rows(mail, "fstj", "<b>{label}:</b> {value}<br />")
    return (
        f'<div name="messageBodySection"><div dir="auto">{mail.note}</div></div><div name="messageReplySection">---------- Forwarded message ----------<br />'
        f"<div>{rows}</div><br />{_divs(mail.body)}</div>"
    )


def zimbra_rich(mail: Handed) -> str:
    rows = _rows(mail, "ftsj", "<b>{label}: </b>{value}<br>")
    return (
        f'<div style="font-family: arial"><div>{mail.note}</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{rows}'
        f'</div><div><br></div><div data-marker="__QUOTED_TEXT__">{_divs(mail.body)}</div></div>'
    )


def notes_rich(mail: Handed) -> str:
    row = '<font size=1 color=#5f5f5f face="sans-serif">{label}: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>{value}</font>\n<br>'
    return (
        f'<font size=2>{mail.note}</font>\n<br><font size=1 color=#800080 face="sans-serif">----- Forwarded by Ben Hall/Shop on 03/03/2020 09:00 AM -----</font>\n'
        f"<br>\n<br>{_rows(mail, 'ftsj', row)}<hr noshade>\n<br><br>{_divs(mail.body)}"
    )


RICH: tuple[Client, ...] = (
    gmail_rich,
    apple_rich,
    thunderbird_rich,
    outlook_rich,
    outlook_web_rich,
    yahoo_rich,
    zoho_rich,
    gmx_rich,
    proton_rich,
    spark_rich,
    zimbra_rich,
    notes_rich,
)
