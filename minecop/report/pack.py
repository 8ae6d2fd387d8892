"""The session pack: what a facilitator carries into a common-goals session, as a Word document filled from a template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from minecop.core.errors import RunError, SettingsError
from minecop.core.files import replacing
from minecop.insight.analysis import Analysis
from minecop.insight.models import LESSON_KINDS
from minecop.report.agenda import SESSIONS, agenda_view
from minecop.report.charts import Chart, Panel, archive_volume, issue_trends, step_coverage
from minecop.report.packtemplate import TEMPLATE
from minecop.report.steps import steps_view
from minecop.report.view import build_view
from minecop.report.words import Words
from minecop.report.wordtemplate import Picture, fill_template

MOST_CARDS = 12
"""Issues of a pack, at most: more than a day can hold."""

_GATHERED = ("shared", "weak", "early", "minority", "fading", "settled")
"""Lists of ``build_view`` in which issues stand."""

_COVERAGES = ("covered", "thin", "absent")
_HALF, _CARD, _CELL = 306, 280, 200
"""Widths of pictures: half a page, the left side of a card, the cell of a step; in pixels of 1/96 inch."""

_ORID = ("objective", "reflective", "interpretive", "decisional")


def pack_view(
    analysis: Analysis, lang: str = "th", *, session: str = SESSIONS[0], ranks: Sequence[int] = ()
) -> dict[str, Any]:
    """Return everything that a template of the pack may name: what a report shows, and what is of a session alone.

    Parameters
    ----------
    analysis
        The finished run.
    lang
        ``th`` or ``en``.
    session
        One of ``SESSIONS``.
    ranks
        Of the issues to be talked about, in this order; where there are none, those that people have accepted for the session and only
        these, and else those of a report's first page.

    Raises
    ------
    QuoteError
        When a quote is not what its source says.
    RunError
        When there is no issue of a rank.
    SettingsError
        When there are more than ``MOST_CARDS``.
    """
    words = Words(lang, analysis.buddhist)
    view = build_view(analysis, lang) | steps_view(analysis, lang)
    ranks = ranks or _accepted(analysis)
    cards = _chosen(analysis, lang, ranks) if ranks else view["candidates"]
    over_time = _pictures(issue_trends(analysis, lang, {card["rank"] for card in cards}), _CARD)
    by_step = _pictures(step_coverage(analysis, lang, labelled=False), _CELL)
    view |= {
        "draft": words("draft"),
        "cards": [
            card | {"status_words": words(f"status_{card['status']}"), "picture": over_time.get(card["id"])}
            for card in cards
        ],
        "steps": [step | {"picture": by_step.get(str(step["number"]))} for step in view["steps"]],
        "volume": _volume(archive_volume(analysis, lang)),
        "carded": {card["rank"] for card in cards},
        "every_shared": [issue for issue, _ in view["evidence"]],
        "agenda": agenda_view(session, cards, words),
        "orid": [(words(f"pack_orid_{layer}"), words(f"pack_orid_{layer}_ask")) for layer in _ORID],
        "coverage_names": [words(f"coverage_{name}") for name in _COVERAGES],
        "covered_steps": [_covered(row, words) for row in view["covered"]["rows"]],
        "settings": [(words("pack_hash") if name == "sha256" else name, value) for name, value in view["settings"]],
        "lessons_by_kind": _by_kind(view["lessons"], words),
        "cite": cite,
        "cite_short": cite_short,
    }
    return view | {"sources": _sources(view)}


def cite(quote: dict[str, Any]) -> str:
    """Return who said it, where and when, in one line."""
    return " · ".join(filter(None, (quote[name] for name in ("author", "community", "where", "date", "number"))))


def cite_short(quote: dict[str, Any]) -> str:
    """Return who said it, when, and the number under which the rest stands among the sources."""
    return " · ".join(filter(None, (quote[name] for name in ("author", "date", "number"))))


def render_pack(
    analysis: Analysis,
    lang: str = "th",
    *,
    session: str = SESSIONS[0],
    ranks: Sequence[int] = (),
    template: Path = TEMPLATE,
) -> bytes:
    """Return the pack as a Word document: a template filled with ``pack_view``, whose parameters these are.

    Raises
    ------
    InputError
        When the template cannot be used.
    """
    view = pack_view(analysis, lang, session=session, ranks=ranks)
    title = f"{view['t']('pack_title')} – {view['name']}"
    return fill_template(template, view, title=title, required="draft")


def write_pack(
    analysis: Analysis,
    path: Path,
    lang: str = "th",
    *,
    session: str = SESSIONS[0],
    ranks: Sequence[int] = (),
    template: Path = TEMPLATE,
) -> None:
    """Write the pack; its parameters are those of ``render_pack``.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    document = render_pack(analysis, lang, session=session, ranks=ranks, template=template)
    with replacing(path) as temporary:
        temporary.write_bytes(document)


