"""What a report shows, in the reader's language and ready for any template: nothing here is computed anew."""

from __future__ import annotations

from typing import Any

from minecop.core.messages import message
from minecop.insight.analysis import LEFT_OUT, Analysis, remembered
from minecop.insight.human import SESSION
from minecop.insight.models import FEWEST_AUTHORS, Group, Issue, Period, SetAside, Topic
from minecop.insight.trends import bursts_of, share_of
from minecop.insight.voices import Voices
from minecop.report.decided import decided_view, hidden_words, named_view, notes_view
from minecop.report.grounds import grounds_view, listed
from minecop.report.lessons import lessons_for_issue, lessons_view
from minecop.report.onpage import by_status, candidates
from minecop.report.quoting import quote_view
from minecop.report.session import session_view
from minecop.report.words import Words, period_words, words_of_report

_SET_ASIDE_SHOWN = 30
_ACCOUNT_SHOWN = 60


@remembered
def build_view(analysis: Analysis, lang: str) -> dict[str, Any]:
    """Return everything that a template needs.

    Parameters
    ----------
    analysis
        The finished run.
    lang
        ``th`` or ``en``.

    Raises
    ------
    QuoteError
        When a quote is not what its source says.
    """
    words = Words(lang, analysis.buddhist)
    shown = by_status(analysis)
    views = {status: [issue_view(analysis, issue, words) for issue in issues] for status, (issues, _) in shown.items()}
    more = {f"{status}_more": count for status, (_, count) in shown.items()}
    shared, shared_views = shown["shared"][0], views["shared"]
    first = {issue.rank for issue in candidates(shared)}
    return {
        "lang": lang,
        "t": words_of_report(analysis, lang),
        "name": analysis.archive.name,
        "numbers": _numbers(analysis, words),
        "period": period_words(analysis.dates, words),
        "selection": _selection(analysis, words),
        "candidates": [view for view in shared_views if view["rank"] in first],
        "evidence_heads": [words(f"evidence_{name}") for name in _EVIDENCE],
        "evidence": [(view, _evidence_row(issue, words)) for view, issue in zip(shared_views, shared, strict=True)],
        **views,
        **more,
        "shared": [view for view in shared_views if view["rank"] in first or view["confidence"] != "weak"],
        "weak": [view for view in shared_views if view["rank"] not in first and view["confidence"] == "weak"],
        "funnel": _funnel(analysis, words),
        "limits": _limits(analysis, words),
        "communities": _communities(analysis, words),
        "set_aside": [_set_aside(analysis, aside, words) for aside in analysis.insight.set_aside[:_SET_ASIDE_SHOWN]],
        "lessons": lessons_view(analysis, words),
        "themes": _themes(analysis, words),
        "faded_topics": faded_view(analysis, words),
        "without_topic": analysis.insight.funnel["without_topic"],
        "topics_sure": sureness_view(analysis, words),
        "account": _account(analysis, lang),
        "settings": _settings(analysis),
        "decided": decided_view(analysis, words),
        "session_notes": notes_view(analysis, SESSION, words),
    }


def _numbers(analysis: Analysis, words: Words) -> list[tuple[str, str]]:
    archive = analysis.archive
    return [
        (f"{value:,}", words(key))
        for value, key in (
            (len(analysis.authors), "n_people"),
            (len(analysis.communities), "n_communities"),
            (len(archive.posts), "n_posts"),
            (archive.posts.comments, "n_comments"),
        )
    ]


def _selection(analysis: Analysis, words: Words) -> str:
    chosen = {name: analysis.settings.get(name) for name in ("since", "until", "communities", "groups")}
    parts = [
        f"{name} {', '.join(value) if isinstance(value, list) else value}" for name, value in chosen.items() if value
    ]
    return words("selection_note", parts="; ".join(parts)) if parts else ""


