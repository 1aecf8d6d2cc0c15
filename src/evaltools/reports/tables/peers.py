"""Tables of the pages that set municipalities beside each other, from `findings.peers`."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.peers_terms import FEW, NONE, count, other_years, share, share_to_work
from evaltools.reports.rows import readable_rows
from evaltools.reports.tables.base import Column, render

ROUNDED = "Het CBS rondt aantallen af op tientallen."


@from_protected
def peers_flows(flows: ProtectedTable, shares: ProtectedTable) -> Block:
    """Show the municipality's own stock and flows by year. From `findings.peers.flows_by_year` and `work_shares`."""
    to_work = {row.year: row.n_outflow_work for row in _rows(shares) if row.kind == "municipality"}
    return render(
        flows,
        "Mensen met bijstand, per jaar",
        [
            *_stock_and_flows(),
            Column("Eruit naar werk", lambda row: count(to_work.get(row.year)), is_number=True),
        ],
        note=" ".join(filter(None, [ROUNDED, _grown(flows), _series(flows, "municipality")])),
        keep=lambda row: row.kind == "municipality",
    )


@from_protected
def peers_rates(flows: ProtectedTable) -> Block:
    """Show stock and flows of each place, beside its residents and its people on benefit. From `findings.peers.flows_by_year`."""
    return render(
        flows,
        "Bijstand naast de regio en het land",
        [
            Column("Waar en wanneer", lambda row: f"{dutch.capital(row.name)}, {_year(row)}"),
            Column("Bijstand per 1.000 inwoners", lambda row: _rate(row.per_thousand), is_number=True),
            Column("Erbij in het jaar", lambda row: _of_many(row, row.share_inflow), is_number=True),
            Column("Eruit in het jaar", lambda row: _of_many(row, row.share_outflow), is_number=True),
        ],
        note=(
            "Inwoners van 15 jaar en ouder. De percentages zijn van alle mensen die ergens in het jaar bijstand hadden: de mensen van het "
            "eind van het jaar en de mensen die vertrokken. In heel Nederland vertrekken meer mensen dan in alle gemeenten samen; waardoor, weten wij niet. Kijk "
            f"daarom naar alle gemeenten samen. Een {NONE}: niet bekend, of minder dan {FEW} mensen. {_series(flows)}"
        ).strip(),
    )


@from_protected
def peers_uncertainty(shares: ProtectedTable) -> Block:
    """Show what chance and rounding leave open of the municipality's own share, by year. From `findings.peers.work_shares`."""
    return render(
        shares,
        "Hoe precies is het aandeel dat naar werk ging?",
        [
            Column("Jaar", _year),
            Column("Aandeel", share_to_work, is_number=True),
            Column("Toeval", lambda row: _span(row.lower, row.upper), is_number=True),
            Column("Afronding", lambda row: _span(row.lowest, row.highest), is_number=True),
            Column("Samen", lambda row: _span(row.lower_of_all, row.upper_of_all), is_number=True),
        ],
        note=(
            f"Toeval: het {dutch.confidence(_rows(shares)[0].level)}-interval. Afronding: wat het aandeel kan zijn, omdat het CBS afrondt op tientallen. "
            f"{_series(shares, 'municipality')}"
        ).strip(),
        keep=lambda row: row.kind == "municipality" and dutch.is_given(row.share),
    )


@from_protected
def peers_work(shares: ProtectedTable) -> Block:
    """Show the share that left to work, of each place and year; nothing without figures. From `findings.peers.work_shares`."""
    return render(
        shares,
        "Van de bijstand naar werk",
        [
            Column("Waar en wanneer", lambda row: f"{dutch.capital(row.name)}, {_year(row)}"),
            Column("Naar werk", _of_people, is_number=True),
            Column("Aandeel", share_to_work, is_number=True),
            Column("Volgens het CBS zelf", lambda row: share(row.share_outflow_work), is_number=True),
        ],
        note=(
            "Mensen tot de AOW-leeftijd die ergens in het jaar bijstand hadden. Het CBS zelf rekent met niet afgeronde aantallen en een iets andere groep. "
            f"{_series(shares)}"
        ).strip(),
    )


@from_protected
def peers_limits(limits: ProtectedTable) -> Block:
    """Show between which limits a municipality of this size lies. From `findings.peers.own_limits`."""
    levels = list(dict.fromkeys(row.level for row in _rows(limits)))

    def column(place: int, level: float) -> Column:
        heading = f"{dutch.confidence(level)} ligt dan"
        return Column(heading, lambda own: dutch.interval(own[place].lower, own[place].upper), is_number=True)

    return render(
        limits,
        "De grenzen bij een gemeente van deze grootte",
        [
            Column("Aanname", lambda own: LIMITS[own[0].limits]),
            *(column(place, level) for place, level in enumerate(levels)),
        ],
        by="limits",
        note=(
            "Zoveel gemeenten van deze grootte liggen naar verwachting tussen de grenzen. Dat geldt voor aantallen die niet zijn afgerond: onder de 500 mensen "
            "liggen er door de afronding meer buiten."
        ),
    )


