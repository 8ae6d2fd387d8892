"""The charts of a report: what is drawn, in words and numbers; ``drawing`` draws it. Nothing here is computed anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from minecop.insight.analysis import Analysis
from minecop.insight.models import Group, Period
from minecop.insight.periods import UNITS, unit_of
from minecop.insight.profiles import FEWEST_PEOPLE, StepShare, profile_of
from minecop.insight.trends import bursts_of, calendar, parted, periods_of, share_of
from minecop.report.drawing import (
    Bar,
    Column,
    Drawing,
    draw_bar,
    draw_columns,
    draw_dots,
    draw_numbers,
    environment,
    round_up,
)
from minecop.report.steps import share_words
from minecop.report.words import Words, people_or_fewer, step_name

TOPICS_SHOWN = 8
"""Topics drawn over time: the eye compares no more."""

_SPREAD = 3
"""How many times the known periods those without anybody among them may make: one wrong date would leave nothing but gaps to see."""


@cache
def charts_css() -> str:
    """Return what a page needs beside the font (``lettering.font_css``) to show charts."""
    return (Path(__file__).parent / "templates" / "charts" / "charts.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing of a chart: of which issue, topic or step (its id), what that is called, and what is to be said of it, if anything."""

    id: str
    caption: str
    drawing: Drawing
    said: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, and the same as a table.

    Attributes
    ----------
    name
        Unique on a page.
    title, summary
        What it is of, and what it shows, in words.
    note
        How to read it.
    panels
        Its drawings.
    layout
        ``tiles``: side by side where there is room. ``rows``: one below the other, the caption before each.
    heads, rows
        The table: every number that is drawn.
    key
        What numbers in the drawings stand for.
    """

    name: str
    title: str
    summary: str
    note: str
    panels: tuple[Panel, ...]
    layout: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    key: tuple[str, ...] = ()

    @property
    def svg(self) -> Markup:
        """Its drawings as HTML: captions, which a browser breaks, and an ``<svg>`` each. Needs ``charts_css`` and ``font_css``."""
        template = environment().get_template("chart.html.j2")
        return Markup(template.render(name=self.name, layout=self.layout, panels=self.panels, key=self.key))  # noqa: S704 - escaped by its template


def issue_trends(analysis: Analysis, lang: str, ranks: Collection[int]) -> Chart | None:
    """Return the share of the people of each period who speak of each of some issues; ``None`` where the archive is too small to tell.

    Parameters
    ----------
    analysis
        The finished run.
    lang
        ``th`` or ``en``.
    ranks
        Of the issues, in any order; they are drawn as they are ranked.
    """
    words = Words(lang, analysis.buddhist)
    issues = [issue for issue in analysis.insight.issues if issue.rank in ranks]
    captions = [f"{issue.rank}  {analysis.privacy.label(issue.group.title)}" for issue in issues]
    groups = [issue.group for issue in issues]
    return _over_time(analysis, "issues", words("chart_issues"), "", list(zip(captions, groups, strict=True)), words)


def topic_trends(analysis: Analysis, lang: str) -> Chart | None:
    """Return the same of the topics of most people."""
    words = Words(lang, analysis.buddhist)
    groups = sorted((topic.group for topic in analysis.insight.topics), key=lambda group: -len(group.author_ids))
    shown = [(analysis.privacy.label(group.title), group) for group in groups[:TOPICS_SHOWN]]
    some = words("chart_topics_some", shown=len(shown), count=len(groups)) if len(shown) < len(groups) else ""
    return _over_time(analysis, "topics", words("chart_topics"), some, shown, words)


def _over_time(
    analysis: Analysis, name: str, title: str, first: str, shown: list[tuple[str, Group]], words: Words
) -> Chart | None:
    """Return groups over time, all at one scale, so that they can be compared."""
    told = [(caption, group, _filled(analysis, group.trend.periods)) for caption, group in shown if group.trend.periods]
    if not told:
        return None
    most = round_up(max((share_of(one)[2] for _, _, some in told for one in some if one.voices), default=1))
    panels = []
    for number, (caption, group, periods) in enumerate(told, 1):
        late = {period.name for period in parted(group.trend.periods)[1]}
        spoken = "; ".join(_said(period, words) for period in periods if period.voices)
        trend = words(f"trend_{group.trend.direction}")
        panels.append(
            Panel(
                group.id,
                caption,
                draw_columns(
                    f"chart-{name}-{number}",
                    caption,
                    f"{trend} – {spoken or words('chart_nobody')}",
                    [_column(period, late, bursts_of(group.trend.periods), words) for period in periods],
                    (most, words("percent", count=round(100 * most))),
                    by_year=unit_of(periods[0].name) == "year",
                ),
                trend,
            )
        )
    heads = (words("head_period"), words("chart_volume_people"), *(caption for caption, _, _ in told))
    rows = tuple(
        (words.period(some[0].name), f"{some[0].all_voices:,}", *(_cell(period, words) for period in some))
        for some in zip(*(periods for _, _, periods in told), strict=True)
    )
    summary = "; ".join(f"{caption}: {words(f'trend_{group.trend.direction}')}" for caption, group, _ in told)
    note = " ".join(filter(None, (first, words("chart_over_time_note"))))
    return Chart(name, title, summary, note, tuple(panels), "tiles", heads, rows)


def _filled(analysis: Analysis, periods: Sequence[Period]) -> tuple[Period, ...]:
    """Return periods with those among them in which nobody wrote: time has no gaps."""
    known = {period.name: period for period in periods}
    every = calendar(analysis.voices.span, unit_of(periods[0].name))[1]
    names = [name for name in every if periods[0].name <= name <= periods[-1].name]
    if len(names) > _SPREAD * len(known):
        return tuple(periods)
    return tuple(known.get(name) or Period(name, 0, 0) for name in names)


def _column(period: Period, late: Collection[str], bursts: Collection[str], words: Words) -> Column:
    share, low, high = share_of(period)
    return Column(
        year=words.period(period.name.partition("/")[0]),
        value=share,
        low=low if period.voices else None,
        high=high if period.voices else None,
        count=period.voices,
        said=_said(period, words),
        late=period.name in late,
        burst=period.name in bursts,
    )


def _said(period: Period, words: Words) -> str:
    people = words("people_of_all", voices=period.voices, all=period.all_voices)
    return f"{words.period(period.name)}: {people} = {_share(period, words)}"


def _share(period: Period, words: Words) -> str:
    share, low, high = (round(100 * value) for value in share_of(period))
    return words("share_of", share=share, low=low, high=high)


def _cell(period: Period, words: Words) -> str:
    if not period.all_voices:
        return "–"
    return f"{period.voices:,} · {_share(period, words)}" if period.voices else "0"


def archive_volume(analysis: Analysis, lang: str) -> Chart | None:
    """Return how many people wrote in each period, and how many posts there are; ``None`` where there are not two periods.

    The periods are those of trends, where there are any.
    """
    words = Words(lang, analysis.buddhist)
    recent = next((parted(one.trend.periods)[1] for one in analysis.insight.steps if one.trend.periods), ())
    published = analysis.archive.posts.column("published")
    dates = [date for date in published if date]
    dates += analysis.voices.span or ()
    span = (min(dates), max(dates)) if dates else None
    unit, names = calendar(span, unit_of(recent[0].name) if recent else None)
    people = {
        period.name: period.all_voices
        for period in periods_of((), analysis.voices, unit)
        if period.all_voices >= analysis.left_out.fewest
    }
    posts = Counter(UNITS[unit](date) for date in published if date)
    known = sorted({*people, *posts})
    names = names if len(names) <= _SPREAD * len(known) else tuple(known)
    if len(names) < 2 or not people:
        return None
    late = {period.name for period in recent}
    panels = []
    for what, counts in (("people", people), ("posts", posts)):
        caption = words(f"chart_volume_{what}")
        columns = [_count(name, counts.get(name, 0), name in late, words) for name in names]
        most = round_up(max(counts.values(), default=0))
        summary = "; ".join(column.said for column in columns)
        panels.append(
            Panel(
                what,
                caption,
                draw_columns(
                    f"chart-volume-{what}", caption, summary, columns, (most, f"{most:,.0f}"), by_year=unit == "year"
                ),
            )
        )
    busiest, quietest = (pick(names, key=lambda name: people.get(name, 0)) for pick in (max, min))
    undated = published.count(None)
    notes = (
        words("chart_volume_note"),
        words("chart_volume_late") if late else "",
        words("chart_volume_undated", count=undated) if undated else "",
    )
    return Chart(
        "volume",
        words("chart_volume"),
        words(
            "chart_volume_summary",
            most=words.period(busiest),
            people=people[busiest],
            least=words.period(quietest),
            fewest=people.get(quietest, 0),
        ),
        " ".join(filter(None, notes)),
        tuple(panels),
        "tiles",
        (words("head_period"), words("chart_volume_people"), words("chart_volume_posts")),
        tuple(
            (words.period(name), _people(analysis, people.get(name, 0), words), f"{posts[name]:,}") for name in names
        ),
    )


def _count(period: str, count: int, late: bool, words: Words) -> Column:
    said = f"{words.period(period)}: {count:,}"
    return Column(words.period(period.partition("/")[0]), count, None, None, count, said, late)


def steps_by_issue(analysis: Analysis, lang: str, ranks: Collection[int]) -> Chart | None:
    """Return how many people of each of some issues write of each step; ``None`` where none is written of, or there is no issue."""
    words = Words(lang, analysis.buddhist)
    issues = [issue for issue in analysis.insight.issues if issue.rank in ranks]
    most = max((count for issue in issues for count in issue.grounds.steps.values()), default=0)
    if not most:
        return None
    numbers = range(1, len(analysis.process.steps) + 1)
    names = [f"{number} {step_name(analysis, number, words)}" for number in numbers]
    heads = draw_numbers("chart-steps-0", words("step"), "; ".join(names), [str(number) for number in numbers])
    panels = [Panel("", words("step"), heads)]
    told, rows = [], []
    for number, issue in enumerate(issues, 1):
        caption = f"{issue.rank}  {analysis.privacy.label(issue.group.title)}"
        steps, gaps = issue.grounds.steps, issue.grounds.gaps
        said = [
            words("chart_step_people", step=step, authors=steps[step])
            if step in steps
            else words("chart_step_gap", step=step)
            for step in numbers
            if step in steps or step in gaps
        ]
        summary = "; ".join(said) or words("chart_no_steps")
        told.append(f"{caption} – {summary}")
        people = [steps.get(step, 0) for step in numbers]
        panels.append(
            Panel(issue.group.id, caption, draw_dots(f"chart-steps-{number}", caption, summary, people, most, gaps))
        )
        rows.append((caption, *("–" if step in gaps else str(steps.get(step) or "") for step in numbers)))
    title, note = words("chart_steps_by_issue"), words("chart_steps_by_issue_note")
    columns = (words("issue"), *names)
    return Chart("steps", title, "; ".join(told), note, tuple(panels), "rows", columns, tuple(rows), tuple(names))


def step_coverage(analysis: Analysis, lang: str, *, labelled: bool = True) -> Chart | None:
    """Return how many people write of each step, and their share; ``None`` where too few write of any for anything to be told.

    Parameters
    ----------
    analysis
        The finished run.
    lang
        ``th`` or ``en``.
    labelled
        Whether numbers are written in the drawings; else they are to be set beside them.
    """
    words = Words(lang, analysis.buddhist)
    profile = profile_of(analysis.step_voices, analysis.steps)
    if profile.authors < FEWEST_PEOPLE:
        return None
    most = round_up(max(step.high or 0 for step in profile.steps))
    panels, rows, told = [], [], []
    for step in profile.steps:
        caption = f"{step.step}  {step_name(analysis, step.step, words)}"
        coverage = profile.coverage(step)
        label = _coverage_words(analysis, step, coverage, words)
        bar = Bar(step.share or 0, step.low or 0, step.high or 0, label, thin=coverage == "thin")
        bar = Bar(0, 0, 0, label) if coverage == "absent" else bar
        drawing = draw_bar(f"chart-coverage-{step.step}", caption, label, bar, most, labelled=labelled)
        panels.append(Panel(str(step.step), caption, drawing))
        rows.append(
            (caption, _people(analysis, step.authors, words), share_words(step, words), words(f"coverage_{coverage}"))
        )
        told.append(f"{caption}: {label}")
    heads = (words("step"), words("authors"), words("share"), words("head_coverage"))
    title, note = words("chart_coverage"), words("chart_coverage_note")
    return Chart("coverage", title, "; ".join(told), note, tuple(panels), "rows", heads, tuple(rows))


def _coverage_words(analysis: Analysis, step: StepShare, coverage: str, words: Words) -> str:
    if coverage == "absent":
        return words("coverage_absent")
    people = words("people_only", authors=_people(analysis, step.authors, words))
    told = (people, share_words(step, words), words("coverage_thin") if coverage == "thin" else "")
    return " · ".join(filter(None, told))


def _people(analysis: Analysis, authors: int, words: Words) -> str:
    shown = people_or_fewer(analysis, authors, words)
    return shown if isinstance(shown, str) else f"{shown:,}"
