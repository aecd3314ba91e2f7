"""How clients write an answer in HTML: one small function each, markup as they make it.

To add a client, write its function and put it into ``MARKING`` when it marks every quoted line
or paragraph (so that people can answer between them), else into ``CUTTING``.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.corpus.imitations.letters import BOTTOM, INLINE, TOP, Letter

Client = Callable[[Letter], str]


def _linked(text: str) -> str:
    return escape(text, quote=False).replace(
        "ana@shop.example",
        '<a href="mailto:ana@shop.example" target="_blank">ana@shop.example</a>',
    )


def _divs(paragraphs: tuple[str, ...], attributes: str = "") -> str:
    return "<div><br></div>".join(f"<div{attributes}>{escape(text)}</div>" for text in paragraphs)


def _breaks(paragraphs: tuple[str, ...]) -> str:
    return "<br><br>".join(escape(text) for text in paragraphs)


def _mso(paragraphs: tuple[str, ...]) -> str:
    return "<p class=MsoNormal><o:p>&nbsp;</o:p></p>".join(
        "<p class=MsoNormal><span lang=EN-US style='font-size:11.0pt;font-family:"
        f'"Calibri",sans-serif\'>{escape(text)}<o:p></o:p></span></p>'
        for text in paragraphs
    )


def _posted(letter: Letter, opening: str, closing: str, intro: str, signature: str = "") -> str:
    """The words and quotes in the order of the posting, the quotes between opening and closing."""
    quote = f"{opening}{_divs(letter.old)}{closing}"
    if letter.posting == TOP:
        return f"{_divs(letter.words)}<br>{signature}{intro}{quote}"
    if letter.posting == BOTTOM:
        return f"{intro}{quote}<br>{_divs(letter.words)}{signature}"
    pairs = zip(letter.old, letter.words, strict=True)
    return (
        intro
        + "".join(
            f"{opening}{_divs((old,))}{closing}<div>{escape(new)}</div><br>" for old, new in pairs
        )
        + signature
    )


def _header(letter: Letter, *, colon: str = ":", between: str = "<br>") -> str:
    values = (
        "Ana Bell &lt;<a href='mailto:ana@shop.example'>ana@shop.example</a>&gt;",
        "Tuesday, March 3, 2020 8:15 AM",
        "Help Desk &lt;desk@example.org&gt;",
        "The lamp",
    )
    pairs = zip(letter.labels, values, strict=True)
    return between.join(f"<b>{label}{colon}</b> {value}" for label, value in pairs)


# ---- clients that mark every quoted line ------------------------------------------------------


def gmail_web(letter: Letter) -> str:
    """Google Mail in a browser since 2019; the signature stands above the quote."""
    signature = ""
    if letter.signature:
        signature = (
            '<div><br clear="all"></div><br><span class="gmail_signature_prefix">-- </span><br>'
            '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">'
            f"{_breaks(letter.signature)}</div></div><br>"
        )
    intro = (
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f"{_linked(letter.attribution)}<br></div>"
    )
    opening = (
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        'rgb(204,204,204);padding-left:1ex"><div dir="ltr">'
    )
    return f'<div dir="ltr">{_posted(letter, opening, "</div></blockquote>", intro, signature)}</div></div>'


def gmail_before_2018(letter: Letter) -> str:
    """Google Mail when it had no element for its attribution."""
    intro = (
        f'<div class="gmail_extra"><br><div class="gmail_quote">{_linked(letter.attribution)}<br>'
    )
    opening = '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div dir="ltr">'
    return (
        f'<div dir="ltr">{_posted(letter, opening, "</div></blockquote>", intro)}</div></div></div>'
    )


def gmail_android(letter: Letter) -> str:
    """Google Mail on a phone."""
    words = _posted(
        letter,
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">',
        "</blockquote>",
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{_linked(letter.attribution)}<br></div>',
    )
    return f'<div dir="auto">{words}</div></div>\n'


def apple_mac(letter: Letter) -> str:
    """Mail on a Mac; the attribution stands inside of the quote."""
    signature = ""
    if letter.signature:
        signature = (
            '<div><br></div><div><meta charset="UTF-8"><div dir="auto" style="caret-color: rgb(0, 0, 0); '
            'color: rgb(0, 0, 0);">-- <br>'
            f"{_breaks(letter.signature)}</div></div>"
        )
    return (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body '
        'style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'
        + _posted(
            letter,
            '<div><blockquote type="cite"><div>',
            "</div></blockquote></div>",
            f'<div><blockquote type="cite"><div>{_linked(letter.attribution)}</div>'
            '<br class="Apple-interchange-newline"></blockquote></div>',
            signature,
        )
        + "</body></html>"
    )


def apple_phone(letter: Letter) -> str:
    """Mail on an iPhone, with the line that it adds by itself."""
    return (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">'
        + _posted(
            letter,
            '<blockquote type="cite"><div dir="ltr">\ufeff',
            "</div></blockquote>",
            '<div dir="ltr"><br><blockquote type="cite">'
            f"{_linked(letter.attribution)}<br><br></blockquote></div>",
            '<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div>',
        )
        + "</body></html>"
    )


def thunderbird(letter: Letter) -> str:
    """Thunderbird with HTML; quoted plain text comes in a pre element."""
    signature = ""
    if letter.signature:
        lines = "\n".join(letter.signature)
        signature = f'<pre class="moz-signature" cols="72">-- \n{escape(lines)}</pre>'
    return (
        "<html>\n  <head>\n    <meta http-equiv='Content-Type' content='text/html; charset=UTF-8'>\n  </head>\n  <body>\n    "
        + _posted(
            letter,
            '<blockquote type="cite" cite="mid:1@shop.example">\n      <pre class="moz-quote-pre" wrap="">',
            "\n</pre></blockquote>\n",
            f'<div class="moz-cite-prefix">{_linked(letter.attribution)}<br>\n    </div>\n    ',
            signature,
        )
        + "  </body>\n</html>"
    )


def proton(letter: Letter) -> str:
    """Proton Mail."""
    return _posted(
        letter,
        '<blockquote class="protonmail_quote" type="cite">',
        "</blockquote>",
        f'<div class="protonmail_quote">\n        {_linked(letter.attribution)}<br><br>\n        ',
        '<div style="font-family: Arial, sans-serif; font-size: 14px;"><br></div><div class="protonmail_signature_block"'
        ' style="font-family: Arial, sans-serif; font-size: 14px;"><div class="protonmail_signature_block-user '
        'protonmail_signature_block-empty"></div><div class="protonmail_signature_block-proton">\n        Sent with '
        '<a target="_blank" href="https://proton.me/">Proton Mail</a> secure email.\n    </div></div>',
    )


def fastmail(letter: Letter) -> str:
    """Fastmail."""
    signature = ""
    if letter.signature:
        lines = "".join(
            f'<div class="signature">{escape(line)}<br></div>' for line in letter.signature
        )
        signature = (
            f'<div id="sig1234"><div class="signature">--<br></div>{lines}</div><div><br></div>'
        )
    return (
        "<!DOCTYPE html><html><head><title></title><style type='text/css'>p.MsoNormal,p.MsoNoSpacing{margin:0}</style></head><body>"
        + _posted(
            letter,
            '<blockquote type="cite" id="qt" style="">',
            "</blockquote>",
            f"<div>{_linked(letter.attribution)}<br></div>",
            signature,
        )
        + "</body></html>"
    )


def roundcube(letter: Letter) -> str:
    """Roundcube with HTML switched on."""
    signature = ""
    if letter.signature:
        signature = f'<div id="_rc_sig">-- <br>{_breaks(letter.signature)}</div>'
    return (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=UTF-8' /></head>"
        "<body style='font-size: 10pt; font-family: Verdana,Geneva,sans-serif'>\n"
        + _posted(
            letter,
            '<blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">\n'
            '<div id="replybody1">',
            "</div>\n</blockquote>\n",
            f'<p id="reply-intro">{_linked(letter.attribution)}</p>\n',
            signature,
        )
        + "</body></html>"
    )


def evolution(letter: Letter) -> str:
    """Evolution."""
    signature = ""
    if letter.signature:
        signature = f"<div><span>-- <br></span>{_breaks(letter.signature)}</div>"
    return (
        '<html dir="ltr"><head></head><body style="text-align:left; direction:ltr;">'
        + _posted(
            letter,
            '<blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex">',
            "</blockquote>",
            f"<div>{_linked(letter.attribution)}</div>",
            signature,
        )
        + "</body></html>"
    )


def kmail(letter: Letter) -> str:
    """KMail, which writes paragraphs with many margins."""
    line = '<p style="margin-top:0;margin-bottom:0;margin-left:0;margin-right:0;">'
    return (
        "<html>\n<head>\n<meta http-equiv='content-type' content='text/html; charset=UTF-8'>\n</head>\n<body>"
        + _posted(
            letter,
            "<blockquote>" + line,
            "</p></blockquote>",
            f"{line}{_linked(letter.attribution)}</p>\n",
        )
        + "</body>\n</html>"
    )


def superhuman(letter: Letter) -> str:
    """Superhuman, in Google's clothes, with a picture that tells it when the mail is read."""
    return (
        "<html><head></head><body>"
        + _posted(
            letter,
            '<blockquote class="gmail_quote sh-color-black sh-color" style="margin-left: 0px; padding-left: 10px; border-left: 1px solid blue;">',
            "</blockquote>",
            f'<div><div class="gmail_quote">{_linked(letter.attribution)}<br/>',
            '<div><div style="display: none; border: 0px; width: 0px; height: 0px; overflow: hidden; visibility: hidden;">'
            '<img src="https://r.superhuman.example/x.gif" alt="" width="1" height="0" border="0"></div></div>'
            '<div class="gmail_signature"><div style="clear:both">Sent via <a href="https://sprh.example/?vip=1">Superhuman</a></div></div><br>',
        )
        + "</div></div></body></html>"
    )


