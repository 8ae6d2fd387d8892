"""Why passages of a finished run are said to be about a step: everything that speaks for it, gathered for the few that are shown."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minecop.archive.models import Comment
from minecop.archive.store import iterate_posts
from minecop.core.errors import RunError
from minecop.core.shipped import shipped
from minecop.core.tables import rows_where
from minecop.insight.privacy import Privacy
from minecop.process.labels import StepLabel
from minecop.process.matching import basis_of, labelled_of
from minecop.process.model import StepModel, load_step_model
from minecop.process.nearest import Nearest, nearest_examples
from minecop.process.training import examples_of_steps
from minecop.run.artefacts import read_record
from minecop.run.opening import Run
from minecop.run.stepping import labels_of, process_of
from minecop.text.words import words


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the steps of one passage.

    Attributes
    ----------
    passage_id, post_id, comment, title, text
        The passage, and where it stands.
    step
        The step that it is said to be about, 0 for none.
    given
        Whether a person said so.
    courtesy
        Whether it is nothing but courtesy, which is about no step.
    probabilities
        Of none (0) and of each step to be its first, by number.
    second, second_chance
        The step that it is said to be about beside that, 0 for none, and the probability that it is.
    words
        Words that speak for each step that was named.
    tense
        Whether what it tells is ``planned``, ``doing``, ``done``, looked ``back`` at, or ``none`` of these.
    nearest
        Labelled examples: the one that it is most like, and where that is of another step, the one of its own step that it is most like.
    facets
        The missions, components and kinds of knowledge that it tells of, each with the words that speak for it.
    before, after
        The passages beside it in the same post or comment; empty where there is none.
    answers
        The text that its comment answers: the comment that it names, else the post; empty for a post.
    """

    passage_id: str
    post_id: str
    comment: int | None
    title: str
    text: str
    step: int
    given: bool
    courtesy: bool
    probabilities: dict[int, float]
    second: int
    second_chance: float
    words: dict[int, tuple[str, ...]]
    tense: str
    nearest: tuple[Nearest, ...]
    facets: dict[str, tuple[str, ...]]
    before: str
    after: str
    answers: str

    def named(self) -> list[int]:
        """Return the steps that it is about, the primary one first."""
        second = 0 if self.given else self.second  # who gives a step says no other
        return [step for step in (self.step, second) if step]

    def likeliest(self) -> tuple[int, int]:
        """Return its step, and the one that it would be about otherwise."""
        others = {n: p for n, p in self.probabilities.items() if n != self.step}
        return self.step, max(others, key=others.__getitem__)


def evidence_of(run: Run, passage_ids: Sequence[str], privacy: Privacy | None = None) -> list[Evidence]:
    """Return what speaks for the steps of passages, in their order.

    The labelled examples are read for this, which takes seconds however few the passages are.

    Parameters
    ----------
    run
        A finished run.
    passage_ids
        Passages of it.
    privacy
        What is shown under another name.

    Raises
    ------
    RunError
        When the run has no such passage.
    """
    read = {"text": ["passages.parquet"], "acts": ["acts.parquet"], "process": None, "archive": None}
    with run.reading(read):
        return _evidence(run, passage_ids, privacy or Privacy())


def _evidence(run: Run, passage_ids: Sequence[str], privacy: Privacy) -> list[Evidence]:
    posts = {passage.rsplit("/", 2)[0] for passage in passage_ids}
    columns = ["passage_id", "post_id", "comment", "title", "text", "start", "end"]
    there = rows_where(run.stage_folder("text") / "passages.parquet", "post_id", posts, columns)
    places = {row["passage_id"]: place for place, row in enumerate(there)}
    for passage in passage_ids:
        if passage not in places:
            raise RunError("unknown_passage", id=passage, path=run.folder)
    asked = [there[places[passage]] | {"title": there[places[passage]]["title"] or ""} for passage in passage_ids]
    steps, acts = (
        {row["passage_id"]: row for row in rows_where(run.stage_folder(stage) / name, "passage_id", passage_ids)}
        for stage, name in (("process", "steps.parquet"), ("acts", "acts.parquet"))
    )
    labels = labels_of(run)
    near = _nearest(run, labels, [(row["text"], row["title"]) for row in asked])
    shown = _Shown(run, posts, privacy)
    found = []
    for row, nearest in zip(asked, near, strict=True):
        passage = row["passage_id"]
        place, told = places[passage], steps[passage]
        numbers = {name: name.removeprefix("step_") for name in told}
        shares = {int(number): told[name] for name, number in numbers.items() if number.isdigit()}
        found.append(
            Evidence(
                passage_id=passage,
                post_id=row["post_id"],
                comment=row["comment"],
                title=shown.title(row),
                text=shown.words(row),
                step=told["step"],
                given=passage in labels,
                courtesy=acts[passage]["courtesy"],
                probabilities={0: max(0.0, 1 - sum(shares.values()))} | shares,
                second=told["second"],
                second_chance=told["second_chance"],
                words={int(step): shown.labels(said) for step, said in json.loads(told["step_evidence"]).items()},
                tense=acts[passage]["tense"],
                nearest=shown.examples(_nearest_shown(nearest, told["step"])),
                facets={
                    value: shown.labels(said) for value, said in json.loads(told.get("facet_evidence", "{}")).items()
                },
                before=shown.words(_beside(there, place, place - 1)),
                after=shown.words(_beside(there, place, place + 1)),
                answers=shown.answered(row),
            )
        )
    return found


