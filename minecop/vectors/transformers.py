"""Any sentence-transformers model in the place of the one that ships."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from minecop.core.errors import ModelError
from minecop.vectors.embedder import Vectors, unit_rows


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a family of models wants before a text, by what is asked of it.

    Attributes
    ----------
    alike
        Before texts that are compared with each other, as the passages of an archive are.
    query, passage
        Before a question, and before what may answer it.
    """

    alike: str = ""
    query: str = ""
    passage: str = ""


_INSTRUCT = "Instruct: Retrieve semantically similar text.\nQuery: "

_FAMILIES: tuple[tuple[str, Prompts], ...] = (
    (r"e5-(?:small|base|large)-instruct|e5-mistral|gte-qwen2|qwen3-embedding", Prompts(_INSTRUCT, _INSTRUCT, "")),
    # The card of these models asks for "query: " before both sides where texts are alike in kind.
    (r"\be5-(?:small|base|large)", Prompts("query: ", "query: ", "passage: ")),
    (r"nomic-embed", Prompts("clustering: ", "search_query: ", "search_document: ")),
    (r"embeddinggemma", Prompts("task: clustering | query: ", "task: search result | query: ", "title: none | text: ")),
)
"""By the model's name; where none fits, the prompts that the model itself carries are used."""

_MEMORY = 512 * 2**20
"""Bytes that a batch may take on a CPU: an ordinary laptop has them beside everything else."""

_BYTES_A_NUMBER = 80
"""Bytes that a layer holds for each token and dimension of the model at once: some twenty arrays of float32."""


def prompts_of(name: str, own: dict[str, str]) -> Prompts:
    """Return the prompts of a model by its name, else those that it carries itself.

    Parameters
    ----------
    name
        Hub name or folder.
    own
        Prompts of the model's configuration, by what they are for.
    """
    for pattern, prompts in _FAMILIES:
        if re.search(pattern, name, re.IGNORECASE):
            return prompts
    passage = own.get("passage") or own.get("document") or ""
    return Prompts(
        own.get("clustering") or own.get("similarity") or own.get("STS") or "", own.get("query") or "", passage
    )


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by hub name or folder. The library is imported only here, when a model is asked for.

    A graphics processor is used where there is one, in half precision.

    Parameters
    ----------
    model
        Hub name or folder.
    backend
        ``torch``, or ``onnx`` (needs ``sentence-transformers[onnx]``).
    batch_size
        Texts at a time; ``None`` for what fits into the memory.
    threads
        Of the processor; ``None`` for as many as there are cores.
    half
        Whether numbers of half precision are computed with, by ``torch``; ``None`` for where there is a graphics processor.

    Raises
    ------
    ModelError
        When a package is missing, or the model cannot be found or loaded.
    """

    def __init__(
        self,
        model: str,
        backend: str = "torch",
        batch_size: int | None = None,
        threads: int | None = None,
        *,
        half: bool | None = None,
    ) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError("model_needs_package", model=model, package="sentence-transformers") from error
        if threads:
            torch.set_num_threads(threads)
        try:
            options = {"model_kwargs": {"session_options": _session(threads)}} if backend == "onnx" else {}
            self._model = SentenceTransformer(
                str(Path(model)) if Path(model).is_dir() else model, backend=backend, **options
            )
        except Exception as error:  # the loader raises whatever its many parts raise
            first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
            if backend != "torch" and ("optimum" in str(error).lower() or isinstance(error, ImportError)):
                raise ModelError(
                    "model_needs_package", model=model, package=f"sentence-transformers[{backend}]"
                ) from error
            if Path(model).is_dir():
                raise ModelError("model_damaged", path=model, reason=first_line[:200]) from error
            raise ModelError(
                "model_not_loaded", model=model, folder=Path(model).name, reason=first_line[:200].rstrip(".")
            ) from error
        if backend == "torch" and (torch.cuda.is_available() if half is None else half):
            self._model.half()
        self.prompts = prompts_of(model, dict(self._model.prompts or {}))
        self.name = f"{model}@{_hash_of(self._model)[:12]}" + ("" if backend == "torch" else f"+{backend}")
        self.batch_size = batch_size or self._fitting_batch()

    @property
    def longest(self) -> int | None:
        """Tokens of a text that the model looks at; ``None`` where it has no bound."""
        length = self._model.max_seq_length
        return int(length) if length and length != float("inf") else None

    def _fitting_batch(self) -> int:
        """Return how many texts of full length fit into the memory."""
        import torch

        named = getattr(self._model, "get_embedding_dimension", None)  # since version 6 of the library
        wide = (named or self._model.get_sentence_embedding_dimension)() or 768
        memory = torch.cuda.mem_get_info()[0] // 2 if torch.cuda.is_available() else _MEMORY
        return max(4, min(256, memory // (min(self.longest or 512, 512) * wide * _BYTES_A_NUMBER)))

    def encode(self, texts: Sequence[str], prompt: str | None = None) -> Vectors:
        """Return float32 vectors of texts, shape (n, d), rows of length 1.

        Parameters
        ----------
        texts
            Any.
        prompt
            Put before each; ``None`` for what the model wants before texts that are compared with each other.
        """
        before = self.prompts.alike if prompt is None else prompt
        asked = [before + text for text in texts] or [""]  # the library gives no width for no text
        made = self._model.encode(
            asked,
            prompt="",
            batch_size=self.batch_size,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return unit_rows(np.asarray(made).reshape(len(asked), -1))[: len(texts)]

    def too_long(self, texts: Sequence[str]) -> int:
        """Return how many texts are longer than what the model looks at, and are cut."""
        if self.longest is None:
            return 0
        # A token is a letter at least, so that most texts need not be looked at.
        doubtful = [text for text in texts if len(text) > self.longest - 2]
        if not doubtful:
            return 0
        tokens = self._model.tokenizer(doubtful, truncation=False, verbose=False)["input_ids"]
        return sum(len(text) > self.longest for text in tokens)


def _session(threads: int | None) -> Any:
    """Return the options of an ONNX session."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    if threads:
        options.intra_op_num_threads = threads
    return options


def _hash_of(model: Any) -> str:
    """Return the SHA-256 of a model's numbers and of how its parts are put together."""
    found = hashlib.sha256(str(model).encode())
    for name, tensor in sorted(model.state_dict().items()):
        found.update(name.encode())
        found.update(tensor.detach().cpu().contiguous().float().numpy().tobytes())
    path = getattr(getattr(model[0], "auto_model", None), "path", None)  # of an ONNX model, which has no such numbers
    if path and Path(path).is_file():
        found.update(Path(path).read_bytes())
    return found.hexdigest()