def spark(letter: Letter) -> str:
    """Spark."""
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<title></title>\n</head>\n<body>\n'
        + _posted(
            letter,
            '<blockquote type="cite" style="border-left-color: grey; border-left-width: thin; border-left-style: solid; margin: 5px 5px;padding-left: 10px;">',
            "</blockquote>",
            f'<div name="messageReplySection">{_linked(letter.attribution)}<br />\n',
            '<div name="messageSignatureSection"><br />\n<div class="matchFont">Ben Hall<br />Lamps and more</div>\n</div>\n',
        )
        + "</div>\n</body>\n</html>"
    )


def front(letter: Letter) -> str:
    """Front."""
    return _posted(
        letter,
        '<blockquote type="cite" class="front-blockquote" style="margin:0 0 0 .8ex">',
        "</blockquote>",
        f"<div>{_linked(letter.attribution)}<br></div>",
        '<div class="front-signature"><div>Ben Hall</div><div>Lamps and more</div></div><br>',
    )


def missive(letter: Letter) -> str:
    """Missive."""
    return _posted(
        letter,
        '<blockquote class="missive_quote" style="margin:0;padding-left:15px;border-left:1px solid #bbb">',
        "</blockquote>",
        f'<div class="missive_quote">{_linked(letter.attribution)}<br><br>',
        '<div class="missive_signature"><div>Ben Hall</div><div>Lamps and more</div></div>',
    )


