"""What a page is about: the programme, for whom, where, by whom and when."""

from html import escape

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.evaluation_terms import GRADES
from evaltools.reports.wording.base import rows_in


@from_protected
def about(profile: ProtectedTable, grade: str = "") -> Block:
    """Say what the programme is, for whom, where, by whom and when. From `findings.profile.profile`.

    Parameters
    ----------
    grade
        Of the evidence of the page itself; that of the publications when left out.
    """
    (subject,) = rows_in(profile)
    together = dutch.listing(list(subject.municipalities))
    terms = {
        "Programma": subject.name,
        "Gemeente": subject.municipality + (f" (samen: {together})" if len(subject.municipalities) > 1 else ""),
        "Uitvoerder": subject.operator or "staat niet in de bronnen",
        "Periode": dutch.period(subject.first_day, subject.last_day, is_about=subject.is_about),
    }
    if subject.benefit_operators:
        terms["Wie voert de Participatiewet uit?"] = "; ".join(
            dutch.operator(*row) for row in subject.benefit_operators
        )
    if grade:
        terms["Bewijskracht"] = f"graad {grade}, van A (sterk) tot en met E (geen): {GRADES[grade]}"
    elif subject.has_claims:
        terms["Opzet"] = dutch.DESIGNS[subject.design]
        terms["Bewijskracht"] = "geen effectmeting: graad E, de laagste van vijf (A tot en met E)"
    else:
        terms["Bewijskracht"] = "geen: in de bronnen die wij kennen staan geen uitkomsten"
    items = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(text)}</dd></div>" for term, text in terms.items())
    return Block(html=f"<p>{escape(subject.about)}</p><dl class='facts'>{items}</dl>", text=subject.about)
