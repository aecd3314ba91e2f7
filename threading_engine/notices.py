"""Paragraphs that companies and scanners add: legal notices, trees to save, where a firm is registered.

A notice is known by what it speaks of: a mail and at least three of secrecy, addressees, mistakes in
delivery and what is forbidden then. Two are enough when it begins as such notices do; people ask to
delete a mail that went to the wrong recipient, too. The words below are stems, in many languages,
of a case-folded text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence


def _stems(*listed: str) -> tuple[str, ...]:
    return tuple("|".join(listed).split("|"))


_MAIL = _stems(
    "e-mail|email|message|communication|transmission|nachricht|mitteilung|courriel|mensaje|correo",
    "mensagem|messaggio|comunicazione|posta elettronica|bericht|meddelelse|melding|meddelande|besked",
    "viesti|sähköposti|wiadomo|poczt|zpráv|správ|üzenet|levél|mesaj|ileti|e-posta|сообщени|письм",
    "повідомлен|лист|съобщени|μήνυμα|poruk|sporočil|邮件|郵件|メール|메일|thư|pesan|surel|رسالة|البريد",
    "הודעה|דוא|อีเมล",
)
_SECRECY = _stems(
    "confid|privileg|vertraulich|vertrouwelijk|riservat|fortrolig|konfidenti|sekretess|luottamuks",
    "poufn|tajn|důvěrn|dôvern|bizalmas|titkos|конфиденц|конфіденц|поверит|gizli|εμπιστευ|povjerlj|zaup",
    "机密|機密|保密|기밀|비밀|bảo mật|rahasia|legally protected|geschützt|protegid|سري|חסוי|סודי|ความลับ",
)
_ADDRESSEES = _stems(
    "intended|addressee|recipient|solely for|only for the|named above|named person|empfänger|adressat",
    "bestimmt|destinat|dirigid|exclusiv|geadresseerde|bestemd|modtager|mottaker|mottagar|avsedd",
    "vastaanottaj|adresat|odbiorc|určen|címzett|получател|адресат|одержувач|alıcı|παραλήπτ|primatelj",
    "收件人|受信者|宛先|수신|người nhận|penerima|المستلم|הנמען",
)
_MISTAKES = _stems(
    "in error|by mistake|irrtüm|versehentlich|nicht der richtige|par erreur|por error|por erro",
    "por engano|per errore|erroneamente|ten onrechte|abusievelijk|ved en fejl|ved en feil|av misstag",
    "vahingossa|erehdyksessä|omyłk|pomyłk|omyl|tévedés|по ошибке|ошибочно|помилков|погрешка|yanlışlık",
    "εκ παραδρομής|greškom|pomoto|误收|誤|잘못|nhầm|kesalahan|عن طريق الخطأ|בטעות",
)
_PROHIBITIONS = _stems(
    "prohibit|strictly|unauthoris|unauthoriz|disclos|delete it|delete this|delete the|delete them",
    "destroy|notify the sender|untersagt|nicht gestattet|unbefugt|löschen|vernichten|interdit|supprim",
    "détrui|prohibid|elimin|bórrel|apag|vietat|cancell|distrugg|verwijder|verboden|toegestaan|slet",
    "radera|förbjud|poist|kielletty|usun|zabron|smaž|zakáz|vymaž|törölj|tilos|удал|запрещ|видал",
    "заборон|изтри|silin|yasak|διαγρά|απαγορ|obriš|izbriš|删除|刪除|削除|삭제|xóa|hapus|حذف|למחוק",
)
_TREES = _stems(
    "environment|umwelt|environnement|medio ambiente|medioambiente|meio ambiente|ambiente|milieu",
    "miljö|miljø|ympäristö|środowisk|životní prostřed|životním prostřed|životné prostred|životnom prostred|környezet|mediul|окружающ|довкілл|çevre|περιβάλλον",
)
_PRINTING = _stems(
    "print|druck|imprim|stamp|skriv|tulost|druk|tisk|nyomtat|печат|друку|yazdır|εκτυπώ|tipăr"
)
_CONSIDERING = _stems(
    "consider|think|before|denken|bevor|réfléch|pensez|avant|antes|piens|pense|prima|pensa|denk|voordat",
    "tänk|innan|tenk|før|ajattele|ennen|pomyśl|zanim|mysl|než|gondol|mielőtt|подума|прежде|перш|düşün",
    "önce|σκεφ|πριν|gândi|înainte",
)
_SCANNERS = _stems(
    "virus|malware|viren|antivir|avast|avg|norton|mcafee|sophos|kaspersky|bitdefender|eset"
)
_CLEAN = _stems("virus-free|virus free|virenfrei|sans virus|libre de virus|privo di virus")
_REGISTERS = _stems(
    "amtsgericht|registergericht|handelsregister|hrb |hra |registered in|registered office",
    "registered number|company no|company number|company reg|siren|siret|rcs |registro mercantil",
    "kvk|krs|ičo|p.iva|p. iva|partita iva|org.nr|org. nr|orgnr|cégjegyzék|огрн|єдрпоу",
)
_DIRECTORS = _stems(
    "geschäftsführ|vorstand|aufsichtsrat|managing director|board of directors|gérant|consejero|zarząd"
)
_TAXES = _stems(
    "ust-id|ustid|umsatzsteuer|steuernummer|vat |vat:|tva |nif |cif |btw |btw-|nip |dič|инн|mwst"
)
_SEATS = _stems("sitz|siège|sede legal|sede social|registered office|str.")
_COMPANIES = _stems(
    "capital de|capital social|capitale soc|gmbh|ag |ag,|ltd|llc|inc.|sarl|s.a.|s.r.l|b.v.|e.v.|ohg| kg|s.p.a|sp. z o.o|a/s|oy "
)

_USUAL_START = re.compile(
    r"\W{0,5}(?:[\w ]{0,30}\b(?:notice|disclaimer|haftungsausschluss|hinweis|avis|aviso|avvertenz\w+|nota)\b"
    r"|(?:the|this|any) (?:e-?mail|message|communication|transmission|electronic|information|content)"
    r"|the (?:information|contents?) |diese[rs]? (?:e-?mail|nachricht|mail|mitteilung)"
    r"|der inhalt|die (?:information|in dieser)|ce (?:message|courriel)|cet e-?mail|cette (?:communication|transmission)"
    r"|este (?:mensaje|correo|e-?mail)|esta (?:mensagem|comunicación|comunicação)|est[ea] e-?mail"
    r"|(?:o conteúdo|la información|el contenido|as informações)|questo messaggio|questa e-?mail|questa comunicazione"
    r"|le informazioni|il contenuto|dit bericht|deze e-?mail|de (?:informatie|inhoud)|denne (?:e-?mail|mail|besked|melding)"
    r"|detta (?:meddelande|mejl)|det här|tämä|ta wiadomość|niniejsza|treść|tato zpráva|tento e-?mail|táto správa"
    r"|ez az|a jelen|это (?:сообщение|письмо)|данное|настоящее|це повідомлення|цей лист|bu (?:e-?posta|mesaj|ileti)"
    r"|το παρόν|αυτό το|acest (?:mesaj|e-?mail)|ova poruka|本邮件|本郵件|本电子|此邮件|このメール|本メール|이 메일|본 메일"
    r"|if you|wenn sie|sollten sie|falls sie|si vous|si usted|si no es|si ha|se você|caso|se (?:lei|ha|avete|non)"
    r"|indien u|als u|hvis du|hvis de|om du|jos|jeżeli|jeśli|pokud|ak ste|ha (?:nem|ön)|если|якщо|eğer|εάν|ако"
    r"|unauthori[sz]ed|das unerlaubte|jede )",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\W{0,6}(?:caution|warning|external|extern|attention|achtung|vorsicht|avertissement|atención"
    r"|atenção|attenzione|let op|\[?ext\]?)\b",
    re.IGNORECASE,
)
_FROM_OUTSIDE = re.compile(
    r"(?:from|by|vo[nm]|de|da|van|an?) .{0,30}(?:outside|external|extern|esterno|externe|außerhalb|buiten)"
    r"|(?:external|externe[rn]?) (?:e-?mail|sender|email|absender|mail|source)",
    re.IGNORECASE,
)
_LONGEST_BANNER = 500
_LONGEST_NOTE = 300
#: A notice is at least a sentence; lawyers fill a page.
_SHORTEST, _LONGEST = 30, 6000


def form_of(paragraph: str) -> str:
    """The form of a paragraph that closes a mail but is not its writer's, or an empty string."""
    if not _SHORTEST <= len(paragraph) <= _LONGEST:
        return ""
    folded = paragraph.casefold()
    return next((form.__name__ for form in _FORMS if form(folded)), "")