def hey(letter: Letter) -> str:
    """HEY."""
    return (
        '<!DOCTYPE html><html><body><div class="trix-content">'
        + _posted(
            letter,
            '</div><blockquote class="hey-quote" style="border-left: 1px solid #ccc; padding-left: 1em"><div class="trix-content">',
            "</div></blockquote><div>",
            f"</div><br><div>{_linked(letter.attribution)}<br>",
        )
        + "</div></body></html>"
    )


def em_client(letter: Letter) -> str:
    """eM Client, whose header has no colons."""
    header = "".join(
        f"<div>{label} {value}</div>"
        for label, value in zip(
            letter.labels,
            (
                '"Ana Bell" &lt;<a href="mailto:ana@shop.example">ana@shop.example</a>&gt;',
                "03/03/2020 08:15:00",
                "desk@example.org",
                "The lamp",
            ),
            strict=True,
        )
    )
    return _posted(
        letter,
        '<div id="x1" class="plain"><blockquote cite="mid:1@shop.example" type="cite" class="cite2">',
        "</blockquote></div>",
        f"<div>------ Original Message ------</div>{header}<div><br></div>",
    )


def netease(letter: Letter) -> str:
    """163.com."""
    return (
        '<div style="line-height:1.7;color:#000000;font-size:14px;font-family:Arial">'
        + _posted(
            letter,
            '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">',
            "</blockquote>",
            f'<br><div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div><br><pre>{escape(letter.attribution, quote=False)}</pre>\n',
        )
        + "</div>"
    )


