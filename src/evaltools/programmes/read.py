"""Read programme files; every problem of a file is reported at once, with its line."""

from evaltools.errors import ProgrammeError, did_you_mean
from evaltools.programmes.fields import NAME, NOTEBOOK, PARTIAL_DAY
from evaltools.programmes.programme import Programme
from evaltools.project import Project, find_project
from evaltools.reference import municipality_names
from evaltools.yaml_models import read_model

FORMS = {
    NAME: "a name of small letters, digits and _, such as paid_work",
    NOTEBOOK: "the name of a notebook without .ipynb, such as claims",
    PARTIAL_DAY: "a year, month or day, such as 2020, 2020-09 or 2020-09-03",
}
"""What a text that must have a form of a programme file is expected to be."""


def read_programme(slug: str, project: Project | None = None) -> Programme:
    """Read one programme file.

    Parameters
    ----------
    slug
        Name of the file without ``.yaml``.
    project
        Where the files are; by default the project that the current folder lies in.

    Returns
    -------
    Programme

    Raises
    ------
    ProgrammeError
        When there is no such file, or with every problem in it.

    Examples
    --------
    >>> programme = read_programme("aandacht-helpt")
    >>> programme.name, programme.eligibility.months_on_benefit_at_least
    ('Aandacht helpt!', 24)
    """
    project = project or find_project()
    slugs = list_programmes(project)
    if slug not in slugs:
        raise ProgrammeError(f"programme '{slug}'", [f"has no file in programmes/; {did_you_mean(slug, slugs)}"])
    return read_model(
        Programme,
        project.programmes / f"{slug}.yaml",
        f"programmes/{slug}.yaml",
        extra={"<file name>": slug},
        context={"municipalities": municipality_names(project)},
        forms=FORMS,
        error=ProgrammeError,
    )


def list_programmes(project: Project | None = None) -> list[str]:
    """Slugs of all programme files, in alphabetical order.

    Parameters
    ----------
    project
        Where the files are; by default the project that the current folder lies in.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "aandacht-helpt" in list_programmes()
    True
    """
    return sorted(path.stem for path in (project or find_project()).programmes.glob("*.yaml") if path.is_file())