def _accepted(analysis: Analysis) -> list[int]:
    """Return the ranks of the issues that people have accepted for the session, in the order in which they did."""
    ranks = {issue.group.id: issue.rank for issue in analysis.insight.issues}
    return [ranks[one] for one in analysis.human.accepted if one in ranks][:MOST_CARDS]


def _chosen(analysis: Analysis, lang: str, ranks: Sequence[int]) -> list[dict[str, Any]]:
    """Return the views of issues by rank, also of those that a report lists without a view."""
    ranks = list(dict.fromkeys(ranks))
    if len(ranks) > MOST_CARDS:
        raise SettingsError("pack_too_many", count=len(ranks), most=MOST_CARDS)
    issues = {issue.rank: issue for issue in analysis.insight.issues}
    for rank in ranks:
        if rank not in issues:
            raise RunError("pack_no_issue", rank=rank, last=len(issues))
    wanted = replace(analysis.insight, issues=tuple(issues[rank] for rank in ranks))
    view = build_view(replace(analysis, insight=wanted), lang)
    views = {one["rank"]: one for name in _GATHERED for one in view[name]}
    return [views[rank] for rank in ranks]


def _pictures(chart: Chart | None, width: int) -> dict[str, Picture]:
    """Return the drawings of a chart by the id of what each is of."""
    return {panel.id: _picture(panel, width) for panel in chart.panels} if chart else {}


def _picture(panel: Panel, width: int) -> Picture:
    return Picture(panel.drawing.png(width), width, f"{panel.drawing.title}: {panel.drawing.summary}")


def _volume(chart: Chart | None) -> dict[str, Any] | None:
    """Return how much was written over time; nothing where that cannot be told."""
    if chart is None:
        return None
    pictures = [{"name": panel.caption, "picture": _picture(panel, _HALF)} for panel in chart.panels]
    return {"title": chart.title, "note": chart.note, "pictures": pictures}


def _covered(row: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return a community with the steps that many, few and none of its people write of."""
    told: dict[str, list[str]] = {name: [] for name in (*_COVERAGES, "unknown")}
    for number, cell in enumerate(row["cells"], 1):
        told[cell["coverage"]].append(f"{number} ({cell['authors']})" if cell["authors"] else str(number))
    steps = [", ".join(told[name]) or "–" for name in _COVERAGES]
    nothing = len(told["unknown"]) == len(row["cells"])
    return {
        "name": row["name"],
        "authors": row["authors"],
        "steps": [words("coverage_unknown")] * len(_COVERAGES) if nothing else steps,
    }


def _by_kind(lessons: dict[str, Any], words: Words) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the lessons that a report shows by what they are of use for, each under the first of its kinds; reported ones last."""
    own = sorted((one for group in lessons["groups"] for one in group["lessons"]), key=lambda one: one["number"])
    untold = words("pack_kind_untold")
    kinds: dict[str, list[dict[str, Any]]] = {
        name: [] for name in (*(words(f"kind_{one}") for one in LESSON_KINDS), untold)
    }
    for lesson in own:
        kinds[next(iter(lesson["kinds"]), untold)].append(lesson)
    kinds[words("lessons_reported")] = lessons["reported"]
    return [(kind, some) for kind, some in kinds.items() if some]


def _sources(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Return where the quotes of the pack come from, each place once, by number of the post."""
    places = {quote["number"]: quote for quote in _quotes(view)}
    return [places[number] for number in sorted(places, key=_natural)]


def _natural(number: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", number)]


def _quotes(view: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for card in view["cards"]:
        yield from card["quotes"]
        yield from card["session"]["wishes"]
        yield from (card[name] for name in ("headline", "objection") if card[name])
        yield from (lesson["quote"] for lesson in card["lessons"])
    below: Iterable[dict[str, Any]] = (one for name in _GATHERED[2:] for one in view[name])
    yield from (one["headline"] for one in below if one["headline"])
    for group in view["lessons"]["groups"]:
        yield from (lesson["quote"] for lesson in group["lessons"])
    yield from (lesson["quote"] for lesson in view["lessons"]["reported"])
    for step in view["steps"]:
        yield from step["quotes"][:1]