def zoho(letter: Letter) -> str:
    """Zoho Mail; the attribution bears the name of a signature."""
    signature = ""
    if letter.signature:
        signature = (
            '<div id="Zm-_Id_-Sgn" data-sigid="1" data-zbluepencil-ignore="true"><div>'
            f"{_breaks(letter.signature)}<br></div></div><br>"
        )
    words = letter.attribution.rstrip(":： ")
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><html><head><meta content="text/html;charset=UTF-8" http-equiv="Content-Type"></head><body>'
        '<div style="font-family: Verdana, Arial, Helvetica, sans-serif; font-size: 10pt;">'
        + _posted(
            letter,
            '<blockquote id="blockquote_zmail" style="margin: 0px;">',
            "</blockquote>",
            '<div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204); height: 0px; margin-top: 10px;"><br></div>'
            f'<div class="zmail_extra" data-zbluepencil-ignore="true"><br><div id="Zm-_Id_-Sgn1">---- {_linked(words)} ----<br></div><br>',
            signature,
        )
        + "</div></div><br></body></html>"
    )


MARKING: tuple[Client, ...] = (
    gmail_web,
    gmail_before_2018,
    gmail_android,
    apple_mac,
    apple_phone,
    thunderbird,
    proton,
    fastmail,
    roundcube,
    evolution,
    kmail,
    superhuman,
    spark,
    front,
    missive,
    hey,
    em_client,
    netease,
    zoho,
)


# ---- clients that draw a line, below which everything is old ----------------------------------


def outlook_desktop(letter: Letter) -> str:
    """Outlook for Windows, which writes with Word."""
    signature = ""
    if letter.signature:
        signature = (
            "<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>-- <o:p></o:p></p>"
            + "".join(
                f"<p class=MsoNormal><span style='color:#1F497D;mso-fareast-language:EN-US'>{escape(line)}<o:p></o:p></span></p>"
                for line in letter.signature
            )
        )
    return (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>'
        '<meta name=Generator content="Microsoft Word 15 (filtered medium)"><!--[if !mso]><style>v\\:* '
        "{behavior:url(#default#VML);}</style><![endif]--><style><!-- @font-face {font-family:Calibri;} "
        "p.MsoNormal {margin:0cm;} --></style><!--[if gte mso 9]><xml><o:shapedefaults v:ext='edit'/></xml>"
        "<![endif]--></head><body lang=EN-US link='#0563C1' vlink='#954F72'><div class=WordSection1>"
        f"{_mso(letter.words)}{signature}<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
        f"<p class=MsoNormal><span lang=EN-US>{_header(letter)}<o:p></o:p></span></p></div></div>"
        f"<p class=MsoNormal><o:p>&nbsp;</o:p></p>{_mso(letter.old)}</div></body></html>"
    )


