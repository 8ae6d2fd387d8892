"""``minecop steps``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.facetshow import facets_command
from minecop.cli.options import RUN, echo_json, language, privacy_options
from minecop.cli.showing import show_table
from minecop.cli.shown import decisions_on, shown
from minecop.cli.stepsequence import sequence_command
from minecop.cli.stepshow import show_command
from minecop.core.messages import message
from minecop.process.definition import BUILT_IN, Process, load_facets, load_process, write_template

if TYPE_CHECKING:
    from minecop.process.training import StepFigures
    from minecop.run.evidence import Evidence
    from minecop.run.stepping import Doubtful

_PATH = click.Path(path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_LINE = 200
"""Characters of a text that is shown beside a passage."""


class _ShowByDefault(click.Group):
    """A group whose first argument may be a run, which is then shown."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the command in front where there is none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("steps", cls=_ShowByDefault)
def command() -> None:
    """แสดงขั้นของกระบวนการ ติดป้ายแก้ วัดผล และสร้างกระบวนการของตน / Steps of the process: show, correct, evaluate, define.

    \b
    minecop steps outputs/sample 7
    minecop steps outputs/sample --by community
    minecop steps sequence outputs/sample
    minecop steps facets outputs/sample
    minecop steps label outputs/sample
    minecop steps why outputs/sample 104/0/1
    minecop steps evaluate labels.csv
    minecop steps new ours.toml
    """


command.add_command(show_command)
command.add_command(sequence_command)
command.add_command(facets_command)


@command.command("label")
@click.argument("run", type=RUN)
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="จำนวนช่วงความ / passages")
@language
def label_command(run: Path, count: int, lang: str) -> None:
    """อ่านช่วงความที่โปรแกรมไม่แน่ใจ แล้วบอกว่าอยู่ขั้นใด รอบหน้าโปรแกรมจะเรียนจากคำตอบ / Tell the steps of doubtful passages.

    The answers stand in labels.csv in the archive's folder, or beside its file; the next run learns from them. Stop at any time and go
    on later.
    """
    from minecop.process.labels import StepLabel, labels_path, read_labels, write_labels
    from minecop.run.opening import open_run
    from minecop.run.stepping import least_sure, process_of, source_of

    opened = open_run(run)
    process, path = process_of(opened), labels_path(source_of(opened))
    labels = read_labels(path, len(process.steps))
    doubtful = least_sure(opened, labels.keys(), count)
    if not doubtful:
        click.echo(message("steps_none_left", lang))
        return
    click.echo(message("steps_how", lang))
    for number, name in enumerate(_names(process, lang)):
        click.echo(f"{number:>4}  {name}")
    given: list[str] = []
    place = 0
    while place < len(doubtful):
        answer = _ask(doubtful[place], place, len(doubtful), process, lang)
        if answer == "q":
            break
        if answer == "b":
            if given and (last := given.pop()):
                del labels[last]
            place = max(0, place - 1)
        else:
            one = doubtful[place]
            if answer != "s":
                labels[one.passage_id] = StepLabel(one.passage_id, int(answer), one.title, one.text)
            given.append("" if answer == "s" else one.passage_id)
            place += 1
        write_labels(path, labels.values())  # after every answer: whoever stops, or whose computer does, loses none
    click.echo(message("steps_labelled", lang, count=sum(map(bool, given)), total=len(labels), path=path))


def _names(process: Process, lang: str) -> list[str]:
    return [message("step_none", lang), *(step.names[lang] for step in process.steps)]


