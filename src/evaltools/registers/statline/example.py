"""Tables in the form of StatLine with invented figures, for the help of every function."""

from evaltools.registers.statline.export import parse_export
from evaltools.registers.statline.table import StatLine

INFLOW, OUTFLOW, TO_WORK = "Instroom", "Uitstroom", "UitstroomNaarWerk"
EXAMPLES = {
    "83450NED": (("Instromers", "Uitstromers", "UitstromersNaarWerk"), (5000, 900, 300, 250), (500, 100, 40, 20)),
    "83747NED": ((INFLOW, OUTFLOW, TO_WORK), (5000, 920, 290, 270), (500, 110, 50, 40)),
    "84066NED": ((INFLOW, OUTFLOW, TO_WORK), (5010, 910, 280, 290), (510, 100, 30, 40)),
}
"""By table, the names of its flows, and residents, stock, inflow and outflow of the country and of one municipality."""


def example_editions() -> tuple[StatLine, ...]:
    """Make the tables of three years of a country with one municipality, GM9999: nobody in them exists.

    Returns
    -------
    tuple
        A `StatLine` for each of 2015, 2016 and 2017, as `read_export` reads them.

    Examples
    --------
    >>> [edition.table for edition in example_editions()]
    ['83450NED', '83747NED', '84066NED']
    """
    return tuple(parse_export(_export(*parts).encode(), f"{table}.csv", table) for table, parts in EXAMPLES.items())


def _export(names: tuple[str, str, str], country: tuple[int, ...], place: tuple[int, ...]) -> str:
    topics = ["Inwoners", "Bijstandsontvangers", *(name for name in names for _ in ("count", "percentage"))]
    keys = [f"{name}_{number}" for number, name in enumerate([*topics, "PersonenMetReIntegratievoorziening"], start=1)]
    lines = [["ID", "Leeftijd", "RegioS", *keys]]
    for age, parts in (("20150", 10), ("90100", 9), ("90200", 1)):
        # Of everybody one in ten is past the age of AOW; of whom CBS asks neither work nor re-integration.
        for code, counts in (("NL01", country), ("GM9999", place)):
            residents, stock, inflow, outflow = (str(count * parts // 100 * 10) for count in counts)
            work, reintegration = (outflow, stock) if age != "90200" else (".", ".")
            cells = [residents, stock, inflow, ".", outflow, ".", work, ".", reintegration]
            lines.append([str(len(lines) - 1), age, f"{code:7}", *(f"{cell:>8}" for cell in cells)])
    return "".join(";".join(f'"{cell}"' for cell in line) + "\n" for line in lines)