def outlook_blue_line(letter: Letter) -> str:
    """Outlook for Windows set to indent what is answered."""
    return (
        f"<html><body><div class=WordSection1>{_mso(letter.words)}<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<div style='border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt'><div>"
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
        f"<p class=MsoNormal>{_header(letter)}<o:p></o:p></p></div></div>{_mso(letter.old)}</div></div></body></html>"
    )


def outlook_2003(letter: Letter) -> str:
    """Outlook 2003, with a rule."""
    return (
        f"<html><body><div class=Section1>{_mso(letter.words)}<div><div class=MsoNormal align=center "
        "style='text-align:center'><font size=3 face=\"Times New Roman\"><span style='font-size:12.0pt'>"
        '<hr size=2 width="100%" align=center tabindex=-1></span></font></div>'
        f"<p class=MsoNormal>{_header(letter)}</p></div>{_mso(letter.old)}</div></body></html>"
    )


def outlook_2000(letter: Letter) -> str:
    """Outlook 2000, with a named header."""
    return (
        f"<HTML><BODY><DIV><SPAN class=1><FONT face=Arial size=2>{_breaks(letter.words)}</FONT></SPAN></DIV>"
        '<BLOCKQUOTE dir=ltr style="MARGIN-RIGHT: 0px"><DIV class=OutlookMessageHeader dir=ltr align=left>'
        f"<FONT face=Tahoma size=2>-----Original Message-----<BR>{_header(letter)}<BR><BR></FONT></DIV>"
        f"{_divs(letter.old)}</BLOCKQUOTE></BODY></HTML>"
    )


def outlook_web(letter: Letter) -> str:
    """Outlook in a browser, and the new Outlook."""
    signature = ""
    if letter.signature:
        signature = f'<div id="Signature" class="elementToProof"><div style="color: black">{_breaks(letter.signature)}</div></div>'
    return (
        '<html><head><style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head>'
        f'<body dir="ltr">{_divs(letter.words, " class=elementToProof")}{signature}<div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{_header(letter)}</font>'
        f'<div>&nbsp;</div></div><div class="BodyFragment"><div class="PlainText">{_breaks(letter.old)}</div></div></body></html>'
    )


def outlook_phone(letter: Letter) -> str:
    """Outlook on a phone."""
    return (
        '<html><head></head><body><div dir="auto" style="font-family: Aptos; font-size: 12pt;">'
        f'{_divs(letter.words)}</div><div id="ms-outlook-mobile-body-separator-line" dir="auto"><br></div>'
        '<div id="ms-outlook-mobile-signature" style="color: inherit;"><div>Get <a href="https://aka.example/o0ukef">Outlook for iOS</a></div></div>'
        '<div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message skipProofing" style="text-align: left; '
        'padding: 3pt 0in 0in; border-width: 1pt medium medium; border-style: solid none none; border-color: rgb(181, 196, 223) currentcolor currentcolor;">'
        f'{_header(letter)}<br></div><div class="ms-outlook-mobile-reference-message skipProofing">{_divs(letter.old)}</div></div></body></html>'
    )


def outlook_mac(letter: Letter) -> str:
    """Outlook for Mac."""
    return (
        f'<html><body lang="EN-US"><div class="WordSection1">{_mso(letter.words)}<p class="MsoNormal">&nbsp;</p>'
        '<div id="mail-editor-reference-message-container"><div><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal" style="margin-bottom:12.0pt"><span style="color:black">{_header(letter)}</span></p></div>'
        f"{_mso(letter.old)}</div></div></div></div></body></html>"
    )


