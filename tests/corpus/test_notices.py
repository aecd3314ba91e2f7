"""Paragraphs of companies and scanners, told from what people write about the same things."""

import pytest

from threading_engine import quotes

ADDED = """\
legal_notice: This message is intended only for the use of the addressee and may contain information that is privileged and confidential.
legal_notice: If you are not the intended recipient, any disclosure, copying or distribution of this email is strictly prohibited.
legal_notice: Disclaimer: the contents of this e-mail are confidential and solely for the person named above.
legal_notice: Sollten Sie nicht der richtige Adressat sein oder diese E-Mail irrtümlich erhalten haben, vernichten Sie sie bitte.
legal_notice: Si vous n'êtes pas le destinataire de ce message, merci de le supprimer et d'en avertir l'expéditeur ; toute divulgation est interdite.
legal_notice: Si usted no es el destinatario de este correo, le rogamos que lo elimine y lo comunique; queda prohibida su divulgación.
legal_notice: Caso não seja o destinatário desta mensagem confidencial, apague-a e avise o remetente.
legal_notice: Questa e-mail è riservata; se l'avete ricevuta per errore vi preghiamo di cancellarla.
legal_notice: Indien u dit bericht abusievelijk ontvangt, verzoeken wij u het te verwijderen; het is alleen voor de geadresseerde bestemd.
legal_notice: Denne e-mail er fortrolig og kun til modtageren. Slet den, hvis du har fået den ved en fejl.
legal_notice: Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle.
legal_notice: Tato zpráva je důvěrná a určená pouze adresátovi.
legal_notice: Ez az üzenet bizalmas, kizárólag a címzettnek szól.
legal_notice: Это сообщение конфиденциально и предназначено только получателю.
legal_notice: Bu e-posta gizlidir ve yalnızca alıcısı içindir.
legal_notice: 本メールは機密情報を含みます。誤って受信された場合は削除してください。
legal_notice: 이 메일은 기밀 정보를 포함하고 있으며 지정된 수신인만을 위한 것입니다. 잘못 수신하신 경우 삭제하여 주십시오.
save_the_trees: Think before you print: save paper, protect the environment!
save_the_trees: Přemýšlejte o životním prostředí, než vytisknete tento e-mail.
save_the_trees: Tänk på miljön innan du skriver ut detta meddelande.
scanned: This message has been scanned for malware by a mail gateway.
register_entry: Lampen GmbH, Sitz: Köln, Amtsgericht Köln HRB 4711, Geschäftsführerin: Eva Licht, USt-IdNr. DE111111111
register_entry: Lumière SARL au capital de 10 000 euros, RCS Paris 123 456 789, TVA FR12345678901, gérant : Luc Blanc""".splitlines()

WRITTEN = """\
I sent an e-mail to the wrong recipient. Can you delete it everywhere?
Please delete the message that I sent to the wrong address yesterday.
This message is confidential: the manager was fired.
If you received my message, please delete the old one in the shared box.
The environment for printing labels is down since Monday.
The scanner found a virus in an e-mail that Ann received this morning.
Our company number changed, and the VAT number as well. Please update the invoice.
Die Nachricht an den falschen Empfänger war mein Versehen.
Is the message about secrecy meant for all of us? I received it, too.""".splitlines()


@pytest.mark.parametrize("notice", ADDED)
def test_a_notice_is_a_signature(notice: str) -> None:
    rule, _, paragraph = notice.partition(": ")
    folded = quotes.fold_plain(f"The form is attached.\n\n{paragraph}")
    assert (folded.visible, folded.rules) == ("The form is attached.", (rule,))


@pytest.mark.parametrize("paragraph", WRITTEN)
def test_what_a_person_writes_about_such_things_stays(paragraph: str) -> None:
    text = f"Hello,\n\n{paragraph}"
    assert quotes.fold_plain(text).visible == text


def test_a_notice_without_words_above_it_is_all_there_is() -> None:
    notice = ADDED[0].partition(": ")[2]
    assert quotes.fold_plain(notice).visible == notice
