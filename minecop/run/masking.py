"""Masks over a run's archive: found once, kept as an artefact, and the key that tells who is who, kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from minecop.archive.models import Post
from minecop.core.errors import InputError
from minecop.core.files import sha256_of, write_json
from minecop.core.tables import read_table, write_table
from minecop.curation.masking import under_other_names
from minecop.insight.analysis import Analysis
from minecop.insight.privacy import Privacy
from minecop.insight.sharing import rename_communities
from minecop.run.artefacts import Key, making, result_hash, why_run
from minecop.run.opening import Run
from minecop.text.masking import EITHER, Pseudonyms, Text, mask_table, masks_by_text
from minecop.text.namewords import is_common

VERSION = 2
"""Raised whenever other masks are found."""

STAGE = "masks"


def with_privacy(
    analysis: Analysis, run: Run, key_file: Path, *, mask: bool, pseudonyms: bool, lang: str = "th"
) -> Analysis:
    """Return an analysis that shows what is personal under other names.

    Parameters
    ----------
    analysis, run
        The finished run.
    key_file
        Who is who, as JSON: read where it is there, so that pseudonyms stay when the archive grows, and written. It belongs on the user's
        own machine and is never put into a run or an export.
    mask
        Whether telephone numbers, addresses, names of people other than a text's author and the like are replaced.
    pseudonyms
        Whether authors are, in bylines and in texts.
    lang
        Language of the replacements.

    Raises
    ------
    InputError
        When the key file is none.
    OutputError
        When it cannot be written.
    """
    if not mask and not pseudonyms:
        return analysis
    key = _read_key(key_file)
    names = Pseudonyms.from_key(key, lang)
    called = _called(analysis) if pseudonyms else {}
    authors = _introduce(called, names)
    folder = run.stage_folder(STAGE)
    stage_key = Key(
        VERSION,
        {"pseudonyms": pseudonyms, "lang": lang},
        {"archive": result_hash(run.stage_folder("archive")), "key": sha256_of(names.key)},
    )
    if why_run(folder, stage_key):
        table = mask_table(_texts(analysis, authors_too=pseudonyms), names)
        rows = {"masks": len(table)}
        # The key as it is now: the same call again finds nothing new in it.
        stage_key = replace(stage_key, inputs=stage_key.inputs | {"key": sha256_of(names.key)})
        write_json(key_file, names.key)
        with run.writing(), making(folder, stage_key, rows) as made:
            write_table(made / "masks.parquet", table)
    else:
        table = read_table(folder / "masks.parquet")
    if not mask:
        known = set(authors.values())
        of_authors = [one for one in set(table["replacement"].to_pylist()) if known.issuperset(one[1:-1].split(EITHER))]
        table = table.filter(pc.is_in(table["replacement"], pa.array(of_authors, pa.string())))
    masks = masks_by_text(table)
    originals: dict[str, str] = {}
    for (post_id, comment, part), found in masks.items():
        posts = analysis.archive.posts
        text = posts.text(post_id, comment) if part == "body" else getattr(posts.head(post_id), part)
        originals.update({text[one.start : one.end]: one.replacement for one in found})
    goes_by: dict[str, list[str]] = {}
    for author, forms in called.items():
        for form in forms:
            if not is_common(form):  # else it may well be the word, in titles and labels
                goes_by.setdefault(form, []).append(authors[author])
    originals.update({form: f"[{EITHER.join(names)}]" for form, names in goes_by.items()})
    shown = replace(analysis, privacy=Privacy(masks, authors, originals))
    communities = {*analysis.archive.communities, *(group.title for group in analysis.insight.communities)}
    labels = {name: shown.privacy.label(name) for name in sorted(communities)}
    shown = under_other_names(shown)
    return rename_communities(shown, {name: label for name, label in labels.items() if label != name})


def _called(analysis: Analysis) -> dict[str, set[str]]:
    """Return by what names the authors of an archive go, by id."""
    called: dict[str, set[str]] = {}
    posts = analysis.archive.posts
    for author, name in zip(posts.of_texts("author_id"), posts.of_texts("author_name"), strict=True):
        if author:
            called.setdefault(author, {author}).update([name] if name else [])
    for person in analysis.archive.people.values():
        if person.author_id in called:
            called[person.author_id].update(name for name in (person.name, *person.aliases) if name)
    return called


def _introduce(called: Mapping[str, set[str]], names: Pseudonyms) -> dict[str, str]:
    authors = {}
    for author, forms in called.items():
        authors[author] = names.author(author)
        names.introduce(author, sorted(forms))
    return authors


def _texts(analysis: Analysis, *, authors_too: bool) -> Iterator[Text]:
    people = analysis.archive.people

    def names_of(author_id: str | None, author_name: str | None) -> tuple[str, ...]:
        if authors_too:
            return ()
        person = people.get(author_id or "")
        known = (author_id, author_name, *((person.name, *person.aliases) if person else ()))
        return tuple(dict.fromkeys(name for name in known if name))

    for post in analysis.archive.posts:
        own = names_of(post.author_id, post.author_name)
        for field in ("title", "blurb"):
            if text := getattr(post, field):
                yield Text(post.id, None, text, own, field)
        for part in post.texts:
            names = own if isinstance(part, Post) else names_of(part.author_id, part.author_name)
            yield Text(post.id, None if isinstance(part, Post) else part.position, part.body, names)


def _read_key(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError("cannot_read", path=path, reason=error) from error
    if not isinstance(values, dict):
        raise InputError("bad_pseudonym_key", part=path.name)
    return values
