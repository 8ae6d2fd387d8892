"""Names of topics by a language model, where somebody asks for one: any endpoint that speaks as OpenAI's does, such as a local Ollama.

Nothing is asked unless an address is given. What comes back is checked against the topic's own words and refused where it brings in others;
what is kept is marked as written by a machine.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minecop.core.errors import ModelError
from minecop.text.words import content_words, words

PROMPT = Path(__file__).parent / "data" / "prompt.txt"

KEY = "MINECOP_LLM_KEY"
"""Variable of the environment with the key that an endpoint may want; never a setting, which would be written down with the run."""

_SECONDS = 120
_LONGEST = 60
"""Characters of a name."""

_MOST_READ = 1_000_000
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model behind an address.

    Attributes
    ----------
    url
        Where ``/chat/completions`` is below, ``http://localhost:11434/v1``.
    model
        Its name there.
    """

    url: str
    model: str

    def ask(self, text: str) -> str:
        """Return what the model answers.

        Raises
        ------
        ModelError
            When the address does not answer, or not as expected.
        """
        address = f"{self.url.rstrip('/')}/chat/completions"
        asked = {"model": self.model, "temperature": 0, "seed": 0, "messages": [{"role": "user", "content": text}]}
        heads = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            heads["Authorization"] = f"Bearer {key}"
        try:
            if not address.startswith(("http://", "https://")):
                raise ValueError(self.url)  # noqa: TRY301 - told with the other failures
            request = urllib.request.Request(address, json.dumps(asked).encode(), heads)  # noqa: S310 - checked above
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                value: Any = json.loads(answer.read(_MOST_READ))
            return str(value["choices"][0]["message"]["content"])
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelError("llm_failed", url=self.url, model=self.model, reason=error) from error


def name_topic(model: LanguageModel, terms: Sequence[str], texts: Sequence[str], known: Collection[str]) -> str | None:
    """Return a name for a topic, or ``None`` where the model's is not of the topic's own words.

    Parameters
    ----------
    model
        Who is asked.
    terms, texts
        Terms of the topic, and passages that stand for it: what the model is shown.
    known
        Words of all of its passages.
    """
    prompt = PROMPT.read_text(encoding="utf-8")
    shown = "\n".join(f"- {' '.join(text.split())[:400]}" for text in texts)
    answer = model.ask(prompt.replace("{terms}", ", ".join(terms)).replace("{texts}", shown))
    lines = [line.strip(" \t-*\"'“”‘’.") for line in answer.splitlines() if line.strip()]
    name = lines[0] if len(lines) == 1 else ""
    used = content_words(words(name))
    return name if used and len(name) <= _LONGEST and set(used) <= set(known) else None