def people_words(group: Group, words: Words) -> str:
    """Return how many people of how many communities, and how many voices without a name."""
    if group.community_names:
        text = words("people_in_communities", authors=len(group.author_ids), communities=len(group.community_names))
    else:
        text = words("people_only", authors=len(group.author_ids))
    return f"{text} {words('and_unnamed', count=group.unnamed)}" if group.unnamed else text


def _group(analysis: Analysis, group: Group, words: Words) -> dict[str, Any]:
    trend = group.trend
    most = max((period.voices / period.all_voices for period in trend.periods if period.all_voices), default=0)
    return {
        "id": group.id,
        "title": analysis.privacy.label(group.title),
        "people": people_words(group, words),
        "authors": len(group.author_ids),
        "communities": len(group.community_names),
        "passages": len(group.members),
        "trend": trend.direction,
        "trend_words": words(f"trend_{trend.direction}"),
        "periods": [
            {
                "name": words.period(period.name),
                "text": words("people_of_all", voices=period.voices, all=period.all_voices),
                "voices": period.voices,
                "height": round(100 * period.voices / period.all_voices / most) if most and period.all_voices else 0,
            }
            for period in trend.periods
        ],
    }


def _themes(analysis: Analysis, words: Words) -> list[dict[str, Any]]:
    """Return the themes, each with its topics, those of most people first."""
    views = [topic_view(analysis, topic, words) for topic in analysis.insight.topics]
    return [
        _group(analysis, theme, words)
        | {"topics": sorted((v for v in views if v["theme"] == theme.id), key=lambda v: -v["authors"])}
        for theme in sorted(analysis.insight.themes, key=lambda theme: -len(theme.author_ids))
    ]


def faded_view(analysis: Analysis, words: Words) -> list[str]:
    """Return what became of the topics of the last run that are none any more, in words."""
    label = analysis.privacy.label
    return [
        words("topic_gone_to", id=one.topic, title=label(one.label), others=", ".join(map(str, one.others)))
        if one.others
        else words("topic_gone", id=one.topic, title=label(one.label))
        for one in analysis.insight.faded
    ]


def topic_view(analysis: Analysis, topic: Topic, words: Words) -> dict[str, Any]:
    """Return a topic as people read it: what it is called, who speaks of it since when, and how far it is to be relied on."""
    group = topic.group
    span = Voices.of(group.members).span
    stability = "unknown" if topic.stability is None else next(k for k, bar in _STABLE if topic.stability >= bar)
    others = ", ".join(map(str, topic.others))
    return (
        _group(analysis, group, words)
        | named_view(analysis, topic, words)
        | {
            "theme": topic.theme,
            "machine": topic.machine,
            "terms": [analysis.privacy.label(term) for term in topic.terms],
            "stability": topic.stability,
            "stability_words": words(f"stability_{stability}"),
            "sure": topic.sure,
            "sure_words": sure_words(topic.sure, words),
            "change_words": words(f"change_{topic.change}", others=others) if topic.change else "",
            "first": words.day(span[0]) if span else "",
            "last": words.day(span[1]) if span else "",
            "shares": shares_view(group.trend.periods, words),
            "quotes": [quote_view(analysis, quote, words) for quote in topic.quotes],
        }
    )


def sure_words(sure: float | None, words: Words) -> str:
    """Return how many of a hundred passages come to their topic again, in words; that it cannot be told where it is not known."""
    return words("sure_unknown") if sure is None else words("sure_count", count=round(100 * sure))


def sureness_view(analysis: Analysis, words: Words) -> str:
    """Return how sure it is that passages belong to the topics they were given, all topics taken together; nothing where unknown."""
    known = [(topic.sure, len(topic.group.members)) for topic in analysis.insight.topics if topic.sure is not None]
    passages = sum(count for _, count in known)
    if not passages:
        return ""
    return words("topics_sure", count=round(100 * sum(sure * count for sure, count in known) / passages))


def shares_view(periods: tuple[Period, ...], words: Words) -> list[dict[str, Any]]:
    """Return the share of the people of each period, in per cent with its interval, and whether it was surely more than usual."""
    bursts = bursts_of(periods)
    return [
        {
            "name": words.period(period.name),
            "text": words("people_of_all", voices=period.voices, all=period.all_voices),
            "share": [round(100 * value) for value in share_of(period)],
            "burst": period.name in bursts,
        }
        for period in periods
    ]


