"""What people write in the mails of our own making, before a client dresses it up.

The clients beside this file take a letter and return the bytes' HTML and plain text as they
would write it; tests compare what the engine makes of them with the letter.
"""

from __future__ import annotations

from dataclasses import dataclass

TOP, BOTTOM, INLINE = "top", "bottom", "inline"

#: Attribution lines as clients write them, a language each.
ATTRIBUTIONS = {
    "en": "On Tue, Mar 3, 2020 at 8:15 AM Ana Bell <ana@shop.example> wrote:",
    "de": "Am Di., 3. März 2020 um 08:15 Uhr schrieb Ana Bell <ana@shop.example>:",
    "fr": "Le mar. 3 mars 2020 à 08:15, Ana Bell <ana@shop.example> a écrit :",
    "es": "El mar, 3 mar 2020 a las 8:15, Ana Bell (<ana@shop.example>) escribió:",
    "it": "Il giorno mar 3 mar 2020 alle ore 08:15 Ana Bell <ana@shop.example> ha scritto:",
    "pt": "Em ter., 3 de mar. de 2020 às 08:15, Ana Bell <ana@shop.example> escreveu:",
    "nl": "Op di 3 mrt 2020 om 08:15 schreef Ana Bell <ana@shop.example>:",
    "pl": "wt., 3 mar 2020 o 08:15 Ana Bell <ana@shop.example> napisał(a):",
    "ru": "вт, 3 мар. 2020 г. в 08:15, Ana Bell <ana@shop.example>:",
    "uk": "вт, 3 бер. 2020 р. о 08:15 Ana Bell <ana@shop.example> пише:",
    "cs": "út 3. 3. 2020 v 8:15 odesílatel Ana Bell <ana@shop.example> napsal:",
    "sk": "ut 3. 3. 2020 o 8:15 Ana Bell <ana@shop.example> napísal(a):",
    "sv": "Den tis 3 mars 2020 kl 08:15 skrev Ana Bell <ana@shop.example>:",
    "da": "Den tir. 3. mar. 2020 kl. 08.15 skrev Ana Bell <ana@shop.example>:",
    "no": "tir. 3. mar. 2020 kl. 08:15 skrev Ana Bell <ana@shop.example>:",
    "fi": "ti 3. maalisk. 2020 klo 8.15 Ana Bell (ana@shop.example) kirjoitti:",
    "hu": "Ana Bell <ana@shop.example> ezt írta (időpont: 2020. márc. 3., K, 8:15):",
    "tr": "Ana Bell <ana@shop.example>, 3 Mar 2020 Sal, 08:15 tarihinde şunu yazdı:",
    "ro": "În mar., 3 mar. 2020 la 08:15, Ana Bell <ana@shop.example> a scris:",
    "el": "Στις Τρί 3 Μαρ 2020 στις 8:15 π.μ., ο/η Ana Bell <ana@shop.example> έγραψε:",
    "bg": "На вт, 3.03.2020 г. в 8:15 Ana Bell <ana@shop.example> написа:",
    "hr": "uto, 3. ožu 2020. u 08:15 Ana Bell <ana@shop.example> napisao je:",
    "sl": "V V tor., 3. mar. 2020 ob 08:15 je oseba Ana Bell <ana@shop.example> napisala:",
    "lt": "2020-03-03, an, 08:15 Ana Bell <ana@shop.example> rašė:",
    "lv": "otrd., 2020. g. 3. marts, plkst. 08:15 — lietotājs Ana Bell (<ana@shop.example>) rakstīja:",
    "et": "Kuupäev T, 3. märts 2020 kell 08:15 kirjutas Ana Bell <ana@shop.example>:",
    "ca": "Missatge de Ana Bell <ana@shop.example> del dia dt., 3 de març 2020 a les 8:15:",
    "ja": "2020年3月3日(火) 8:15 Ana Bell <ana@shop.example>:",
    "ko": "2020년 3월 3일 (화) 오전 8:15, Ana Bell <ana@shop.example>님이 작성:",
    "zh": "Ana Bell <ana@shop.example> 于2020年3月3日周二 08:15写道：",
    "vi": "Vào Th 3, 3 thg 3, 2020 vào lúc 08:15 Ana Bell <ana@shop.example> đã viết:",
    "id": "Pada tanggal Sel, 3 Mar 2020 pukul 08.15 Ana Bell <ana@shop.example> menulis:",
    "th": "เมื่อ อ. 3 มี.ค. 2020 เวลา 08:15 Ana Bell <ana@shop.example> เขียนว่า:",
    "he": "\u202bבתאריך יום ג׳, 3 במרץ 2020 ב-8:15 מאת \u202aAna Bell\u202c\u200f <\u202aana@shop.example\u202c\u200f>:\u202c",
    "ar": "في الثلاثاء، ٣ مارس ٢٠٢٠ في ٨:١٥ ص تمت كتابة ما يلي بواسطة Ana Bell \u200f<ana@shop.example>:",
}

#: Labels of Outlook's header block: from, sent, to, subject.
LABELS = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "no": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "bg": ("От", "Изпратено", "До", "Относно"),
    "hr": ("Od", "Poslano", "Prima", "Predmet"),
    "sl": ("Od", "Poslano", "Za", "Zadeva"),
    "lt": ("Nuo", "Išsiųsta", "Kam", "Tema"),
    "lv": ("No", "Nosūtīts", "Kam", "Temats"),
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
    "ca": ("De", "Enviat", "Per a", "Tema"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "vi": ("Từ", "Đã gửi", "Tới", "Chủ đề"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek"),
    "th": ("จาก", "ส่ง", "ถึง", "เรื่อง"),
    "he": ("מאת", "נשלח", "אל", "נושא"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """An answer to a mail from Ana, in paragraphs of plain words."""

    #: What is answered, a paragraph each.
    words: tuple[str, ...] = ("Thanks, the first one works again.", "And the second does, too.")
    #: The lines of the signature; empty when there is none.
    signature: tuple[str, ...] = ()
    #: The paragraphs of the mail being answered.
    old: tuple[str, ...] = ("Is the lamp in the hall dark?", "Or is it the one in the yard?")
    #: The language of the client.
    language: str = "en"
    #: Where the answers stand.
    posting: str = TOP

    @property
    def attribution(self) -> str:
        """The line above the quote."""
        return ATTRIBUTIONS[self.language]

    @property
    def labels(self) -> tuple[str, str, str, str]:
        """The labels of a header block."""
        return LABELS[self.language]

    @property
    def shown(self) -> str:
        """The words that have to be visible, without quote marks."""
        if self.posting == INLINE:
            pairs = zip(self.old, self.words, strict=True)
            return " ".join(text for pair in pairs for text in pair)
        return " ".join(self.words)