@from_protected
def municipalities_sizes(sizes: ProtectedTable) -> Block:
    """Show how far municipalities of each class of size are apart. From `findings.peers.spread_by_size`."""
    return render(
        sizes,
        "Acht van de tien gemeenten hebben een aandeel tussen deze grenzen",
        [
            Column("Mensen met bijstand in het jaar", _size),
            Column("Gemeenten", lambda row: dutch.number(row.n_municipalities), is_number=True),
            Column("Aan het werk", lambda row: dutch.interval(row.lower, row.upper), is_number=True),
            Column(
                "Als alleen toeval en afronding verschil maken",
                lambda row: dutch.interval(row.lower_chance, row.upper_chance),
                is_number=True,
            ),
        ],
        note="Zonder de laagste en de hoogste tien procent. De laatste kolom is nagebootst.",
    )


@from_protected
def municipalities_country(flows: ProtectedTable, shares: ProtectedTable) -> Block:
    """Show stock and flows of the country by year. From `findings.peers.flows_by_year` and `work_shares`."""
    to_work = {row.year: row for row in _rows(shares) if row.kind == "country"}
    return render(
        flows,
        "Mensen met bijstand in Nederland",
        [
            *_stock_and_flows(),
            Column("Eruit naar werk", lambda row: count(to_work[row.year].n_outflow_work), is_number=True),
            Column("Aandeel naar werk", lambda row: share(to_work[row.year].share), is_number=True),
        ],
        note=f"{ROUNDED} Het aandeel is van mensen tot de AOW-leeftijd die ergens in het jaar bijstand hadden. {_series(flows)}".strip(),
        keep=lambda row: row.kind == "country",
    )


@from_protected
def municipalities_sums(sums: ProtectedTable) -> Block:
    """Show the sum over municipalities beside the country. From `findings.peers.sums`."""
    return render(
        sums,
        "Alle gemeenten opgeteld, en het land",
        [
            Column("Cijfer", lambda row: f"{FIGURES[row.figure]}, {_year(row)}"),
            Column("Gemeenten opgeteld", lambda row: dutch.number(row.n_municipalities), is_number=True),
            Column("Nederland", lambda row: dutch.number(row.n_country), is_number=True),
        ],
        note=_not_summed(sums),
    )


def _stock_and_flows() -> list[Column]:
    return [
        Column("Jaar", _year),
        Column("Bijstand aan het eind", lambda row: count(row.n_stock), is_number=True),
        Column("Erbij", lambda row: count(row.n_inflow), is_number=True),
        Column("Eruit", lambda row: count(row.n_outflow), is_number=True),
    ]


FIGURES = {
    "stock": "Bijstand aan het eind",
    "inflow": "Erbij",
    "outflow": "Eruit",
    "outflow_work": "Eruit naar werk",
}
LIMITS = {
    "chance": "Als alleen toeval verschil maakt",
    "spread": "Als gemeenten ook in het echt verschillen",
}


def _not_summed(table: ProtectedTable) -> str:
    """Say of how many municipalities the flows are in no sum."""
    unknown = {_year(row): row.n_unknown for row in _rows(table) if row.n_unknown}
    return " ".join(
        f"In {year} zijn van {dutch.number(n)} {'gemeente' if n == 1 else 'gemeenten'} alleen de aantallen aan het eind meegeteld: de andere cijfers spreken elkaar tegen."
        for year, n in unknown.items()
    )


def _grown(table: ProtectedTable) -> str:
    """Say in which years the municipality became larger, so that its figures are of another area from then on."""
    years = [_year(row) for row in _rows(table) if row.has_grown and row.kind == "municipality"]
    return f"In {dutch.listing(years)} werd de gemeente groter: er ging een andere gemeente in op." if years else ""


def _size(row: Any) -> str:
    """Write a class of size, of people: ``300 tot 1.000``."""
    if not row.smallest:
        return f"minder dan {dutch.number(row.largest)}"
    if not dutch.is_given(row.largest):
        return f"{dutch.number(row.smallest)} of meer"
    return f"{dutch.number(row.smallest)} tot {dutch.number(row.largest)}"


def _year(row: Any) -> str:
    return f"{row.year:.0f}"


def _of_many(row: Any, value: Any) -> str:
    """Write a share of people in the year, where there are enough of them."""
    return share(value) if dutch.is_given(row.n_in_year) and row.n_in_year >= FEW else NONE


def _of_people(row: Any) -> str:
    return f"{count(row.n_outflow_work)} van {count(row.n_in_year)}" if dutch.is_given(row.share) else NONE


def _span(lower: Any, upper: Any) -> str:
    return f"{dutch.percent(lower).removesuffix('%')} tot {dutch.percent(upper)}" if dutch.is_given(lower) else NONE


def _rate(value: Any) -> str:
    return dutch.number(value, 1) if dutch.is_given(value) else NONE


def _rows(table: ProtectedTable) -> list[Any]:
    return readable_rows(table, "tables.peers")


def _series(table: ProtectedTable, kind: str = "") -> str:
    """Say which years are not to be compared with the others."""
    other = other_years([row for row in _rows(table) if not kind or row.kind == kind])
    return (
        f"Vergelijk {other} niet met latere jaren: het CBS noemde de cijfers toen anders, misschien telde het ook anders."
        if other
        else ""
    )