_STABLE = (("high", 0.75), ("middle", 0.5), ("low", 0.0))
"""What of a topic must be found again in parts of the archive for it to be called so (Hennig 2007: .75 stable, .5 dissolved below)."""


def issue_view(analysis: Analysis, issue: Issue, words: Words) -> dict[str, Any]:
    """Return an issue as people read it: its people, evidence, voices, lessons, and material for a session."""
    group, named = issue.group, named_view(analysis, issue, words)
    return (
        _group(analysis, group, words)
        | named
        | {
            "title_note": " · ".join(filter(None, (named["named_by"], named["machine_title"])))
            or words("machine_title"),
            "rank": issue.rank,
            "status": issue.status,
            "grounds": grounds_view(analysis, issue, words),
            "confidence": issue.confidence,
            "confidence_words": words(f"confidence_{issue.confidence}"),
            "headline": quote_view(analysis, issue.headline, words) if issue.headline else None,
            "terms": [analysis.privacy.label(term) for term in issue.terms],
            "known": words("known_concern", title=issue.known) if issue.known else "",
            "known_short": words("known_short", title=issue.known) if issue.known else "",
            "quotes": [quote_view(analysis, quote, words) for quote in issue.quotes],
            "objection": quote_view(analysis, issue.objection, words) if issue.objection else None,
            "more": max(0, len(group.members) - len(issue.quotes)),
            "lessons": lessons_for_issue(analysis, group.id, words),
            "session": session_view(analysis, issue, words),
        }
    )


def _evidence_row(issue: Issue, words: Words) -> list[str]:
    """Return the evidence for an issue side by side, as ``_EVIDENCE`` names it: what does not hold for it is a dot."""
    group, grounds = issue.group, issue.grounds
    trend = group.trend
    ratio = "?" if trend.ratio is None else f"{trend.ratio:.1f} ({trend.low:.1f}–{trend.high:.1f})"
    effective = f"{grounds.effective_authors:.0f}" if grounds.effective_authors else ""
    counts = (
        len(group.author_ids),
        effective,
        len(group.community_names),
        len(grounds.provinces),
        len(grounds.adding),
        len({*grounds.asking, *grounds.stuck}),
        len(grounds.doubting),
        ratio,
        "?" if grounds.stability is None else words("percent", count=round(100 * grounds.stability)),
    )
    return [str(count or "·") for count in counts]


_EVIDENCE = ("people", "effective", "communities", "provinces", "adding", "open", "doubting", "ratio", "stability")


def _funnel(analysis: Analysis, words: Words) -> list[tuple[str, int]]:
    funnel = analysis.insight.funnel
    rows = [(words(f"funnel_{key}"), funnel[key]) for key in _FUNNEL_ROWS if funnel[key] or key in _FUNNEL_ALWAYS]
    copies = sum(one is not None for one in analysis.archive.posts.column("duplicate_of"))
    return ([(words("duplicates"), copies)] if copies else []) + rows


_FUNNEL_ROWS = (
    "passages",
    "courtesy",
    "explainer",
    "platform",
    "announcement",
    "series",
    "coursework",
    "event",
    "concerns",
    "in_issues",
    "early_not_told",
)

_FUNNEL_ALWAYS = ("passages", "in_issues")


