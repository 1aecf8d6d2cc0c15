"""Tables in the form of StatLine: invented ones, and those of three years written back from the tidy file beside the repository.

The figures of CBS (CC BY 4.0, bron: CBS) are not committed. They lie in ``shared/data/statline`` beside the clone; where they
do not, tests that need them are skipped, or fail when ``EVALTOOLS_TEST_STATLINE`` is set.
"""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from evaltools.project import Project
from evaltools.registers.statline import cache
from tests.conftest import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "statline"
TIDY = "bijstand_stroom_regio_2015_2017.csv"
TABLES = {2015: "83450NED", 2016: "83747NED", 2017: "84066NED"}
AGES = {"totaal": "20150", "tot_aow": "90100", "vanaf_aow": "90200"}
VERSION = "2019-01-15T02:00:00"
# Topics of the exports by the column of the tidy file that holds them, in the order of CBS.
TOPICS = {
    "inwoners": "Inwoners_1",
    "bijstandsontvangers": "Bijstandsontvangers_2",
    "bijstandsdichtheid_promille": "Bijstandsdichtheid_3",
    "instroom": "Instroom_4",
    "instroom_pct": "Instroom_5",
    "uitstroom": "Uitstroom_6",
    "uitstroom_pct": "Uitstroom_7",
    "uitstroom_naar_werk": "UitstroomNaarWerk_8",
    "uitstroom_naar_werk_pct": "UitstroomNaarWerk_9",
    "met_reintegratievoorziening": "PersonenMetReIntegratievoorziening_10",
    "werk_na_reintegratie": "WerkNaReIntegratie_11",
    "werk_na_reintegratie_pct": "WerkNaReIntegratie_12",
    "bijstand_en_reintegratie": "PersonenMetBijstandEnReIntegratie_13",
    "bijstandsontvangers_met_reintegratie_pct": "BijstandsontvangersMetReIntegratie_14",
    "reintegratieontvangers_met_bijstand_pct": "ReIntegratieontvangersMetBijstand_15",
    "wsw_werknemers": "WSWWerknemers_16",
    "wsw_dichtheid_promille": "WSWDichtheid_17",
}
# What other editions call them: the headers of the exports of these years.
OTHER_NAMES = {
    2015: {
        "Instroom": "Instromers",
        "Uitstroom": "Uitstromers",
        "UitstroomNaarWerk": "UitstromersNaarWerk",
        "WerkNaReIntegratie": "WerkendenNaReIntegratie",
        "Bijstandsontvangers": "Bijstandontvangers",
        "BijstandsontvangersMetReIntegratie": "BijstandontvangersMetReIntegratie",
    },
    2016: {
        "Bijstandsontvangers": "Bijstandontvangers",
        "BijstandsontvangersMetReIntegratie": "BijstandontvangersMetReIntegratie",
    },
    2017: {},
}
REGION = {2015: "RegioS", 2016: "Regiokenmerken", 2017: "Regiokenmerken"}


def are_there() -> bool:
    """Whether the figures of CBS lie beside the repository."""
    return (FOLDER / TIDY).is_file()


def real_folder() -> Path:
    """Find the figures of CBS beside the repository, or skip the test that asks for them."""
    if not are_there():
        reason = "the figures of CBS lie beside the repository, in shared/data/statline, and are not there"
        if os.environ.get("EVALTOOLS_TEST_STATLINE"):
            pytest.fail(reason)
        pytest.skip(reason)
    return FOLDER


def real_export(year: int) -> bytes:
    """Write the table of a year as StatLine exports it."""
    lines = []
    with (real_folder() / TIDY).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["jaar"] == str(year):
                region = row["code"].ljust(6 if year == 2015 else 7)
                line = {"ID": str(len(lines)), "Leeftijd": AGES[row["leeftijd"]], REGION[year]: region}
                for ours, key in TOPICS.items():
                    base, _, number = key.rpartition("_")
                    is_count = ours == "inwoners" or row[ours] == "" or not ours.endswith(("_pct", "_promille"))
                    cell = row[ours].removesuffix(".0") if is_count else row[ours]
                    line[f"{OTHER_NAMES[year].get(base, base)}_{number}"] = (cell or ".").rjust(8)
                lines.append(line)
    return export_of(lines)


