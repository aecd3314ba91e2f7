"""Header blocks that clients write into the text above a quoted or forwarded mail.

Outlook and its kin quote a mail as "From: / Sent: / To: / Subject:" lines in the language of the
writer. The labels below are those of the clients' own translations; a label alone proves nothing
("From: Berlin", "To: Paris"), a block of them with an address or a date does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from threading_engine.message import Mailbox

_LABELS_OF_ROLE: dict[str, str] = {
    "from": (
        "from|von|de|da|van|fra|från|od|от|від|від кого|от кого|feladó|lähettäjä|šalje|saatja|kimden"
        "|gönderen|expeditor|expeditorul|de la|отправитель|nadawca|mittente|remitente|remetente"
        "|expéditeur|absender|afzender|avsändare|avsender|afsender|发件人|寄件者|寄件人|差出人|送信元"
        "|送信者|보낸 사람|보낸사람|từ|dari|จาก|من|מאת|από|pošiljatelj|odesílatel|odosielateľ|siuntėjas"
        "|nuo|no|kellelt|подател|відправник|frá|oddelec"
    ),
    "to": (
        "to|an|à|a|para|pour|aan|til|till|do|komu|кому|címzett|vastaanottaja|prima|kime|alıcı|către"
        "|destinatar|destinatarul|pre|adresat|adressaat|получатель|收件人|收件者|宛先|送信先|받는 사람|받는사람|tới"
        "|đến|kepada|untuk|ถึง|إلى|אל|προς|za|kam|saaja|kellele|до|destinataire|destinatario"
        "|destinatário|destinatari|empfänger|ontvanger|mottagare|mottaker|modtager|příjemce|príjemca"
        "|primatelj|одержувач|per a"
    ),
    "cc": (
        "cc|kopie|kopie (cc)|kopi|kopia|kópia|kopio|copia|cópia|copie|copie à|dw|do wiadomości|másolat"
        "|másolatot kap|bilgi|копия|копія|kopija|抄送|副本|참조|κοινοποίηση|κοιν.|koopia|tembusan|สำเนา|עותק"
        "|نسخة|co|a/c|kp|cc (copie)|cc/cópia"
    ),
    "date": (
        "date|datum|fecha|data|dato|päivämäärä|päiväys|dátum|dată|tarih|дата|日期|日時|日付|날짜|ngày"
        "|tanggal|วันที่|التاريخ|תאריך|ημερομηνία|kuupäev|datums"
    ),
    "sent": (
        "sent|gesendet|envoyé|envoyé le|enviado|enviado el|enviado em|enviada em|enviada|inviato"
        "|verzonden|skickat|sendt|wysłano|отправлено|надіслано|odesláno|odoslané|elküldve|lähetetty"
        "|gönderilen|gönderildi|gönderme tarihi|gönderim tarihi|trimis|poslano|poslato|saadetud"
        "|发送时间|傳送時間|寄件日期|送信日時|보낸 날짜|đã gửi|στάλθηκε|изпратено|message du|dikirim|išsiųsta"
        "|nosūtīts|נשלח|تم الإرسال|enviat|data wysłania|sent at|date sent|ส่ง|ส่งเมื่อ|วันที่ส่ง"
    ),
    "subject": (
        "subject|betreff|thema|objet|sujet|asunto|oggetto|assunto|onderwerp|emne|ämne|temat|předmět|predmet"
        "|tárgy|aihe|konu|subiect|subiectul|тема|naslov|zadeva|teema|主题|主旨|件名|제목|chủ đề|tiêu đề"
        "|subjek|perihal|เรื่อง|الموضوع|נושא|θέμα|относно|assumpte|tema|temats|efni"
    ),
    "other": (
        "bcc|reply-to|antwort an|répondre à|responder a|rispondi a|attachments|attachment|anlagen"
        "|anhänge|pièces jointes|datos adjuntos|allegati|bijlagen|importance|priority|wichtigkeit"
        "|priorität|priorité|prioridad|prioridade|organization|message-id|signed by|mailed by"
        "|reply to|resent-from|when|where"
    ),
}
_ROLE_OF_LABEL: Mapping[str, str] = {
    label.casefold(): role
    for role, labels in _LABELS_OF_ROLE.items()
    for label in labels.split("|")
}
_LONGEST_LABEL = 24
_MOST_WORDS_OF_A_LABEL = 3
#: Orange writes its date without a colon: "Message du 03/03/20 08:15".
_MESSAGE_OF = "message du "
#: Characters that clients set around a label to make it bold, or that pad it.
_DECORATION = " \t*_\u00a0\u200e\u200f\u202f\ufeff"
_IN_ADDRESS = r"[^\s@<>\"'\[\]():;,*“”«»„]"
_ADDRESS = re.compile(
    rf"{_IN_ADDRESS}{{1,64}}@{_IN_ADDRESS}{{1,255}}"
)  # lengths: RFC 5321, 4.5.3.1
#: More than this is not looked at for addresses.
_LONGEST_VALUE = 20_000
# A label behind the end of another value, with or without a space between.
_INLINE_LABEL = re.compile(
    "(?P<label>"
    + "|".join(
        re.escape(label[0].upper() + label[1:])
        for label in sorted("|".join(_LABELS_OF_ROLE.values()).split("|"), key=len, reverse=True)
    )
    + r")\s?[:：]\s?"
)
# A field that programs add to a block: "User-Agent: …", "X-Spam: …".
_HYPHENATED = re.compile(r"[A-Z][A-Za-z]{0,20}(?:-[A-Za-z]{1,20}){1,4}:\s")
#: Longest wrapped field value: more unlabelled lines than this are no header.
_MOST_CONTINUATIONS = 6
_MOST_FIELDS = 12
#: A wrapped list of addressees at the end of a block may be longer, but not without end.
_MOST_WRAPPED = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One header block found in a text."""

    #: Value of each field by role (from, to, cc, date, sent, subject, other); the first wins.
    fields: Mapping[str, str]
    #: Index of the first line after the block.
    end: int


