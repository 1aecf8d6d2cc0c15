"""Words that say the programme did it: the grade of the evidence decides whether a sentence may hold them.

Design and words belong together as in `findings.evidence`: a lot carries "door het programma", a comparison in time
"waarschijnlijk door", everything else no causal word at all.
"""

import re
from collections.abc import Iterable

from evaltools.errors import ReportError

PROGRAMME = r"(?:programma|aanpak|project|regeling|begeleiding|traject|coach)\w*"
"""What a text calls the programme."""
SOME_WORDS = r"(?:\w+\s+){0,5}"

CAUSAL = {
    "effect": r"\w*effect(?:en|i\w+)?\b",
    "dankzij": r"dank\s?zij",
    "te danken aan": r"te\s+danken\s+aan|(?:toe\s+te\s+schrijven|toegeschreven)\s+aan",
    "leidt tot": (
        rf"(?:leid(?:t|de|den|en)|geleid)\s+{SOME_WORDS}(?:tot|toe|ertoe)\b"
        rf"|(?:tot|toe|ertoe)\s+{SOME_WORDS}(?:leid(?:t|de|den|en)|geleid)\b"
    ),
    "zorgt voor": (
        rf"(?:zorg(?:t|de|den|en)|gezorgd)\s+{SOME_WORDS}(?:er)?voor\b"
        rf"|(?:er)?voor\s+{SOME_WORDS}(?:zorg(?:t|de|den)|gezorgd)\b"
    ),
    "door het programma": rf"door\s+(?:het|dit|de|deze|ons|onze|een)\s+(?:\w+\s+)?{PROGRAMME}",
    "daardoor": (
        r"(?:daar|hier|waar)door\s+(?:\w+\s+){0,8}"
        r"(?:vindt|vond(?:en)?|vinden|krijgen|kregen|gaan|gingen|verlaten|verlieten|stromen|stroomden)\b"
    ),
    "veroorzaakt": r"veroorza\w+",
    "als gevolg van": r"(?:ten\s?)?gevolge?\s+van",
    "resulteert in": r"(?:resulte(?:er|re)\w*|geresulteerd)\b|als\s+resultaat\b",
    "bereikt door": r"(?:bereikt|behaald|gerealiseerd)\s+door",
    "draagt bij aan": (
        rf"(?:draagt|droeg(?:en)?|dragen)\s+{SOME_WORDS}bij\b|(?:bijgedragen|bijdraagt|bijdroeg(?:en)?)\b"
        r"|bij\s+te\s+dragen\b|bijdrage\s+(?:geleverd|lever\w*)"
    ),
    "helpt": r"(?:helpt|hielp(?:en)?|geholpen)\b",
    "levert op": rf"lever(?:t|de|den|en)\s+{SOME_WORDS}op\b|(?:opgeleverd|oplever(?:t|de|den))\b",
    "brengt aan het werk": (
        rf"(?:brengt|brengen|bracht(?:en)?|gebracht)\s+{SOME_WORDS}(?:aan\s+het\s+werk|naar\s+werk|uit\s+de\s+(?:uitkering|bijstand))\b"
        r"|(?:aan\s+het\s+werk|naar\s+werk|uit\s+de\s+(?:uitkering|bijstand))\s+(?:brengt|brengen|bracht(?:en)?|gebracht)\b"
    ),
    "vergroot de kans": r"(?:verhoog|vergroot|verbeter|verklein|verlaag)\w*\s+(?:\w+\s+){0,2}kans\w*",
    # "Wie in het programma werkt" is at work in it.
    "werkt goed": (
        rf"(?<!in het )(?<!in dit )(?<!in de )(?<!in deze )(?<!\w){PROGRAMME}[”’\"']?\s+(?:\w+\s+){{0,2}}?"
        r"(?:werkt|werkte|slaagt|slaagde)\b|(?:blijkt|bleek|lijkt|leek)\s+te\s+werken\b"
    ),
    "succes": r"succes(?:vol\w*|sen)?\b",
    "impact": r"impact\b",
}
"""Causal words by name, as patterns, in their inflections."""
SAYS_NOTHING = r"geen effectmeting"
"""What holds a causal word and claims nothing."""
PROBABLY = r"waarschijnlijk door"
"""With what a comparison in time may begin its claim."""
FREE = ("A",)
"""Grades that may use any of them."""
IN_PLACE = "het programma"
"""What stands for a name: "Aandacht helpt!" claims nothing, "door Aandacht helpt!" does."""

_CAUSAL = {name: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for name, pattern in CAUSAL.items()}
_SENTENCE = re.compile(r"(?<=[.!?])[\"'’”)]*\s+|\n+")
_CLOSING = " \t\"'’”)"


def causal_words(text: str, grade: str, *, names: Iterable[str] = ()) -> list[str]:
    """Name the causal words in a text that the grade of the evidence does not carry. A question claims nothing.

    Parameters
    ----------
    grade
        Of `findings.evidence.GRADES`. One that is not known carries no causal word.
    names
        Names of programmes in the text, as they are written there: a causal word in a name is none.

    Examples
    --------
    >>> causal_words("Dankzij de aanpak vonden 38 mensen werk.", "E")
    ['dankzij']
    >>> causal_words("Dit is geen effectmeting. Kwam het door het programma?", "E")
    []
    >>> causal_words("Dat komt waarschijnlijk door het programma.", "B"), causal_words("Dat komt door het programma.", "B")
    ([], ['door het programma'])
    >>> name = "Aandacht helpt!"
    >>> causal_words("Aandacht helpt! begon in 2018.", "E", names=[name])
    []
    >>> causal_words("Er kwam werk door Aandacht helpt!", "E", names=[name])
    ['door het programma']
    """
    if grade in FREE:
        return []
    said = text
    for name in sorted(filter(None, names), key=len, reverse=True):
        said = re.sub(rf"[‘“\"']?(?<!\w){re.escape(name)}(?!\w)[’”\"']?", IN_PLACE, said)
    said = re.sub(SAYS_NOTHING, " ", said, flags=re.IGNORECASE)
    if grade == "B":
        said = re.sub(rf"\b{PROBABLY}\s+\w+\s+\w+", " ", said, flags=re.IGNORECASE)
    claims = [each for each in _SENTENCE.split(said) if not each.rstrip(_CLOSING).endswith("?")]
    return [name for name, pattern in _CAUSAL.items() if any(pattern.search(each) for each in claims)]


def require_carried(texts: Iterable[str], grade: str, where: str, *, names: Iterable[str] = ()) -> None:
    """Refuse sentences that claim more than the grade of the evidence carries.

    Parameters
    ----------
    names
        As of `causal_words`.

    Raises
    ------
    ReportError
        With every causal word that was found.
    """
    names = list(names)
    found = sorted({word for text in texts for word in causal_words(text, grade, names=names)})
    if found:
        raise ReportError(
            where,
            [
                f"says '{word}', which evidence of grade {grade} does not carry; say what was found beside what"
                for word in found
            ],
        )