def write_real_tables(project: Project, *, source: str = "export") -> list[str]:
    """Store the tables of the three years in a project, as exports or as the service of CBS would give them."""
    for year, table in TABLES.items():
        data = real_export(year)
        if source == "export":
            cache.store(table, {f"{table}.csv": data}, source=source, project=project)
        else:
            title = f"Sociale zekerheid; gemeenten {year}"
            parts = odata_of(data, table, title=title, period=str(year))
            contents = {f"{part}.json": json.dumps(records, indent=2).encode() for part, records in parts.items()}
            cache.store(table, contents, source=source, project=project, title=title, version=VERSION)
    return list(TABLES.values())


def invented(year: int = 2017, regions=("NL01", "GM0197", "GM0202")) -> list[dict[str, str]]:
    """Make the lines of a small table with the topics of a year; the numbers in the names differ by year."""
    inflow, outflow, work = (
        ("Instromers", "Uitstromers", "UitstromersNaarWerk")
        if year == 2015
        else ("Instroom", "Uitstroom", "UitstroomNaarWerk")
    )
    names = ["Inwoners", "Bijstandsontvangers", inflow, inflow, outflow, outflow, work, work]
    names += ["PersonenMetReIntegratievoorziening"]
    keys = [f"{name}_{number}" for number, name in enumerate(names, start=year - 2014)]
    lines = []
    for age in AGES.values():
        for region in regions:
            cells = ["5000", "400", "110", "22.0", "90", "19.5", "40", "8.0", "110"]
            if age == "90200":
                cells[6:] = [".", ".", "."]
            line = {"ID": str(len(lines)), "Leeftijd": age, "Regiokenmerken": f"{region:7}"}
            lines.append(line | {key: cell.rjust(8) for key, cell in zip(keys, cells, strict=True)})
    return lines


def export_of(lines: list[dict[str, str]]) -> bytes:
    """Write lines as StatLine does: with a mark in front, semicolons, and all in quotes."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(lines[0])
    writer.writerows(line.values() for line in lines)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def odata_of(export: bytes, table: str, *, title="Sociale zekerheid", version=VERSION, period="") -> dict[str, list]:
    """Give what the service of CBS gives of the table that an export holds: figures as numbers, null for all that is missing."""
    lines = list(csv.DictReader(io.StringIO(export.decode("utf-8-sig"), newline=""), delimiter=";"))
    properties = []
    for position, key in enumerate(key for key in lines[0] if key != "ID"):
        known = [cell for line in lines if (cell := line[key].strip()) not in {"", "."}]
        kind = {"ID": position, "Position": position, "ParentID": None, "Key": key, "Title": key, "Description": None}
        if not key[-1].isdigit():
            name = "TimeDimension" if key == "Perioden" else "Dimension"
            kind |= {"odata.type": f"Cbs.OData.{name}", "Type": name}
        else:
            decimals = int(any("." in cell for cell in known))
            datatype = "Double" if decimals else "Long"
            kind |= {"odata.type": "Cbs.OData.Topic", "Type": "Topic", "Datatype": datatype, "Decimals": decimals}
        properties.append(kind)
    group = {"odata.type": "Cbs.OData.TopicGroup", "ID": 99, "Type": "TopicGroup", "Key": "", "Title": "Bijstand"}
    info = {"ID": 0, "Title": title, "Identifier": table, "Modified": version, "Period": period, "Language": "nl"}
    return {
        "TableInfos": [info],
        "DataProperties": [*properties[:2], group, *properties[2:]],
        "TypedDataSet": [{key: _typed(key, cell) for key, cell in line.items()} for line in lines],
    }


def _typed(key: str, cell: str):
    if key == "ID":
        return int(cell)
    if not key[-1].isdigit():
        return cell
    cell = cell.strip()
    return None if cell in {"", "."} else float(cell) if "." in cell else int(cell)
