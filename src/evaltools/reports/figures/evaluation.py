"""Figures of the evaluation, from `findings.evaluation`."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.evaluation_names import level_name
from evaltools.reports.evaluation_terms import CAUSES, METHODS, OUTCOMES, REACHED, SUBGROUPS
from evaltools.reports.figures.base import ACCENT, GRID, INK, WARN, WIDTH_INCHES, despine, drawing, show, without_hidden
from evaltools.reports.figures.forest import Row, draw_forest
from evaltools.reports.net_sentences import shown_row
from evaltools.reports.rows import is_hidden, readable_rows

DRAWN_OUTCOMES = ("work", "other_exit", "work_with_benefit", "in_trajectory", "on_benefit", "no_trajectory")
OFF_BENEFIT = ("work", "other_exit")
BAR_INCHES = 0.62
LINES = {
    TOTAL: (INK, "-", "o"),
    "work": (ACCENT, "-", "s"),
    "other_income": (ACCENT, "--", "^"),
    "enforcement": (WARN, ":", "D"),
    "demographic": (WARN, "-.", "v"),
}
"""Colour, dash and mark of each line: with any one of them alone they can be told apart."""
MEANT = 0.1
"""Standardised differences up to this are small (Austin 2009)."""


@from_protected
def outcomes(table: ProtectedTable) -> Block:
    """Draw what became of the participants at the main horizon. From `findings.evaluation.outcomes.outcome_results`."""
    found = {
        row.outcome: row
        for row in readable_rows(table, "figures.outcomes()")
        if int(row.months) == int(row.main_months)
    }
    if is_hidden(found[TOTAL], "n_programme"):
        return NOTHING
    n = int(found[TOTAL].n_programme)
    rows, left_out = without_hidden([found[outcome] for outcome in DRAWN_OUTCOMES if outcome in found], "n_programme")
    if len(rows) < 2:
        return NOTHING
    shares = [row.n_programme / n for row in rows]
    texts = [
        f"{dutch.capital(OUTCOMES[row.outcome])}: {dutch.number(row.n_programme)} ({dutch.percent(share, n)})"
        for row, share in zip(rows, shares, strict=True)
    ]
    months = dutch.months(int(rows[0].months))
    alternative = f"Staafdiagram van {dutch.number(n)} deelnemers na {months}. {'. '.join(texts)}."
    caption = f"De stand na {months}. Gestreepte staven: nog in de bijstand."
    return show(_draw_bars(rows, shares, texts, n), alternative, caption, table, left_out=left_out)


def _draw_bars(rows: list[Any], shares: list[float], texts: list[str], n: int) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, BAR_INCHES * len(rows) + 0.7), layout="constrained")
        axes = figure.subplots()
        for position, (row, share, text) in enumerate(zip(rows, shares, texts, strict=True)):
            is_off = row.outcome in OFF_BENEFIT
            axes.barh(
                position + 0.18, 100 * share, height=0.4, color=ACCENT if is_off else "white", edgecolor=ACCENT,
                hatch="" if is_off else "///",
            )  # fmt: skip
            label = axes.annotate(
                text, (0, position - 0.22), xytext=(2, 0), textcoords="offset points", va="center", fontsize=10
            )
            label.set_in_layout(False)
        axes.set(
            ylim=(len(rows) - 0.4, -0.5),
            yticks=[],
            xlim=(0, None),
            xlabel=f"procent van de {dutch.number(n)} deelnemers",
        )
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        despine(axes)
        return figure


@from_protected
def exit_curves(table: ProtectedTable) -> Block:
    """Draw first exits by reason in time. From `disclosure.protect_curves` of `findings.evaluation.gross.exits_by_month`."""
    rows = readable_rows(table, "figures.exit_curves()")
    lines = {
        cause: [(row.month, row.share) for row in rows if row.cause == cause and not is_hidden(row, "share")]
        for cause in CAUSES
    }
    hidden = [CAUSES[cause] for cause, line in lines.items() if not line]
    drawn = {cause: line for cause, line in lines.items() if line}
    if not drawn:
        return NOTHING
    texts = [
        f"{dutch.capital(CAUSES[cause])}: {dutch.percent(line[-1][1])} na {dutch.months(int(line[-1][0]))}"
        for cause, line in drawn.items()
    ]
    alternative = f"Lijnen van het aandeel dat voor het eerst de bijstand verliet, per reden. {'. '.join(texts)}."
    caption = "Het aandeel van de deelnemers dat tot dan voor het eerst uit de bijstand ging. Elke reden telt apart; samen zijn zij de bovenste lijn."
    left_out = f"Niet getekend, om de privacy van mensen te beschermen: {dutch.listing(hidden)}." if hidden else ""
    return show(_draw_lines(drawn, CAUSES, "maanden sinds de startdag"), alternative, caption, table, left_out=left_out)


@from_protected
def return_curve(table: ProtectedTable) -> Block:
    """Draw who came back in time. From `disclosure.protect_curves` of `findings.evaluation.gross.returns_by_month`."""
    line = [
        (row.month, row.share) for row in readable_rows(table, "figures.return_curve()") if not is_hidden(row, "share")
    ]
    if len(line) < 2:
        return NOTHING
    month, share = line[-1]
    alternative = f"Lijn van het aandeel dat na het eerste vertrek terugkwam in de bijstand: {dutch.percent(share)} na {dutch.months(int(month))}."
    caption = "Het aandeel van wie uit de bijstand ging en tot dan terugkwam, ook wie daarna weer vertrok."
    return show(_draw_lines({TOTAL: line}, {TOTAL: "terug"}, "maanden sinds het vertrek"), alternative, caption, table)


def _draw_lines(lines: dict[str, list[tuple[float, float]]], names: dict[str, str], axis: str) -> Figure:
    """Draw lines with their names under the axes, in the order in which they end, each with its own mark and dash."""
    ordered = sorted(lines, key=lambda name: -lines[name][-1][1])
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 3.4 + 0.26 * len(ordered)), layout="constrained")
        axes = figure.subplots()
        for name in ordered:
            colour, dash, mark = LINES[name]
            months, shares = zip(*lines[name], strict=True)
            label = f"{names[name]}: {dutch.percent(shares[-1])}"
            axes.plot(
                months,
                [100 * share for share in shares],
                color=colour,
                linestyle=dash,
                marker=mark,
                markersize=5,
                label=label,
            )
        axes.set(xlabel=axis, ylabel="procent", ylim=(0, None), xlim=(0, None))
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        despine(axes)
        figure.legend(loc="outside lower left", fontsize=10, frameon=False, handlelength=3.2, labelspacing=0.3)
        return figure


@from_protected
def net(table: ProtectedTable, outcome: str) -> Block:
    """Draw the difference in one outcome at the main horizon, in every way it was estimated, as a forest plot."""
    row = shown_row(table, outcome)
    if row is None:
        return NOTHING
    outcome = row.outcome
    shown = [
        method
        for method in METHODS
        if not is_hidden(row, f"{method}_difference") and pd.notna(getattr(row, f"{method}_difference"))
    ]
    if not shown:
        return NOTHING
    drawn, spoken = [], []
    for method in shown:
        values = [getattr(row, f"{method}_{part}") for part in ("difference", "lower", "upper")]
        drawn.append(_forest_row(dutch.capital(METHODS[method]), *values))
        spoken.append(_spoken(dutch.capital(METHODS[method]), *values))
    figure = draw_forest(drawn, axis="verschil in procentpunten")
    alternative = f"Het verschil na {dutch.months(int(row.months))} ({REACHED[outcome]}), op verschillende manieren vergeleken. {'. '.join(spoken)}."
    caption = f"De streep door elke stip is het {dutch.confidence(row.level)}-betrouwbaarheidsinterval. Rechts van nul: bij de deelnemers vaker."
    return show(figure, alternative, caption, table)


@from_protected
def subgroups(table: ProtectedTable) -> Block:
    """Draw the difference within each subgroup. From `findings.evaluation.subgroups.subgroup_results`."""
    if "difference" not in table.rows:
        return NOTHING
    tested = [row for row in readable_rows(table, "figures.subgroups()") if row.outcome in REACHED]
    rows, left_out = without_hidden(tested, "difference")
    rows = [row for row in rows if pd.notna(row.difference)]
    if not any(row.subgroup != TOTAL for row in rows):
        return NOTHING
    drawn, spoken = [], []
    for outcome in dict.fromkeys(row.outcome for row in rows):
        drawn.append(Row(label=dutch.capital(REACHED[outcome])))
        for row in (each for each in rows if each.outcome == outcome):
            name = dutch.capital(SUBGROUPS[row.subgroup])
            drawn.append(_forest_row(name, row.difference, row.lower, row.upper))
            spoken.append(_spoken(f"{name}, {REACHED[outcome]}", row.difference, row.lower, row.upper))
    alternative = f"Het verschil per groep. {'. '.join(spoken)}."
    caption = f"De streep door elke stip is het {dutch.confidence(rows[0].level)}-betrouwbaarheidsinterval."
    return show(draw_forest(drawn, axis="verschil in procentpunten"), alternative, caption, table, left_out=left_out)


def _forest_row(name: str, difference: float, lower: float, upper: float) -> Row:
    return Row(
        label=f"{name}: {dutch.number(100 * difference, 1)}",
        estimate=100 * difference,
        lower=100 * lower,
        upper=100 * upper,
    )


def _spoken(name: str, difference: float, lower: float, upper: float) -> str:
    return f"{name}: {dutch.points(difference)} (van {dutch.number(100 * lower, 1)} tot {dutch.number(100 * upper, 1)})"


@from_protected
def balance(table: ProtectedTable) -> Block:
    """Draw the standardised differences before and after weighting. From `findings.evaluation.reach.at_start`."""
    if "weighted_difference" not in table.rows:
        return NOTHING
    rows, left_out = without_hidden(
        [row for row in readable_rows(table, "figures.balance()") if ": " in row.characteristic],
        "difference",
        "weighted_difference",
    )
    rows = [row for row in rows if pd.notna(row.difference) and pd.notna(row.weighted_difference)]
    if not rows:
        return NOTHING
    before, after = (max(abs(getattr(row, name)) for row in rows) for name in ("difference", "weighted_difference"))
    alternative = (
        f"Puntgrafiek van {dutch.portion(len(rows), len(rows), 'kenmerk', 'kenmerken')}: het grootste verschil tussen de groepen is "
        f"{dutch.number(before, 2)} vóór weging en {dutch.number(after, 2)} erna."
    )
    caption = "Open stip: zoals de groepen zijn. Dichte ruit: na weging. Tussen de stippellijnen is het verschil klein."
    return show(_draw_balance(rows), alternative, caption, table, left_out=left_out)


def _draw_balance(rows: list[Any]) -> Figure:
    with drawing():
        figure = Figure(figsize=(WIDTH_INCHES, 0.42 * len(rows) + 0.8), layout="constrained")
        axes = figure.subplots()
        axes.axvline(0, color=GRID, linewidth=1.2, zorder=1)
        for limit in (-MEANT, MEANT):
            axes.axvline(limit, color=GRID, linewidth=1.2, linestyle=":", zorder=1)
        for position, row in enumerate(rows):
            label = axes.annotate(
                level_name(row), (0, position - 0.26), xycoords=("axes fraction", "data"), va="center", fontsize=8.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}, zorder=2,
            )  # fmt: skip
            label.set_in_layout(False)
            axes.plot(
                [row.difference, row.weighted_difference], [position + 0.16] * 2, color=GRID, linewidth=1, zorder=2
            )
            axes.plot(
                row.difference,
                position + 0.16,
                "o",
                markerfacecolor="white",
                markeredgecolor=INK,
                markersize=5.5,
                zorder=3,
            )
            axes.plot(row.weighted_difference, position + 0.16, "D", color=ACCENT, markersize=5, zorder=4)
        axes.set(ylim=(len(rows) - 0.5, -0.7), yticks=[], xlabel="gestandaardiseerd verschil")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value, 1)))
        despine(axes)
        return figure
