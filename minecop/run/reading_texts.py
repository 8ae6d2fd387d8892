"""What the machine sees in single texts: passages, tokens and marks, outside any run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minecop.acts.marking import ACTS, mark_all
from minecop.archive.importing import read_sources
from minecop.archive.models import Comment
from minecop.text.normalising import normalise
from minecop.text.segmenting import Span, segment
from minecop.text.tokens import tokens
from minecop.text.words import words_of


@dataclass(frozen=True, slots=True)
class PassageView:
    """One passage.

    Attributes
    ----------
    start, end
        Code points into the text as written.
    heading
        The heading that it stands under.
    origin
        ``own``, ``quoted`` or ``repeated``: see ``Span``.
    text
        As written.
    tokens
        Words and what stands between them, of the normalised text.
    words
        Words under the names of terms.
    acts
        What it does, with the words that show it.
    tense
        ``planned``, ``doing``, ``done``, ``back`` (looking back) or ``none``.
    parts
        Of a lesson: its problem, action, result, why and advice, as far as they are there.
    """

    start: int
    end: int
    heading: str | None
    origin: str
    text: str
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    acts: dict[str, tuple[str, ...]]
    tense: str
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class TextView:
    """A post or a comment.

    Attributes
    ----------
    post_id, comment
        Which post, and which of its comments; ``None`` for the post itself.
    title, author
        As far as known.
    passages
        In their order.
    """

    post_id: str
    comment: int | None
    title: str | None
    author: str | None
    passages: tuple[PassageView, ...]


def view_texts(path: Path) -> list[TextView]:
    """Return what the machine sees in the posts and comments of a file or folder.

    Raises
    ------
    InputError
        When there is nothing to read.
    """
    posts, _, _ = read_sources(path)
    return [
        TextView(
            post.id,
            text.position if isinstance(text, Comment) else None,
            post.title,
            text.author_name or text.author_id,
            tuple(_passage(text.body, span, comment=isinstance(text, Comment)) for span in segment(text.body)),
        )
        for post in posts
        for text in post.texts
    ]


def _passage(body: str, span: Span, *, comment: bool) -> PassageView:
    text = body[span.start : span.end]
    clean = normalise(text)
    all_words = words_of(clean)
    (marks,) = mark_all([text], [all_words], [comment])
    return PassageView(
        span.start,
        span.end,
        span.heading,
        span.origin,
        text,
        tuple(token.text for token in tokens(clean)),
        tuple(all_words),
        {act: marks.evidence.get(act, ()) for act in ACTS if act in marks},
        marks.tense,
        {part: text[start:end] for part, (start, end) in marks.parts.items()},
    )
