"""Simulated registers in ``data/processed``, for municipalities that have no real one."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Literal

from evaltools.errors import InvalidDataError, ProgrammeError
from evaltools.programmes import Programme, list_programmes, read_programme
from evaltools.project import Project
from evaltools.registers.simulate.municipality import scenario_of, simulate_municipality
from evaltools.registers.simulate.scenario import VERSION
from evaltools.registers.store import (
    TRUTH_FILE,
    Origin,
    Register,
    holds_simulated,
    open_register,
    stored_municipalities,
    write_registers,
)

PROFILE = "simulated"

Status = Literal["written", "up_to_date", "real"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was done for one municipality.

    Attributes
    ----------
    status
        ``written``; ``up_to_date`` when the same register was there; ``real`` when it has
        a real register, which is never touched.
    n_rows
        Rows of all tables of the register that is there now.
    """

    municipality: str
    status: Status
    n_rows: int


def write_simulated(
    project: Project,
    programmes: Collection[str] = (),
    *,
    seed: int,
    force: bool = False,
    when_done: Callable[[Written], None] | None = None,
) -> list[Written]:
    """Simulate and store the registers of the municipalities of some programmes.

    A register holds every programme of its municipality, also those not asked for. No key
    is needed: its pseudonyms stand for nobody.

    Parameters
    ----------
    programmes
        Slugs; all programmes of the project when empty.
    seed
        The same seed gives the same registers.
    force
        Write also what is up to date.
    when_done
        Told of each municipality when it is done.

    Returns
    -------
    list of Written
        By municipality, in order of their codes.

    Raises
    ------
    ProgrammeError
        When a programme that is asked for is not there or not right; after all others are
        done, when any other file is not right.
    InvalidDataError
        When a published count cannot come out, or a stored register is damaged.
    """
    asked = [read_programme(slug, project) for slug in programmes]
    every, broken = [], []
    for slug in list_programmes(project):
        try:
            every.append(read_programme(slug, project))
        except ProgrammeError as error:
            broken.append(error)
    done = []
    for municipality in sorted({code for programme in asked or every for code in programme.municipalities}):
        own = [programme for programme in every if municipality in programme.municipalities]
        done.append(_write(project, municipality, own, seed=seed, force=force))
        if when_done:
            when_done(done[-1])
    if broken:
        raise ProgrammeError(
            ", ".join(error.subject for error in broken), [problem for error in broken for problem in error.problems]
        )
    return done


def source_of(municipality: str, programmes: Collection[Programme], seed: int) -> str:
    """SHA-256 of all that makes a register what it is: parameters, programme files, version of the simulator."""
    content = {
        "municipality": municipality,
        "parameters": asdict(scenario_of(municipality, programmes, seed)),
        "programmes": sorted(programme.model_dump_json() for programme in programmes),
        "version": VERSION,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _write(project: Project, municipality: str, programmes: list[Programme], *, seed: int, force: bool) -> Written:
    source = source_of(municipality, programmes, seed)
    there = _register_there(project, municipality)
    if there:
        n_rows = sum(origin.n_rows for origin in there.origins.values())
        # One that was taken in as simulated is somebody's own, and is not made again either.
        if not there.is_simulated or any(origin.profile != PROFILE for origin in there.origins.values()):
            return Written(municipality, "real", n_rows)
        is_same = {origin.source for origin in there.origins.values()} == {source}
        if is_same and (there.folder / TRUTH_FILE).is_file() and not force:
            return Written(municipality, "up_to_date", n_rows)
    simulation = simulate_municipality(municipality, programmes, seed=seed)
    origin = Origin(
        extract_day=f"{simulation.extract_day:%Y-%m-%d}",
        source=source,
        is_simulated=True,
        profile=PROFILE,
        key_check=PROFILE,
    )
    write_registers(
        {municipality: {name: (rows, origin) for name, rows in simulation.tables.items()}},
        project=project,
        extra={municipality: {TRUTH_FILE: simulation.truth.to_json()}},
    )
    return Written(municipality, "written", sum(len(rows) for rows in simulation.tables.values()))


def _register_there(project: Project, municipality: str) -> Register | None:
    """Open what is there; a simulated register that cannot be read is as good as none."""
    if municipality not in stored_municipalities(project):
        return None
    try:
        return open_register(municipality, project)
    except InvalidDataError:
        if holds_simulated(project.processed / municipality):
            return None
        raise
