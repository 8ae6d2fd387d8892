"""A quote as people read it: checked against its source, with who said it, where and when."""

from __future__ import annotations

from typing import Any

from minecop.archive.models import Post
from minecop.insight.analysis import Analysis
from minecop.insight.models import Quote
from minecop.report.words import Words


def quote_view(analysis: Analysis, quote: Quote, words: Words) -> dict[str, Any]:
    """Return a quote, checked against its source, with who said it, where and when."""
    place = shown_place(analysis, quote.post_id, quote.comment, quote.start, quote.end)
    quote = analysis.verified(quote)
    post = analysis.archive.posts.head(quote.post_id)
    text = analysis.archive.posts.written(quote.post_id, quote.comment)
    title = " ".join((analysis.title_of(post) or words("untitled")).split())
    return {
        "text": quote.text,
        "post": post.id,
        "comment": quote.comment or 0,
        "place": place,
        "author": analysis.names.get(text.author_id or "") or words("anonymous"),
        "where": f"{words('in_comment')} “{title}”" if quote.comment else f"“{title}”",
        "number": words("post_number", id=post.id) + (f" #{quote.comment}" if quote.comment else ""),
        "date": words.day(text.published, estimated=text.estimated),
        "community": community_of(analysis, post, text.author_id, words),
        "url": web_address(analysis, post),
    }


def shown_place(analysis: Analysis, post_id: str, comment: int | None, start: int, end: int) -> tuple[int, int]:
    """Return where a span of a body lies in the body as it is shown: what is masked before it may be longer or shorter than it was."""
    privacy = analysis.privacy
    if not privacy.masks.get((post_id, comment, "body")):
        return start, end
    source = analysis.archive.posts.text(post_id, comment)
    shown = privacy.span(post_id, comment, source, start, end)
    last = len(privacy.span(post_id, comment, source, 0, end))
    return last - len(shown), last


def web_address(analysis: Analysis, post: Post) -> str:
    """Return the address of a post as it may be shown: nothing that is none of the web; an address of a blog names its author."""
    url = post.url or ""
    return url if url.startswith(("http://", "https://")) and not analysis.privacy.authors else ""


def community_of(analysis: Analysis, post: Post, author: str | None, words: Words) -> str:
    """Return where a voice is at home; where that is not known, the thread's community, said to be that."""
    home = analysis.homes.get(author or "")
    if home or not post.communities:
        return home or ""
    return words("community_of_thread", name=", ".join(post.communities))
