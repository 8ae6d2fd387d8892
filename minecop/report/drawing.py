"""Drawings of charts: SVG as wide as there is room for, with letters that keep their size, and pictures of it for Word.

Places are given in per cent and sizes of letters in pixels, so that one drawing is as easy to read on a telephone as on a wall. That, and a
start without any library, is why SVG is written here, by templates, rather than by a charting library: those fix the width, and letters
shrink with it. Pictures are drawn by resvg, which shapes Thai as browsers do (HarfBuzz's rules), with the font that ships and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from math import ceil, floor, log10, sqrt
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from minecop.core.xmltext import straight_text
from minecop.report.lettering import FAMILY, font_files

_TEMPLATES = Path(__file__).parent / "templates" / "charts"

NARROWEST = 280
"""Width for which drawings are made, in pixels; on anything wider there is more room."""

_DIGIT = 7
"""Width of a digit of the labels, in pixels."""

_MOST_YEARS = 8
"""Years that can be named side by side at that width."""

_WIDEST = 0.09
"""Part of the width that a column takes at most."""

_BAR_PART = 0.55
"""Part of the width that bars with a label behind them take."""

_LARGEST = 15
"""Radius of the largest dot, in pixels; the area of others is as their people, unless a number would not fit in."""

_FITTING = {1: (9, 13), 2: (9, 13), 3: (11, 11), 4: (12, 9)}
"""Radius of a dot that a number of so many digits still fits in, and the size of these, in pixels."""

_PAPER = (
    "svg{color:#000}.strong{fill:#444;stroke:#444}.mild{fill:#ddd;stroke:#444}.band{fill:#f0f0f0}.grid{stroke:#999}"
    ".soft{fill:#333}.sign{fill:#000}.line{stroke:#000}.on-strong line{stroke:#fff}"
)
"""Shades for paper: packs are printed in black and white."""


@cache
def environment() -> Environment:
    """Return what fills the templates of charts: every text is escaped."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: straight_text(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class Drawing:
    """One picture.

    Attributes
    ----------
    template
        Of ``templates/charts``.
    name
        Unique on a page: ids begin with it.
    title, summary
        What it is of, and what it shows, for those who hear it.
    height
        In pixels.
    values
        What the template names beside these.
    """

    template: str
    name: str
    title: str
    summary: str
    height: int
    values: dict[str, Any] = field(default_factory=dict)

    def svg(self, width: int | str = "100%") -> Markup:
        """Return it as an ``<svg>`` element, so many pixels wide or as wide as what it stands in."""
        template = environment().get_template(f"{self.template}.svg.j2")
        given = {"name": self.name, "title": self.title, "summary": self.summary, "height": self.height}
        return Markup(template.render(given, **self.values, width=width, family=FAMILY))  # noqa: S704 - escaped by its template

    def png(self, width: int = NARROWEST, scale: float = 3) -> bytes:
        """Return it as a picture for paper: so many pixels of 1/96 inch wide, each drawn as ``scale`` by ``scale`` dots."""
        from resvg_py import svg_to_bytes

        return bytes(
            svg_to_bytes(
                svg_string=str(self.svg(width)),
                style_sheet=_PAPER,
                background="#ffffff",
                zoom=scale,
                skip_system_fonts=True,
                font_files=font_files(),
                font_family=FAMILY,
                sans_serif_family=FAMILY,
            )
        )


@dataclass(frozen=True, slots=True)
class Column:
    """One period in a drawing over time.

    Attributes
    ----------
    year
        As readers count it.
    value, low, high
        Height, and the ends of its interval; ``None`` where it has none.
    count
        What stands below.
    said
        All of it in words.
    late, burst
        Whether it is among the last third, and whether it is surely more than usual.
    """

    year: str
    value: float
    low: float | None
    high: float | None
    count: int
    said: str
    late: bool = False
    burst: bool = False


_TOP, _TALL, _BELOW = 20, 70, 38
"""Heights above the columns (for the name of the uppermost line), of the columns, and below them (counts and years), in pixels."""