def _limits(analysis: Analysis, words: Words) -> list[str]:
    funnel, archive = analysis.insight.funnel, analysis.archive
    limits = []
    if len(archive.posts) < 5:
        limits.append(words("limit_one_post", posts=len(archive.posts)))
    if not funnel["trend_known"]:
        limits.append(words("limit_no_trend"))
    if funnel["without_author"]:
        limits.append(words("limit_no_author", count=funnel["without_author"]))
    if funnel["without_date"]:
        limits.append(words("limit_no_date", count=funnel["without_date"]))
    if not analysis.communities:
        limits.append(words("limit_no_community"))
    if len(analysis.authors) > 10:
        limits.append(words("limit_few_voices", share=funnel["top_five_percent"]))
    limits += _unheard(analysis, words)
    if privacy := analysis.privacy:
        limits.append(words("limit_pseudonyms") if privacy.authors else words("limit_authors_named"))
        counts = ", ".join(f"{words(f'mask_{kind}')} {count:,}" for kind, count in privacy.counts.most_common())
        if counts:
            limits.append(words("limit_masked", counts=counts))
    limits += left_out_words(analysis, words) + hidden_words(analysis, words)
    if refused := archive.account.count("refused"):
        limits.append(words("limit_refused", count=refused))
    return limits


def _unheard(analysis: Analysis, words: Words) -> list[str]:
    """Return who hardly writes here, or not at all though ``authors.csv`` knows of them."""
    if analysis.left_out:  # small communities go by no name then
        return []
    insight, people = analysis.insight, analysis.archive.people
    writing = {author for group in insight.communities for author in group.author_ids}
    groups = {person.group for person in people.values() if person.group}
    heard = {person.group for author, person in people.items() if author in writing}
    few = [group.title for group in insight.communities if group.title and len(group.author_ids) < FEWEST_AUTHORS]
    return [
        words(key, names=listed(map(analysis.privacy.label, names), words))
        for key, names in (("limit_few_people", few), ("limit_no_voice", sorted(groups - heard)))
        if names
    ]


def left_out_words(analysis: Analysis, words: Words) -> list[str]:
    """Return what a report that is to be handed on does not show, and why; nothing where it shows all."""
    left_out, lines = analysis.left_out, []
    if left_out:
        parts = [
            words(f"left_{name}", count=left_out.counts[name], others=left_out.others)
            for name in LEFT_OUT
            if left_out.counts[name]
        ]
        named = "" if analysis.privacy.authors else f" {words('left_names')}"
        lines.append(
            words("limit_left_out", count=left_out.fewest, parts=", ".join(parts) or words("left_nothing")) + named
        )
    if not analysis.source_text:
        lines.append(words("limit_no_source_text"))
    return lines


def _communities(analysis: Analysis, words: Words) -> list[dict[str, Any]]:
    groups = analysis.insight.communities
    most = max((len(group.author_ids) for group in groups), default=0) or 1
    return [
        {
            "name": group.title or words("unknown_community"),
            "known": bool(group.title),
            "authors": len(group.author_ids),
            "passages": len(group.members),
            "width": round(100 * len(group.author_ids) / most),
        }
        for group in groups
    ]


def _set_aside(analysis: Analysis, aside: SetAside, words: Words) -> dict[str, Any]:
    authors = {voice.author_id for voice in aside.members if voice.author_id}
    return {
        "reason": words(f"reason_{aside.reason}"),
        "title": analysis.privacy.label(aside.title),
        "people": words("people_only", authors=len(authors)),
        "passages": len(aside.members),
    }


def _account(analysis: Analysis, lang: str) -> dict[str, Any]:
    entries = analysis.archive.account.entries
    if analysis.is_guarded:  # names of files and of people stand in its lines
        return {"rows": [], "more": 0}
    return {
        "rows": [
            {"kind": message(f"kind_{e.kind}", lang), "source": e.source, "text": message(e.key, lang, **e.details)}
            for e in entries[:_ACCOUNT_SHOWN]
        ],
        "more": max(0, len(entries) - _ACCOUNT_SHOWN),
    }


def _settings(analysis: Analysis) -> list[tuple[str, str]]:
    manifest = analysis.manifest
    shown = {name: value for name, value in analysis.settings.items() if value not in (None, [])}
    return [
        ("minecop", manifest["minecop"]),
        ("sha256", manifest["archive"]["sha256"]),
        *((name, ", ".join(value) if isinstance(value, list) else str(value)) for name, value in shown.items()),
    ]
