"""How far a run is: a bar on a terminal, plain lines in a log."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from evaltools.batch.status import WAITING, Status


class Counter:
    """Counts reports that are made, that failed and that were up to date; says each as it ends.

    Attributes
    ----------
    n_made, n_failed, n_skipped
        So far.
    """

    def __init__(self, console: Console, total: int) -> None:
        self.n_made = self.n_failed = self.n_skipped = 0
        self._total = total
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
            TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("reports", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def done(self, status: Status) -> None:
        """Count a report that was made, or failed."""
        self.n_failed += status.has_failed
        self.n_made += not status.has_failed
        self._step()
        mark = "[red]failed[/red]" if status.has_failed else "[green]made[/green]  "
        width = len(str(self._total))
        n_ended = self.n_made + self.n_failed + self.n_skipped
        self._progress.console.print(f"[{n_ended:{width}}/{self._total}] {mark} {status.name} ({status.seconds:.1f} s)")

    def skipped(self, status: Status) -> None:
        """Count a report that need not be made: it is up to date, or was made and waits to be published."""
        self.n_made += status.kind == WAITING
        self.n_skipped += status.kind != WAITING
        self._step()

    def _step(self) -> None:
        counts = f"reports: {self.n_made} made, {self.n_failed} failed, {self.n_skipped} up to date"
        self._progress.update(self._task, advance=1, description=counts)
