"""Processes as data: ``civic`` (7 steps), ``organisation`` (10, extends civic), or a user's own file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minecop.core.errors import OutputError, ProcessError
from minecop.core.files import ensure_writable, write_text

_DATA = Path(__file__).parent / "data"

BUILT_IN = ("civic", "organisation")
"""Names of the processes that ship."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process.

    Attributes
    ----------
    number
        1-based place in the process.
    names, definitions
        By language, ``th`` and ``en``.
    cues
        Words (regular expressions over the normalised text) that speak for the step.
    examples
        Passages that are about the step.
    """

    number: int
    names: dict[str, str]
    definitions: dict[str, str]
    cues: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """An ordered set of steps.

    Attributes
    ----------
    id
        Short name.
    names
        By language, ``th`` and ``en``.
    steps
        In order, numbered from 1.
    none_examples
        Passages that are about none of them.
    extends
        The process that ships whose steps it begins with: its own name where it is one that ships, ``None`` where it begins anew.
    """

    id: str
    names: dict[str, str]
    steps: tuple[Step, ...]
    none_examples: tuple[str, ...]
    extends: str | None = None

    @property
    def ships(self) -> bool:
        """Whether it is one that ships, as it is."""
        return self.extends == self.id


def load_process(name: str) -> Process:
    """Return a process that ships, or one from a user's file.

    A file has ``[process]`` (``id``, ``name_th``, ``name_en``, optional ``extends``: a built-in process or another file beside it), one
    ``[[step]]`` for each step (``name_th``, ``name_en``, optional ``definition_th``, ``definition_en``, ``cues``, ``examples``) and
    optional ``[none]`` with ``examples``.

    Parameters
    ----------
    name
        ``civic``, ``organisation`` or the path of a TOML file.

    Raises
    ------
    ProcessError
        When there is no such process, or its file is not well formed.
    """
    path = _DATA / f"{name}.toml" if name in BUILT_IN else Path(name)
    if not path.is_file():
        raise ProcessError("process_not_found", name=name)
    return _load(path, set())


_TEMPLATE = """\
# กระบวนการของเรา / A process of our own. Use it with: --process {name}
# Every step wants a name and some passages that are about it; the more varied they are, the better it is told.

[process]
id = "{id}"
name_th = "กระบวนการของเรา"
name_en = "Our process"
{extends}
[[step]]
name_th = "ชื่อขั้น"
name_en = "Name of the step"
definition_th = "ขั้นนี้ทำอะไร ต่างจากขั้นข้างเคียงอย่างไร"
definition_en = "What is done in this step, and what tells it from those beside it"
cues = []        # words that speak for the step (regular expressions), such as 'ลงพื้นที่'
examples = [
  "เขียนช่วงความตัวอย่างที่เล่าว่าคนกำลังทำขั้นนี้ สัก 10 ช่วงขึ้นไป ต่างคนต่างสำนวน",
]

[none]
examples = [
  "ช่วงความที่ไม่อยู่ในขั้นใดเลย เช่น คำขอบคุณ หรือเรื่องส่วนตัว",
]
"""


def write_template(path: Path, extends: str | None = None) -> None:
    """Write a process file to be filled in.

    Parameters
    ----------
    path
        Where to; nothing may be there.
    extends
        The process that ships whose steps it begins with.

    Raises
    ------
    OutputError
        When something is there, or it cannot be written.
    """
    if path.exists():
        raise OutputError("file_is_there", path=path)
    ensure_writable(path.parent)
    own_id = re.sub(r'[\\"\s]+', "-", path.stem)
    text = _TEMPLATE.format(name=path.name, id=own_id, extends=f'extends = "{extends}"\n' if extends else "")
    write_text(path, text)


def _load(path: Path, seen: set[Path]) -> Process:
    if path in seen:
        raise ProcessError("process_invalid", path=path, reason="extends itself")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProcessError("process_invalid", path=path, reason=error) from error
    head = values.get("process")
    if not isinstance(head, dict):
        raise ProcessError("process_invalid", path=path, reason="[process]")
    base = None
    if extends := head.get("extends"):
        below = _DATA / f"{extends}.toml" if extends in BUILT_IN else path.parent / str(extends)
        if not below.is_file():
            raise ProcessError("process_not_found", name=extends)
        base = _load(below, seen | {path})
    steps = list(base.steps) if base else []
    for number, step in enumerate(_list(values, "step", path), len(steps) + 1):
        steps.append(_step(step, number, path))
    if not steps:
        raise ProcessError("process_invalid", path=path, reason="[[step]]")
    none = values.get("none", {})
    examples = tuple(none.get("examples", ())) if isinstance(none, dict) else ()
    own_id = str(head.get("id") or path.stem)
    return Process(
        id=own_id,
        names=_names(head, path, "[process]"),
        steps=tuple(steps),
        none_examples=(base.none_examples if base else ()) + examples,
        extends=path.stem if path.parent == _DATA else (base.extends if base else None),
    )


def _list(values: dict[str, Any], key: str, path: Path) -> list[Any]:
    found = values.get(key, [])
    if not isinstance(found, list):
        raise ProcessError("process_invalid", path=path, reason=f"[[{key}]]")
    return found


def _names(values: dict[str, Any], path: Path, where: str) -> dict[str, str]:
    thai, english = values.get("name_th"), values.get("name_en")
    if not thai and not english:
        raise ProcessError("process_invalid", path=path, reason=f"{where}: name_th / name_en")
    return {"th": str(thai or english), "en": str(english or thai)}


def _step(values: Any, number: int, path: Path) -> Step:
    where = f"[[step]] {number}"
    if not isinstance(values, dict):
        raise ProcessError("process_invalid", path=path, reason=where)
    names = _names(values, path, where)
    for key in ("cues", "examples"):
        if not all(isinstance(item, str) for item in _list(values, key, path)):
            raise ProcessError("process_invalid", path=path, reason=f"{where}: {key}")
    for cue in values.get("cues", []):
        try:
            re.compile(cue)
        except re.error as error:
            raise ProcessError("process_invalid", path=path, reason=f"{where}: {cue}: {error}") from error
    return Step(
        number=number,
        names=names,
        definitions={lang: str(values.get(f"definition_{lang}", "")) for lang in ("th", "en")},
        cues=tuple(values.get("cues", ())),
        examples=tuple(values.get("examples", ())),
    )
