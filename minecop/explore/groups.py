"""What passages are grouped by - topics, issues, steps, people, communities - as the pages show it, in no language yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from minecop.archive.models import Comment
from minecop.curation.matching import quote_target
from minecop.insight.analysis import Analysis
from minecop.insight.human import key_of
from minecop.insight.models import Group, Issue, Quote, Topic
from minecop.report.decided import decided_view, hidden_words, named_view
from minecop.report.grounds import grounds_view
from minecop.report.quoting import shown_place
from minecop.report.words import Words

_GROUNDS_OF = 2_000
"""Issues whose grounds are told: those below are early voices that a report does not show either."""


def groups_of(
    analysis: Analysis, columns: Mapping[str, Any], people: Sequence[str], communities: Sequence[str]
) -> dict[str, Any]:
    """Return topics, themes, issues, steps, people and communities, each a list of plain values.

    A topic stands at the place of its id, an issue at that of its rank: neither changes when others are hidden. ``None`` stands where
    there is none.
    """
    label = analysis.privacy.label
    insight = analysis.insight
    quoting = _Quoting(analysis, columns)
    words = {lang: Words(lang, analysis.buddhist) for lang in ("th", "en")}
    wrote = columns["author"][columns["author"] >= 0]
    passages = np.bincount(wrote, minlength=len(people))
    named = _named(analysis, words)
    places = {key_of("topic", topic.group.id): f"/topic/{topic.group.id}" for topic in insight.topics}
    places |= {key_of("issue", issue.group.id): f"/issue/{issue.rank}" for issue in insight.issues}
    return {
        "name": analysis.archive.name,
        "masked": bool(analysis.privacy),
        "numbers": {
            "people": len(analysis.authors),
            "communities": len(analysis.communities),
            "posts": len(analysis.archive.posts),
            "comments": sum(len(post.comments) for post in analysis.archive.posts),
            "passages": len(columns["author"]),
        },
        "dates": [date.isoformat() for date in analysis.dates or ()],
        "topics": _placed(
            (
                int(topic.group.id),
                _group(analysis, topic.group)
                | named.get(topic.group.id, {})
                | {
                    "theme": topic.theme,
                    "terms": [label(term) for term in topic.terms],
                    "machine": topic.machine,
                    "quotes": [quoting(quote) for quote in topic.quotes],
                },
            )
            for topic in insight.topics
        ),
        "themes": [_group(analysis, theme) for theme in insight.themes],
        "issues": _placed(
            (
                issue.rank,
                _group(analysis, issue.group)
                | named.get(issue.group.id, {})
                | {
                    "rank": issue.rank,
                    "status": issue.status,
                    "confidence": issue.confidence,
                    "known": issue.known,
                    "terms": [label(term) for term in issue.terms],
                    "quotes": [quoting(quote) for quote in issue.quotes],
                    "objection": quoting(issue.objection) if issue.objection else None,
                    "grounds": _grounds(analysis, issue, words),
                },
            )
            for issue in insight.issues
        ),
        "steps": [
            {"names": dict(step.names), "authors": len(group.author_ids), "unnamed": group.unnamed}
            for step, group in zip(analysis.process.steps, insight.steps, strict=True)
        ],
        "people": [
            {
                "id": "" if analysis.privacy.authors else author,
                "name": analysis.names.get(author) or author,
                "home": label(analysis.homes.get(author, "")),
                "passages": count,
            }
            for author, count in zip(people, passages.tolist(), strict=True)
        ],
        "communities": [label(name) for name in communities],
        "decisions": {
            lang: [one | {"url": places.get(one["group"], "")} for one in decided_view(analysis, own)["every"]]
            for lang, own in words.items()
        },
        "hidden": {lang: hidden_words(analysis, own) for lang, own in words.items()},
    }


def _placed(some: Iterable[tuple[int, dict[str, Any]]]) -> list[dict[str, Any] | None]:
    """Return values at their places, and nothing at the others."""
    given = dict(some)
    return [given.get(place) for place in range(max(given, default=-1) + 1)]


def _named(analysis: Analysis, words: Mapping[str, Words]) -> dict[str, dict[str, Any]]:
    """Return what people said of topics and issues, by their ids; nothing where nobody has decided anything."""
    if not analysis.human:
        return {}
    groups: list[Topic | Issue] = [*analysis.insight.topics, *analysis.insight.issues]
    return {
        one.group.id: {"human": {lang: named_view(analysis, one, own) for lang, own in words.items()}} for one in groups
    }


def _group(analysis: Analysis, group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "title": analysis.privacy.label(group.title),
        "authors": len(group.author_ids),
        "communities": len(group.community_names),
        "unnamed": group.unnamed,
        "passages": len(group.members),
        "trend": group.trend.direction,
    }


def _grounds(analysis: Analysis, issue: Issue, words: Mapping[str, Words]) -> dict[str, Any]:
    if issue.rank > _GROUNDS_OF:
        return {}
    return {lang: grounds_view(analysis, issue, own) for lang, own in words.items()}


class _Quoting:
    """Finds the text and the passage that quotes stand in."""

    def __init__(self, analysis: Analysis, columns: Mapping[str, Any]) -> None:
        self._analysis = analysis
        self._columns = columns
        self._numbers = {post.id: number for number, post in enumerate(analysis.archive.posts)}

    def __call__(self, quote: Quote) -> dict[str, Any]:
        """Return a quote as it may be shown, checked against its source."""
        analysis, columns = self._analysis, self._columns
        number = self._numbers[quote.post_id]
        post = analysis.archive.posts[number]
        place = next(
            place
            for place, part in enumerate(post.texts)
            if (part.position if isinstance(part, Comment) else None) == quote.comment
        )
        text = int(columns["post_text"][number]) + place
        start, _ = shown_place(analysis, quote.post_id, quote.comment, quote.start, quote.end)
        row = int(columns["text_row"][text])
        while (
            row >= 0
            and row + 1 < len(columns["text"])
            and columns["text"][row + 1] == text
            and columns["end"][row] <= start
        ):
            row += 1
        return {
            "text": analysis.verified(quote).text,
            "target": "" if analysis.privacy else quote_target(quote),
            "body": text,
            "post": number,
            "passage": row,
        }
