"""How the static embedding that ships is made, step by step; ``minecop model train`` runs it.

1. Vectors of words from what stands around them (``counting.py``).
2. Over aligned sentences, rows whose sum is the vector that an English sentence encoder gives the translation (after Reimers & Gurevych
   2020, "Making monolingual sentence embeddings multilingual using knowledge distillation", arXiv 2004.09813): ridge regression; words
   that stand in few of those sentences lean on step 1.
3. Learning from pairs (``contrastive.py``): the same sentences against the teacher, natural pairs, and voices of one concern; a few times
   over with other seeds, and the mean of their rows, which is better than any of them (Wortsman et al. 2022, "Model soups").
4. A head over the sums of those rows (``head.py``), from the same pairs.
5. Rare words get a direction of their own beside what little was learned of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from itertools import chain

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from minecop.core.executors import map_chunks
from minecop.core.progress import Listener, Progress, silent
from minecop.text.words import words
from minecop.vectors.contrastive import Learner, Objective, len_of
from minecop.vectors.counting import context_vectors
from minecop.vectors.embedder import Embedder, unit_rows
from minecop.vectors.head import Head, HeadLearner
from minecop.vectors.sources import Corpora
from minecop.vectors.static import OWN, StaticEmbedder, bags_of, own_directions

Rows = NDArray[np.float32]

_TEXTS_A_CHUNK = 500

_LEAST_OWN = 0.1
"""Length, in mean lengths of rows, below which a word gets no direction of its own: it would change nothing, and takes time."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Numbers of the training; each was chosen by measuring with some worlds of concerns, and all that is measured on, left out.

    Attributes
    ----------
    dimensions
        Of the rows.
    most_words
        Words that get a row, the most frequent ones.
    least
        Times that a word stands in all texts to get a row; or a third of it (rounded up) in texts that teach meaning.
    smooth
        Of word weights: ``smooth / (smooth + share of all words)`` (Arora, Liang & Ma 2017, "A simple but tough-to-beat baseline for
        sentence embeddings").
    counted
        Times that a word stands in texts for step 1.
    ridge, ridge_steps
        Penalty, and steps of conjugate gradients.
    trust
        Aligned sentences with a word from which step 2 outweighs step 1.
    epochs, rate
        Of step 3; the rate falls to nothing in a straight line. Step 4 has as many epochs.
    averaged
        Trainings whose rows are averaged.
    width, head_rate, mix
        Of the head: numbers between its layers, rate, and the share used of what it adds. With more of it, concerns are found better, and
        what is said in the same words worse.
    natural, concerns
        Weights of natural pairs and of concerns; aligned sentences have 1.
    rare
        Times that a word stands in all texts from which what was learned outweighs its own direction.
    seed
        Of everything random.
    """

    dimensions: int = 256
    most_words: int = 45_000
    least: int = 6
    smooth: float = 1e-3
    counted: int = 20
    ridge: float = 1.0
    ridge_steps: int = 30
    trust: float = 20.0
    epochs: int = 2
    rate: float = 6e-3
    averaged: int = 3
    width: int = 768
    head_rate: float = 1e-3
    mix: float = 0.4
    natural: float = 0.5
    concerns: float = 2.0
    rare: float = 5.0
    seed: int = 0


@dataclass(slots=True)
class Cut:
    """Texts as numbers of words.

    Attributes
    ----------
    texts
        The words of each, as numbers.
    words
        Each word, in the order of first sight.
    counts
        How often each stands in all texts.
    """

    texts: list[NDArray[np.int32]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)

    def counts(self) -> NDArray[np.int64]:
        """Return how often each word stands in all texts."""
        return np.bincount(np.concatenate([*self.texts, np.empty(0, np.int32)]), minlength=len(self.words))


def _words_of_texts(texts: Sequence[str]) -> list[list[str]]:
    return [words(text) for text in texts]


def cut(texts: Sequence[str], executor: Executor, listener: Listener = silent) -> Cut:
    """Return texts as numbers of words."""
    made = Cut()
    chunks = [texts[start : start + _TEXTS_A_CHUNK] for start in range(0, len(texts), _TEXTS_A_CHUNK)]
    for some in map_chunks(executor, _words_of_texts, chunks, "words", listener, len(chunks)):
        for text in some:
            made.texts.append(np.array([made.words.setdefault(word, len(made.words)) for word in text], dtype=np.int32))
    return made


@dataclass(slots=True)
class Material:
    """What is learned from, in numbers of words of a vocabulary.

    Attributes
    ----------
    vocabulary
        The words, most frequent first.
    share
        Share of all words that each is.
    counts
        How often each stands in all texts.
    texts
        Words of every text; -1 for one that is not in the vocabulary.
    """

    vocabulary: list[str]
    counts: NDArray[np.int64]
    share: NDArray[np.float64]
    texts: list[NDArray[np.int32]]

    def bags(self, chosen: Iterable[int]) -> sp.csr_matrix:
        """Return word counts of texts, shape (texts, words)."""
        known = (self.texts[n][self.texts[n] >= 0].tolist() for n in chosen)
        return bags_of(list(known), len(self.vocabulary))


def material_of(found: Cut, teaching: Iterable[int], recipe: Recipe) -> Material:
    """Choose the vocabulary.

    Parameters
    ----------
    found
        All texts.
    teaching
        Numbers of the texts that teach meaning; words of theirs are taken at a lower count.
    recipe
        As given.
    """
    counts = found.counts()
    taught = np.bincount(
        np.concatenate([*(found.texts[n] for n in set(teaching)), np.empty(0, np.int32)]), minlength=len(counts)
    )
    enough = np.flatnonzero((counts >= recipe.least) | (taught >= -(-recipe.least // 3)))
    names = list(found.words)
    wanted = sorted(enough.tolist(), key=lambda n: (-counts[n], names[n]))[: recipe.most_words]
    number = np.full(len(names), -1, dtype=np.int32)
    number[wanted] = np.arange(len(wanted), dtype=np.int32)
    return Material(
        [names[n] for n in wanted],
        counts[wanted],
        counts[wanted] / max(1, counts.sum()),
        [number[text] for text in found.texts],
    )


def ridge_rows(bags: sp.csr_matrix, targets: Rows, penalty: float, steps: int) -> Rows:
    """Return the rows whose sums over bags come nearest the targets: ridge regression by conjugate gradients, shape (words, d)."""
    rows = np.zeros((bags.shape[1], targets.shape[1]), dtype=np.float32)
    transposed = bags.T.tocsr()
    left = transposed @ targets
    direction = left.copy()
    size = (left * left).sum(axis=0)
    for _ in range(steps):
        image = transposed @ (bags @ direction) + penalty * direction
        step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
        rows += step * direction
        left -= step * image
        new = (left * left).sum(axis=0)
        direction = left + new / np.maximum(size, 1e-12) * direction
        size = new
    return rows


def start_rows(material: Material, translated: Sequence[int], targets: Rows, recipe: Recipe) -> Rows:
    """Return the rows of steps 1 and 2, word weights in them, shape (words, d), mean length 1.

    Parameters
    ----------
    material
        As given.
    translated
        Numbers of the Thai texts.
    targets
        The teacher's vectors of their translations, length 1, shape (texts, d).
    recipe
        As given.
    """
    often = material.counts >= recipe.counted
    around = np.zeros((len(material.vocabulary), recipe.dimensions), dtype=np.float32)
    number = np.where(often, np.cumsum(often) - 1, -1).astype(np.int32)
    texts = [number[text[text >= 0]] for text in material.texts]
    around[often] = context_vectors(texts, int(often.sum()), recipe.dimensions, recipe.seed)

    weights = (recipe.smooth / (recipe.smooth + material.share)).astype(np.float32)
    bags = material.bags(translated)
    seen = np.asarray(bags.sum(axis=0)).ravel()
    weighed = bags @ sp.diags(weights)
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    rows = ridge_rows(
        (sp.diags(1 / np.maximum(length, 1e-6)) @ weighed).tocsr(), targets, recipe.ridge, recipe.ridge_steps
    )

    # What stands around a word tells where it would lie: learned from the words that step 2 knows well.
    known = (seen >= 20) & often
    weight = np.sqrt(np.minimum(seen[known], 500))[:, None].astype(np.float32)
    left, right = around[known] * weight, rows[known] * weight
    carry = np.linalg.solve(left.T @ left + 3 * np.eye(recipe.dimensions, dtype=np.float32), left.T @ right)
    guessed = around @ carry
    guessed *= np.linalg.norm(rows[known], axis=1).mean() / np.linalg.norm(guessed[known], axis=1).mean()
    trust = (seen / (seen + recipe.trust))[:, None]
    rows = np.where(often[:, None], trust * rows + (1 - trust) * guessed, rows) * weights[:, None]
    made: Rows = (rows / np.linalg.norm(rows, axis=1).mean()).astype(np.float32)
    return made


def narrow(vectors: Rows, dimensions: int) -> Rows:
    """Return the teacher's vectors about their mean, on their first principal axes, length 1, shape (n, dimensions)."""
    about = unit_rows(vectors - vectors.mean(axis=0))
    _, axes = np.linalg.eigh((about.T @ about).astype(np.float64))
    return unit_rows(about @ axes[:, ::-1][:, :dimensions].astype(np.float32))


def concern_pairs(groups: Mapping[str, Sequence[int]]) -> tuple[list[int], list[int], NDArray[np.int64]]:
    """Return all ordered pairs of texts of one group, and the number of the group of each pair."""
    pairs = [
        (one, two, number)
        for number, members in enumerate(groups.values())
        for one in members
        for two in members
        if one != two
    ]
    first, second, group = zip(*pairs, strict=True) if pairs else ((), (), ())
    return list(first), list(second), np.array(group, dtype=np.int64)


def _learn(learner: Learner, objectives: Sequence[Objective], stage: str, listener: Listener) -> None:
    for epoch in range(1, learner.epochs + 1):
        losses = learner.epoch(objectives)
        listener(Progress(stage, epoch, learner.epochs, ", ".join(f"{k} {v:.2f}" for k, v in losses.items())))


def train(
    corpora: Corpora,
    concerns: Mapping[str, Sequence[str]],
    teacher: Embedder,
    executor: Executor,
    *,
    recipe: Recipe | None = None,
    listener: Listener = silent,
    look: Callable[[str, StaticEmbedder], None] = lambda stage, model: None,
) -> StaticEmbedder:
    """Make a static embedding.

    Parameters
    ----------
    corpora
        Texts, pairs and translations.
    concerns
        Texts that voice one concern, by any name of it.
    teacher
        Encoder of English sentences.
    executor
        Shares the cutting into words.
    recipe
        Numbers of the training.
    listener
        Told what is going on.
    look
        Given the model after each step, to measure it.

    Returns
    -------
    StaticEmbedder
        The model; its rows are float32, word weights in them, mean length 1.
    """
    recipe = recipe or Recipe()
    texts = list(corpora.texts)
    groups: dict[str, list[int]] = {}
    for name, voices in concerns.items():
        groups[name] = list(range(len(texts), len(texts) + len(voices)))
        texts += voices
    translated = [number for number, _ in corpora.translated]
    material = material_of(
        cut(texts, executor, listener), chain(translated, chain.from_iterable(groups.values())), recipe
    )
    listener(Progress("teacher"))
    targets = narrow(teacher.encode([english for _, english in corpora.translated]), recipe.dimensions)
    vocabulary = {word: number for number, word in enumerate(material.vocabulary)}
    # Sums in one thread: the same model comes out on any number of cores.
    with threadpool_limits(1):
        listener(Progress("start"))
        rows = start_rows(material, translated, targets, recipe)
        look("distilled", StaticEmbedder(vocabulary, rows, "distilled"))
        firsts, seconds, group = concern_pairs(groups)
        objectives = [
            Objective("translations", material.bags(translated), targets),
            Objective(
                "natural",
                material.bags(one for one, _ in corpora.alike),
                material.bags(two for _, two in corpora.alike),
                batch=256,
                weight=recipe.natural,
            ),
            # Few and precious: half of the words left out and a mild temperature, or they are learned by heart within an epoch.
            Objective(
                "concerns",
                material.bags(firsts),
                material.bags(seconds),
                batch=256,
                weight=recipe.concerns,
                groups=group,
                temperature=0.2,
                omitted=0.5,
            ),
        ]
        objectives = [one for one in objectives if len_of(one.queries)]
        learned = np.zeros_like(rows)
        for number in range(recipe.averaged):
            trained = rows.copy()
            _learn(Learner(trained, recipe.rate, recipe.epochs, recipe.seed + number), objectives, "epoch", listener)
            if not number:
                look("trained", StaticEmbedder(vocabulary, trained, "trained"))
            learned += trained / recipe.averaged
        rows = learned
        look("averaged", StaticEmbedder(vocabulary, rows, "averaged"))
        seed = recipe.seed + recipe.averaged  # one that no training of rows had
        head = Head.new(recipe.dimensions, recipe.width, np.random.default_rng(seed))
        _learn(HeadLearner(head, rows, recipe.head_rate, recipe.epochs, seed), objectives, "head", listener)
        head = head.mixed(recipe.mix)
        look("head", StaticEmbedder(vocabulary, rows, "head", head=head))
    own = OWN * recipe.rare / (recipe.rare + material.counts)
    own = np.where(own < _LEAST_OWN, 0, own * np.linalg.norm(rows, axis=1).mean()).astype(np.float32)
    rows += own[:, None] * own_directions(material.vocabulary, recipe.dimensions)
    length = np.linalg.norm(rows, axis=1).mean()
    rows, own = rows / length, own / length
    about = {"recipe": asdict(recipe), "texts": len(texts), "words": int(material.counts.sum())}
    model = StaticEmbedder(vocabulary, rows, "trained", np.log(material.share), about, head, own)
    look("own directions", model)
    return model
