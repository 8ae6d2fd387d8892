"""Embedding models as users meet them: which there are, how one is made from texts or from an archive, and what it is worth."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from minecop.acts.labelled import read_labelled
from minecop.core.errors import ModelError
from minecop.core.files import ensure_writable
from minecop.core.progress import Listener, silent
from minecop.core.shipped import shipped
from minecop.run.artefacts import rows_of
from minecop.run.context import Context
from minecop.run.pipeline import make_stages
from minecop.run.settings import Settings
from minecop.text.words import content_words, words
from minecop.vectors.cache import VectorCache
from minecop.vectors.concerns import read_concerns
from minecop.vectors.embedder import Embedder, Vectors
from minecop.vectors.lsa import ArchiveEmbedder, fit_tfidf
from minecop.vectors.measuring import Encode, Figure, figures, speed
from minecop.vectors.models import SHIPPED, load_embedder
from minecop.vectors.sources import SETS, read_corpora
from minecop.vectors.static import StaticEmbedder, is_static, load_static, save_static
from minecop.vectors.training import Recipe, train
from minecop.vectors.transformers import SentenceTransformerEmbedder

MODELS = "models"
"""Folder in which users put models, beside the one that ships."""

_FEW = 100
"""Texts on which the speed of a model that takes its time is measured."""


@dataclass(frozen=True, slots=True)
class ModelView:
    """What is told of a model without loading more than must be.

    Attributes
    ----------
    name
        As ``--model`` takes it.
    path
        Its folder.
    kind
        ``static`` or ``sentence-transformers``.
    megabytes
        Of all its files.
    words, dimensions
        Of a static embedding; ``None`` for others.
    about
        What a static embedding says of its making.
    """

    name: str
    path: Path
    kind: str
    megabytes: float
    words: int | None = None
    dimensions: int | None = None
    about: dict[str, Any] | None = None


def list_models(folder: Path = Path(MODELS)) -> list[ModelView]:
    """Return the model that ships, and those in a folder, by name."""
    places = [shipped(MODELS, SHIPPED)]
    if folder.is_dir():
        places += [path for path in sorted(folder.iterdir()) if path.resolve() != places[0].resolve()]
    return [
        _view(path, SHIPPED if number == 0 else path.as_posix())
        for number, path in enumerate(places)
        if _is_model(path)
    ]


def view_model(name: str) -> ModelView:
    """Return what is told of one model.

    Raises
    ------
    ModelError
        When there is none of that name here.
    """
    path = shipped(MODELS, SHIPPED) if name == SHIPPED else Path(name)
    if not _is_model(path):
        known = ", ".join(model.name for model in list_models())
        raise ModelError("no_model", model=name, known=known)
    return _view(path, name)


def _is_model(path: Path) -> bool:
    return is_static(path) or (path / "modules.json").is_file()


def _view(path: Path, name: str) -> ModelView:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6
    if not is_static(path):
        return ModelView(name, path, "sentence-transformers", round(size, 1))
    model = load_static(path)
    return ModelView(name, path, "static", round(size, 1), len(model.vocabulary), model.dimensions, model.about)


def train_model(
    data: Path,
    teacher: str,
    folder: Path,
    executor: Executor,
    *,
    cache: Path | None = None,
    recipe: Recipe | None = None,
    left_out: Sequence[str] = (),
    listener: Listener = silent,
    look: Callable[[str, StaticEmbedder], None] = lambda step, model: None,
) -> StaticEmbedder:
    """Make the static embedding that ships, from text sets, the concerns and the labelled passages, and write it.

    Parameters
    ----------
    data
        Folder of the sets of ``vectors/sources.py``.
    teacher
        Encoder of English sentences: hub name or folder of a sentence-transformers model.
    folder
        Where the model goes; a card that is there stays.
    cache
        Folder that keeps the teacher's vectors, which take longer than all the rest, for the next time.
    left_out
        Worlds of ``corpora/concerns`` that are not learned from, to measure on them.
    executor, recipe, listener, look
        As ``vectors.training.train`` has them.

    Raises
    ------
    InputError
        When a set is missing.
    ModelError
        When the teacher cannot be loaded.
    """
    ensure_writable(folder)
    corpora = read_corpora(data, (recipe or Recipe()).seed)
    encoder: Embedder = SentenceTransformerEmbedder(teacher)
    if cache is not None:
        encoder = VectorCache(cache, encoder)
    model = train(corpora, concern_texts(left_out), encoder, executor, recipe=recipe, listener=listener, look=look)
    model.about |= {
        "teacher": "/".join(Path(teacher).parts[-2:]),
        "sets": [{"what": one.what, "source": one.source, "licence": one.licence} for one in SETS],
    }
    save_static(model, folder)
    return model


def concern_texts(left_out: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return the texts that voice each concern: those of ``corpora/concerns`` with its title, and the labelled passages that name one.

    Parameters
    ----------
    left_out
        Worlds of ``corpora/concerns`` that are not learned from, to measure on them.
    """
    found: dict[str, list[str]] = {}
    for voice in read_concerns(shipped("corpora", "concerns")):
        if voice.world not in left_out:
            found.setdefault(voice.concern, [voice.title]).append(voice.text)
    for passage in read_labelled(shipped("corpora", "labelled")):
        if passage.concern:
            found.setdefault(f"{passage.field}: {passage.concern}", []).append(passage.text)
    return {concern: texts for concern, texts in found.items() if len(texts) > 1}


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of training a model further on an archive.

    Attributes
    ----------
    passages
        Of the archive.
    figures
        Pairs, and how well held-out ones are found before and after.
    """

    passages: int
    figures: dict[str, Any]

    @property
    def written(self) -> bool:
        """Whether the new model was better, and was written."""
        return bool(self.figures["used"])


def adapt_model(
    source: Path,
    folder: Path,
    executor: Executor,
    settings: Settings | None = None,
    *,
    listener: Listener = silent,
    lang: str = "th",
) -> Adapted:
    """Train a static embedding further on an archive, and write it where it came out better.

    Parameters
    ----------
    source
        Archive folder, or raw file or folder.
    folder
        Where the model goes.
    executor
        Shares the work.
    settings
        Which model, which part of the archive.
    listener, lang
        As in a run.

    Raises
    ------
    ModelError
        When the model is none that can be trained further.
    """
    settings = settings or Settings()
    model = load_embedder(settings.model, settings.backend)
    if not isinstance(model, StaticEmbedder) or model.adapted:
        raise ModelError("model_not_adaptable", model=settings.model)
    ensure_writable(folder)
    with tempfile.TemporaryDirectory() as temporary:
        context = Context(source, Path(temporary), settings, executor, listener)
        make_stages(context, lang, "vectors")
        made = context.stage_folder("vectors")
        adapted = Adapted(rows_of(made)["passages"], context.about("vectors")["adaptation"])
        if adapted.written:
            save_static(load_static(made), folder)
        return adapted


def figures_of_words(data: Path | None, concerns: Path | None) -> dict[str, dict[str, float]]:
    """Return the figures of words alone (TF-IDF) and of latent semantic analysis, by name, as ``evaluate_model`` has them."""
    return {name: _named(figures(fit, data, concerns)) for name, fit in (("tfidf", _tfidf), ("lsa", _lsa))}


def figures_of(model: StaticEmbedder, data: Path | None, concerns: Path | None) -> dict[str, float]:
    """Return the figures of a model, by name, as ``evaluate_model`` has them."""
    return _named(figures(lambda _: model.encode, data, concerns))


def _named(found: Iterator[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in found}


def evaluate_model(
    name: str | None, data: Path | None, concerns: Path | None, backend: str = "torch"
) -> Iterator[tuple[Figure | None, Figure | None, Figure]]:
    """Yield each figure for words alone (TF-IDF), for latent semantic analysis of the texts at hand, and for a model.

    The last is the speed of the model alone, words of a static embedding being cut already.

    Parameters
    ----------
    name, backend
        As ``vectors.models.load_embedder`` has them.
    data, concerns
        As ``vectors.measuring.figures`` has them.
    """
    model = load_embedder(name, backend)
    found = (
        figures(lambda _: model.encode, data, concerns)
        if isinstance(model, StaticEmbedder)
        else figures(lambda _: partial(model.encode, prompt=""), data, concerns, model.prompts)
    )
    yield from zip(figures(_tfidf, data, concerns), figures(_lsa, data, concerns), found, strict=True)
    yield None, None, _speed(model)


def _speed(model: StaticEmbedder | SentenceTransformerEmbedder) -> Figure:
    texts = [voice.text for voice in read_concerns(shipped("corpora", "concerns"))]
    if isinstance(model, StaticEmbedder):
        cut = [words(text) for text in texts]
        return speed(lambda: model.encode_words(cut))
    return speed(lambda: model.encode(texts[:_FEW]))


@lru_cache(maxsize=20_000)
def _terms_of(text: str) -> list[str]:
    """Return the content words of a text; two models each look at it twice, and cutting takes longer than all the rest."""
    return content_words(words(text))


def _terms(texts: Sequence[str]) -> list[list[str]]:
    return [_terms_of(text) for text in texts]


def _tfidf(texts: Sequence[str]) -> Encode:
    vectorizer, _ = fit_tfidf(_terms(texts), len(texts) + 1)

    def encode(some: Sequence[str]) -> Vectors:
        return np.asarray(vectorizer.transform(_terms(some)).toarray(), dtype=np.float32)

    return encode


def _lsa(texts: Sequence[str]) -> Encode:
    fitted = ArchiveEmbedder().fit(_terms(texts))
    return lambda some: fitted.encode_terms(_terms(some))