def draw_columns(
    name: str, title: str, summary: str, columns: Sequence[Column], top: tuple[float, str], *, by_year: bool
) -> Drawing:
    """Return columns over time.

    Parameters
    ----------
    name, title, summary
        As ``Drawing`` has them.
    columns
        In time, none left out.
    top
        Value of the uppermost line, and what is written on it.
    by_year
        Whether a column is a year.
    """
    count, most = len(columns), top[0] or 1
    base = _TOP + _TALL
    digits = len(str(max(one.count for one in columns)))
    all_labelled = count * (digits * _DIGIT + 4) <= NARROWEST
    largest = max(range(count), key=lambda n: columns[n].count)

    wide = min(0.72 / count, _WIDEST)

    def place(share: float) -> str:
        return percent(share / count)

    def tall(value: float) -> float:
        return round(base - _TALL * min(1.0, value / most), 1)

    drawn = [
        {
            "x": percent((n + 0.5) / count - wide / 2),
            "middle": place(n + 0.5),
            "y": tall(one.value),
            "height": round(base - tall(one.value), 1),
            "low": None if one.low is None else tall(one.low),
            "high": None if one.high is None else tall(one.high),
            "label": (one.count or "·") if all_labelled or n == largest else "",
            "said": one.said,
            "late": one.late,
            "burst": one.burst,
        }
        for n, one in enumerate(columns)
    ]
    first_late = next((n for n, one in enumerate(columns) if one.late), None)
    return Drawing(
        "columns",
        name,
        title,
        summary,
        base + _BELOW,
        {
            "columns": drawn,
            "wide": percent(wide),
            "base": base,
            "top": _TOP,
            "top_label": top[1],
            "band": None if first_late is None else (place(first_late), place(count - first_late)),
            "years": _years(columns, by_year=by_year),
            "by_year": by_year,
        },
    )


def _years(columns: Sequence[Column], *, by_year: bool) -> list[tuple[str, str]]:
    """Return the years that are named, and where: as many as there is room for, none that is cut short."""
    count, starts = len(columns), []
    for year, some in groupby(range(count), key=lambda n: columns[n].year):
        first, *others = some
        starts.append((year, first + (0.5 if by_year else 0), 1 + len(others)))
    if len(starts) > _MOST_YEARS:
        named = starts[:: ceil(len(starts) / _MOST_YEARS)]
    else:
        named = [one for one in starts if by_year or len(starts) == 1 or one[2] > count / (_MOST_YEARS + 1)]
    return [(year, percent(start / count)) for year, start, _ in named]


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its interval, all 0 to 1, what is written behind it, and whether it is thin."""

    share: float
    low: float
    high: float
    label: str
    thin: bool = False


def draw_bar(name: str, title: str, summary: str, bar: Bar, most: float, *, labelled: bool = True) -> Drawing:
    """Return a bar that lies, its interval on it.

    Parameters
    ----------
    name, title, summary
        As ``Drawing`` has them.
    bar
        What is drawn.
    most
        Share that is as long as can be.
    labelled
        Whether what is written behind it is drawn; else bars are longer.
    """
    part = (_BAR_PART if labelled else 0.98) / (most or 1)
    places = {what: percent(getattr(bar, what) * part) for what in ("share", "low", "high")}
    label = bar.label if labelled else ""
    height = 30 if labelled else 20
    return Drawing(
        "bar", name, title, summary, height, {"bar": bar, "places": places, "label": label, "y": height // 2 - 7}
    )


def draw_dots(
    name: str, title: str, summary: str, people: Sequence[int], most: int, gaps: Sequence[int] = ()
) -> Drawing:
    """Return a row of dots, one a step.

    Parameters
    ----------
    name, title, summary
        As ``Drawing`` has them.
    people
        Of each step.
    most
        People of the largest dot.
    gaps
        Steps (1-based) that are marked as missing.
    """
    cells = []
    for n, count in enumerate(people):
        smallest, letters = _FITTING[min(4, len(str(count)))]
        cells.append(
            {
                "x": percent((n + 0.5) / len(people)),
                "edge": percent(n / len(people)),
                "radius": round(max(smallest, _LARGEST * sqrt(count / (most or 1))), 1),
                "letters": letters,
                "count": count,
                "gap": n + 1 in gaps,
            }
        )
    return Drawing("dots", name, title, summary, 2 * _LARGEST + 6, {"cells": cells})


def draw_numbers(name: str, title: str, summary: str, numbers: Sequence[str]) -> Drawing:
    """Return the heads of rows of dots; its parameters are those of ``Drawing``, and what is written."""
    cells = [(percent((n + 0.5) / len(numbers)), one) for n, one in enumerate(numbers)]
    return Drawing("numbers", name, title, summary, 22, {"cells": cells})


def percent(share: float) -> str:
    """Return a place as SVG has it."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def round_up(value: float) -> float:
    """Return the next number of few figures: a line that is easy to read."""
    if value <= 0:
        return 1
    unit = 10.0 ** floor(log10(value))
    return round(next(step for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * unit >= value * 0.999999) * unit, 10)
