"""Dutch names of what pages find, and of how they found it."""

from evaltools.reports import dutch

OUTCOMES = {
    "work": "uitstroom naar werk",
    "any_work": "werk, ook naast de uitkering",
    "off_benefit": "uit de bijstand, om welke reden ook",
    "on_benefit": "in de bijstand",
    "balance": "besparing min kosten",
}
METHODS = {
    "randomised": "loting",
    "counted": "zonder correctie",
    "weighted": "gewogen naar kans op deelname",
    "entropy": "gewogen tot gelijke gemiddelden",
    "matched": "gekoppeld aan wie het meest lijkt",
    "doubly_robust": "dubbel robuust",
    "first_exit": "eerste keer uit de bijstand, gewogen",
    "earlier": "gewogen, naast een eerdere groep",
    "ordinary": "naast de gewone uitstroom van de gemeente",
    "difference_in_differences": "verschil in verschillen",
    "synthetic_control": "naast een mengsel van andere gemeenten",
}
QUESTIONS = {
    "net": "verschil met anderen",
    "gross": "wat er van deelnemers werd",
    "relapse": "terug in de bijstand",
    "costs": "kosten en baten",
}
GROUPS = {
    "programme": "iedereen in het programma",
    "jongeren": "jongeren",
    "status_holders": "statushouders",
}
GRADES = {
    "A": "A: loting",
    "B": "B: verandering naast die van anderen",
    "C": "C: vergelijking met correctie",
    "D": "D: vergelijking met een andere tijd of plaats",
    "E": "E: geen vergelijking",
}
"""How strong the evidence is, by what it rests on."""
STATUSES = {
    "used": "telt mee",
    "hidden": "niet getoond, om de privacy van mensen te beschermen",
    "no_estimate": "de pagina heeft geen verschil",
    "no_error": "niet te wegen: in een groep bereikte niemand of iedereen de uitkomst",
    "other": "de pagina heeft geen verschil in deze uitkomst op dit tijdstip",
    "missing": "nog geen pagina met uitkomsten",
}
"""Whether a municipality counts in an average, of `findings.synthesis.STATUSES`."""


def between(lower: float, upper: float) -> str:
    """Write the two ends of an interval of a difference of shares (0-1), in percentage points.

    Examples
    --------
    >>> between(-0.01, 0.0744)
    'van -1,0 tot 7,4'
    """
    return f"van {bare_points(lower)} tot {bare_points(upper)}"


def bare_points(difference: float) -> str:
    """Write a difference in percentage points without the word; never minus nothing.

    Examples
    --------
    >>> bare_points(0.0344), bare_points(-0.0001)
    ('3,4', '0,0')
    """
    return dutch.number(round(100 * difference, 1) + 0.0, 1)