def outlook_mac_2011(letter: Letter) -> str:
    """Outlook 2011 for Mac."""
    header = _header(letter, colon=": ")
    return (
        f'<html><head></head><body style="word-wrap: break-word;">{_divs(letter.words)}<div><br></div>'
        '<span id="OLK_SRC_BODY_SECTION"><div style="font-family:Calibri; font-size:11pt; text-align:left; color:black; '
        f'BORDER-BOTTOM: medium none; BORDER-LEFT: medium none; BORDER-TOP: #b5c4df 1pt solid; PADDING-TOP: 3pt">{header}<br></div><div><br></div>{_divs(letter.old)}</span></body></html>'
    )


def windows_mail(letter: Letter) -> str:
    """Mail for Windows 10."""
    return (
        f"<html><body lang=EN-US><div class=WordSection1>{_mso(letter.words)}<p class=MsoNormal>Sent from "
        '<a href="https://go.example/?LinkId=550986">Mail</a> for Windows 10</p><p class=MsoNormal><o:p>&nbsp;</o:p></p>'
        "<div style='mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
        f"<p class=MsoNormal style='border:none;padding:0cm'>{_header(letter, colon=': ')}</p></div>{_mso(letter.old)}</div></body></html>"
    )


def outlook_express(letter: Letter) -> str:
    """Outlook Express and Windows Live Mail."""
    between = '</DIV><DIV style="FONT: 10pt arial">'
    return (
        f"<HTML><BODY bgColor=#ffffff><DIV><FONT face=Arial size=2>{_breaks(letter.words)}</FONT></DIV>\n"
        '<BLOCKQUOTE \nstyle="PADDING-RIGHT: 0px; PADDING-LEFT: 5px; MARGIN-LEFT: 5px; BORDER-LEFT: #000000 2px solid; MARGIN-RIGHT: 0px">\n'
        '  <DIV style="FONT: 10pt arial">----- Original Message ----- </DIV>\n'
        f'  <DIV style="BACKGROUND: #e4e4e4; FONT: 10pt arial; font-color: black">{_header(letter, between=between)}</DIV>\n'
        f"  <DIV><BR></DIV>{_divs(letter.old)}</BLOCKQUOTE></BODY></HTML>"
    )


def yahoo(letter: Letter) -> str:
    """Yahoo Mail in a browser; AOL is the same."""
    return (
        '<html><head></head><body><div class="yahoo-style-wrap" style="font-family:Helvetica Neue, Arial; font-size:13px;">'
        f'<div dir="ltr" data-setdir="false">{_divs(letter.words)}</div><div><br></div></div>'
        '<div id="yahoo_quoted_7412" class="yahoo_quoted"><div style="font-family:Arial;font-size:13px;color:#26282a;">'
        f"<div>{_linked(letter.attribution)}</div><div><br></div><div><br></div><div><div id=yiv1>{_divs(letter.old)}</div></div></div></div></body></html>"
    )


def yahoo_phone(letter: Letter) -> str:
    """Yahoo Mail on a phone."""
    return (
        f'{_divs(letter.words)} <br> <br><div id="ymail_android_signature"><a id="ymail_android_signature_link" '
        'href="https://go.example/mb/android">Sent from Yahoo Mail on Android</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> '
        f'<div style="font-family:Roboto, sans-serif; color:#6D00F6;"> <div>{_linked(letter.attribution)}</div></div> '
        f'<div style="padding: 10px 0 0 20px; margin: 10px 0 0 0; border-left: 1px solid #6D00F6;">{_divs(letter.old)}</div></blockquote>'
    )


def gmx(letter: Letter) -> str:
    """GMX and Web.de."""
    return (
        f'<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">{_divs(letter.words)}\n<div>&nbsp;\n'
        '<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5; word-wrap: break-word;">\n'
        f'<div style="margin:0 0 10px 0;">{_header(letter)}</div>\n<div name="quoted-content">{_divs(letter.old)}</div></div></div></div></body></html>'
    )


