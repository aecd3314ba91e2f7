"""Lines by which clients and desks announce somebody else's words below.

The phrases are the clients' own translations, compared case-folded and without dashes.
"""

from __future__ import annotations

_FORWARDED = frozenset(
    """
forwarded message|begin forwarded message|forwarded mail|start of forwarded message|fwd.msg
weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete e-mail
weitergeleitete mail|message transféré|message transmis|début du message réexpédié
début du message transféré|message réexpédié|mensaje reenviado|inicio del mensaje reenviado
messaggio inoltrato|inizio messaggio inoltrato|messaggio reinoltrato|mensagem encaminhada
mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada
doorgestuurd bericht|begin doorgestuurd bericht|doorgezonden bericht|videresendt besked
videresendt meddelelse|videresendt melding|start på videresendt besked|videresendt e-post
videresendt meddelande|starten av videresendt melding|begynnelsen på videresendt melding
vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat brev|början på vidarebefordrat brev
påbörja vidarebefordrat brev|början på vidarebefordrat meddelande|edelleenlähetetty viesti
välitetty viesti|välitetty viesti alkaa|välitetty viesti / fwd.msg|alkaa välitetty viesti
przekazana wiadomość|wiadomość przekazana|wiadomość przesłana dalej|treść przekazanej wiadomości
początek przekazywanej wiadomości|początek przekazanej wiadomości|přeposlaná zpráva
začátek přeposílané zprávy|začátek přeposlané zprávy|preposlaná správa|začiatok preposlanej správy
továbbított üzenet|továbbított levél kezdete|továbbított levél|továbbított üzenet kezdete
mesaj redirecționat|începe mesajul redirecționat|mesaj redirecţionat|mesaj transmis
proslijeđena poruka|započni proslijeđenu poruku|prosleđena poruka|posredovano sporočilo
пересылаемое сообщение|перенаправленное сообщение|начало переадресованного сообщения
пересланное сообщение|переадресованное сообщение|начало пересылаемого сообщения
переслане повідомлення|початок листа, що пересилається|початок пересланого повідомлення
препратено съобщение|начало на препратеното съобщение|i̇letilen i̇leti|iletilen ileti|i̇letilmiş mesaj
iletilmiş mesaj|i̇leti başlangıcı|ileti başlangıcı|yönlendirilmiş mesaj|yönlendirilen ileti
iletilen mesaj|προωθημένο μήνυμα|αρχή προωθημένου μηνύματος|missatge reenviat
inici del missatge reenviat|edastatud kiri|edastatud sõnum|persiųstas laiškas|pārsūtīts ziņojums
pesan terusan|tin nhắn đã chuyển tiếp|thư đã chuyển tiếp|メッセージを転送|転送されたメッセージ|転送メッセージ
転送されたメール|转发的邮件|转发邮件|转发信息|轉寄郵件|轉寄訊息|轉寄的郵件|전달된 메시지|전달된 메일
ข้อความที่ส่งต่อ|رسالة معاد توجيهها|הודעה שהועברה|הודעה מועברת
""".strip().replace("\n", "|").split("|")
)
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
""".strip().replace("\n", "|").split("|")
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


def asks_above(folded_text: str) -> bool:
    """Whether a case-folded text holds a "reply above this line" phrase at all."""
    return any(phrase in folded_text for phrase in _REPLY_ABOVE)


def is_reply_marker(line: str) -> bool:
    """Whether ``line`` is our reply marker, another desk's, or a translation of it."""
    return len(line) <= _LONGEST_MARKER and asks_above(line.casefold())


def dashed(line: str) -> tuple[str, str] | None:
    """Phrase and rest of a "----- phrase ----- rest" line (stripped), or None for any other."""
    bare = line.lstrip("* \t>")
    if not bare.startswith("--"):
        return None
    phrase, dashes, rest = bare.lstrip("-– ").partition("--")
    return (phrase.strip(), rest.lstrip("-* ")) if dashes and phrase else None


def is_forwarded(phrase: str) -> bool:
    """Whether a phrase, dashes and final colon removed, announces a forwarded mail."""
    return phrase.rstrip(":： \u00a0").casefold() in _FORWARDED


def is_original(phrase: str) -> bool:
    """Whether a dashed phrase announces the mail being answered (or, in some clients, forwarded)."""
    return phrase.rstrip(":： \u00a0").casefold() in _ORIGINAL
