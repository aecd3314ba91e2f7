"""Lines that phones and programs add, told from what people write about phones."""

import pytest

from threading_engine import quotes

ADDED = """\
Sent from my Pixel 9
Sent from my T-Mobile 4G LTE Device
Sent from AOL on Android
Sent from Yahoo Mail. Get the app
Sent from the all new AOL app for iOS
Sent via BlackBerry by AT&T
Sent using Hushmail
Sent from my Verizon, Samsung Galaxy smartphone
Get Outlook for Mac
Gesendet von Mail für Windows 10
Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.
Von meinem Huawei-Mobiltelefon gesendet
Vom iPhone gesendet
Envoyé à partir d’Outlook pour Android
Envoyé depuis l'application Mail Orange
Enviado desde mi smartphone Samsung Galaxy.
Enviado do Yahoo Mail no Android
Inviato dal mio smartphone Samsung Galaxy.
Verzonden vanuit Mail voor Windows
Sendt fra Outlook til iOS
Skickat från Outlook för iOS
Lähetetty Outlook for Androidista
Wysłano z aplikacji mobilnej Poczta
Odesláno z mobilního telefonu
Odoslané z iPhonu
Elküldve a Yahoo Mailből Androidon
Trimis din Yahoo Mail pe Android
Отправлено из Яндекс.Почты для мобильных
Надіслано з мого iPhone
Изпратено от моя iPhone
Στάλθηκε από το Outlook για iOS
Android'de Yahoo Postadan gönderildi
使用 Outlook for iOS 发送
从网易邮箱手机版发送
發自我的 iPhone
Outlook for Android から送信
내 Galaxy에서 보냄
Outlook for iOS에서 전송됨
Được gửi từ điện thoại Galaxy của tôi
Dikirim dari Yahoo Mail di Android
ส่งจาก Outlook สำหรับ iOS
Nosūtīts no mana iPhone
Išsiųsta iš mano „iPhone“
Saadetud minu iPhone'ist
Poslano z mojega iPhona
Послато са мог iPhone-а
נשלח מה-iPhone שלי
تم الإرسال من الـ iPhone""".splitlines()

WRITTEN = """\
Sent the phone to repair yesterday
Sent two mails from my phone yesterday, none arrived
Sent you a mail from Outlook, did it arrive?
From my office I can hear the pump
From my phone I can't open it at all
My phone was sent to the wrong address
Get the phone fixed please
Download the app and try again
Download Outlook for Android? Is that what you mean?
Please excuse the delay
Please excuse the typos in my last mail, the room is 12
Gesendet habe ich die Mail am Montag
Von meinem Handy aus geht es nicht
Das Handy wurde gestern gesendet
Android phones cannot connect
iPhone users have been sent a notice
Outlook for iOS crashes when I open it
Windows updates were sent out
Envoyé le colis hier
Enviado el paquete ayer
Inviato il pacco ieri con il corriere
Verzonden is het pakket gisteren
Written with care, thanks
Orange light is on
Nine people are waiting
Front door is locked
Spark plugs were sent yesterday
Hey, the phone was sent back""".splitlines()


@pytest.mark.parametrize("line", ADDED)
def test_a_line_that_a_program_added_is_a_signature(line: str) -> None:
    folded = quotes.fold_plain(f"It works again.\n\n{line}\n")
    assert (folded.visible, folded.signature) == ("It works again.", line)


@pytest.mark.parametrize("line", WRITTEN)
def test_a_line_that_a_person_wrote_stays(line: str) -> None:
    text = f"Hello,\n\n{line}"
    assert quotes.fold_plain(text).visible == text
    assert quotes.fold_plain(f"{line}\n\nGreetings from Rome").visible.startswith(line)


def test_a_link_or_an_apology_below_the_line_belongs_to_it() -> None:
    lines = "Sent with AquaMail for Android\nhttps://program.example/mail\nPlease excuse typos"
    folded = quotes.fold_plain(f"Coming.\n\n{lines}")
    assert (folded.visible, folded.signature) == ("Coming.", lines)
