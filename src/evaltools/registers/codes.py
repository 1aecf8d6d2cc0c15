"""The code lists of the registers, with their official Dutch text and their source.

Codes are texts, never numbers: ``01`` is not ``1``. A list that is *open* takes any code
of its form: official lists change, and a code that is not in the list here is kept,
counted and reported, not dropped. A *closed* list takes its own codes only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

BUS = "Regeling statistiek Participatiewet, IOAW en IOAZ 2015 (BWBR0031830), bijlage 1 (BUS), tekst 2015"
SRG = "Regeling statistiek Participatiewet, IOAW en IOAZ 2015 (BWBR0031830), bijlage 2 (SRG), tekst 2015"
SRG_2019 = "cbs.nl, veelgestelde vragen SRG, kenmerk type voorziening (codes vanaf 2019, niet volledig)"
LADDER = "VNG, Participatieladder (2008), zoals beschreven door AKC (arbeidsdeskundigen.nl)"
OWN = "evaltools: eigen indeling"

EXIT_GROUPS = {
    "work": "werk",
    "education": "onderwijs",
    "other_income": "ander inkomen",
    "partner": "relatie of partner",
    "enforcement": "handhaving",
    "demographic": "demografisch of administratief",
    "unknown": "onbekend",
}
"""Groups of exit reasons and their Dutch names; the grouping is ours."""

OTHER_CODES = tuple(f"{number:02d}" for number in range(100))
"""What an open list takes beside its own codes: two digits, as the official lists have."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its official Dutch text; ``group`` is ours, ``criterion`` says when it holds."""

    code: str
    text: str
    group: str = ""
    criterion: str = ""


@dataclass(frozen=True)
class CodeList:
    """A list of codes, where it comes from, and whether it takes other codes of its form.

    Examples
    --------
    >>> SEX.text("2"), SEX.is_open
    ('vrouw', False)
    >>> EXIT_REASON.group_of("13")
    'work'
    """

    name: str
    title: str
    source: str
    codes: tuple[Code, ...]
    is_open: bool = False

    @cached_property
    def by_code(self) -> dict[str, Code]:
        """Each code by itself."""
        return {code.code: code for code in self.codes}

    @cached_property
    def dtype(self) -> pd.CategoricalDtype:
        """The pandas type of a column with these codes: its own first, then what an open list also takes."""
        own = list(self.by_code)
        others = [code for code in OTHER_CODES if code not in self.by_code] if self.is_open else []
        return pd.CategoricalDtype([*own, *others])

    def text(self, code: str) -> str:
        """Official Dutch text of a code; empty for a code that is not in the list."""
        found = self.by_code.get(code)
        return found.text if found else ""

    def group_of(self, code: str) -> str:
        """Our group of a code; ``unknown`` for a code that is not in the list."""
        found = self.by_code.get(code)
        return found.group if found else "unknown"

    def codes_in(self, *groups: str) -> tuple[str, ...]:
        """List the codes of one or more of our groups."""
        return tuple(code.code for code in self.codes if code.group in groups)


def _listed(rows: Iterable[tuple[str, ...]]) -> tuple[Code, ...]:
    return tuple(Code(*row) for row in rows)


SEX = CodeList("sex", "geslacht", BUS, _listed([("1", "man"), ("2", "vrouw")]))

HOUSEHOLD_TYPE = CodeList(
    "household_type", "leefvorm", BUS,
    _listed([
        ("1", "alleenstaande"),
        ("2", "alleenstaande ouder"),
        ("3", "gehuwd of samenwonend"),
        ("4", "anders"),
    ]),
)  # fmt: skip

ORIGIN_STATUS = CodeList(
    "origin_status", "statushouder of niet", OWN,
    _listed([("status_holder", "statushouder"), ("other", "geen statushouder")]),
)  # fmt: skip

SCHEME = CodeList(
    "scheme", "statistiekcode", BUS,
    _listed([
        ("01", "algemene bijstand"),
        ("02", "IOAW"),
        ("03", "IOAZ"),
        ("11", "periodieke bijzondere bijstand"),
        ("12", "eenmalige bijzondere bijstand"),
        ("14", "BBZ"),
    ]),
    is_open=True,
)  # fmt: skip

EXIT_REASON = CodeList(
    "exit_reason", "reden beëindiging uitkering persoon", BUS,
    _listed([
        ("01", "gaan volgen van onderwijs met studiefinanciering", "education"),
        ("02", "aangaan relatie", "partner"),
        ("03", "bereiken AOW-gerechtigde leeftijd", "demographic"),
        ("04", "overlijden", "demographic"),
        ("05", "detentie", "demographic"),
        ("06", "kunnen volgen van onderwijs maar dit niet doen", "enforcement"),
        ("07", "overschrijden maximale verblijfsduur buitenland", "enforcement"),
        ("11", "arbeid in dienstbetrekking / uitkering ziekte", "work"),
        ("13", "zelfstandig beroep of bedrijf", "work"),
        ("14", "uitkering werkloosheid", "other_income"),
        ("15", "uitkering arbeidsongeschiktheid", "other_income"),
        ("17", "alimentatie", "other_income"),
        ("18", "vermogensopbrengsten", "other_income"),
        ("19", "ander inkomen", "other_income"),
        ("31", "geen inlichtingen", "enforcement"),
        ("32", "verhuizing naar andere gemeente", "demographic"),
        ("33", "verhuizing naar buitenland", "demographic"),
        ("34", "niet verschenen na herhaalde oproep in verband met inlichtingenplicht", "enforcement"),
        ("35", "niet verschenen na herhaalde oproep voor re-integratiegesprek", "enforcement"),
        ("97", "oorzaak bij partner", "partner"),
        ("98", "andere oorzaak", "unknown"),
    ]),
    is_open=True,
)  # fmt: skip

