"""The words in the lines that phones and mail programs add, one line a language.

A new language is one more line in the first table, a new program one more word in ``BRANDS``.
"""

from __future__ import annotations

#: Verbs of sending that lead, and the prepositions behind them.
VERBS_AND_PREPOSITIONS: tuple[tuple[str, str], ...] = (
    ("sent|posted|typed|written|composed|dictated|delivered", "from|via|with|using|by|through"),
    ("this email was sent|this e-mail was sent|this message was sent", "from|via|with|using|by"),
    ("gesendet|geschickt|verschickt|getippt|geschrieben", "von|vom|mit|aus|über|per|via"),
    ("diese nachricht wurde|diese e-mail wurde|diese mail wurde", "von|vom|mit|aus|über"),
    ("envoyé|envoyée|envoye|écrit|rédigé|expédié", "de|du|depuis|à partir|avec|via|par"),
    ("enviado|enviada|escrito|mandado", "desde|de|do|da|con|com|por|pelo|pela|via|a partir|vía"),
    ("enviat", "des|amb|de"),
    ("inviato|inviata|scritto|mandato|spedito", "da|dal|dalla|con|tramite|via|col"),
    ("verzonden|verstuurd|gestuurd|getypt", "vanaf|met|via|van|vanuit|door"),
    ("sendt|skrevet", "fra|med|via|ved"),
    ("skickat|skickad|sänt|skrivet", "från|med|via"),
    ("wysłane|wysłano|wysłana|wysłany|nadane|napisane", "z|ze|za|przy|przez|poprzez|w"),
    ("odesláno", "z|ze|pomocí|přes|prostřednictvím"),
    ("odoslané|odoslane|odoslaná|odoslano", "z|zo|pomocou|cez"),
    ("poslano|poslana|poslato|послато|пратено|испратено", "s|sa|z|iz|preko|са|с|од|из|преко"),
    ("trimis|trimisă|expediat", "de|din|cu|prin"),
    ("отправлено|отправлена|отправлен|послано|написано", "с|со|из|через|от|при|посредством"),
    ("надіслано|відправлено|написано", "з|із|зі|через|за|від"),
    ("изпратено|изпратен|изпратена", "от|чрез|с|със"),
    ("στάλθηκε|εστάλη|απεστάλη", "από|μέσω|με|απο"),
    ("išsiųsta|išsiųstas", "iš|naudojant|su|per"),
    ("nosūtīts|nosūtīta", "no|izmantojot|ar"),
    ("được gửi|đã gửi|đã được gửi|gửi", "từ|bằng|qua"),
    ("dikirim|dihantar|terkirim", "dari|melalui|dengan|menggunakan"),
    ("تم الإرسال|تم إرسالها|أرسلت|أُرسلت|مرسل|مُرسل", "من|بواسطة|باستخدام|عبر"),
    ("ارسال شده|فرستاده شده", "از|با"),
)
#: Leads without a preposition of their own.
LEADS = (
    "lähetetty|elküldve|küldve|saadetud"
    "|sent úr|sendur úr|נשלח|ส่งจาก|ส่งโดย|從我的|从我的|發自我的|发自我的|發自|发自|寄自|來自|来自|使用"
    "|envoyé d'|envoyé d’|envoyée d'|envoyée d’"
)
#: Leads without a verb; nothing may stand behind the name.
BARE_LEADS = "from my|via my|from a|von meinem|von meiner|vom"
#: Words with which a line begins whose verb stands last.
FIRST_WORDS = (
    "von|vom|aus|über|mit|az|a|från|fra|dari|από|из|с|od|z|從|从|나의|내|मेरे|via|with|minun|min"
)
#: Verbs that stand last: "Von meinem Tablet gesendet", "iPhoneから送信".
LAST_VERBS = (
    "gesendet|geschickt|versendet|verschickt|küldve|küldött|elküldve|gönderildi|iletildi|yollandı"
    "|saadetud|lähetetty|送信|送信されました|傳送|發送|发送|寄出|보냄|보냈습니다|전송됨|전송|भेजा गया|भेजा गया है"
)
#: Programs and devices by name; any ending may follow, as in "iPhonesta" or "iPhone-omról".
BRANDS = (
    "iphone|ipad|ipod|macbook|imac|apple watch|android|blackberry|samsung|galaxy|huawei|honor"
    "|xiaomi|redmi|nokia|htc|motorola|sony|xperia|pixel|oneplus|fairphone|oppo|vivo|realme|windows"
    "|outlook|hotmail|airmail|yahoo|gmail|aol|proton|tutanota|spark|typeapp|sparrow|bluemail|k-9"
    "|thunderbird|gmx|web.de|telekom|freenet|t-online|aquamail|aqua mail|nine|edison|superhuman"
    "|newton|polymail|acompli|readdle|mymail|mailspring|mailbird|canary|zoho|fastmail|hey|missive"
    "|fairemail|mail.com|mail.ru|orange|libero|virgilio|laposte|seznam|onet|naver|daum|foxmail"
    "|netease|网易|rediff|roundcube|sogo|zimbra|groupwise|webmail|inky|shortwave|mimestream|postbox"
    "|em client|почт|mailbox|workspace one|boxer|type app|front"
    "|mail for windows|mail für windows|mail voor windows|mail pour windows|courrier pour windows"
)
#: Devices without a name.
DEVICES = (
    "phone|mobile|mobil|smartphone|mobiltelefon|mobilgerät|handy|cell|cellphone|device|tablet"
    "|tablette|computer|laptop|appareil|gerät|toestel|laite|laitteesta|portable|ordinateur"
    "|telefon|téléphone|móvil|teléfono|celular|telemóvel|telefono|cellulare|telefoon|puhelimesta"
    "|puhelimestani|telefonu|telefonie|telefonról|мобильного|мобильный|мобільного|телефона|телефону"
    "|телефон|смартфона|κινητό|τηλέφωνό|τηλέφωνο|手机|手機|邮箱|郵箱|điện thoại|ponsel|הטלפון|הנייד"
    "|جوالي|هاتفي|الجوال|mac|lg|携帯|携帯電話|휴대폰|휴대전화"
)
#: Imperatives that offer a program.
GETTING = (
    "get|download|holen sie sich|hol dir|hole dir|holen|laden sie|téléchargez|télécharger|obtenez|obtenir"
    "|obtén|obtener|consigue|descarga|descargar|obter|obtenha|baixe|baixar|scarica|ottieni|hent"
    "|last ned|skaffa|hämta|ladda ned|hanki|lataa|pobierz|uzyskaj|získejte|získat|stáhnout|získať"
    "|stiahnite si|töltse le|obțineți|descărcați|скачать|скачайте|получить|установите|отримати"
    "|отримайте|завантажте|изтеглете|вземете|λήψη του|αποκτήστε το|κατεβάστε το|preuzmite"
    "|الحصول على|احصل على|קבל את|הורד את|获取|取得|下载|下載|适用于|適用於|用於|ios|tải|dapatkan|unduh|รับ|ดาวน์โหลด"
)
#: What a program is offered for.
PLATFORMS = "ios|ipados|android|iphone|ipad|windows|mac|macos|mobile|androidiin|iosille|androidille"
#: What phones apologise for.
EXCUSES = (
    "brevity|typo|typos|spelling|autocorrect|auto-correct|terseness|fat fingers|tippfehler|kürze"
)
#: How an apology begins.
EXCUSING = "please excuse|excuse|please forgive|forgive|pardon|apologies for|sorry for|bitte entschuldigen|entschuldigen sie"
