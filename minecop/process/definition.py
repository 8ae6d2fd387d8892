"""Processes as data: ``civic`` (7 steps), ``organisation`` (10, extends civic), or a user's own file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from minecop.core.errors import OutputError, ProcessError
from minecop.core.files import ensure_writable, write_text

_DATA = Path(__file__).parent / "data"

BUILT_IN = ("civic", "organisation")
"""Names of the processes that ship."""


FACETS = ("mission", "component", "knowledge")
"""Names of the facets that ship."""


@dataclass(frozen=True, slots=True)
class Confusable:
    """Another step that a step is easily taken for.

    Attributes
    ----------
    step
        Its number; 0 for none.
    rules
        How to tell them apart, by language.
    """

    step: int
    rules: dict[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process, or one value of a facet.

    Attributes
    ----------
    number
        1-based place in the process.
    names, definitions
        By language, ``th`` and ``en``.
    cues
        Words (regular expressions over the normalised text) that speak for the step.
    examples, exclude
        Passages that are about the step, and such as look like it and are not.
    situations
        Where it is typically told of, by language.
    confusable
        Steps that it is easily taken for.
    id
        Short name; its number where the file gives none.
    """

    number: int
    names: dict[str, str]
    definitions: dict[str, str]
    cues: tuple[str, ...]
    examples: tuple[str, ...]
    exclude: tuple[str, ...]
    situations: dict[str, tuple[str, ...]]
    confusable: tuple[Confusable, ...]
    id: str


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
    none_definitions
        What is about none of them, by language.
    extends
        The process that ships whose steps it begins with: its own name where it is one that ships, ``None`` where it begins anew.
    """

    id: str
    names: dict[str, str]
    steps: tuple[Step, ...]
    none_examples: tuple[str, ...]
    none_definitions: dict[str, str]
    extends: str | None = None

    @property
    def ships(self) -> bool:
        """Whether it is one that ships, as it is."""
        return self.extends == self.id

    def definition(self, number: int, lang: str) -> str:
        """Return what a step is, or what is about none of them (0); empty where the file does not say."""
        return (self.steps[number - 1].definitions if number else self.none_definitions)[lang]

    def rule(self, one: int, other: int, lang: str) -> str:
        """Return how two steps are told apart, whichever of them says it; empty where neither does."""
        for number, beside in ((one, other), (other, one)):
            for confusable in self.steps[number - 1].confusable if number else ():
                if confusable.step == beside:
                    return confusable.rules[lang]
        return ""


def load_process(name: str) -> Process:
    """Return a process that ships, or one from a user's file.

    A file has ``[process]`` (``id``, ``name_th``, ``name_en``, optional ``extends``: a built-in process or another file beside it), one
    ``[[step]]`` for each step and optional ``[none]`` (``definition_th``, ``definition_en``, ``examples``). A step has ``name_th``,
    ``name_en`` and what else is known of it: ``definition_th``, ``definition_en``, ``situations_th``, ``situations_en``, ``cues``,
    ``examples``, ``exclude`` (look-alikes), and ``[[step.confusable]]`` tables with ``step``, ``rule_th`` and ``rule_en``.

    Parameters
    ----------
    name
        ``civic``, ``organisation`` or the path of a TOML file.

    Raises
    ------
    ProcessError
        When there is no such process, or its file is not well formed; the message names the place in the file.
    """
    path = _DATA / f"{name}.toml" if name in BUILT_IN else Path(name)
    if not path.is_file():
        raise ProcessError("process_not_found", name=name)
    return _load(path, set())


@cache
def load_facets() -> tuple[Process, ...]:
    """Return the further axes that ship - missions, components, knowledge - each in the form of a process whose steps are its values.

    The steps of a process part passages; the values of a facet do not: a passage may have several of them, or none.
    """
    return tuple(_load(_DATA / f"{name}.toml", set()) for name in FACETS)


_TEMPLATE = """\
# กระบวนการของเรา / A process of our own. Use it with: --process {name}
# Every step wants a name and some passages that are about it; the more varied they are, the better it is told.
# A line that begins with # is not read: take the # away to use it.

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
situations_th = ["มักพบตอนไหน เช่น ประชุมทีมก่อนวันงาน"]
situations_en = ["Where it is typically told of, such as a team meeting before the day"]
cues = []        # words that speak for the step (regular expressions), such as 'ลงพื้นที่'
examples = [
  "เขียนช่วงความตัวอย่างที่เล่าว่าคนกำลังทำขั้นนี้ สัก 10 ช่วงขึ้นไป ต่างคนต่างสำนวน",
]
exclude = [      # passages that look like the step and are not
]

