"""Words that say: my answers stand further down, between yours.

Where the old mail bears quote marks the answers are seen anyway. In a mail program that marks
nothing people write them in a colour, and only such a sentence tells that they are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ANSWERS = frozenset(
    """
answer answers reply replies comment comments response responses remark remarks notes feedback
antwort antworten kommentar kommentare anmerkung anmerkungen rückmeldung rückmeldungen réponse réponses
commentaire commentaires remarque remarques respuesta respuestas comentario comentarios risposta risposte commento
commenti osservazioni resposta respostas comentário comentários antwoord antwoorden reactie reacties opmerking
opmerkingen svar svaret svaren kommentarer kommentarerna vastaus vastaukset kommentit odpowiedź odpowiedzi komentarz
komentarze odpověď odpovědi komentáře válasz válaszaim válaszom răspunsuri răspunsurile yanıtlarım cevaplarım ответ
ответы комментарий комментарии відповіді отговори отговорите
""".split()  # noqa: SIM905 - a list takes a line a word
)
_COLOURS = (
    r"(?:in|en|em|i|med|w|na|in het)\s(?:der farbe\s|couleur\s|colou?r\s)?(?:red|blue|green|purple|orange|bold|colou?r|capitals"
    r"|caps|rot|blau|grün|lila|fett|farbe|rouge|bleu|vert|gras|rojo|azul|verde|negrita|rosso|blu|grassetto|vermelho|negrito"
    r"|rood|blauw|groen|vet|rött|blått|grönt|rødt|rød|blå|grønt|grøn|czerwon\w+|niebiesk\w+|zielon\w+|červen\w+|modř\w+)"
    r"|punaisella|sinisellä|pirossal|kékkel|cu roșu|cu albastru|kırmızı|mavi|красным|синим|зел[её]ным|червоним|червено"
)
_PLACES = (
    r"in-?\s?line|inside|between the lines|in the (?:text|mail|e-?mail) below|im text|im mailtext"
    r"|dans le (?:texte|corps)|dans votre (?:mail|message)|en línea|en el texto|nel testo|no texto|in de tekst|i texten"
    r"|i teksten|tekstissä|w tekście|v textu|a szövegben|metin içinde|в тексте|внутри"
    r"|(?:see|find)\s(?:\w+\s)?(?:my|our)\s\w+\s(?:\w+\s)?below|(?:meine|unsere)\s\w+\s(?:weiter\s)?unten"
)
_WHERE = re.compile(rf"(?<!\w)(?:{_COLOURS}|{_PLACES})(?!\w)", re.IGNORECASE)
_INLINE = re.compile(
    r"(?<!\w)(?:see|siehe|s\.|voir|cf\.|ver|vedi|zie|se|answered|replied|responded|commented|beantwortet)"
    r"\s(?:\w+\s){0,2}in-?\s?line(?!\w)",
    re.IGNORECASE,
)
# A whole line that points down: what it points to has to be there.
_BELOW = re.compile(
    r"(?:[^.,!?]{0,30},\s?)?(?:(?:please|pls|kindly|bitte|merci de)\s)?(?:see|siehe|s\.|voir|cf\.|ver|véase|vedi|vide|zie|se|katso"
    r"|patrz|viz|lásd|vezi|см\.?|див\.?|виж)\s(?:below|beneath|unten|ci-dessous|plus bas|abajo|más abajo|sotto|abaixo|hieronder"
    r"|onder|nedan|nedenfor|alla|poniżej|níže|alább|mai jos|ниже|нижче|по-долу)\W{0,9}",
    re.IGNORECASE,
)
# "Answers below" is all that such a line says.
_DOWN = frozenset(
    """
below beneath unten unterhalb ci-dessous dessous abajo sotto abaixo hieronder onder nedan nedenfor alla poniżej níže
alább ниже нижче
""".split()  # noqa: SIM905 - a list takes a line a word
)
_FEW_WORDS = 4
_WORD = re.compile(r"[\w-]+")
_LONGEST = 160


def announced(lines: Iterable[str]) -> bool:
    """Whether one of the lines says that answers stand inside the old mail."""
    return any(len(line) <= _LONGEST and _says_so(line) for line in lines)


def _says_so(line: str) -> bool:
    if ("line" in line and _INLINE.search(line)) or _BELOW.fullmatch(line.strip()):
        return True
    words = _WORD.findall(line.lower())
    if words and words[-1] in _DOWN and len(words) <= _FEW_WORDS:
        return not _ANSWERS.isdisjoint(words)
    return not _ANSWERS.isdisjoint(words) and _WHERE.search(line) is not None
