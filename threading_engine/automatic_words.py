"""The words by which programs that write mail give themselves away.

Everything is matched against lower-case text, except ``REPORT_FIELDS`` and ``NOTIFICATION``. None
of these suffices alone; ``automatic`` says which second sign each needs.
"""

from __future__ import annotations

import re

#: A sender that is a mail system, by address or name.
DAEMON = re.compile(
    r"mail(?:er)?[-_. ]?daemon|\bmdaemon@|mail[-._ ]delivery[-._ ](?:sub)?(?:system|service)|double-bounce@"
)
#: A sender that people and programs share.
POSTMASTER = re.compile(
    r"po+st[-_.]?master|system ?administrator|\b(?:imss|mailgateway|mailadm|mailsweeper)@|sysadmin@|administrator@"
)
#: A subject that speaks of a failed delivery, in the languages of large providers.
FAILURE_SUBJECT = re.compile(
    r"\b(?:un|non-?)deliver(?:able|ed|y)|delivery (?:status|failure|failed|problem|error|report|notification|has failed|incomplete|delayed)"
    r"|(?:failure|failed|returned|rejected|undelivered|delayed|bounced?) (?:mail|message|notice|delivery|email)\b|fail(?:ed|ure) mail|mail (?:delivery )?(?:failed|failure|error|system error|not delivered)"
    r"|(?:mail|message|e-?mail|delivery)[^\n]{0,60} (?:could not be|not be|cannot be|has not been|was not|not yet been|is|been) (?:delivered|delayed|rejected|returned|blocked|undeliverable)"
    r"|returned to sender|returning message to sender|delivery \(?fail|user unknown|mail could not|nondelivery|non remis|error sending your mail|rejected mail|processing error"
    r"|unzustellbar|nicht zugestellt|unzustellbarkeit|konnte nicht zugestellt|zustellung|non distribu|échec de la remise|impossible de remettre|notification d'état de remise"
    r"|no se pudo entregar|no entregado|devuelto|mancat[ao] (?:consegna|recapito)|non recapitabile|não entreg|falha na entrega|niet (?:af|be)(?:ge)?lever|onbestelbaar"
    r"|nie dostarcz|niedostarcz|kézbesíthetetlen|nedoručiteln|не доставлен|недоставлен|teslim edilemedi|kunde inte levereras|kunne ikke leveres|ei voitu toimittaa"
    r"|配信できません|配信不能|不達|送信できません|退信|投递失败|退件|無法(?:傳送|投遞)|반송|전송 실패|배달 실패"
)
#: What mail servers write in the first lines of a notice.
NOTICE = re.compile(
    r"(?:could|can|was|has) ?(?:not|n't|never)? ?(?:be |been )?(?:able to )?deliver|undeliverable|undelivered|delivery (?:to the following|failed|failure|error|has failed|attempt)"
    r"|this is the (?:mail system|postfix|qmail|keftamail|dragonfly|mail delivery)|mail delivery (?:software|system|subsystem)|automatically (?:generated )?(?:by mail|delivery status)"
    r"|(?:addresses|recipients?|address(?:\(es\))?) (?:had|failed|that failed|has been rejected|was rejected)|user(?:'s)? (?:unknown|mailbox (?:is full|exceeds))|unknown user|permanent (?:fatal )?error|fatal errors?"
    r"|did not reach|not (?:be )?delivered|unable to deliver|failed to deliver|delivery incomplete|mailbox is full|message delivery|transcript of session|returned to (?:you|sender)"
    r"|failed recipients|invalid user address|no such user|n'a pas pu|送信できませんでした|配信できません|送信に失敗|не может быть доставлено|nicht zugestellt|unzustellbar|group you tried to contact|recipient address"
)
#: Fields of a delivery report (RFC 3464) standing in a text.
REPORT_FIELDS = re.compile(r"^(?:final-recipient|reporting-mta): ?\w", re.IGNORECASE | re.MULTILINE)
#: The JSON of Amazon SES.
NOTIFICATION = re.compile(
    r'\s*\{\s*"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint|Delivery)"'
)
#: The first words of vacation notes, as the programs of the world write them before our subject.
_VACATION = (
    r"auto(?:matic|mated)?[- ]?(?:reply|response|responder|answer)|out of (?:the )?office|on vacation|away from (?:my )?(?:mail|office|desk)|vacation (?:notice|reply)"
    r"|automatische (?:antwort|beantwortung|abwesenheit)|abwesenheit(?:snotiz|sbenachrichtigung|sassistent)?|nicht im büro|urlaub"
    r"|réponse automatique|absence du bureau|message d'absence|absent du bureau"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina|respost[ae] autom[áaà]tica|ausência|fora do escritório|ausente"
    r"|risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezig(?:heid)?|niet op kantoor"
    r"|automatiske?t? svar|autosvar|frånvaro(?:meddelande)?|fravær|automaattinen vastaus|automaattivastaus|poissa"
    r"|odpowiedź automatyczna|autoodpowiedź|automatick[áa] odpov[ěe][ďd]|nieobecno|mimo kancelář|automatikus válasz|házon kívül"
    r"|автоматический ответ|автоответ|вне офиса|автоматична відповідь|автоматичен отговор|аутоматски одговор|automatski odgovor|samodejni odgovor"
    r"|otomatik (?:yanıt|cevap)|ofis dışında|răspuns automat|αυτόματη απάντηση|automatinis atsakymas|automātiska atbilde|automaatvastus|balasan otomatis"
    r"|自動(?:返信|応答)|不在(?:通知|のお知らせ)|自动(?:回复|答复)|自動(?:回覆|答覆)|外出|자동 ?(?:회신|응답)|부재중|رد تلقائي|תשובה אוטומטית|trả lời tự động|ตอบกลับอัตโนมัติ"
    # Lotus Notes: "AUTO: Ann Asker is out of the office (returning 5 May)"
    r"|auto: [^\n]{1,120}(?:out of|abwesend|absent|returning|zurück)"
)
VACATION = re.compile(rf"(?:re: )?\W{{0,3}}(?:{_VACATION})")
#: The same as a heading before the subject that is answered.
VACATION_HEADING = re.compile(rf"\W{{0,3}}(?:{_VACATION})[^\n:：]{{0,12}}[:：]")

