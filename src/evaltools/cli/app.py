"""What all commands share: where they are registered, how they speak, how reports are selected."""

from typing import Annotated

import typer
from rich.console import Console

# Locals in a traceback could be values of persons.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

Programmes = Annotated[
    list[str] | None, typer.Argument(metavar="[PROGRAMME]...", help="Slugs of programme files; all when left out.")
]
Municipalities = Annotated[
    list[str] | None, typer.Option("--municipality", metavar="GMCODE", help="Only this municipality; may be repeated.")
]
Notebooks = Annotated[
    list[str] | None, typer.Option("--notebook", metavar="NAME", help="Only this notebook; may be repeated.")
]


@app.callback()
def evaltools() -> None:
    """Evaluate programmes for people on bijstand, per municipality."""
