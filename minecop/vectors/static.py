"""Static embeddings: a row of numbers a word; the vector of a text is the sum of its words' rows, turned by a head, at length 1.

A folder as model2vec lays it out, so that it and sentence-transformers (as ``StaticEmbedding``) load it too: ``model.safetensors`` with the
rows, ``tokenizer.json`` with the words, ``config.json``. They see the rows alone; the head stands in ``head.safetensors``, and a folder
without that has none. Here only NumPy and SciPy are needed, the words are those of ``minecop.text.words``, and the rows are memory-mapped.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.core.errors import ModelError
from minecop.core.files import replacing, sha256_file, write_json, write_text
from minecop.core.remembering import Remembered
from minecop.text.words import words
from minecop.vectors.embedder import Vectors, unit_rows
from minecop.vectors.head import Head

TENSORS, HEAD, VOCABULARY, CONFIG = "model.safetensors", "head.safetensors", "tokenizer.json", "config.json"

UNKNOWN = "[UNK]"

OWN = 2.0
"""Length of the direction that an unknown word has of its own, in mean lengths of rows: what two texts share alone weighs much."""

_PIECES = 0.5
"""Weight of the pieces that an unknown word is cut into."""

_TEXTS_AT_A_TIME = 1_000
"""What stands between words and vectors then stays in the processor's own memory."""

_MOST_CUT = 50_000
"""Unknown words of which the pieces are remembered, and as many from before."""

_SHORTEST_PIECE = 3
"""Letters of a piece: shorter ones are syllables that mean nothing of themselves."""


def own_directions(words: Sequence[str], dimensions: int) -> NDArray[np.float32]:
    """Return the directions that belong to words alone, of length 1, shape (words, dimensions): signs drawn from the bits of their hashes.

    Two such directions are all but at right angles, so that texts which share a rare word lie nearer each other than chance.
    """
    return np.divide(_signs(words, dimensions), math.sqrt(dimensions), dtype=np.float32)


def _signs(words: Sequence[str], dimensions: int) -> NDArray[np.int8]:
    """Return the signs of words' own directions, 1 and -1, shape (words, dimensions)."""
    size = -(-dimensions // 8)
    hashes = b"".join(hashlib.shake_256(word.encode("utf-8", "surrogatepass")).digest(size) for word in words)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(len(words), size), axis=1, count=dimensions)
    return 2 * bits.view(np.int8) - 1


def bags_of(numbers: Sequence[Sequence[int]], columns: int) -> sp.csr_matrix:
    """Return word counts of texts that are given as numbers of words, shape (texts, columns), float32."""
    lengths = np.fromiter((len(text) for text in numbers), dtype=np.int64, count=len(numbers))
    flat = np.fromiter((n for text in numbers for n in text), dtype=np.int32, count=int(lengths.sum()))
    ends = np.concatenate([[0], np.cumsum(lengths)])
    bags = sp.csr_matrix((np.ones(len(flat), dtype=np.float32), flat, ends), shape=(len(numbers), columns))
    bags.sum_duplicates()
    return bags


@dataclass(frozen=True, slots=True)
class _Part:
    """What some words of texts add to their sums.

    Attributes
    ----------
    columns, weights
        Row of each such word, and how much of it.
    ends
        Where the words of each text begin, and where the last one's end.
    rows
        Shape (any, d).
    """

    columns: NDArray[np.integer]
    weights: NDArray[np.float32]
    ends: NDArray[np.int64]
    rows: Vectors

    def sums(self, texts: slice) -> Vectors:
        """Return the sums of some texts, shape (some, d)."""
        ends = self.ends[texts.start : texts.stop + 1]
        words = slice(ends[0], ends[-1])
        bags = (self.weights[words], self.columns[words], ends - ends[0])
        return np.asarray(sp.csr_matrix(bags, shape=(len(ends) - 1, len(self.rows))) @ self.rows)


