"""Facets: which mission a passage serves, which component it tells of, which kind of knowledge. Several values at once, or none.

Told as acts are (``acts/model.py``), one model a facet, from the words of a passage and of the title above it, and from their meaning: what
a facet is about lies in the matter more than in small words, and the vectors of the embedding that ships see matter in other words, too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from minecop.acts.features import in_classes
from minecop.acts.model import Model, Passage, load_model
from minecop.core.products import product
from minecop.core.shipped import shipped
from minecop.process.definition import load_facets
from minecop.vectors.embedder import Vectors
from minecop.vectors.models import shipped_model

FACET_MODELS = ("models", "facets")
"""Where the models lie among what ships."""

FIGURES = "figures.json"
"""What each value is worth on fields that a model has not seen, beside the models."""

_MEANING = 0.5
"""Length of the vector of a passage beside its words, whose row has the length 1."""


@dataclass(frozen=True, slots=True)
class FacetMatch:
    """The facets of one passage.

    Attributes
    ----------
    probabilities
        Of every value that is told, by its id.
    given
        The values that it has, in the order of the files.
    evidence
        Words that speak for each value that is given.
    """

    probabilities: dict[str, float]
    given: tuple[str, ...]
    evidence: dict[str, tuple[str, ...]]


def facet_passages(all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]) -> list[Passage]:
    """Return what a model of a facet is trained on of passages, given as their words and those of the titles above them."""
    cut, meanings = facet_words(all_words, titles), _meanings(all_words)
    return [Passage(own, tuple(meaning)) for own, meaning in zip(cut, meanings.tolist(), strict=True)]


def facet_words(all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the words by which facets are told: those of a passage, in classes, and before them those of its title, as such."""
    return [[*(f"<{word}" for word in title), *in_classes(own)] for own, title in zip(all_words, titles, strict=True)]


def _meanings(all_words: Sequence[Sequence[str]]) -> Vectors:
    return _MEANING * shipped_model().encode_words(all_words)


@cache
def facet_models(folder: Path | None = None) -> tuple[Model, ...]:
    """Return the models of all facets, in their order; of a folder, or those that ship."""
    folder = folder or shipped(*FACET_MODELS)
    return tuple(load_model(folder, facet.id) for facet in load_facets())


def told_facets() -> tuple[str, ...]:
    """Return the ids of all values that are told: those of the files without such as could not be learned well enough."""
    return tuple(label for model in facet_models() for label in model.labels)


@cache
def facet_figures() -> dict[str, dict[str, float]]:
    """Return ``precision``, ``recall`` and ``f1`` of each value, told or not, on fields that the models had not seen."""
    figures: dict[str, dict[str, float]] = json.loads(shipped(*FACET_MODELS, FIGURES).read_text(encoding="utf-8"))
    return figures


def match_facets(all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]) -> list[FacetMatch]:
    """Return the facets of passages, given as their words and those of the titles above them."""
    from scipy.special import expit

    cut, meanings = facet_words(all_words, titles), _meanings(all_words)
    shares: list[dict[str, float]] = [{} for _ in cut]
    evidence: list[dict[str, tuple[str, ...]]] = [{} for _ in cut]
    for model in facet_models():
        # as Model.scores, but with the numbers beside the words where they are quick: in a matrix without holes
        features, by_words = model.vectorizer.transform(cut), model.vectorizer.columns
        odds = features @ model.weights[:, :by_words].T + product(meanings, model.weights[:, by_words:].T) + model.bias
        for row, sure in enumerate(expit(odds).tolist()):
            shares[row] |= dict(zip(model.labels, sure, strict=True))
        rows, numbers = (odds >= model.bars).nonzero()
        telling = model.vectorizer.telling(features, rows, model.weights, numbers, _SHOWN)
        for row, number, found in zip(rows.tolist(), numbers.tolist(), telling, strict=True):
            evidence[row][model.labels[number]] = found
    return [FacetMatch(share, tuple(found), found) for share, found in zip(shares, evidence, strict=True)]


_SHOWN = 4
"""Words of evidence for a value."""


def facet_fields() -> list[pa.Field]:
    """Return the columns of facets in a table: ``facets`` (ids with spaces between), the probability of each value, and evidence (JSON)."""
    return [
        pa.field("facets", pa.string()),
        *(pa.field(f"facet_{value}", pa.float32()) for value in told_facets()),
        pa.field("facet_evidence", pa.string()),
    ]


def with_facets(
    table: pa.Table, all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]], courtesy: Sequence[bool]
) -> pa.Table:
    """Return a table of passages with the columns of their facets; courtesy has none."""
    matches = [
        FacetMatch(dict.fromkeys(match.probabilities, 0.0), (), {}) if nothing else match
        for match, nothing in zip(match_facets(all_words, titles), courtesy, strict=True)
    ]
    columns: list[list[Any]] = [
        [" ".join(match.given) for match in matches],
        *([match.probabilities[value] for match in matches] for value in told_facets()),
        [json.dumps(match.evidence, ensure_ascii=False) if match.evidence else "{}" for match in matches],
    ]
    for field, column in zip(facet_fields(), columns, strict=True):
        table = table.append_column(field, pa.array(column, field.type))
    return table
