"""The report as one page that needs nothing else: both languages, the texts that quotes come from, and a script to search them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from minecop.core.collecting import uncollected
from minecop.insight.analysis import Analysis
from minecop.report.carried import LANGUAGES, Carried, carried, packed
from minecop.report.charts import (
    Chart,
    archive_volume,
    charts_css,
    issue_trends,
    step_coverage,
    steps_by_issue,
    topic_trends,
)
from minecop.report.lettering import font_css
from minecop.report.words import Words

_SCRIPTS = ("carried", "source", "finder", "picture", "page")
"""Files of the page's script, in the order in which they stand in it."""

_SCRIPT_WORDS = (
    "anonymous", "script_close", "script_found", "script_found_none", "script_in_comment", "script_issue", "script_open_page",
    "script_people", "script_read_source", "script_step", "script_topic", "untitled",
)  # fmt: skip
"""Words that the page's script says, which knows them without ``script_``."""

_FILLED = (("community", "community"), ("group", "author_group"), ("since", "since_year"), ("until", "until_year"))
"""Choices that the script fills from what is carried."""


@uncollected()
def render_page(
    analysis: Analysis,
    lang: str,
    environment: Environment,
    templates: Path,
    view: Callable[[Analysis, str], dict[str, Any]],
) -> str:
    """Return the report as one HTML page.

    No request goes out, and no script runs but its own, which the page names by its hash: every text of the archive is escaped, and the
    script puts texts in as texts.

    Parameters
    ----------
    analysis
        The finished run.
    lang
        Language that the page opens in; the other one is in it, too.
    environment, templates
        Where templates are, and what renders them.
    view
        What a template needs, in a language.
    """
    other = next(one for one in LANGUAGES if one != lang)
    brought = carried(analysis)
    script = "\n".join((templates / "script" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    script = f'"use strict";\n{script}'

    def content(language: str) -> Markup:
        values = view(analysis, language)
        values |= _explored(analysis, brought, values["steps"], Words(language, analysis.buddhist))
        values["charts"] = _charts(analysis, language, [issue["rank"] for issue in values["candidates"]])
        return Markup(environment.get_template("page/content.html.j2").render(values))  # noqa: S704 - escaped by its template

    return environment.get_template("report.html.j2").render(
        lang=lang,
        other=other,
        t=Words(lang, analysis.buddhist),
        u=Words(other, analysis.buddhist),
        name=analysis.archive.name,
        content=content(lang),
        other_content=packed(content(other)),
        carried=brought.data,
        css=Markup("\n".join((font_css(), (templates / "report.css").read_text(encoding="utf-8"), charts_css()))),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own files
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _charts(analysis: Analysis, lang: str, ranks: list[int]) -> dict[str, Chart | None]:
    """Return the charts of the page by name; ``None`` where too little is known for one."""
    return {
        "volume": archive_volume(analysis, lang),
        "trends": issue_trends(analysis, lang, ranks),
        "by_issue": steps_by_issue(analysis, lang, ranks),
        "coverage": step_coverage(analysis, lang),
        "topics": topic_trends(analysis, lang),
    }


def _explored(analysis: Analysis, brought: Carried, steps: list[dict[str, Any]], words: Words) -> dict[str, Any]:
    """Return what the search and the picture need beside the view of the report."""
    key = "carries_all" if brought.posts == brought.all_posts else "carries_some"
    counts = {"posts": brought.posts, "all": brought.all_posts, "passages": brought.passages}
    label = analysis.privacy.label
    there = (issue for issue in analysis.insight.issues if issue.rank in brought.issues)
    issues = [
        (words(f"status_{status}"), [(one.rank, f"{one.rank} {label(one.group.title)}") for one in those])
        for status, those in groupby(there, key=lambda issue: issue.status)
    ]
    topics = [(topic.group.id, label(topic.group.title)) for topic in analysis.insight.topics]
    numbered = [(step["number"], f"{step['number']} {step['name']}") for step in steps]
    return {
        "carries": words(key, **counts) if brought.data else "",
        "choices": [
            ("issue", words("issue"), issues),
            ("topic", words("topic_label"), [("", [*topics, (-1, words("no_topic"))])]),
            ("step", words("step"), [("", [*numbered, (0, words("no_step"))])]),
            *((name, words(label_key), []) for name, label_key in _FILLED),
        ],
        "script_words": {name.removeprefix("script_"): words.raw(name) for name in _SCRIPT_WORDS}
        | {"post_number": words("post_number", id="{id}"), "buddhist": words.buddhist},
    }