def may_be_banner(line: str) -> bool:
    """The cheap half of ``is_banner``, for the first line of a mail."""
    return _BANNER.match(line) is not None


def is_banner(paragraph: str) -> bool:
    """CAUTION: this mail comes from outside — what a gateway puts above the words."""
    return (
        len(paragraph) <= _LONGEST_BANNER
        and _BANNER.match(paragraph) is not None
        and _FROM_OUTSIDE.search(paragraph) is not None
        and _mentions(paragraph.casefold(), _MAIL)
    )


# ---- forms: each is shown a case-folded paragraph --------------------------------------------


def legal_notice(folded: str) -> bool:
    """This e-mail is confidential and meant for the addressee only."""
    if not _mentions(folded, _MAIL):
        return False
    spoken_of = _count(folded, (_SECRECY, _ADDRESSEES, _MISTAKES, _PROHIBITIONS))
    return spoken_of > (1 if _USUAL_START.match(folded) else 2)


def save_the_trees(folded: str) -> bool:
    """Please consider the environment before printing this e-mail."""
    return len(folded) <= _LONGEST_NOTE and all(
        _mentions(folded, stems) for stems in (_TREES, _PRINTING, _CONSIDERING)
    )


def scanned(folded: str) -> bool:
    """This e-mail has been checked for viruses by a scanner."""
    return (
        len(folded) <= _LONGEST_NOTE
        and _mentions(folded, _SCANNERS)
        and (_mentions(folded, _CLEAN) or _USUAL_START.match(folded) is not None)
    )


def register_entry(folded: str) -> bool:
    """Work GmbH, Amtsgericht Musterstadt HRB 123, Geschäftsführerin: Eva Beispiel."""
    return _mentions(folded, _REGISTERS) and (
        _count(folded, (_DIRECTORS, _TAXES, _SEATS, _COMPANIES)) > 1
    )


_FORMS: tuple[Callable[[str], bool], ...] = (
    legal_notice,
    save_the_trees,
    scanned,
    register_entry,
)


def _mentions(folded: str, stems: Sequence[str]) -> bool:
    return any(stem in folded for stem in stems)


def _count(folded: str, subjects: Sequence[Sequence[str]]) -> int:
    return sum(_mentions(folded, stems) for stems in subjects)