EXEMPTION = CodeList(
    "exemption", "ontheffing arbeidsverplichting", BUS,
    _listed([
        ("2", "nee"),
        ("4", "ja, artikel 9a"),
        ("5", "ja, artikel 9 lid 1a"),
        ("6", "ja, artikel 9 lid 5"),
    ]),
)  # fmt: skip

INCOME_KIND = CodeList(
    "income_kind", "soort inkomsten", BUS,
    _listed([
        ("11", "(deeltijd) arbeid in dienstbetrekking"),
        ("18", "vermogen"),
        ("23", "kinderalimentatie"),
        ("24", "partneralimentatie"),
        ("31", "heffingskortingen"),
        ("98", "andere"),
    ]),
    is_open=True,
)  # fmt: skip

CODE_SET = CodeList(
    "code_set", "codelijst van de voorziening", OWN,
    _listed([("2015", "codes tot en met 2018"), ("2019", "codes vanaf 2019")]),
)  # fmt: skip

PROVISION_TYPE_2015 = CodeList(
    "provision_type_2015", "type voorziening, codes tot en met 2018", SRG,
    _listed([
        ("01", "tijdelijke loonkostensubsidie"),
        ("02", "WIW/ID-baan"),
        ("03", "participatieplaats"),
        ("04", "loonkostensubsidie Participatiewet"),
        ("05", "beschut werk"),
        ("06", "begeleiding op werkkring / jobcoach"),
        ("07", "vervoersvoorziening woon-werk"),
        ("08", "andere voorziening arbeidsbeperking"),
        ("99", "overige"),
    ]),
    is_open=True,
)  # fmt: skip

PROVISION_TYPE_2019 = CodeList(
    "provision_type_2019", "type voorziening, codes vanaf 2019", SRG_2019,
    _listed([
        ("23", "proefplaatsing ten behoeve van loonwaardebepaling"),
        ("29", "overige werkplekken"),
        ("30", "jobcoach / begeleiding op de werkplek"),
        ("31", "werkplekaanpassing"),
        ("59", "overige faciliterende voorziening"),
    ]),
    is_open=True,
)  # fmt: skip

PROVISION_TYPE = CodeList(
    "provision_type", "type voorziening", f"{SRG}; {SRG_2019}",
    PROVISION_TYPE_2015.codes + PROVISION_TYPE_2019.codes, is_open=True,
)  # fmt: skip

PROVISION_TYPES = {"2015": PROVISION_TYPE_2015, "2019": PROVISION_TYPE_2019}
"""The list of provisions of each code set; that of 2019 is known in part."""

PROVISION_END_REASON = CodeList(
    "provision_end_reason", "reden einde voorziening", SRG,
    _listed([
        ("1", "volledig afgerond"),
        ("2", "voortijdig gestopt"),
        ("3", "gestopt door verhuizen, overlijden, detentie of zwangerschap"),
    ]),
)  # fmt: skip

PARTICIPATION_STATUS = CodeList(
    "participation_status", "hoe ver iemand kwam", OWN,
    _listed([
        ("selected", "geselecteerd"),
        ("approached", "benaderd"),
        ("started", "gestart"),
        ("completed", "afgerond"),
        ("withdrawn", "tussentijds gestopt"),
    ]),
)  # fmt: skip

PARTICIPATION_KIND = CodeList(
    "participation_kind", "soort traject", OWN,
    _listed([
        ("work", "werk"),
        ("participation", "meedoen"),
        ("care", "zorg"),
        ("education", "opleiding"),
    ]),
)  # fmt: skip

RUNG = CodeList(
    "rung", "trede van de Participatieladder", LADDER,
    _listed([
        ("1", "geïsoleerd", "", "geen wekelijks sociaal contact buiten de deur, alleen functioneel contact"),
        ("2", "sociale contacten buitenshuis", "", "minstens wekelijks informeel contact, geen georganiseerde activiteit"),
        ("3", "deelname aan georganiseerde activiteiten", "", "minstens wekelijks een cursus of vereniging, zonder verantwoordelijkheid voor anderen"),
        ("4", "onbetaald werk", "", "geen contract, wel taken met verantwoordelijkheid; ook stage, vrijwilligerswerk en werkervaringsplaats"),
        ("5", "betaald werk met ondersteuning", "", "contract of zzp, met een instrument van de gemeente, aanvullende uitkering, WSW of leerwerk onder startkwalificatie"),
        ("6", "betaald werk", "", "contract of zzp, zonder aanvullende uitkering, ondersteuning of instrument"),
    ]),
)  # fmt: skip

LADDER_VARIANT = CodeList(
    "ladder_variant", "variant van de ladder", OWN,
    _listed([("vng_6", "zes treden (VNG)"), ("5", "vijf treden (lokaal)")]),
)  # fmt: skip

RATER = CodeList(
    "rater", "wie de trede bepaalde", OWN,
    _listed([("coach", "coach of consulent"), ("client", "de inwoner zelf"), ("other", "iemand anders")]),
)  # fmt: skip

CODE_LISTS = (
    SEX, HOUSEHOLD_TYPE, ORIGIN_STATUS, SCHEME, EXIT_REASON, EXEMPTION, INCOME_KIND, CODE_SET,
    PROVISION_TYPE_2015, PROVISION_TYPE_2019, PROVISION_END_REASON, PARTICIPATION_STATUS, PARTICIPATION_KIND,
    RUNG, LADDER_VARIANT, RATER,
)  # fmt: skip
"""Every list, in the order of the data dictionary."""