class StaticEmbedder:
    """Rows of words, and what is done with words that have none.

    Parameters
    ----------
    vocabulary
        Number of the row of each word.
    rows
        Shape (words, d), any float; their mean length is about 1.
    name
        Part of every key of what is made with it.
    likelihood
        Logarithm of each word's share of text, shape (words,): by it other libraries, which know no Thai words, cut a text into the
        likeliest ones. Not needed here.
    about
        What ``config.json`` says of its making.
    head
        Turns sums of rows; ``None`` where they are taken as they are.
    own
        Length of the direction of its own that is in each word's row, shape (words,); the head does not see it. ``None``: no row has any.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        rows: NDArray[np.floating],
        name: str,
        likelihood: NDArray[np.floating] | None = None,
        about: Mapping[str, Any] | None = None,
        head: Head | None = None,
        own: NDArray[np.floating] | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.rows = rows
        self.name = name
        self.likelihood = np.zeros(len(rows)) if likelihood is None else likelihood
        self.about = dict(about or {})
        self.head = head
        self.own = np.zeros(len(rows), dtype=np.float16) if own is None else own
        self._longest = max((len(word) for word in vocabulary), default=0)
        self._numbers_of_pieces = Remembered(self._cut, _MOST_CUT)

    @property
    def adapted(self) -> bool:
        """Whether its rows were trained further on an archive."""
        return "adaptation" in self.about

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return int(self.rows.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors of texts, shape (n, d), rows of length 1."""
        return self.encode_words([words(text) for text in texts])

    def encode_words(self, documents: Sequence[Sequence[str]]) -> Vectors:
        """Return float32 vectors of texts that are given as all their words, shape (n, d), rows of length 1.

        A word without a row gets a direction of its own beside the rows of the pieces it is made of. The head turns what was learned, not
        the directions that are words' own. Texts without any word all have the same vector.
        """
        flat = list(chain.from_iterable(documents))
        ends = np.cumsum([0, *map(len, documents)])
        numbers = np.fromiter(map(self.vocabulary.get, flat, repeat(-1)), dtype=np.int32, count=len(flat))
        size = len(self.vocabulary)
        new: dict[str, int] = {}
        strange = np.flatnonzero(numbers < 0)
        numbers[strange] = [new.setdefault(flat[place], size + len(new)) for place in strange.tolist()]
        signs = _signs(list(new), self.dimensions)
        weights = np.ones(len(flat), dtype=np.float32)
        weights[strange] = 0
        parts = [_Part(np.minimum(numbers, size - 1), weights, ends, self._exact)]
        if new:
            rows = self._rows_of(list(new), signs)
            parts.append(_Part(numbers[strange] - size, weights[strange] + 1, np.searchsorted(strange, ends), rows))
        if self.head is not None:
            lengths = np.concatenate([self.own, np.full(len(new), OWN)]).astype(np.float32)
            lengths /= np.float32(math.sqrt(self.dimensions))  # of each sign
            places = np.flatnonzero((lengths > 0)[numbers])
            used, columns = np.unique(numbers[places], return_inverse=True)
            directions = np.concatenate([self._own_signs[used[used < size]], signs]).astype(np.float32)
            own = _Part(columns, lengths[numbers[places]], np.searchsorted(places, ends), directions)

        made = np.empty((len(documents), self.dimensions), dtype=np.float32)
        for start in range(0, len(documents), _TEXTS_AT_A_TIME):
            some = slice(start, min(start + _TEXTS_AT_A_TIME, len(documents)))
            sums = parts[0].sums(some)
            for part in parts[1:]:
                sums += part.sums(some)
            if self.head is not None:
                alone = own.sums(some)
                sums -= alone
                alone += self.head.apply(sums)
                sums = alone
            made[some] = unit_rows(sums)
        made[~made.any(axis=1)] = own_directions([""], self.dimensions)
        return made

    @cached_property
    def _own_signs(self) -> NDArray[np.int8]:
        """Signs of the directions that are in the words' rows, zeros where none is: hashing words anew takes as long as summing them."""
        made = np.zeros((len(self.vocabulary), self.dimensions), dtype=np.int8)
        names = list(self.vocabulary)
        has = np.flatnonzero(self.own)
        made[has] = _signs([names[number] for number in has.tolist()], self.dimensions)
        return made

    @cached_property
    def _exact(self) -> NDArray[np.float32]:
        """The rows as float32, which is what is summed; those of a file stay mapped until the first text comes."""
        return np.asarray(self.rows, dtype=np.float32)

    def row_of(self, word: str) -> NDArray[np.float32]:
        """Return the row of an unknown word."""
        row: NDArray[np.float32] = self._rows_of([word], _signs([word], self.dimensions))[0]
        return row

    def _rows_of(self, words: Sequence[str], signs: NDArray[np.int8]) -> NDArray[np.float32]:
        pieces = [self._numbers_of_pieces[word] for word in words]
        flat = list(chain.from_iterable(pieces))
        bags = (np.ones(len(flat), dtype=np.float32), flat, np.cumsum([0, *map(len, pieces)]))
        sums = sp.csr_matrix(bags, shape=(len(words), len(self._exact))) @ self._exact
        rows: NDArray[np.float32] = np.float32(OWN / math.sqrt(self.dimensions)) * signs + np.float32(_PIECES) * sums
        return rows

    def _cut(self, word: str) -> list[int]:
        """Return the numbers of the pieces of an unknown word."""
        return [self.vocabulary[piece] for piece in self.pieces(word)]

    def pieces(self, word: str) -> list[str]:
        """Return the fewest words of the vocabulary that make up a word, each of three letters or more; none where it has no such cut."""
        size = len(word)
        best: list[tuple[int, int] | None] = [(0, 0)] + [None] * size  # pieces up to here, and where the last begins
        for start in range(size - _SHORTEST_PIECE + 1):
            before = best[start]
            if before is None:
                continue
            for end in range(start + _SHORTEST_PIECE, min(size, start + self._longest) + 1):
                here = best[end]
                if (here is None or before[0] + 1 < here[0]) and word[start:end] in self.vocabulary:
                    best[end] = (before[0] + 1, start)
        found: list[str] = []
        end = size
        while end and (here := best[end]) is not None:
            found.append(word[here[1] : end])
            end = here[1]
        return found[::-1]


