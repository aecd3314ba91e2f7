"""Lines by which clients and desks announce somebody else's words below.

The phrases are the clients' own translations, compared case-folded and without dashes.
"""

from __future__ import annotations

import re

from threading_engine import mail_headers

# Stems of "to forward": the phrases vary with client and version, the verb does not.
_FORWARDING = re.compile(
    r"forward|fwd|weitergeleit|transf[eé]r|transmis|réexpéd|reenvia|reinoltr|inoltrat|encaminhad"
    r"|reencaminhad|doorgest|doorgezon|videresend|vidarebef|edelleenläh|välitet|przekaz|przesła"
    r"|přepos|prepos|továbbít|redirec|proslij|prosleđ|posredovan|пересыл|пересл|перенаправ"
    r"|переадрес|пересил|препра|ilet|yönlend|προωθ|reenviat|edasta|persiųs|pārsūt|terusan"
    r"|chuyển tiếp|転送|转发|轉寄|轉發|전달|ส่งต่อ|محولة|معاد توجيه|הועבר|מועבר",
    re.IGNORECASE,
)
_LONGEST_PHRASE = 60
_ORIGINAL = frozenset(
    """
original message|original mail|originalnachricht|ursprüngliche nachricht|original-nachricht
urspr. nachricht|ursprungliche nachricht|message d'origine|message original|message d’origine
mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|origineel bericht
oprindelig meddelelse|oprindelig besked|original meddelelse|opprinnelig melding|original melding
originalmeddelande|ursprungligt meddelande|ursprungsmeddelande|alkuperäinen viesti
wiadomość oryginalna|oryginalna wiadomość|původní zpráva|původní e-mail|pôvodná správa
eredeti üzenet|eredeti levél|mesaj original|mesajul original|izvorna poruka|originalna poruka
prvotno sporočilo|izvirno sporočilo|исходное сообщение|оригинальное сообщение|первоначальное сообщение
исходное письмо|оригінальне повідомлення|вихідне повідомлення|оригинално съобщение|orijinal mesaj
özgün i̇leti|özgün ileti|orijinal i̇leti|αρχικό μήνυμα|missatge original|algne kiri|algsõnum
pradinis laiškas|sākotnējais ziņojums|pesan asli|thư gốc|tin nhắn gốc|元のメッセージ|元のメール
オリジナルメッセージ|原始邮件|原邮件|原始郵件|原始信件|原始訊息|원본 메시지|원본 메일|ข้อความต้นฉบับ|الرسالة الأصلية
הודעה מקורית|reply message|upprunaleg skilaboð|replied message
""".strip()
    .replace("\n", "|")
    .split("|")
)

#: The line above which people answer; our notifications start with it.
REPLY_MARKER = "## Please reply above this line ##"

_REPLY_ABOVE = (
    "reply above this line",
    "respond above this line",
    "your reply above",
    "write above this line",
    "oberhalb dieser zeile antworten",
    "antworten sie oberhalb dieser zeile",
    "antworten sie über dieser zeile",
    "antworte oberhalb dieser zeile",
    "antwort oberhalb dieser zeile",
    "antworten bitte oberhalb dieser zeile",
    "antwort über dieser zeile",
    "répondre au-dessus de cette ligne",
    "réponse au-dessus de cette ligne",
    "responda por encima de esta línea",
    "responder por encima de esta línea",
    "respuesta por encima de esta línea",
    "rispondi sopra questa riga",
    "rispondere sopra questa riga",
    "responda acima desta linha",
    "antwoord boven deze regel",
    "svar over denne linje",
    "svara ovanför den här raden",
    "odpowiedz powyżej tej linii",
    "odpovězte nad tímto řádkem",
    "ответьте выше этой строки",
)
#: Such a line carries only itself; a sentence that merely mentions one is longer.
_LONGEST_MARKER = 120


_DASHES = dict.fromkeys(range(0x2010, 0x2016), "-")


def may_hold_reply_marker(text: str) -> bool:
    """The cheap half of ``is_reply_marker``, for a whole text: desks frame translations in "##"."""
    return "##" in text or "above this line" in text or "your reply above" in text


def is_reply_marker(line: str) -> bool:
    """Whether ``line`` is our reply marker, another desk's, or a translation of it."""
    if len(line) > _LONGEST_MARKER:
        return False
    folded = line.casefold()
    return any(phrase in folded for phrase in _REPLY_ABOVE)


def is_own_reply_marker(line: str) -> bool:
    """Whether a reply marker is framed like ours; below another desk's stand its agent's words."""
    bare = line.strip("> \t\u00a0")
    return bare.startswith("## ") and bare.endswith(" ##")


def dashed(line: str) -> tuple[str, str] | None:
    """Phrase and rest of a "----- phrase ----- rest" line (stripped), or None for any other."""
    bare = line.translate(_DASHES).lstrip("* \t>")
    if not bare.startswith("--"):
        return None
    phrase, dashes, rest = bare.lstrip("-– ").partition("--")
    return (phrase.strip(), rest.lstrip("-* ")) if dashes and phrase else None


def undashed(line: str, below: str) -> tuple[str, str] | None:
    """Phrase and empty rest of a line like "Begin forwarded message:" with a field ``below`` it."""
    return (line, "") if line[-1] in ":：" and mail_headers.role(below) else None


def is_forwarded(phrase: str) -> bool:
    """Whether a phrase speaks of forwarding; with a header block below it, it announces one."""
    return len(phrase) <= _LONGEST_PHRASE and (
        _FORWARDING.search(phrase.casefold().replace("i\u0307", "i")) is not None
    )


def is_original(phrase: str) -> bool:
    """Whether a dashed phrase announces the mail being answered (or, in some clients, forwarded)."""
    return phrase.rstrip(":： \u00a0").casefold() in _ORIGINAL
