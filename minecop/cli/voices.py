"""Voices in the terminal: what topics and steps have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from minecop.cli.showing import echo_csv
from minecop.insight.models import Period, Voice
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis


def quote_lines(quote: dict[str, Any], text: str = "text") -> list[str]:
    """Return a quote of ``report.view.quote_view`` with who, where and when below it."""
    keys = ("author", "community", "date", "where", "number", "sure")
    source = ", ".join(quote[key] for key in keys if quote.get(key))
    return [f"“{' '.join(quote[text].split())}”", f"  — {source}"]


def period_lines(periods: tuple[Period, ...], words: Words) -> list[str]:
    """Return the share of the people of each period in words."""
    from minecop.report.view import shares_view

    lines = []
    for period in shares_view(periods, words):
        share, low, high = period["share"]
        line = words("topic_period", name=period["name"], text=period["text"], share=share, low=low, high=high)
        lines.append(f"  {line}{words('topic_burst') if period['burst'] else ''}")
    return lines


def echo_passages(analysis: Analysis, voices: Sequence[Voice], own: dict[str, Sequence[object]] | None = None) -> None:
    """Print passages as CSV, with columns of one's own before the text."""
    own = own or {}
    heads = ("post", "comment", "start", "end", "author", "community", "published", *own, "text")
    rows = [
        [
            voice.post_id,
            "" if voice.comment is None else voice.comment,
            voice.start,
            voice.end,
            analysis.names.get(voice.author_id or "", ""),
            voice.community or "",
            voice.published.isoformat() if voice.published else "",
            *(column[row] for column in own.values()),
            analysis.words_of(voice),
        ]
        for row, voice in enumerate(voices)
    ]
    echo_csv(heads, rows)
