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
    r"|переадрес|пересил|препра|ilet|yönlend|προωθ|reenviat|edasta|persiųs|pārsūt|terus|menerus"
    r"|chuyển tiếp|転送|转发|轉寄|轉發|전달|ส่งต่อ|محولة|معاد توجيه|הועבר|מועבר",
    re.IGNORECASE,
)
_LONGEST_PHRASE = 60
# What clients call a mail when they announce one; people say it with a pronoun and more words.
_MAIL = re.compile(
    r"mail|message|nachricht|mensaje|messaggio|mensagem|bericht|brev|mejl|meddel|besked|melding|viesti|wiadomo|zpráv"
    r"|správ|levél|üzenet|mesaj|сообщ|письм|лист|повідом|съобщ|ileti|i\u0307leti|μήνυμα|μηνύμα|poruk|sporočil|laišk|vēstul|kiri"
    r"|missatge|メッセージ|メール|메시지|메일|邮件|郵件|訊息|消息|pesan|thư|ข้อความ|הודעה|رسال",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?<!\w)(?:i|we|you|me|us|my|your|please|hi|hello|ich|wir|sie|dir|ihnen|bitte|hallo|je|vous|te|le|lo|yo|see|here)(?!\w)",
    re.IGNORECASE,
)
_MOST_WORDS_OF_A_PHRASE = 7
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

#: The line above which people answer, for templates that want one.
REPLY_MARKER = "## Please reply above this line ##"

# "Above this line" in the languages of the desks that write it, and verbs of answering.
_LINES = (
    "this line|dieser zeile|dieser linie|cette ligne|esta línea|esta linea|questa riga|questa linea"
    "|esta linha|deze regel|deze lijn|denne linje|denne linie|denna rad|den här raden|tämän rivin"
    "|tej linii|tego wiersza|tímto řádkem|týmto riadkom|ezen sor|a sor|acestui rând|acest rând"
    "|этой строки|этой линии|цього рядка|цієї лінії|този ред|bu satır|αυτή τη γραμμή|ove linije"
    "|ovog retka|te vrstice|此行|这一行|本行|此線|この行|この線|이 줄|이 선|dòng này|baris ini|บรรทัดนี้"
    "|هذا السطر|שורה זו|שורה זאת|your reply above"
)
_THIS_LINE = tuple(_LINES.split("|"))
#: Most mails hold no other letters, and each phrase is one look through the whole text.
_ASCII_LINE = tuple(phrase for phrase in _THIS_LINE if phrase.isascii())
_ABOVE_AND_ANSWER = re.compile(
    r"(?:above|over|über|oberhalb|au[- ]dessus|encima|arriba|sopra|acima|boven|ovanför|ovenfor"
    r"|yläpuolelle|powyżej|nad|fölé|deasupra|выше|вище|над|üst|πάνω|iznad|以上|上方|上面|之上|より上|の上|위"
    r"|trên|atas|เหนือ|فوق|أعلى|מעל).{0,60}?(?:reply|respond|answer|comment|post)"
    r"|(?:reply|respon|answer|write|type|antwort|schreib|gib|geben|répon|repon|écri|saisi|contest"
    r"|escrib|rispo|scriv|escrev|antwoord|schrijf|svar|skriv|vast|odpow|napisz|odpov|odpíš|válasz"
    r"|írj|răspund|ответ|напиш|відпов|отгов|yanıt|cevap|απαντ|odgovor|回复|回覆|返信|답장|회신|trả lời"
    r"|balas|jawab|ตอบ|الرد|ردك|השב|תשוב|הגב|respuesta)",
    re.IGNORECASE,
)
#: Such a line carries only itself; a sentence that merely mentions one is longer.
_LONGEST_MARKER = 120
_FRAME = "#=-—–_*~"
# Without a frame it begins with the request.
_BARE = re.compile(
    r"(?:please |bitte |kindly )?(?:reply|respond|write|answer|type your|antworte\w*|schreiben)\b"
    r"|.{0,20}your reply above",
    re.IGNORECASE,
)
_DASHES = dict.fromkeys(range(0x2010, 0x2016), "-")


def may_hold_reply_marker(text: str) -> bool:
    """The cheap half of ``is_reply_marker``, for a whole text."""
    folded = text.casefold()
    return any(phrase in folded for phrase in (_ASCII_LINE if text.isascii() else _THIS_LINE))


def is_reply_marker(line: str) -> bool:
    """Whether ``line`` is our reply marker, another desk's, or a translation of it."""
    if len(line) > _LONGEST_MARKER:
        return False
    folded = line.casefold()
    if not any(phrase in folded for phrase in _THIS_LINE):
        return False
    if line[:2] == line[-2:] == "##":
        return True
    return _ABOVE_AND_ANSWER.search(folded) is not None and (
        line[0] in _FRAME or _BARE.match(line) is not None
    )


def is_own_reply_marker(line: str) -> bool:
    """Whether a reply marker is framed like ours; below another desk's stand its agent's words."""
    bare = line.strip("> \t\u00a0")
    return bare.startswith("## ") and bare.endswith(" ##")


def dashed(line: str) -> tuple[str, str] | None:
    """Phrase and rest of a "----- phrase ----- rest" line (stripped), or None for any other."""
    bare = line.translate(_DASHES).lstrip("* \t>")
    if bare.startswith("==="):
        bare = bare.replace("8<", "==").replace("=", "-")
    if not bare.startswith("--"):
        return None
    phrase, dashes, rest = bare.lstrip("-– ").partition("--")
    return (phrase.strip(), rest.lstrip("-* ")) if dashes and phrase else None


def undashed(line: str, below: str) -> tuple[str, str] | None:
    """Phrase and empty rest of a line like "Begin forwarded message:" with a field ``below`` it."""
    if line[-1] not in ":：" or not mail_headers.role(below) or not _is_clients_own(line):
        return None
    return line, ""


def is_bare_announcement(line: str) -> bool:
    """Whether a line above a header block is the client's: "Original Message", without dashes."""
    return is_original(line) or (is_forwarded(line) and _is_clients_own(line))


def _is_clients_own(line: str) -> bool:
    return (
        len(line.split()) <= _MOST_WORDS_OF_A_PHRASE
        and _MAIL.search(line.casefold()) is not None
        and _PERSON.search(line) is None
    )


def is_forwarded(phrase: str) -> bool:
    """Whether a phrase speaks of forwarding; with a header block below it, it announces one."""
    return len(phrase) <= _LONGEST_PHRASE and (
        _FORWARDING.search(phrase.casefold().replace("i\u0307", "i")) is not None
    )


def is_original(phrase: str) -> bool:
    """Whether a dashed phrase announces the mail being answered (or, in some clients, forwarded)."""
    return phrase.rstrip(":： \u00a0").casefold() in _ORIGINAL