def load_static(folder: Path) -> StaticEmbedder:
    """Open a static embedding.

    Raises
    ------
    ModelError
        When it is not there, or is damaged.
    """
    try:
        rows = _mapped(folder / TENSORS, "embeddings")
        listed = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))["model"]["vocab"]
        about = json.loads((folder / CONFIG).read_text(encoding="utf-8"))["minecop"]
        vocabulary = {word: number for number, (word, _) in enumerate(listed)}
        if len(vocabulary) != len(rows) or vocabulary.pop(UNKNOWN) != len(rows) - 1:
            raise ValueError(f"{len(vocabulary)} words, {len(rows)} rows")  # noqa: TRY301 - told with the other damages
        likelihood = np.array([score for _, score in listed[:-1]])
        hashes = [sha256_file(folder / TENSORS)]
        head = own = None
        if (folder / HEAD).is_file():
            hashes.append(sha256_file(folder / HEAD))
            head, own = _read_head(folder / HEAD)
            if len(own) != len(vocabulary):
                raise ValueError(f"{len(vocabulary)} words, {len(own)} lengths")  # noqa: TRY301 - told with the other damages
        name = f"{folder.name}@{'+'.join(some[:12] for some in hashes)}"
        return StaticEmbedder(vocabulary, rows[:-1], name, likelihood, about, head, own)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError("model_damaged", path=folder, reason=error) from error


def _read_head(path: Path) -> tuple[Head, NDArray[np.float16]]:
    inner, bias, outer, own = (np.array(_mapped(path, name)) for name in ("inner", "bias", "outer", "own"))
    return Head(*(weights.astype(np.float32) for weights in (inner, bias, outer))), own


def is_static(folder: Path) -> bool:
    """Return whether a folder holds a static embedding of ours."""
    try:
        return "minecop" in json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _mapped(path: Path, name: str) -> NDArray[Any]:
    """Return one tensor of a safetensors file as a memory map. The format: https://github.com/huggingface/safetensors#format."""
    with path.open("rb") as file:
        head = int.from_bytes(file.read(8), "little")
        if head > path.stat().st_size:
            raise ValueError(name)
        about = json.loads(file.read(head))[name]
    if about["dtype"] != "F16":
        raise ValueError(f"{name}: {about['dtype']}")
    offset, shape = 8 + head + about["data_offsets"][0], tuple(about["shape"])
    return np.memmap(path, dtype="<f2", mode="r", offset=offset, shape=shape)


def save_static(model: StaticEmbedder, folder: Path) -> None:
    """Write a static embedding into a folder, which is made where it is not there."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    rows = np.zeros((len(model.rows) + 1, model.dimensions), dtype=np.float16)  # the last is for what has no word
    rows[:-1] = model.rows
    with replacing(folder / TENSORS) as temporary:
        temporary.write_bytes(save({"embeddings": rows}))
    if model.head is None:
        (folder / HEAD).unlink(missing_ok=True)
    else:
        tensors = {"inner": model.head.inner, "bias": model.head.bias, "outer": model.head.outer, "own": model.own}
        with replacing(folder / HEAD) as temporary:
            temporary.write_bytes(save({name: tensor.astype(np.float16) for name, tensor in tensors.items()}))
    likelihood = np.round(model.likelihood.astype(np.float64), 3).tolist()
    words = [[word, likelihood[number]] for word, number in model.vocabulary.items()]
    lowest = min(likelihood, default=0.0)
    tokenizer: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": len(words),
            "vocab": [*words, [UNKNOWN, lowest - 10]],
            "byte_fallback": False,
        },
    }
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")).replace('],["', '],\n["')
    write_text(folder / VOCABULARY, text + "\n")
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": "minecop",
        "hidden_dim": model.dimensions,
        "embedding_dtype": "float16",
        "normalize": True,
        "minecop": model.about,
    }
    write_json(folder / CONFIG, config)
    library = "sentence_transformers.models"
    modules = [
        {"idx": 0, "name": "0", "path": ".", "type": f"{library}.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{library}.Normalize"},
    ]
    write_json(folder / "modules.json", modules)