# [[step.confusable]]     # another step that this one is easily taken for (0 = none), and how to tell them apart
# step = 0
# rule_th = "เล่าว่าทำจริงในกลุ่มของตน คือขั้นนี้ ถ้าแค่อธิบายว่าคืออะไร ไม่อยู่ในขั้นใด"
# rule_en = "Told as done in one's own group: this step. A mere explanation of what it is: none."

[none]
# definition_th = "อะไรบ้างที่ไม่นับว่าอยู่ในขั้นใด"
# definition_en = "What is about none of the steps"
examples = [
  "ช่วงความที่ไม่อยู่ในขั้นใดเลย เช่น คำขอบคุณ หรือเรื่องส่วนตัว",
]
"""


@cache
def _to_be_filled_in() -> frozenset[str]:
    """Return the texts of the template that stand for a user's own."""
    tables = tomllib.loads(_TEMPLATE.format(name="", id="", extends=""))
    values = [value for table in (*tables["step"], tables["none"]) for value in table.values()]
    return frozenset(text for value in values for text in ([value] if isinstance(value, str) else value))


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


_LANGUAGES = ("th", "en")

_TOP = "TOML"
"""What the file as a whole is called in an error."""


def _both(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{lang}" for lang in _LANGUAGES)


_KEYS = {
    "file": ("process", "step", "none"),
    "process": ("id", *_both("name"), "extends"),
    "step": (
        "id",
        *_both("name"),
        *_both("definition"),
        *_both("situations"),
        "cues",
        "examples",
        "exclude",
        "confusable",
    ),
    "confusable": ("step", *_both("rule")),
    "none": (*_both("definition"), "examples"),
}
"""Keys of each kind of table: one that is misspelt must not go unread."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a file, with the file and the place that its errors name."""

    values: dict[str, Any]
    path: Path
    where: str

    @classmethod
    def of(cls, values: object, kind: str, path: Path, where: str) -> _Table:
        """Return a table whose keys are those of its kind."""
        if not isinstance(values, dict):
            raise _invalid(path, "process_no_table", where=where)
        for key in values:
            if key not in _KEYS[kind]:
                raise _invalid(path, "process_unknown_key", where=where, name=key, known=", ".join(_KEYS[kind]))
        return cls(values, path, where)

    def error(self, key: str, /, **details: object) -> ProcessError:
        """Return the error of this table that a message says."""
        return _invalid(self.path, key, where=self.where, **details)

    def text(self, key: str) -> str:
        """Return a text; empty where there is none."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.error("process_no_text", name=key)
        return self._filled_in(key, value.strip())

    def in_languages(self, name: str, *, needed: bool = False) -> dict[str, str]:
        """Return a text by language, the one standing in for the other where only one is there."""
        texts = {lang: self.text(f"{name}_{lang}") for lang in _LANGUAGES}
        if needed and (not any(texts.values()) or not all(texts[k[-2:]] for k in _both(name) if k in self.values)):
            raise self.error("process_empty", name=" / ".join(_both(name)))
        return {"th": texts["th"] or texts["en"], "en": texts["en"] or texts["th"]}

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, none of which is empty."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise self.error("process_no_list", name=key)
        return tuple(self._filled_in(key, value) for value in values)

    def _filled_in(self, key: str, text: str) -> str:
        if text in _to_be_filled_in():
            raise self.error("process_not_filled_in", name=key, text=text)
        return text

    def tables(self, key: str) -> list[_Table]:
        """Return the tables below this one."""
        values = self.values.get(key, [])
        if not isinstance(values, list):
            raise self.error("process_no_tables", name=key)
        below = "" if self.where == _TOP else f"{self.where} "
        return [_Table.of(one, key, self.path, f"{below}[[{key}]] {n}") for n, one in enumerate(values, 1)]


def _invalid(path: Path, key: str, /, **details: object) -> ProcessError:
    return ProcessError("process_invalid", path=path, reason_key=key, reason_details=details)


def _load(path: Path, seen: set[Path]) -> Process:
    if path in seen:
        raise _invalid(path, "process_extends_itself")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProcessError("process_invalid", path=path, reason=error) from error
    file = _Table.of(values, "file", path, _TOP)
    head = _Table.of(values.get("process"), "process", path, "[process]")
    none = _Table.of(values.get("none", {}), "none", path, "[none]")
    names = head.in_languages("name", needed=True)
    base = _base(head, seen | {path})
    above = base.steps if base else ()
    steps = (*above, *(_step(table, n) for n, table in enumerate(file.tables("step"), len(above) + 1)))
    _check(steps, file)
    none_definitions = none.in_languages("definition")
    none_examples = (base.none_examples if base else ()) + none.texts("examples")
    ships = path.parent == _DATA
    if len(steps) == 1 and not none_examples:
        raise none.error("process_alone")
    return Process(
        id=head.text("id") or path.stem,
        names=names,
        steps=steps,
        none_examples=none_examples,
        none_definitions=base.none_definitions if base and not any(none_definitions.values()) else none_definitions,
        extends=path.stem if ships else (base.extends if base else None),
    )


def _base(head: _Table, seen: set[Path]) -> Process | None:
    extends = head.text("extends")
    if not extends:
        return None
    below = _DATA / f"{extends}.toml" if extends in BUILT_IN else head.path.parent / extends
    if not below.is_file():
        raise ProcessError("process_not_found", name=extends)
    return _load(below, seen)


def _step(table: _Table, number: int) -> Step:
    names = table.in_languages("name", needed=True)
    for cue in table.texts("cues"):
        try:
            re.compile(cue)
        except re.error as error:
            raise table.error("process_bad_cue", cue=cue, reason=error) from error
    situations = {lang: table.texts(f"situations_{lang}") for lang in _LANGUAGES}
    return Step(
        number=number,
        names=names,
        definitions=table.in_languages("definition"),
        cues=table.texts("cues"),
        examples=table.texts("examples"),
        exclude=table.texts("exclude"),
        situations={"th": situations["th"] or situations["en"], "en": situations["en"] or situations["th"]},
        confusable=tuple(_confusable(below, number) for below in table.tables("confusable")),
        id=table.text("id") or str(number),
    )


def _confusable(table: _Table, own: int) -> Confusable:
    step = table.values.get("step")
    if not isinstance(step, int) or isinstance(step, bool) or step == own or step < 0:
        raise table.error("process_no_other_step", step=step)
    return Confusable(step, table.in_languages("rule", needed=True))


def _check(steps: tuple[Step, ...], file: _Table) -> None:
    """Look at what the steps are together: some, told apart by their names, and each pair by one rule."""
    if not steps:
        raise file.error("process_no_steps")
    seen: dict[str, int] = {}
    pairs: set[frozenset[int]] = set()
    for step in steps:
        for name in dict.fromkeys((*step.names.values(), step.id)):
            if name in seen:
                raise file.error("process_step_twice", name=name, one=seen[name], other=step.number)
            seen[name] = step.number
        for other in (confusable.step for confusable in step.confusable):
            pair = frozenset({step.number, other})
            if other > len(steps) or pair in pairs:
                key = "process_no_step" if other > len(steps) else "process_rule_twice"
                raise file.error(key, step=step.number, other=other, last=len(steps))
            pairs.add(pair)