def t_online(letter: Letter) -> str:
    """T-Online."""
    return (
        f"<html><head></head><body>{_divs(letter.words)}<p></p><br><div>-----Original-Nachricht-----</div>"
        f"{_header(letter, between='<br>')}<br><br>{_divs(letter.old)}</body></html>"
    )


def notes(letter: Letter) -> str:
    """Lotus Notes, which writes its header in grey with wide gaps."""
    values = (
        "Ana Bell/Shop &lt;ana@shop.example&gt;",
        "03/03/2020 08:15 AM",
        "desk@example.org",
        "The lamp",
    )
    header = "<br>".join(
        f'<font size=1 color=#5f5f5f face="sans-serif">{label}: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">{value}</font>'
        for label, value in zip(letter.labels, values, strict=True)
    )
    return (
        f'<font size=2 face="sans-serif">{_breaks(letter.words)}</font>\n<br>\n<br>\n<br>\n<br>{header}\n<br>\n<hr noshade>\n<br>\n<br>\n'
        f"<tt><font size=2>{_breaks(letter.old)}</font></tt>\n<br>\n"
    )


def notes_table(letter: Letter) -> str:
    """Lotus Notes 7 and 8: who and when on the left, to whom and what about on the right."""
    rows = "".join(
        f"<tr valign=top>\n<td>\n<div align=right><font size=1 face=sans-serif>{label}</font></div>\n<td><font size=1 face=sans-serif>{value}</font>\n"
        for label, value in (
            (letter.labels[2], "desk@example.org"),
            ("cc", ""),
            (letter.labels[3], "The lamp"),
        )
    )
    return (
        f'<br><font size=2 face="sans-serif">{_breaks(letter.words)}</font>\n<br>\n<br>\n<table width=100%>\n<tr valign=top>\n<td width=40%>'
        '<font size=1 face="sans-serif"><b>Ana Bell &lt;ana@shop.example&gt;</b> </font>\n<p><font size=1 face="sans-serif">03/03/2020 08:15 AM</font>\n'
        f"<td width=59%>\n<table width=100%>\n{rows}</table>\n<br>\n<table>\n<tr valign=top>\n<td>\n<td></table>\n<br></table>\n<br>\n<br>"
        f"<tt><font size=2>{_breaks(letter.old)}</font></tt>\n"
    )


def notes_web(letter: Letter) -> str:
    """Domino's web mail."""
    return (
        f'<FONT face="Default Sans Serif,Verdana,Arial,Helvetica,sans-serif" size=2><DIV>{_breaks(letter.words)}</DIV><DIV>&nbsp;</DIV>'
        '<FONT color=#990099>-----Ana Bell &lt;ana@shop.example&gt; wrote: -----<BR><BR></FONT><DIV class=iNotesHistory style="padding-left:5px;">'
        '<DIV style="padding-right:0px;padding-left:5px;border-left:solid black 2px;">'
        f"{_header(letter)}<BR><BR>{_divs(letter.old)}</DIV></DIV></FONT>"
    )


def samsung(letter: Letter) -> str:
    """Samsung's mail on a phone."""
    return (
        f'<html><head></head><body>{_divs(letter.words, " dir=auto")}<div dir="auto"><br></div><div id="composer_signature" dir="auto">'
        '<div style="font-size:12px;color:#575757" dir="auto">Sent from my Galaxy</div></div><div dir="auto"><br></div><div><br></div>'
        '<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div>'
        f"<div>{_header(letter, between='</div><div>')} </div><div><br></div></div>{_divs(letter.old)}</body></html>"
    )


def zimbra(letter: Letter) -> str:
    """Zimbra."""
    signature = ""
    if letter.signature:
        signature = f'<div data-marker="__SIG_PRE__"><div>{_breaks(letter.signature)}</div></div><div><br></div>'
    return (
        f'<html><body><div style="font-family: arial, helvetica, sans-serif; font-size: 12pt; color: #000000">{_divs(letter.words)}<div><br></div>{signature}'
        '<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">'
        f'{_header(letter)}<br></div><div><br></div><div data-marker="__QUOTED_TEXT__">{_divs(letter.old)}</div></div></body></html>'
    )