def _ask(one: Doubtful, place: int, total: int, process: Process, lang: str) -> str:
    """Show a passage and return what is answered: the number of a step, ``s``, ``b`` or ``q``."""
    names = _names(process, lang)
    click.echo()
    click.secho(f"[{place + 1}/{total}] {one.title}  ({one.passage_id})", bold=True)
    click.echo(one.text)
    guesses = " · ".join(f"{step} {names[step]} {share:.0%}" for step, share in one.guesses)
    click.secho(message("steps_guess", lang, guesses=guesses), dim=True)
    allowed = {"s", "b", "q", *(str(number) for number in range(len(names)))}
    while True:
        answer = str(click.prompt(message("steps_ask", lang, last=len(names) - 1), prompt_suffix=" ")).strip().lower()
        answer = answer.translate(str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789"))
        if answer in allowed:
            return answer
        if answer == "?":
            (first, _), (second, _) = one.guesses
            _explain(first, second, process, lang)


def _explain(first: int, second: int, process: Process, lang: str) -> None:
    """Show what two steps are, and how they are told apart."""
    names = _names(process, lang)
    for step in (first, second):
        click.echo(f"{step:>4}  {names[step]}: {process.definition(step, lang) or message('steps_undefined', lang)}")
        for situation in process.steps[step - 1].situations[lang] if step else ():
            click.echo(f"        – {situation}")
    rule = process.rule(first, second, lang) or message("steps_no_rule", lang)
    click.echo(message("steps_rule", lang, one=first, other=second, rule=rule))


@command.command("why")
@click.argument("run", type=RUN)
@click.argument("passage_id")
@click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON")
@privacy_options
@language
def why_command(run: Path, passage_id: str, lang: str, *, as_json: bool, **options: Any) -> None:
    """แสดงว่าเหตุใดช่วงความหนึ่งจึงอยู่ในขั้นนั้น / Show why a passage is said to be about a step.

    PASSAGE_ID stands in passages.parquet, and in labels.csv. Shown are the words that speak for the step, when it is done, the labelled
    example that is most like the passage, and what stands around it.
    """
    from minecop.run.evidence import evidence_of
    from minecop.run.opening import open_run
    from minecop.run.stepping import process_of

    opened = open_run(run)
    privacy = shown(opened, lang, options).privacy if options["mask"] or options["pseudonyms"] else None
    process, found = process_of(opened), evidence_of(opened, [passage_id], privacy)[0]
    for one in decisions_on(opened, options).of("steps"):
        if one.target == passage_id and int(one.to) <= len(process.steps):
            found = replace(found, step=int(one.to), given=True)
    if as_json:
        echo_json(asdict(found) | {"rule": process.rule(*found.likeliest(), lang)})
    else:
        click.echo("\n".join(_why(found, process, lang)))


def _why(found: Evidence, process: Process, lang: str) -> Iterator[str]:
    names = _names(process, lang)
    yield f"{found.passage_id}  {found.title}"
    yield found.text
    yield ""
    told = "steps_why_given" if found.given else "steps_why_courtesy" if found.courtesy else "steps_why_told"
    yield message(told, lang, step=found.step, name=names[found.step], share=f"{found.probabilities[found.step]:.0%}")
    for step in found.named():
        if step != found.step:
            yield message("steps_why_second", lang, step=step, name=names[step], share=f"{found.second_chance:.0%}")
        if said := " · ".join(found.words.get(step, ())):
            yield message("steps_why_words", lang, step=step, words=said)
    yield message("steps_why_tense", lang, tense=message(f"tense_{found.tense}", lang))
    one, other = found.likeliest()
    yield message("steps_why_else", lang, step=other, name=names[other], share=f"{found.probabilities[other]:.0%}")
    if rule := process.rule(one, other, lang):
        yield message("steps_rule", lang, one=one, other=other, rule=rule)
    for key, near in zip(("near", "near_own"), found.nearest, strict=False):
        yield message(f"steps_why_{key}", lang, step=near.step, name=names[near.step], likeness=f"{near.likeness:.2f}")
        yield f"    {_one_line(near.text)}"
    for facet in load_facets():
        for value in facet.steps:
            if value.id in found.facets:
                said = " · ".join(found.facets[value.id])
                yield f"{facet.names[lang]}: {value.names[lang]} ({said})"
    for key, text in (("before", found.before), ("after", found.after), ("answers", found.answers)):
        if text:
            yield f"{message(f'steps_why_{key}', lang)}: {_one_line(text)}"


def _one_line(text: str) -> str:
    """Return the beginning of a text on one line, cut between clusters of Thai letters."""
    line = " ".join(text.split())
    if len(line) <= _LINE:
        return line
    cut = next(n for n in range(_LINE, 0, -1) if unicodedata.category(line[n]) != "Mn" and line[n] != "ำ")
    return f"{line[:cut].rstrip()}…"


@command.command("evaluate")
@click.argument("file", required=False, type=_FILE)
@click.argument("other", required=False, type=_FILE)
@click.option("--process", default="organisation", show_default=True, metavar="NAME|FILE", help="กระบวนการ / process")
@click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON")
@language
def evaluate_command(file: Path | None, other: Path | None, process: str, lang: str, *, as_json: bool) -> None:
    """วัดว่าโปรแกรมบอกขั้นได้ตรงกับคนแค่ไหน หรือคนสองคนตรงกันแค่ไหน / Measure the steps beside labels, or two people's labels.

    Without FILE: on the labelled passages that ship, by models of other fields, with the learning curve. FILE is a labels.csv; with OTHER,
    how far the two agree (Cohen's kappa).
    """
    from minecop.process.labels import read_labels
    from minecop.run.stepping import agreement_of, figures_of_labels, figures_of_shipped

    definition = load_process(process)
    if file is None:
        if definition.extends is None:
            click.echo(message("steps_nothing_labelled", lang))
            return
        found, curve = figures_of_shipped(definition)
        _show_figures(found, curve, definition, lang, as_json=as_json)
        return
    labels = read_labels(file, len(definition.steps))
    if other is not None:
        shared, same, kappa = agreement_of(labels, read_labels(other, len(definition.steps)))
        if as_json:
            echo_json({"passages": shared, "same": round(same, 4), "kappa": round(kappa, 4)})
        else:
            click.echo(message("steps_agree", lang, shared=shared, same=f"{same:.0%}", kappa=f"{kappa:.2f}"))
        return
    with_text = {name: label for name, label in labels.items() if label.text.strip()}
    if not with_text:
        click.echo(message("steps_nothing_to_measure", lang))
        return
    _show_figures(figures_of_labels(definition, with_text), (), definition, lang, as_json=as_json)


def _show_figures(
    found: StepFigures, curve: Sequence[tuple[int, float]], process: Process, lang: str, *, as_json: bool
) -> None:
    if as_json:
        echo_json(asdict(found) | {"confusion": found.confusion.tolist(), "curve": [list(point) for point in curve]})
        return
    right, told = found.confusion.sum(axis=1), found.confusion.sum(axis=0)
    rows = []
    for number, name in enumerate(_names(process, lang)):
        hit = int(found.confusion[number, number])
        mixed = [(-int(n), step) for step, n in enumerate(found.confusion[number]) if n and step != number]
        rows.append(
            (
                number,
                name,
                int(right[number]),
                f"{hit / told[number]:.2f}" if told[number] else "-",
                f"{hit / right[number]:.2f}" if right[number] else "-",
                "-" if found.of_steps[number] is None else f"{found.of_steps[number]:.2f}",
                ", ".join(f"{step} ({-n})" for n, step in sorted(mixed)[:3]),
            )
        )
    heads = [
        message(f"steps_{key}", lang) for key in ("step", "name", "passages", "precision", "recall", "f1", "mixed")
    ]
    show_table(heads, rows, lang)
    click.echo(
        message(
            "steps_figures",
            lang,
            macro=f"{found.macro_f1:.3f}",
            any=f"{found.any_step_f1:.3f}",
            error=f"{found.calibration_error:.3f}",
            brier=f"{found.brier:.3f}",
            base=f"{found.base_brier:.3f}",
        )
    )
    if curve:
        points = ", ".join(f"{passages:,}: {value:.3f}" for passages, value in curve)
        click.echo(message("steps_curve", lang, points=points))


@command.command("new")
@click.argument("file", type=_PATH)
@click.option(
    "--extends", type=click.Choice(BUILT_IN), help="ต่อจากกระบวนการใด / the process whose steps it begins with"
)
@language
def new_command(file: Path, extends: str | None, lang: str) -> None:
    """สร้างไฟล์กระบวนการของตนไว้เติม / Write a process file of your own to fill in."""
    write_template(file, extends)
    click.echo(message("steps_new", lang, path=file))