#: Reads one line as a field: its role and value, or None.
Reads = Callable[[str], tuple[str, str] | None]


def role(line: str) -> tuple[str, str] | None:
    """The role and value when ``line`` is a field with a known label, else None."""
    label, colon, value = line.partition(":")
    if "：" in label or not colon:
        label, colon, value = line.partition("：")
    if not colon or len(label) > _LONGEST_LABEL:
        return None
    known = label.strip(_DECORATION).casefold()
    found = _ROLE_OF_LABEL.get(known.replace("\u3000", ""))
    if found is None and known.startswith(_MESSAGE_OF):
        return "sent", line.strip(_DECORATION)[len(_MESSAGE_OF) :]
    return (found, value.strip(_DECORATION)) if found else None


def bare_role(line: str) -> tuple[str, str] | None:
    """The same for a field without a colon, as eM Client writes them below its announcement."""
    words = line.strip(_DECORATION).split(" ", _MOST_WORDS_OF_A_LABEL)
    for count in range(len(words) - 1, 0, -1):
        if found := _ROLE_OF_LABEL.get(" ".join(words[:count]).casefold()):
            return found, " ".join(words[count:])
    return None


def block_at(
    lines: Sequence[str], start: int, end: int | None = None, *, reads: Reads = role
) -> Block | None:
    """The header block that begins at ``lines[start]``, or None when that is no block."""
    block = fields_at(lines, start, len(lines) if end is None else end, reads=reads)
    return block if block and is_convincing(block.fields) else None


