"""Words that say the programme did it: the grade of the evidence decides whether a sentence may hold them.

Design and words belong together as in `findings.evidence`: a lot carries "door het programma", a comparison in time
"waarschijnlijk door", everything else no causal word at all.
"""

import re
from collections.abc import Iterable

from evaltools.errors import ReportError

CAUSAL = {
    "effect": r"\w*effect(?:en|ief|ieve|iviteit)?\b",
    "dankzij": r"dankzij",
    "leidt tot": r"(?:leid(?:t|de|den|en)|geleid)\s+(?:\w+\s+){0,3}tot\b",
    "zorgt voor": r"(?:zorg(?:t|de|den|en)|gezorgd)\s+(?:\w+\s+){0,3}voor\b",
    "door het programma": r"door\s+(?:het|dit|de|deze)\s+(?:programma|aanpak|project|regeling|begeleiding|traject|coach)\w*",
    "veroorzaakt": r"veroorza\w+",
    "als gevolg van": r"gevolg\s+van",
    "resulteert in": r"result(?:eert|eerde|eerden)\s+in\b",
    "bereikt door": r"bereikt\s+door",
    "draagt bij aan": r"(?:draagt|droeg|dragen)\s+(?:\w+\s+){0,3}bij\s+aan\b",
    "helpt": r"(?:helpt|hielp(?:en)?|geholpen)\b",
    "werkt goed": r"(?:aanpak|programma|project)\s+(?:werkt|werkte|slaagt|slaagde)\b",
    "impact": r"impact\b",
}
"""Causal words by name, as patterns."""
SAYS_NOTHING = r"geen effectmeting"
"""What holds a causal word and claims nothing."""
PROBABLY = r"waarschijnlijk door"
"""With what a comparison in time may begin its claim."""
FREE = ("A",)
"""Grades that may use any of them."""

_CAUSAL = {name: re.compile(rf"\b{pattern}", re.IGNORECASE) for name, pattern in CAUSAL.items()}
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def causal_words(text: str, grade: str) -> list[str]:
    """Name the causal words in a text that the grade of the evidence does not carry. A question claims nothing.

    Examples
    --------
    >>> causal_words("Dankzij de aanpak vonden 38 mensen werk.", "E")
    ['dankzij']
    >>> causal_words("Dit is geen effectmeting. Kwam het door het programma?", "E")
    []
    >>> causal_words("Dat komt waarschijnlijk door het programma.", "B"), causal_words("Dat komt door het programma.", "B")
    ([], ['door het programma'])
    """
    if grade in FREE:
        return []
    said = re.sub(SAYS_NOTHING, " ", text, flags=re.IGNORECASE)
    if grade == "B":
        said = re.sub(rf"{PROBABLY}\s+\w+\s+\w+", " ", said, flags=re.IGNORECASE)
    claims = " ".join(sentence for sentence in _SENTENCE.split(said) if not sentence.rstrip().endswith("?"))
    return [name for name, pattern in _CAUSAL.items() if pattern.search(claims)]


def require_carried(texts: Iterable[str], grade: str, where: str) -> None:
    """Refuse sentences that claim more than the grade of the evidence carries.

    Raises
    ------
    ReportError
        With every causal word that was found.
    """
    found = sorted({word for text in texts for word in causal_words(text, grade)})
    if found:
        raise ReportError(
            where,
            [
                f"says '{word}', which evidence of grade {grade} does not carry; say what was found beside what"
                for word in found
            ],
        )
