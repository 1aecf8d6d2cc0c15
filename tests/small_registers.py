"""Registers of a few rows, of which a reader can redo every count."""

from evaltools.registers import open_register
from evaltools.registers.store import Origin, write_registers
from evaltools.registers.tables import TABLES

EXTRACT_DAY = "2020-06-30"


def origin(*, is_simulated=True, extract_day=EXTRACT_DAY, aside=None):
    return Origin(
        extract_day=extract_day,
        source="a test",
        is_simulated=is_simulated,
        profile="simulated" if is_simulated else "test",
        key_check="k",
        n_set_aside=aside,
    )


def store(project, municipality="GM0197", *, is_simulated=True, aside=None, extract_day=EXTRACT_DAY, **tables):
    """Store tables, each given by its columns, and open the register; ``aside`` is by table and rule."""
    made = {
        name: (
            TABLES[name].frame(values),
            origin(is_simulated=is_simulated, extract_day=extract_day, aside=(aside or {}).get(name)),
        )
        for name, values in tables.items()
    }
    write_registers({municipality: made}, project=project)
    return open_register(municipality, project)


def persons(*names, **columns):
    return {"person_id": list(names), "municipality": ["GM0197"] * len(names), **columns}


def spells(*rows):
    """Rows of (person, benefit, first, last, registered, reason); what is left out at the end is missing."""
    names = ("person_id", "benefit_id", "first_day", "last_day", "registered_day", "exit_reason")
    filled = [dict(zip(names, row, strict=False)) for row in rows]
    return {
        "scheme": ["01"] * len(rows),
        **{name: [row.get(name) for row in filled] for name in names},
    }
