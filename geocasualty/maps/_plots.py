"""Static figures: counts over time by belligerent, and who published which range."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geocasualty._extras import need
from geocasualty.errors import InputError
from geocasualty.words import ENGLISH, Words, capital, coded, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_figures", "plot_tally"]

# Okabe and Ito (2008), "Color Universal Design": told apart with the common forms of colour blindness. Yellow is left
# out, for it is too light on white; black stands for one's own records.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "++")
"""So that a print without colours can be read too."""

OWN_COLOUR = "#000000"
PERIODS = {"month": "M", "week": "W", "day": "D"}
WRITTEN = {"month": r"\d{4}-\d{2}", "week": r"\d{4}-W\d{2}", "day": r"\d{4}-\d{2}-\d{2}"}
MOST_TICKS = 12
MEASURES = tuple(ENGLISH.said("tally.measure."))


def _new_axes(width: float, height: float) -> Axes:
    """Axes of a figure that pyplot knows nothing of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)


def _literal(text: Any, most: int = 60) -> str:
    """Text as matplotlib draws it as it is: a dollar sign would begin a formula, a line break a new line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return (line[: most - 1] + "…" if len(line) > most else line).replace("$", r"\$")


def plot_tally(
    table: pd.DataFrame, measure: str = "incidents", *, ax: Axes | None = None, language: str = "en"
) -> Axes:
    """Bars over time, one colour a belligerent or other group.

    Bars stand side by side and are not stacked: an incident with competing belligerents is in several of them. A
    period without a bar holds no record; that may also mean that nobody reported.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`geocasualty.tally` returns it for ``by=["month", "belligerent"]``: one of ``month``, ``week``,
        ``day``, and at most one more way with at most six groups.
    measure : str
        A column of counts, such as ``incidents`` or ``strikes``.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones, which pyplot does not hold open, if not given.
    language : str, default "en"
        One of ``geocasualty.words.languages()``.

    Returns
    -------
    matplotlib.axes.Axes
        Save it with ``ax.figure.savefig("months.png")``. Records that are undated, and figures that are unknown,
        are named below the axis.

    Raises
    ------
    geocasualty.errors.InputError
        If the table is not by one period, or there are too many groups, or the measure is unknown.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> book = gcas.load_casebook()
    >>> table = gcas.tally(book.incidents, by=["month", "belligerent"], strikes=book.strikes)
    >>> ax = gcas.maps.plot_tally(table, "strikes")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['Coalition', 'Netherlands']
    >>> len(gcas.maps.plot_tally(table.tail(1)).patches)
    0
    """
    need("matplotlib")
    from matplotlib.ticker import MaxNLocator

    words, (period, way) = Words(language), _ways(table, measure)
    rows = table[~table["is_total"].astype(bool)]
    dated = rows[rows[period] != "undated"]
    groups = list(dict.fromkeys(dated.sort_values(way, kind="stable")[way])) if way else [""]
    if "unknown" in groups:
        groups = [*(group for group in groups if group != "unknown"), "unknown"]
    if len(groups) > len(COLOURS):
        raise InputError(
            f"{len(groups)} groups of {way!r} are too many to tell apart; choose at most {len(COLOURS)}, as in "
            f"table[table[{way!r}].isin([{groups[0]!r}])]"
        )
    axes = ax if ax is not None else _new_axes(9, 3.6)
    ordinals = np.array([_period(text, period).ordinal for text in dated[period]], dtype=float)
    values = dated[measure].astype("Float64").to_numpy(float, na_value=np.nan)
    width = 0.84 / max(len(groups), 1)
    drawn: list[tuple[str, int]] = []
    for number, group in enumerate(groups):
        chosen = (dated[way] == group).to_numpy() if way else np.ones(len(dated), dtype=bool)
        chosen = chosen & (values > 0)
        middle = ordinals[chosen] + (number - (len(groups) - 1) / 2) * width
        axes.bar(
            middle, values[chosen], width, color=COLOURS[number], hatch=HATCHES[number], edgecolor="white",
            linewidth=0.4,
        )  # fmt: skip
        if chosen.any():
            drawn.append((_literal(words("unknown") if group == "unknown" else words.code(group)), number))
    _time_axis(axes, ordinals, period, words("map.months").split(";"))
    counted = words(f"tally.measure.{measure}")
    axes.set_ylabel(counted)
    axes.set_ylim(bottom=0)
    if measure != "strikes_per_incident":
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    of = {"measure": counted, "one": words(f"tally.by.{period}"), "other": words.tell(coded("tally.by", plain(way)))}
    axes.set_title(words("tally.both" if way else "tally.title", **of), loc=words.side, fontsize=11)
    if way and drawn:
        _legend(axes, drawn)
    axes.set_xlabel(_missing(table, dated, period, measure, words), fontsize=8, color="#444444")
    _plain(axes)
    return axes


def _legend(axes: Axes, drawn: list[tuple[str, int]]) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=COLOURS[number], hatch=HATCHES[number], edgecolor="white", linewidth=0.4, label=name)
        for name, number in drawn
    ]
    axes.legend(handles=handles, frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))


def _ways(table: Any, measure: str) -> tuple[str, str]:
    if not isinstance(table, pd.DataFrame) or "is_total" not in table.columns:
        raise InputError("expected a table of gcas.tally, with its column 'is_total'", column="is_total")
    keys = [name for name in table.columns[: list(table.columns).index("is_total")] if not name.endswith("_id")]
    periods = [name for name in keys if name in PERIODS]
    others = [name for name in keys if name not in PERIODS]
    if len(periods) != 1 or len(others) > 1:
        raise InputError(
            f"the table is by {', '.join(keys) or 'nothing'}; a plot needs one of {', '.join(PERIODS)}, and at most "
            "one more, as of gcas.tally(incidents, by=['month', 'belligerent'])"
        )
    columns = [name for name in MEASURES if name in table.columns]
    if measure not in columns:
        raise InputError(f"measure={measure!r} is no count of this table; choose one of {', '.join(columns)}")
    return periods[0], others[0] if others else ""


def _period(text: str, period: str) -> pd.Period:
    try:
        if not re.fullmatch(WRITTEN[period], text):
            raise ValueError("written otherwise")
        if period == "week":
            return pd.Period(pd.Timestamp.fromisocalendar(int(text[:4]), int(text[6:]), 1), freq="W")
        return pd.Period(text, freq=PERIODS[period])
    except ValueError as error:
        raise InputError(
            f"column {period!r}, value {text[:40]!r}: expected as gcas.tally writes it", column=period, value=text
        ) from error


def _time_axis(axes: Axes, ordinals: Any, period: str, months: list[str]) -> None:
    if not len(ordinals):
        axes.set_xticks([])
        return
    first, last = int(ordinals.min()), int(ordinals.max())
    step = max(1, -(-(last - first + 1) // MOST_TICKS))
    at = list(range(first, last + 1, step))
    stamps = [pd.Period(ordinal=ordinal, freq=PERIODS[period]).start_time for ordinal in at]
    if period == "month":
        years = ["", *(f"{stamp:%Y}" for stamp in stamps)]
        years = [f"\n{year}" if year != before else "" for before, year in itertools.pairwise(years)]
        labels = [months[stamp.month - 1] + year for stamp, year in zip(stamps, years, strict=True)]
    else:
        labels = [f"{stamp.day} {months[stamp.month - 1]}\n{stamp:%Y}" for stamp in stamps]
    axes.set_xticks(at, labels, fontsize=8)
    axes.set_xlim(first - 0.6, last + 0.6)


def _missing(table: pd.DataFrame, dated: pd.DataFrame, period: str, measure: str, words: Words) -> str:
    """What the bars do not show, in words."""
    of_strikes = measure.startswith(("strike", "event")) or "incidents" not in table.columns
    noun = "strike_records" if of_strikes else "incidents"
    total = table["is_total"].astype(bool)
    said = []
    undated = int(table.loc[table[period] == "undated", noun].sum())
    if undated:
        said.append(words("tally.undated", n=undated))
    unknown = int(table.loc[total, f"{measure}_unknown"].sum()) if f"{measure}_unknown" in table.columns else 0
    if unknown and len(dated):
        said.append(words("tally.unknown", n=unknown))
    several = int(table.loc[total, f"{noun}_shared"].sum()) if f"{noun}_shared" in table.columns else 0
    if several and len(dated):
        what = words("kind.strike" if of_strikes else "kind.incidents")
        said.append(words("tally.several", what=what, n=several))
    return words("list").join(said)


def plot_figures(figures: pd.DataFrame, *, log: bool = False, ax: Axes | None = None, language: str = "en") -> Axes:
    """Published ranges, one line each, by date and source; own counts below each where there are any.

    A bar goes from the least to the greatest figure. "At least" has no upper bound and "up to" no lower one: such
    a bar ends in an arrow, or is pale from the left edge on. Nothing is added up.

    Parameters
    ----------
    figures : pandas.DataFrame
        As :func:`geocasualty.tallies.compare_figures` or :func:`geocasualty.datasets.published_figures` returns it, of
        one ``what``.
    log : bool
        Whether figures are on a logarithmic axis, for ranges from tens to thousands.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; new ones, which pyplot does not hold open, if not given.
    language : str, default "en"
        One of ``geocasualty.words.languages()``.

    Returns
    -------
    matplotlib.axes.Axes
        Each line names the date and the source; then whose strikes, the region and the period.

    Raises
    ------
    geocasualty.errors.InputError
        If a column is missing, or several things are counted.

    Examples
    --------
    >>> import geocasualty as gcas
    >>> figures = gcas.datasets.published_figures()
    >>> ax = gcas.maps.plot_figures(figures[figures["what"] == "incidents flagged"])
    >>> [text.get_text() for text in ax.texts]
    ['118']
    """
    words, rows = Words(language), _checked(figures)
    own = {"own_min", "own_max", "own_records"} <= set(rows.columns)
    need("matplotlib")
    axes = ax if ax is not None else _new_axes(9, 1.1 + (0.46 if own else 0.34) * len(rows))
    sources = sorted(set(rows["who_counts"]))
    bounds = rows[["min", "max", *(["own_min", "own_max"] if own else [])]].astype("Float64")
    most = float(np.nanmax([1.0, *bounds.to_numpy(float, na_value=np.nan).ravel()]))
    left = 1.0 if log else 0.0
    axes.set_xlim(left, most**1.25 if log else most * 1.27)
    if log:
        axes.set_xscale("log")
        axes.set_xlim(left, most**1.25)
    for line, row in enumerate(rows.to_dict("records")):
        colour = COLOURS[sources.index(row["who_counts"]) % len(COLOURS)]
        height = 0.34 if own else 0.5
        _range(axes, line - (0.2 if own else 0), height, row["min"], row["max"], colour, left, most, words, log=log)
        if own and not pd.isna(row["own_records"]):
            low, high = row["own_min"], row["own_max"]
            lacking = int(row["own_unknown"]) if "own_unknown" in row and not pd.isna(row["own_unknown"]) else 0
            key = "published.own.lacking" if lacking else "published.own"
            before = words(key, n=int(row["own_records"]), lacking=lacking)
            _range(
                axes, line + 0.22, 0.2, low, high, OWN_COLOUR, left, most, words, log=log, before=before, settled=True
            )
    labels = [_labelled(row, words) for row in rows.to_dict("records")]
    axes.set_yticks(range(len(rows)), labels, fontsize=7.5)
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    what = rows["what"].iloc[0] if len(rows) else words("published.none")
    axes.set_title(words("published.how", what=_literal(capital(what))), loc=words.side, fontsize=11)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    _plain(axes)
    return axes


def _checked(figures: Any) -> pd.DataFrame:
    needed = ("as_of", "who_counts", "what", "by_whom", "region", "min", "max")
    missing = [name for name in needed if name not in getattr(figures, "columns", ())]
    if missing:
        raise InputError(
            f"figures: no column {', '.join(map(repr, missing))}; see gcas.tallies.compare_figures", column=missing[0]
        )
    counted = sorted(set(figures["what"]))
    if len(counted) > 1:
        shown = ", ".join(map(repr, counted[:6]))
        raise InputError(f"figures of {shown} are not of one kind; choose one, as in figures[figures['what'] == ...]")
    order = ["as_of", "who_counts", "by_whom", "region", "min", "max"]
    return figures.sort_values(order, kind="stable").reset_index(drop=True)


def _labelled(row: dict[str, Any], words: Words) -> str:
    """Who says it, when; and what ground the figure covers."""
    period = [str(row[name]) for name in ("period_start", "period_end") if name in row]
    days = (
        ""
        if not period
        else period[0]
        if period[0] == period[-1]
        else words("map.span", first=period[0], last=period[1])
    )
    where = words("published.where", who=row["by_whom"], where=row["region"])
    return (
        _literal(f"{row['as_of']}, {row['who_counts']}", 80)
        + "\n"
        + _literal(words("map.comma").join(filter(None, [where, days])), 90)
    )


def _range(
    axes: Axes, at: float, height: float, low: Any, high: Any, colour: str, left: float, most: float,
    words: Words, *, log: bool, before: str = "", settled: bool = False,
) -> None:  # fmt: skip
    """One bar with its figures; an open end is an arrow."""
    unknown = pd.isna(low), pd.isna(high)
    size = 6.5 if settled else 8
    if all(unknown):
        axes.text(
            left, at, f" {before}{words('published.nothing')}", va="center", ha="left", fontsize=size, color="#444444"
        )
        return
    begin, end = (float(high if unknown[0] else low), float(low if unknown[1] else high))
    reach = most**0.06 if log else most * 0.05
    text = words.range(begin, end)
    if unknown[0]:
        begin, text = left, words("map.upto", n=text)
    begin = max(begin, left)
    after = end
    if unknown[1]:
        text = words("map.atleast", n=text)
        after = end * reach if log else end + reach
        after = max(after, left)
        tip = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=(after, at), xytext=(max(end, left), at), arrowprops=tip)
    shade = _pale(colour) if unknown[0] else colour
    axes.barh(at, max(end, left) - begin, height, left=begin, color=shade)
    if begin >= end or unknown[1]:
        mark, points = "|" if unknown[1] else "D", 4 if settled else 7
        axes.plot([max(end, left)], [at], marker=mark, color=colour, markersize=points, clip_on=False)
    axes.annotate(
        before + text, xy=(after, at), xytext=(7, 0), textcoords="offset points", va="center", ha="left", fontsize=size,
        color="#222222", annotation_clip=False,
    )  # fmt: skip


def _pale(colour: str) -> tuple[float, ...]:
    """Halfway to white, so that lines behind do not shine through."""
    from matplotlib.colors import to_rgb

    return tuple(0.5 + channel / 2 for channel in to_rgb(colour))
