"""What vectors are worth: whether texts that mean the same lie near each other.

The sets are those of ``sources.py`` that are never learned from: questions and the articles that answer them, and news by theme. The
figure that matters most is the last, concerns that people voice in quite different words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from minecop.core.jsonfolder import read_json_folder, read_json_lines
from minecop.vectors.embedder import Vectors
from minecop.vectors.sources import held_out, rows_of
from minecop.vectors.transformers import Prompts

Encode = Callable[[Sequence[str]], Vectors]
Fit = Callable[[Sequence[str]], Encode]
"""Gives what turns texts into vectors, after a look at all texts of a set; a model that needs none ignores them."""

_THEMES = ("ด้านเศรษฐกิจ", "ด้านสังคม", "ด้านความมั่นคง", "ด้านกฎหมาย", "ด้านการศึกษา", "ด้านวัฒนธรรม")
_NEWS = 3_000
_LETTERS = 1_500
"""Of a document of the news that are looked at."""

_SEEDS = 3
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes
    ----------
    name
        What was measured; a key of the catalogue of messages behind ``figure_``.
    value
        The figure, 0-1; of ``speed``, texts a second.
    texts
        How many texts it is of.
    """

    name: str
    value: float
    texts: int


def mean_average_precision(vectors: NDArray[np.floating], groups: Sequence[str]) -> float:
    """Return the mean average precision of ranking, for each text, all others by cosine, those of its group being right.

    Parameters
    ----------
    vectors
        Shape (texts, dimensions), rows of length 1.
    groups
        The group of each text; texts that are alone in theirs ask for nothing.
    """
    labels = np.asarray(groups)
    likeness = vectors @ vectors.T
    found = []
    for row in range(len(labels)):
        order = np.argsort(-likeness[row], kind="stable")
        right = labels[order[order != row]] == labels[row]
        if right.any():
            found.append((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())
    return float(np.mean(found)) if found else 0.0


def first_right(questions: Vectors, answers: Vectors, right: Sequence[int]) -> float:
    """Return the share of questions whose nearest answer is the right one, by its number."""
    return float(np.mean((questions @ answers.T).argmax(axis=1) == np.asarray(right)))


def theme_agreement(vectors: Vectors, themes: Sequence[str]) -> float:
    """Return the V-measure of k-means (as many clusters as themes), the mean over a few seeds."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import v_measure_score

    count = len(set(themes))
    found = [
        v_measure_score(themes, KMeans(count, n_init=5, random_state=seed).fit_predict(vectors))
        for seed in range(_SEEDS)
    ]
    return float(np.mean(found))


def speed(made: Callable[[], Vectors]) -> Figure:
    """Return how many texts a second a model embeds on one core; the best of a few times, the first of which readies it."""
    found = 0.0
    with threadpool_limits(1):
        for _ in range(_TIMES):
            start = time.process_time()
            texts = len(made())
            found = max(found, texts / max(time.process_time() - start, 1e-9))
    return Figure("speed", found, texts)


def read_voices(path: Path) -> tuple[list[str], list[str]]:
    """Return texts and the concern of each: JSON Lines, one or a folder of them, with ``text`` and ``concern``.

    Raises
    ------
    InputError
        When a line cannot be read; the message names it.
    """

    def voice(row: dict[str, Any]) -> tuple[str, str]:
        return row["text"], row["concern"]

    found = read_json_folder(path, voice) if path.is_dir() else list(read_json_lines(path, voice))
    return [text for text, _ in found], [concern for _, concern in found]


def figures(
    fit: Fit, data: Path | None = None, concerns: Path | None = None, prompts: Prompts | None = None
) -> Iterator[Figure]:
    """Yield the figures of a model, one after another.

    Parameters
    ----------
    fit
        Gives what gives vectors of length 1.
    data
        Folder of the sets of ``sources.py``; ``None`` to leave them out.
    concerns
        JSON Lines of voices and their concerns, which the model was not trained on.
    prompts
        What the model wants before texts, by what is asked of it.
    """
    prompts = prompts or Prompts()
    if data is not None:
        yield _questions(fit, data, "iapp", "iapp_wiki_docs", "iapp_wiki_questions", prompts)
        yield _questions(fit, data, "xquad", "xquad_th_paragraphs", "xquad_th_questions", prompts)
        texts, themes = _news(data)
        texts = [prompts.alike + text for text in texts]
        yield Figure("themes", theme_agreement(fit(texts)(texts), themes), len(texts))
    if concerns is not None:
        voices, groups = read_voices(concerns)
        voices = [prompts.alike + voice for voice in voices]
        yield Figure("concerns", mean_average_precision(fit(voices)(voices), groups), len(voices))


def _questions(fit: Fit, data: Path, name: str, answers: str, questions: str, prompts: Prompts) -> Figure:
    answer_rows = list(rows_of(data, answers))
    number = {row["id"]: place for place, row in enumerate(answer_rows)}
    question_rows = list(rows_of(data, questions))
    given = [prompts.passage + _titled(row) for row in answer_rows]
    asked = [prompts.query + row["text"] for row in question_rows]
    encode = fit([*given, *asked])
    right = [number[row["thread"]] for row in question_rows]
    return Figure(name, first_right(encode(asked), encode(given), right), len(asked))


def _titled(row: dict[str, Any]) -> str:
    return f"{row.get('title') or ''} {row['text']}".strip()


def _news(data: Path) -> tuple[list[str], list[str]]:
    """Return held-out documents of the news and the theme of each."""
    texts: list[str] = []
    themes: list[str] = []
    for row in rows_of(data, "thaigov_v1_all"):
        theme = next((theme for theme in _THEMES if str(row["label"]).startswith(theme)), None)
        if theme and len(texts) < _NEWS and held_out(str(row["id"])):
            texts.append(row["text"][:_LETTERS])
            themes.append(theme)
    return texts, themes