#: GroupWise tells by subject what became of a mail.
STATUS_SUBJECT = re.compile(r"message status - (?:opened|delivered|deleted|undeliverable|pending)")
#: What Outlook puts before the subject of a receipt …
RECEIPT_SUBJECT = re.compile(
    r"(?:not )?(?:read|delivered|deleted)\s?:|(?:un|nicht )?gelesen\s?:|(?:non )?lue?\s?:|(?:no )?leído\s?:|(?:non )?letto\s?:|(?:niet )?gelezen\s?:|lid[ao]\s?:"
)
#: … and how its text begins.
RECEIPT_TEXT = re.compile(
    r"\W{0,5}(?:your (?:e-?mail|message)|this is a receipt|ihre nachricht|votre message|(?:su|el) mensaje|il (?:messaggio|tuo messaggio)|uw bericht|a sua mensagem)\b"
)

#: Somebody speaks in person. Mail servers say "I", too, but not these things.
PERSONAL = re.compile(
    r"\b(?:i|we|my (?:boss|colleagues?|customers?|users?)) (?:am|have|had|get|got|tried|cannot|can't|can not|keep|received|see|still|think|need|would|want|wanted|sent)\b|\bi've (?:got|had|been|tried)|\b(?:can|could|would|did|do) you\b|please (?:help|advise|have a look)|any ideas?\b|\bthank(?:s| you)[,.! ]|(?:kind|best|warm) regards|\bcheers\b|\bhelp\?|what does (?:this|it) mean"
    r"|\bich (?:habe|bekomme|kann|möchte|bin|erhalte)|\bwir (?:haben|bekommen|können|erhalten)|(?:können|könnten) sie|kannst du|könnt ihr|bitte (?:um hilfe|helfen|prüfen)|\b(?:vielen )?dank\b|danke|(?:viele|freundliche[nm]?|beste|liebe) grüße|\bmfg\b"
    r"|\bj'ai |\bje (?:ne |reçois|suis|n'arrive)|nous avons|pouvez-vous|\bmerci\b|cordialement"
    r"|\bgracias\b|saludos|he recibido|hemos recibido|pueden ayudar|\bgrazie\b|saluti|ho ricevuto|potete|obrigad[oa]\b|recebi |bedankt|groeten|ik (?:krijg|heb)|\btack\b|hälsningar|dziękuj|pozdrawiam|спасибо|здравствуйте|děkuji|ありがとう|お願いします|谢谢|您好"
)

#: The subject that RFC 7489, section 7.2.1.1, gives to reports about a domain's mail.
AGGREGATE_SUBJECT = re.compile(r"(?:\[[^\]]{1,30}\] ?)?report domain: ?\S.{0,200}?submitter: ?\S")
#: How their table is packed.
PACKED = re.compile(r"\.(?:zip|gz|xml)$")
