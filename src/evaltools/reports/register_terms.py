"""Dutch names of the tables, columns and rules of a register, by the code that findings give."""

from typing import NamedTuple


class TableTerm(NamedTuple):
    """Name of a table in the middle of a sentence, and what one row of it is."""

    name: str
    row: str


TABLES = {
    "persons": TableTerm("personen", "een persoon"),
    "benefit_spells": TableTerm("uitkeringen", "een uitkering van één persoon, zonder onderbreking"),
    "incomes": TableTerm("inkomsten", "een soort inkomen van één persoon in één maand"),
    "provisions": TableTerm("voorzieningen", "een voorziening van één persoon"),
    "participations": TableTerm("deelname aan programma’s", "een persoon in een programma"),
    "ladder_scores": TableTerm("metingen op de Participatieladder", "een meting bij één persoon"),
    "household_visits": TableTerm("huisbezoeken", "een bezoek aan een huishouden"),
    "placements": TableTerm("werkplekken", "een werkplek bij een werkgever"),
}

COLUMNS = {
    "arm": "groep (wel of niet in het programma)",
    "birth_year": "geboortejaar",
    "day": "dag",
    "end_reason": "reden van het einde",
    "euro": "bedrag",
    "exemption": "ontheffing van de plicht om werk te zoeken",
    "exit_reason": "reden van het einde",
    "first_day": "eerste dag",
    "hours_per_week": "uren per week",
    "household_id": "huishouden",
    "household_type": "leefvorm",
    "kind": "soort",
    "last_day": "laatste dag",
    "n_needs": "aantal hulpvragen",
    "n_professionals": "aantal hulpverleners",
    "neighbourhood": "wijk of buurt",
    "origin_status": "statushouder of niet",
    "provision_type": "soort voorziening",
    "rater": "wie de trede bepaalde",
    "registered_day": "dag waarop het is ingevoerd",
    "scheme": "soort uitkering",
    "sector": "bedrijfstak",
    "sex": "geslacht",
    "status": "hoe ver iemand kwam",
}

RULES = {
    "after_extract": "een dag ligt na de dag waarop de gegevens zijn opgehaald",
    "between": "een getal is te klein of te groot om te kunnen",
    "born_after_start": "de uitkering begint vóór het geboortejaar",
    "duplicate": "dezelfde rij staat er meer dan één keer",
    "ends_before_begin": "het einde ligt vóór het begin",
    "filled_before_offer": "de werkplek is bezet voordat hij er was",
    "filled_without_person": "de werkplek is bezet zonder persoon, of andersom",
    "has_the_form": "een code of naam heeft een verkeerde vorm",
    "missing": "een verplicht gegeven ontbreekt",
    "other_municipality": "de persoon hoort bij een andere gemeente",
    "outside_benefit": "inkomen in een maand zonder uitkering",
    "overlap": "dezelfde uitkering loopt twee keer tegelijk",
    "person_unknown": "de persoon staat niet in de tabel met personen",
    "planned": "een dag is gepland: hij ligt na de dag waarop de gegevens zijn opgehaald",
    "reason_without_end": "er is een reden van het einde, maar geen laatste dag",
    "registered_before": "het is ingevoerd voordat het gebeurde",
    "rung_not_in_variant": "de trede hoort niet bij de gebruikte ladder",
    "same_spell": "dezelfde periode van dezelfde persoon, bij een andere uitkering",
    "starts_before_selection": "het begin ligt vóór de selectie",
    "starts_without_day": "de persoon begon, maar de eerste dag ontbreekt",
    "two_benefits": "een persoon heeft twee uitkeringen tegelijk",
    "wrong_code_set": "de code hoort bij de andere codelijst",
}

RULES_AT_INGEST = {
    "not_a_day": "een dag is niet te lezen",
    "not_a_number": "een getal is niet te lezen",
    "not_a_text": "er staat een dag waar een tekst hoort",
    "not_a_year": "een jaar is niet te lezen",
    "other_rule": "een andere regel klopt niet",
    "outside": "een dag ligt te vroeg of te laat om te kunnen",
    "unknown_code": "een code komt in geen lijst voor",
    "zeros": "er staan nullen in plaats van een dag",
}
"""What keeps a row from being read; such rows are not in the register."""

EXIT_GROUPS = {
    "work": "werk",
    "education": "opleiding",
    "other_income": "ander inkomen",
    "partner": "relatie of partner",
    "enforcement": "handhaving van de regels",
    "demographic": "AOW, verhuizing, overlijden of detentie",
    "unknown": "onbekend of andere reden",
    "all": "alle redenen samen",
}
"""Groups of reasons why a benefit ended, and their total."""

CODE_SETS = {"2015": "codes tot en met 2018", "2019": "codes vanaf 2019"}

BREAKS = {
    "codes_2019": (
        "Sinds januari 2019 tellen ook voorzieningen voor meedoen mee, en is er een nieuwe lijst met codes "
        "(Staatscourant, juni 2018)."
    ),
    "transactions_2023": (
        "Tussen december 2022 en januari 2023 veranderde de manier van aanleveren. Een dag die laat bekend wordt, "
        "komt sindsdien alsnog in de drie maanden ervoor terecht (data.overheid.nl, dataset 42094)."
    ),
}


def column(table: str, name: str) -> str:
    """Dutch name of a column; what a column of this name is called can differ by table.

    Examples
    --------
    >>> column("participations", "kind"), column("incomes", "kind")
    ('soort traject', 'soort inkomen')
    """
    special = {("participations", "kind"): "soort traject", ("incomes", "kind"): "soort inkomen"}
    return special.get((table, name), COLUMNS.get(name, name))


def rule(name: str) -> str:
    """Dutch sentence of a rule; a rule without one is called by its name."""
    return RULES.get(name) or RULES_AT_INGEST.get(name, f"de regel ‘{name}’ klopt niet")


def lag(name: str) -> str:
    """Dutch name of a group of whole months between an end and its entry.

    Examples
    --------
    >>> lag("0"), lag("0-1"), lag("2"), lag("1-2"), lag("3+")
    ('minder dan 1 maand', 'minder dan 2 maanden', '2 maanden', '1 tot en met 2 maanden', '3 maanden of meer')
    """
    first, _, last = name.removesuffix("+").partition("-")
    if name.endswith("+"):
        return f"{_months(int(first))} of meer" if int(first) else "alle"
    if int(first) == 0:
        return f"minder dan {_months(int(last or first) + 1)}"
    return f"{first} tot en met {_months(int(last))}" if last else _months(int(first))


def within(name: str) -> str:
    """Say by when everything up to a group of months was entered.

    Examples
    --------
    >>> within("0"), within("1-2")
    ('binnen 1 maand', 'binnen 3 maanden')
    """
    return f"binnen {_months(int(name.partition('-')[2] or name) + 1)}"


def _months(n: int) -> str:
    return "1 maand" if n == 1 else f"{n} maanden"
