"""The programme of the example register, for the examples in the help."""

from evaltools.programmes.programme import Programme


def example_programme() -> Programme:
    """Make the programme ``proef`` in Aalten, which has no file; see `registers.example_register`.

    Returns
    -------
    Programme

    Examples
    --------
    >>> example_programme().slug
    'proef'
    """
    blocks = {
        "<file name>": "proef",
        "name": "Proef",
        "about": "Een voorbeeld.",
        "municipalities": ("GM0197",),
        "design": "before_after",
        "notebooks": ("claims",),
        "sources": ({"title": "verzonnen"},),
    }
    return Programme.model_validate(blocks, context={"municipalities": {"GM0197": "Aalten"}})