def mail_ru(letter: Letter) -> str:
    """Mail.ru, with the attribution inside of the quote."""
    return (
        f'\n<HTML><BODY>{_divs(letter.words)}<br><br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">\n\t'
        f'{_linked(letter.attribution)}<br>\n\t<div id="">\n<div class="js-helper js-readmsg-msg">{_divs(letter.old)}</div></div></blockquote></BODY></HTML>'
    )


def qq(letter: Letter) -> str:
    """QQ Mail."""
    header = _header(letter, between=";</div><div>")
    return (
        f'{_divs(letter.words)}<div><br></div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">'
        "------------------&nbsp;原始邮件&nbsp;------------------</div>"
        f'<div style="font-size: 12px;background:#efefef;padding:8px;"><div>{header}</div></div><div><br></div>{_divs(letter.old)}'
    )


def active_sync(letter: Letter) -> str:
    """A phone's own client on an Exchange server, which appends the old mail itself."""
    return (
        f'<html><head><meta content="text/html; charset=utf-8"></head><body><div>{_breaks(letter.words)}</div>\n<br>\n<div><br></div>'
        f"<div>-------- Original message --------</div><div>{_header(letter)}<br></div><hr>{_divs(letter.old)}</body></html>"
    )


def blackberry(letter: Letter) -> str:
    """A BlackBerry."""
    return (
        f"<html><body>{_breaks(letter.words)}<br><br>Sent from my BlackBerry 10 smartphone.<br>"
        '<table width="100%" style="background-color:white;border-spacing:0px;"><tbody><tr><td colspan="2" style="font-size: initial;"><div id="_persistentHeader" '
        'style="background-color: rgb(255, 255, 255);"><table width="100%" style="background-color:white;border-spacing:0px;"><tbody><tr><td>'
        f'<div style="border-style: solid none none; border-top-color: rgb(181, 196, 223); border-top-width: 1pt; padding: 3pt 0in 0in;"><div>{_header(letter, between="</div><div>")}'
        f'</div></div></td></tr></tbody></table></div></td></tr></tbody></table><br><div id="_originalContent">{_divs(letter.old)}</div></body></html>'
    )


def mailbird(letter: Letter) -> str:
    """Mailbird."""
    return (
        f'<html><body>{_divs(letter.words)}<div class="mb_sig"><br></div>'
        f'<blockquote class="history_container" type="cite" style="border-left-style:solid;border-width:1px; margin-top:20px; margin-left:0px;padding-left:10px;">'
        f'<p style="color: #AAAAAA; margin-top: 10px;">{_linked(letter.attribution)}</p>{_divs(letter.old)}</blockquote></body></html>'
    )


CUTTING: tuple[Client, ...] = (
    outlook_desktop,
    outlook_blue_line,
    outlook_2003,
    outlook_2000,
    outlook_web,
    outlook_phone,
    outlook_mac,
    outlook_mac_2011,
    windows_mail,
    outlook_express,
    yahoo,
    yahoo_phone,
    gmx,
    t_online,
    notes,
    notes_table,
    notes_web,
    samsung,
    zimbra,
    mail_ru,
    qq,
    active_sync,
    blackberry,
    mailbird,
)

#: Clients whose structure tells the signature from the words.
SIGNING: tuple[Client, ...] = (
    gmail_web,
    apple_mac,
    thunderbird,
    fastmail,
    roundcube,
    evolution,
    zoho,
    outlook_desktop,
    outlook_web,
    zimbra,
)

__all__ = ["BOTTOM", "CUTTING", "INLINE", "MARKING", "SIGNING", "TOP", "Client"]
