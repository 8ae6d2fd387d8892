"""Sources of a report as BibLaTeX, for papers and reference managers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from minecop.archive.models import Post
from minecop.insight.analysis import Analysis
from minecop.insight.evidence import step_quotes
from minecop.report.quoting import web_address
from minecop.report.words import Words

_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # Escaped braces would count as braces, and one alone end the entry.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: f"\\{mark}" for mark in "&%$#_"},
    }
)
_NO_KEY = re.compile(r"[^A-Za-z0-9.:/-]+")
_NO_URL = re.compile(r"[\s{}\\\x00-\x1f\x7f\ud800-\udfff]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")


def render_bibtex(analysis: Analysis, lang: str = "th") -> str:
    r"""Return an ``@online`` entry for each post that an issue, a quote or a lesson comes from, in the order of the archive.

    A comment is cited by the post whose thread it stands in. Dates are of the Common Era; of an estimated one only the month is told. Thai
    stays as it is (UTF-8, as biber reads it); what TeX takes for markup is escaped. Keys are made of the posts' own ids, so that they stay
    when the archive grows. Of nothing it is empty.

    Raises
    ------
    QuoteError
        When a quote is not what its source says.
    """
    words = Words(lang, analysis.buddhist)
    cited = set(_cited(analysis))
    posts = analysis.archive.posts
    return "\n".join(_entry(analysis, posts.head(post), words) for post in posts.rows if post in cited)


def _cited(analysis: Analysis) -> Iterator[str]:
    insight = analysis.insight
    for issue in insight.issues:
        yield from (voice.post_id for voice in issue.group.members)
        objection = (issue.objection,) if issue.objection else ()
        yield from (analysis.verified(quote).post_id for quote in (*issue.quotes, *issue.wishes, *objection))
    for topic in insight.topics:
        yield from (analysis.verified(quote).post_id for quote in topic.quotes)
    for step in insight.steps:
        yield from (analysis.verified(one.quote).post_id for one in step_quotes(analysis, step))
    yield from (analysis.verified(lesson.quote).post_id for lesson in insight.lessons)


def _entry(analysis: Analysis, post: Post, words: Words) -> str:
    author = analysis.names.get(post.author_id or "")
    community = analysis.homes.get(post.author_id or "") or ", ".join(post.communities)
    fields = {
        # A second pair of braces: a name that is no list of given and family names, a title that keeps its capitals.
        "author": f"{{{_tex(author)}}}" if author else "",
        "title": f"{{{_tex(analysis.title_of(post) or words('untitled'))}}}",
        "date": _date(post),
        "url": _NO_URL.sub(lambda found: _quoted(found[0]), web_address(analysis, post)),
        "note": _tex(words("bib_community", name=analysis.privacy.label(community))) if community else "",
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{_key(post.id)},\n{''.join(lines)}}}\n"


def _date(post: Post) -> str:
    day = post.published.date().isoformat() if post.published else ""
    return day[:7] if post.estimated else day


def _tex(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split()).translate(_TEX)


def _quoted(letters: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letters.encode("utf-8", "replace"))


def _key(post_id: str) -> str:
    """Return the key of a post: its id, in letters that every BibTeX takes; one that had to be changed ends in its hash."""
    kept = _NO_KEY.sub("-", post_id)
    if kept != post_id:
        kept += "-" + hashlib.sha256(post_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"post-{kept}"
