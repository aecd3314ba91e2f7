"""The words of this time: quotes, attribution lines and signatures in many clients' manners."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine import quotes
from threading_engine.message import Message

WORDS = "The lamp in room 4 works again."

ATTRIBUTIONS = """\
On Tue, Mar 3, 2020 at 8:15 AM Ana Bell <ana@shop.example> wrote:
On 3 Mar 2020, at 08:15, Ana Bell <ana@shop.example> wrote:
On 2020-03-03 08:15, Ana Bell wrote:
Am Di., 3. März 2020 um 08:15 Uhr schrieb Ana Bell <ana@shop.example>:
Am 03.03.2020 um 08:15 schrieb Ana Bell:
Ana Bell <ana@shop.example> schrieb am Di., 3. März 2020, 08:15:
Le mar. 3 mars 2020 à 08:15, Ana Bell <ana@shop.example> a écrit :
El mar, 3 mar 2020 a las 8:15, Ana Bell (<ana@shop.example>) escribió:
Il giorno mar 3 mar 2020 alle ore 08:15 Ana Bell <ana@shop.example> ha scritto:
Em ter., 3 de mar. de 2020 às 08:15, Ana Bell <ana@shop.example> escreveu:
Op di 3 mrt. 2020 om 08:15 schreef Ana Bell <ana@shop.example>:
Op 3 mrt. 2020 om 08:15 heeft Ana Bell <ana@shop.example> het volgende geschreven:
tir. 3. mar. 2020 kl. 08.15 skrev Ana Bell <ana@shop.example>:
Den tis 3 mars 2020 kl 08:15 skrev Ana Bell <ana@shop.example>:
ti 3. maalisk. 2020 klo 8.15 Ana Bell (ana@shop.example) kirjoitti:
wt., 3 mar 2020 o 08:15 Ana Bell <ana@shop.example> napisał(a):
W dniu 3.03.2020 o 08:15, Ana Bell pisze:
út 3. 3. 2020 v 8:15 odesílatel Ana Bell <ana@shop.example> napsal:
ut 3. 3. 2020 o 8:15 Ana Bell <ana@shop.example> napísal(a):
Ana Bell <ana@shop.example> ezt írta (időpont: 2020. márc. 3., K, 8:15):
În mar., 3 mar. 2020 la 08:15, Ana Bell <ana@shop.example> a scris:
вт, 3 мар. 2020 г. в 08:15, Ana Bell <ana@shop.example>:
3 марта 2020 г., в 08:15, Ana Bell <ana@shop.example> написал(а):
вт, 3 бер. 2020 р. о 08:15 Ana Bell <ana@shop.example> пише:
На вт, 3.03.2020 г. в 8:15 Ana Bell <ana@shop.example> написа:
Ana Bell <ana@shop.example>, 3 Mar 2020 Sal, 08:15 tarihinde şunu yazdı:
Στις Τρί, 3 Μαρ 2020 στις 8:15 π.μ., ο/η Ana Bell <ana@shop.example> έγραψε:
uto, 3. ožu 2020. u 08:15 Ana Bell <ana@shop.example> napisao je:
V V tor., 3. mar. 2020 ob 08:15 je oseba Ana Bell <ana@shop.example> napisala:
Kuupäev T, 3. märts 2020 kell 08:15 kirjutas Ana Bell <ana@shop.example>:
Missatge de Ana Bell <ana@shop.example> del dia dt., 3 de març 2020 a les 8:15:
Ana Bell <ana@shop.example> 于2020年3月3日周二 上午8:15写道：
2020年3月3日(火) 8:15 Ana Bell <ana@shop.example>:
2020년 3월 3일 (화) 오전 8:15, Ana Bell <ana@shop.example>님이 작성:
Vào Th 3, 3 thg 3, 2020 vào lúc 08:15 Ana Bell <ana@shop.example> đã viết:
Pada tanggal Sel, 3 Mar 2020 pukul 08.15 Ana Bell <ana@shop.example> menulis:
03.03.2020, 08:15, "Ana Bell" <ana@shop.example>:
Zitat von Ana Bell <ana@shop.example>:
* Ana Bell <ana@shop.example> [2020-03-03 08:15]:
---- On Tue, 03 Mar 2020 08:15:00 +0100 ana@shop.example wrote ----
-----Ursprüngliche Nachricht-----
‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐""".splitlines()

HEADERS = """\
From|Sent|To|Subject
Von|Gesendet|An|Betreff
De|Envoyé|À|Objet
De|Enviado el|Para|Asunto
Da|Inviato|A|Oggetto
De|Enviada em|Para|Assunto
Van|Verzonden|Aan|Onderwerp
Fra|Sendt|Til|Emne
Från|Skickat|Till|Ämne
Lähettäjä|Lähetetty|Vastaanottaja|Aihe
Od|Wysłano|Do|Temat
Od|Odesláno|Komu|Předmět
Od|Odoslané|Komu|Predmet
Feladó|Elküldve|Címzett|Tárgy
De la|Trimis|Către|Subiect
От|Отправлено|Кому|Тема
Від|Надіслано|Кому|Тема
Kimden|Gönderildi|Kime|Konu
Από|Στάλθηκε|Προς|Θέμα
Od|Poslano|Prima|Predmet
发件人|发送时间|收件人|主题
差出人|送信日時|宛先|件名
보낸 사람|보낸 날짜|받는 사람|제목""".splitlines()

DEVICES = """\
Sent from my iPhone
Sent from my Fairphone 9 using a free hand
Get Outlook for Android <https://aka.ms/x>
Von meinem iPad gesendet
Gesendet mit der WEB.DE Mail App
Envoyé de mon iPhone
Enviado desde mi iPhone
Inviato da iPhone
Verstuurd vanaf mijn iPhone
Sendt fra min iPhone
Skickat från min iPhone
Wysłane z iPhone'a
Отправлено с iPhone
Lähetetty iPhonesta
從我的 iPhone 傳送
发自我的 iPhone
iPhoneから送信""".splitlines()


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("old", ["> Is it on?\n> Ana", "Is it on?\n\nAna"])
@pytest.mark.parametrize("width", [0, 60])
def test_everything_below_an_attribution_is_elided(attribution: str, old: str, width: int) -> None:
    wrapped = textwrap.wrap(attribution, width, break_long_words=False) if width else [attribution]
    folded = quotes.fold_plain(f"{WORDS}\n\n" + "\n".join(wrapped) + f"\n\n{old}\n")
    assert folded.visible == WORDS
    assert "Is it on?" in folded.elided
    assert folded.signature == ""


@pytest.mark.parametrize("labels", HEADERS)
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}"])
def test_everything_below_a_header_block_is_elided(labels: str, form: str) -> None:
    values = ("Ana Bell <ana@shop.example>", "3. 3. 2020 8:15", "desk@example.org", "Lamp")
    block = "\n".join(form.format(*pair) for pair in zip(labels.split("|"), values, strict=True))
    folded = quotes.fold_plain(f"{WORDS}\n\n{'_' * 32}\n{block}\n\nIs it on?\n")
    assert folded.visible == WORDS
    assert folded.elided.endswith("Is it on?")


@pytest.mark.parametrize("line", DEVICES)
def test_lines_that_phones_add_are_a_signature(line: str) -> None:
    folded = quotes.fold_plain(f"{WORDS}\n\n{line}\n")
    assert (folded.visible, folded.signature) == (WORDS, line)


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Hamburg\nPlease book two seats.",
        "On Monday we wrote to the landlord, and he said:\nno.",
        "In 2019 the old server was replaced.\nOn it we ran:\n  the shop\n  the blog",
        "Note: the door is locked.\nTo: whom it may concern",
        "We have sent from our shop 20 parcels, 3 came back.\nWhat now?",
        "Steps:\n1. switch on\n2. wait\n\nResult:\nnothing",
        "We meet at 10:00:\n- Ana\n- Ben",
        "```\n# comment\n-- drop table\n```\nfails",
        "a -- b\n\n-----\n\nc",
        "Please forward the message:\nI am ill.",
        "The price is > 100, that is\n>= the limit.\nOk?",
        "Regards from Rome! The printer is still broken.",
        "Best: replace it.\nWorst: wait.",
        "The customer <x@shop.example> is angry, see:\nhis mail.",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    folded = quotes.fold_plain(text)
    assert (folded.visible, folded.elided, folded.signature) == (text, "", "")


def test_answers_between_the_lines_keep_what_they_answer() -> None:
    text = (
        "On 3 Mar 2020, at 08:15, Ana <ana@shop.example> wrote:\n"
        "> Is it on?\n\nYes.\n\n> Is it warm?\n\nA little.\n\n> Bye\n> Ana\n"
    )
    folded = quotes.fold_plain(text)
    assert folded.visible == "> Is it on?\n\nYes.\n\n> Is it warm?\n\nA little."
    assert folded.elided.startswith("On 3 Mar")
    assert folded.elided.endswith("> Ana")


def test_an_answer_below_the_quote_stands_alone() -> None:
    text = "Ana Bell wrote:\n> Is it on?\n> Is it warm?\n\nBoth.\n\n-- \nBen\nhttps://shop.example"
    folded = quotes.fold_plain(text)
    assert (folded.visible, folded.signature) == ("Both.", "-- \nBen\nhttps://shop.example")


def test_a_quote_that_nobody_is_named_for_stays_with_its_answer() -> None:
    text = "> The light is green.\n\nHere it is red."
    assert quotes.fold_plain(text).visible == text


def test_only_a_sign_off_below_a_quote_does_not_keep_it() -> None:
    folded = quotes.fold_plain("Yes.\n\nOn 3/3/2020 8:15, Ana wrote:\n\n> On?\n\nGruß, Ben")
    assert folded.visible.split() == ["Yes.", "Gruß,", "Ben"]


def test_a_wrapped_quoted_line_stays_in_the_quote() -> None:
    long = "> " + "word " * 14 + "and"
    folded = quotes.fold_plain(f"Yes.\n\nOn 3/3/2020 8:15, Ana wrote:\n{long}\nmore words\n> end")
    assert folded.visible == "Yes."


def test_the_reply_marker_ends_the_words() -> None:
    for marker in (
        quotes.REPLY_MARKER,
        "##- Please type your reply above this line -##",
        "## Bitte antworten Sie oberhalb dieser Zeile ##",
    ):
        folded = quotes.fold_plain(f"{WORDS}\n\n{marker}\nTicket 4 was answered.\nSee you")
        assert folded.visible == WORDS
        assert folded.elided == f"{marker}\nTicket 4 was answered.\nSee you"


def test_a_card_is_a_signature_and_a_name_is_not() -> None:
    card = "Kind regards,\n\nBen Ode\nHead of Lamps\n+49 30 1234567"
    assert quotes.fold_plain(f"{WORDS}\n\n{card}").signature == card
    signed = f"{WORDS}\n\nKind regards,\nBen"
    assert quotes.fold_plain(signed).visible == signed


def test_a_legal_notice_is_a_signature() -> None:
    notice = "This e-mail and its attachments are confidential; delete it if it is not for you."
    folded = quotes.fold_plain(f"{WORDS}\n\n{notice}")
    assert (folded.visible, folded.signature) == (WORDS, notice)


def test_a_forward_without_a_note_shows_the_forwarded_words() -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Ana <ana@shop.example>\n"
        "Date: 3 Mar 2020\nSubject: Lamp\nTo: desk@example.org\n\nIs it on?"
    )
    folded = quotes.fold_plain(text)
    assert folded.visible == "Is it on?"
    assert folded.elided.startswith("---------- Forwarded")


@pytest.mark.parametrize(
    "attribution",
    [line for line in ATTRIBUTIONS if line.split()[0] in {"On", "Am", "Le", "El", "Em", "Op"}],
)
def test_an_attribution_glued_to_the_words_is_cut_off(attribution: str) -> None:
    for gap in ("", " "):
        folded = quotes.fold_plain(f"{WORDS}{gap}{attribution}\n\n> Is it on?")
        assert (folded.visible, folded.elided.split("\n")[0]) == (WORDS, attribution)


def test_old_words_behind_an_attribution_are_elided() -> None:
    folded = quotes.fold_plain(f"{WORDS}\n\n{ATTRIBUTIONS[0]}   Is it on?\n\nAna")
    assert folded.visible == WORDS


def test_every_fold_names_its_rules() -> None:
    text = f"{WORDS}\n\nSent from my iPhone\n\n{ATTRIBUTIONS[0]}\nIs it on?"
    assert quotes.fold_plain(text).rules == ("sent_from_device", "date_and_verb")
    assert quotes.fold_plain(WORDS).rules == ()


def test_plain_text_is_preferred_unless_it_says_nothing() -> None:
    assert quotes.fold(Message(text="plain", html="<p>rich</p>")).visible == "plain"
    assert quotes.fold(Message(text=" \n", html="<p>rich</p>")).visible == "rich"
    stub = "To read this mail use a program that can view HTML."
    assert quotes.fold(Message(text=stub, html="<p>rich</p>")).visible == "rich"
    assert quotes.fold(Message(text=stub)).visible == stub


PIECES = [
    WORDS,
    "",
    "> old",
    ">> older",
    "-- ",
    "__",
    "---",
    "Sent from my iPhone",
    "Kind regards,",
]
PIECES += [
    "From: a@b.example",
    "Date: 1.1.2020",
    "Subject: x",
    "\tTo: <",
    quotes.REPLY_MARKER,
    "a:",
]
PIECES += [
    *ATTRIBUTIONS,
    "Begin forwarded message:",
    ">",
    "> wrote:",
    "\u202b:",
    "<",
    "Tel. +49 1234567",
    "> *",
    ">>> a@b.example 1.1.2020 >>>",
    "Yes.On 1.1.2020 10:00, Ana wrote:   No.",
    "```",
    "AB> x",
    "| x",
    "CAUTION: this mail came from outside.",
    "Quoting Ana",
    "Get Outlook for iOS <https://aka.ms/x>",
    "This e-mail is confidential, delete it.",
    "\u200b",
    "Ana Bell",
    "1.1.2020 10:00",
    "To",
    "*",
]


def _is_complete(folded: quotes.Folded) -> bool:
    parts = f"{folded.visible}{folded.elided}{folded.signature}"
    return sorted("".join(parts.split())) == sorted("".join(folded.text.split()))


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_nothing_is_lost_from_plausible_mails(lines: list[str]) -> None:
    assert _is_complete(quotes.fold_plain("\n".join(lines)))


@given(st.text(max_size=300))
def test_nothing_is_lost_from_any_text(text: str) -> None:
    assert _is_complete(quotes.fold_plain(text))