def _nearest_shown(nearest: Mapping[int, Nearest], step: int) -> tuple[Nearest, ...]:
    """Return the nearest example and, where that is of another step, the nearest one of a step."""
    first = max(nearest.values(), key=lambda one: one.likeness, default=None)
    if first is None:
        return ()
    return (first,) if first.step == step or step not in nearest else (first, nearest[step])


def _beside(there: Sequence[Mapping[str, Any]], place: int, other: int) -> Mapping[str, Any] | None:
    """Return the passage at another place, where it is of the same text."""
    if not 0 <= other < len(there) or any(there[other][key] != there[place][key] for key in ("post_id", "comment")):
        return None
    return there[other]


class _Shown:
    """Says how what is in the posts of some passages may be shown."""

    def __init__(self, run: Run, posts: Collection[str], privacy: Privacy) -> None:
        self._posts = {post.id: post for post in iterate_posts(run.stage_folder("archive")) if post.id in posts}
        self._privacy = privacy

    def words(self, row: Mapping[str, Any] | None) -> str:
        """Return the words of a passage."""
        if row is None:
            return ""
        post, comment = self._posts[row["post_id"]], row["comment"]
        return self._privacy.span(post.id, comment, post.text(comment), row["start"], row["end"])

    def title(self, row: Mapping[str, Any]) -> str:
        """Return the title of its post."""
        return self._privacy.whole(row["post_id"], None, row["title"], "title")

    def answered(self, row: Mapping[str, Any]) -> str:
        """Return the text that its comment answers."""
        post, comment = self._posts[row["post_id"]], row["comment"]
        if comment is None:
            return ""
        own = next(one for one in post.comments if one.position == comment)
        named: list[Comment] = [one for one in post.comments if own.reply_to and one.id == own.reply_to]
        place, body = (named[0].position, named[0].body) if named else (None, post.body)
        return self._privacy.whole(post.id, place, body)

    def labels(self, said: Sequence[str]) -> tuple[str, ...]:
        """Return words that were taken out of texts."""
        return tuple(map(self._privacy.label, said))

    def examples(self, nearest: Sequence[Nearest]) -> tuple[Nearest, ...]:
        """Return labelled examples, which may be of this archive."""
        return tuple(replace(one, text=self._privacy.label(one.text)) for one in nearest)


def _nearest(
    run: Run, labels: Mapping[str, StepLabel], passages: Sequence[tuple[str, str]]
) -> list[dict[int, Nearest]]:
    """Return the nearest examples of passages, given as text and title, among all that the run's model was learned from."""
    process = process_of(run)
    basis = basis_of(process)
    examples = examples_of_steps(basis, labelled_of(process), labels.values(), settled=False)
    examples.steps[examples.steps > len(process.steps)] = 0
    unsure = {text for step in basis.steps for text in step.exclude}  # nobody said which step these are of
    texts, titles = zip(*passages, strict=True)
    cut, above = ([words(text) for text in column] for column in (texts, titles))
    return nearest_examples(_model(run), examples, texts, cut, above, unsure)


def _model(run: Run) -> StepModel:
    """Return the model that told the steps of a run: its own, or the one that ships."""
    own: Path = run.stage_folder("process")
    return load_step_model(own if "steps.json" in read_record(own).files else shipped("models", "steps"))
