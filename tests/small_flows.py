"""Figures of CBS of a few places, as `registers.statline.benefit_flows` gives them, small enough to work out by hand."""

import pandas as pd

COLUMNS = [
    "code",
    "kind",
    "year",
    "age",
    "n_residents",
    "n_stock",
    "n_inflow",
    "n_outflow",
    "n_outflow_work",
    "series",
    "table",
]
ROWS = [
    ("GM0197", "municipality", 2016, "total", 1000, 380, 130, 90, 40, "instroom", "B"),
    ("GM0197", "municipality", 2016, "to_aow", 900, 350, 130, 90, 40, "instroom", "B"),
    ("GM0197", "municipality", 2017, "total", 1000, 400, 110, 90, 40, "instroom", "C"),
    ("GM0197", "municipality", 2017, "to_aow", 900, 360, 100, 90, 40, "instroom", "C"),
    ("GM0222", "municipality", 2017, "total", 5000, 1460, 340, 370, 170, "instroom", "C"),
    ("GM0222", "municipality", 2017, "to_aow", 4500, 1360, 330, 340, 170, "instroom", "C"),
    ("GM0202", "municipality", 2017, "total", 9000, 9320, 1990, 1960, 880, "instroom", "C"),
    ("GM0202", "municipality", 2017, "to_aow", 8000, 8410, 1890, 1790, 880, "instroom", "C"),
    ("PV25", "province", 2017, "total", 20000, 11200, 2440, 2420, 1100, "instroom", "C"),
    ("PV25", "province", 2017, "to_aow", 18000, 10200, 2330, 2210, 1100, "instroom", "C"),
    ("NL01", "country", 2015, "total", 40000, 12000, 3000, 2600, 1090, "instromers", "A"),
    ("NL01", "country", 2016, "total", 40000, 12500, 3000, 2500, 1100, "instroom", "B"),
    ("NL01", "country", 2017, "total", 40000, 12300, 2500, 2700, 1210, "instroom", "C"),
    ("NL01", "country", 2017, "to_aow", 38000, 11000, 2400, 2500, 1210, "instroom", "C"),
]  # fmt: skip
MUNICIPALITIES = pd.DataFrame(
    {"code": ["GM0197", "GM0222"], "name": ["Aalten", "Doetinchem"], "province": "PV25", "corop": ""}
)
MERGERS = pd.DataFrame({"code": ["GM0240"], "into": ["GM0202"], "from_day": ["2017-01-01"]})
REGIONS = pd.DataFrame({"code": ["PV25"], "kind": ["province"], "name": ["Gelderland"]})


def small_flows():
    """Give the figures anew; CBS prints 8.5% to work for each."""
    rows = pd.DataFrame(ROWS, columns=COLUMNS).assign(n_reintegration=100, share_outflow_work=0.085)
    counts = {name: "Int64" for name in rows if name.startswith("n_")}
    return rows.astype({**counts, "share_outflow_work": "Float64"})