def fields_at(lines: Sequence[str], start: int, end: int, *, reads: Reads = role) -> Block | None:
    """Consecutive fields from ``start`` on, convincing as a block or not; None without any."""
    fields: dict[str, str] = {}
    at = start
    while at < end and len(fields) < _MOST_FIELDS:
        here = _next_field(lines, at, end, wrapped=bool(fields), reads=reads)
        if here is None:
            break
        index, name, value = here
        if name in fields and (name != "other" or at > start + 2 * _MOST_FIELDS):
            break
        if fields:
            last = next(reversed(fields))
            rest = (line.strip() for line in lines[at:index])
            fields[last] = " ".join([fields[last], *rest]).strip()
        fields.setdefault(name, value)
        at = index + 1
    if not fields:
        return None
    at = _finish_value(lines, at, end, fields)
    return Block(fields=fields, end=at)


def _next_field(
    lines: Sequence[str], at: int, end: int, *, wrapped: bool, reads: Reads
) -> tuple[int, str, str] | None:
    """The next labelled line at or after ``at``.

    Before it may stand one blank line (clients that render HTML put one between fields) or, when
    the last value may be ``wrapped``, the lines that continue it.
    """
    blank = False
    for index in range(at, min(end, at + _MOST_CONTINUATIONS)):
        line = lines[index]
        if not line or line.isspace():
            if index > at:
                return None
            blank = True
        elif found := reads(line):
            return index, *found
        elif wrapped and not blank and index == at and _HYPHENATED.match(line):
            return index, "other", line
        elif blank or not wrapped:
            return None
    return None


def _finish_value(lines: Sequence[str], at: int, end: int, fields: dict[str, str]) -> int:
    """Take the wrapped rest of the last field: an address list or bracket that is still open."""
    last = next(reversed(fields))
    end = min(end, at + _MOST_WRAPPED)
    while at < end and (line := lines[at].strip()):
        value = fields[last]
        if not (
            (
                last in {"from", "to", "cc"}
                and (value.endswith((",", ";", "<", ":")) or line[0] == "<")
            )
            or (value.count("<") > value.count(">") and ">" in line)
        ):
            break
        fields[last] = f"{value} {line}"
        at += 1
    return at


def is_convincing(fields: Mapping[str, str]) -> bool:
    """Whether fields are those of a mail, and not labels that somebody wrote."""
    roles = {
        name for name, value in fields.items() if name != "other" and _is_possible(name, value)
    }
    dated = bool(roles & {"date", "sent"})
    addressed = any("@" in value for name, value in fields.items() if name != "subject")
    if len(roles) >= 3:  # noqa: PLR2004 - three different fields are a block
        return bool(roles & {"from", "date", "sent"}) and (addressed or dated)
    return len(roles) == 2 and dated and addressed  # noqa: PLR2004 - two need an address as well


def _is_possible(name: str, value: str) -> bool:
    """Dates have digits; a settings file has other ideas."""
    return name != "date" or any(map(str.isdigit, value))


def inline_fields(rest: str) -> dict[str, str]:
    """Fields that stand on one line without separators between them."""
    fields: dict[str, str] = {}
    name, start = "", 0
    for match in _INLINE_LABEL.finditer(rest[:_LONGEST_VALUE]):
        found = _ROLE_OF_LABEL[match["label"].casefold()]
        if found in fields or found == name:
            continue
        if name:
            fields[name] = rest[start : match.start()].strip()
        name, start = found, match.end()
    if name:
        fields[name] = rest[start:].strip()
    return fields


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Every address in a field value with the name before it, in order, without repetitions."""
    found: dict[str, Mailbox] = {}
    at = 0
    value = value[:_LONGEST_VALUE]
    for match in _ADDRESS.finditer(value):
        address = match.group().strip(".").lower()
        if address not in found:
            found[address] = Mailbox(address=address, name=display_name(value[at : match.start()]))
        at = match.end()
    return tuple(found.values())


def display_name(text: str) -> str:
    """The display name in the text before an address, or in one that has none."""
    bare = text.replace("mailto:", " ").strip(" \t\u00a0<>[]()\"'“”„«»,;:*")
    return " ".join(bare.split())
