"""``minecop model``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import (
    READABLE,
    echo_json,
    executor_of,
    language,
    settings_of,
    settings_options,
    verbose,
    workers_of,
    workers_option,
)
from minecop.cli.showing import progress, show_table
from minecop.core.errors import InputError
from minecop.core.messages import message
from minecop.vectors.models import BACKENDS, SHIPPED

if TYPE_CHECKING:
    from minecop.run.modelling import ModelView
    from minecop.vectors.measuring import Figure
    from minecop.vectors.static import StaticEmbedder

_JSON = click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON")
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("model")
def command() -> None:
    """โมเดลเวกเตอร์: มีอะไรบ้าง ฝึก ฝึกต่อจากคลัง และวัด / Embedding models: list, train, adapt to an archive, evaluate.

    \b
    minecop model list
    minecop model adapt corpora/ours -o models/ours
    """


@command.command("list")
@_JSON
@language
def list_command(lang: str, *, as_json: bool) -> None:
    """แสดงโมเดลที่มีในเครื่อง / Show the models at hand: the one that ships, and those in models/."""
    from minecop.run.modelling import list_models

    models = list_models()
    if as_json:
        echo_json([_values(model) for model in models])
        return
    heads = [message(f"model_{key}", lang) for key in ("name", "kind", "size", "words", "dimensions")]
    rows = [
        (
            model.name,
            message(f"kind_{model.kind}", lang),
            f"{model.megabytes:.1f}",
            model.words or "",
            model.dimensions or "",
        )
        for model in models
    ]
    show_table(heads, rows, lang)


def _values(model: ModelView) -> dict[str, Any]:
    return asdict(model) | {"path": model.path.as_posix()}


@command.command("info")
@click.argument("name", default=SHIPPED)
@_JSON
@language
def info_command(name: str, lang: str, *, as_json: bool) -> None:
    """บอกว่าโมเดลหนึ่งทำจากอะไร / Tell what a model is made of: texts, licences, recipe.

    NAME is the model that ships, or the folder of another.
    """
    from minecop.run.modelling import view_model

    model = view_model(name)
    if as_json:
        echo_json(_values(model))
        return
    rows = [
        (message("model_name", lang), model.name),
        (message("model_kind", lang), message(f"kind_{model.kind}", lang)),
        (message("model_size", lang), f"{model.megabytes:.1f}"),
    ]
    if model.words is not None:
        rows += [
            (message("model_words", lang), str(model.words)),
            (message("model_dimensions", lang), str(model.dimensions)),
        ]
    rows += [row for key, value in (model.about or {}).items() for row in _lines(key, value)]
    show_table(("", ""), rows, lang)


def _lines(key: str, value: Any) -> list[tuple[str, str]]:
    """Return what a model says of its making as lines of a table."""
    if isinstance(value, dict):
        return [(f"{key}.{name}", str(one)) for name, one in value.items()]
    if isinstance(value, list):
        return [(key, "; ".join(map(str, one.values())) if isinstance(one, dict) else str(one)) for one in value]
    return [(key, str(value))]


@command.command("train")
@click.option("--data", type=_FOLDER, required=True, help="โฟลเดอร์ชุดข้อความ / folder of text sets")
@click.option(
    "--teacher", metavar="NAME|FOLDER", required=True, help="โมเดลประโยคอังกฤษที่เป็นครู / encoder of English sentences"
)
@click.option("-o", "--output", type=_FOLDER, default=Path("models") / SHIPPED, show_default=True)
@click.option(
    "--cache", type=_FOLDER, help="โฟลเดอร์เก็บเวกเตอร์ของครูไว้ใช้ครั้งหน้า / keeps the teacher's vectors for the next time"
)
@click.option(
    "--concerns",
    type=click.Path(path_type=Path),
    help="วัดทุกขั้นของการฝึกด้วยไฟล์ JSONL ของเสียงและข้อกังวล / measure each step, on JSON Lines of voices and concerns",
)
@click.option(
    "--leave-out",
    "left_out",
    multiple=True,
    metavar="WORLD",
    help="ไม่เรียนจากโลกนี้ของ corpora/concerns (ใช้ซ้ำได้) / a world of corpora/concerns not to learn from (repeatable)",
)
@workers_option
@language
@verbose
def train_command(
    data: Path,
    teacher: str,
    output: Path,
    cache: Path | None,
    concerns: Path | None,
    left_out: tuple[str, ...],
    workers: int,
    lang: str,
    *,
    verbose: bool,
) -> None:
    """ทำโมเดลที่มากับโปรแกรมขึ้นใหม่ / Make the model that ships anew, from the text sets that its card names.

    \b
    minecop model train --data sets --teacher sentence-transformers/all-MiniLM-L6-v2 -o models/new
    minecop model train ... --leave-out ha --concerns corpora/concerns/ha.jsonl
    """
    from minecop.core.executors import make_executor
    from minecop.run.modelling import figures_of, figures_of_words, train_model, view_model

    found: dict[str, dict[str, float]] = {}

    def look(step: str, model: StaticEmbedder) -> None:
        if concerns is not None:
            found[step] = figures_of(model, data, concerns)

    with progress(lang, verbose=verbose) as listener, make_executor(workers) as executor:
        train_model(data, teacher, output, executor, cache=cache, left_out=left_out, listener=listener, look=look)
    if found:
        steps = figures_of_words(data, concerns) | found
        names = list(steps["lsa"])
        rows = [
            (message(f"step_{step.replace(' ', '_')}", lang), *(f"{row[name]:.3f}" for name in names))
            for step, row in steps.items()
        ]
        show_table([message("figure_step", lang), *names], rows, lang)
    model = view_model(output.as_posix())
    click.echo(message("model_written", lang, path=output, words=model.words, megabytes=model.megabytes))


@command.command("adapt")
@click.argument("archive", type=READABLE)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="โฟลเดอร์ของโมเดลใหม่ / folder of the new model [models/<archive>]",
)
@settings_options
def adapt_command(archive: Path, **options: Any) -> None:
    """ฝึกโมเดลต่อจากคลังของท่าน / Train the model further on an archive; it is written only where it finds held-out pairs better.

    An analysis does the same by itself; this is for using the model elsewhere, or on a smaller archive of the same people.

    \b
    minecop model adapt corpora/ours -o models/ours
    minecop report corpora/smaller --model models/ours
    """
    from minecop.run.modelling import adapt_model

    lang = options["lang"]
    output = options["output"] or Path("models") / archive.resolve().stem
    workers = workers_of(options, archive)
    with progress(lang, verbose=options["verbose"]) as listener, executor_of(options, workers) as executor:
        made = adapt_model(archive, output, executor, settings_of(options), listener=listener, lang=lang)
    key = (
        "model_adapted"
        if made.written
        else "model_not_better"
        if made.figures["pairs"]
        else "archive_too_small_to_adapt"
    )
    before, after = (f"{made.figures[f'reciprocal_rank_{when}']:.3f}" for when in ("before", "after"))
    pairs = f"{made.figures['pairs']:,}"
    click.echo(message(key, lang, pairs=pairs, before=before, after=after, path=output, passages=made.passages))


@command.command("evaluate")
@click.argument("model", default=SHIPPED)
@click.option("--data", type=_FOLDER, help="โฟลเดอร์ชุดข้อความ / folder of text sets")
@click.option(
    "--concerns",
    type=click.Path(path_type=Path),
    help="ไฟล์ JSONL ของเสียงและข้อกังวล ที่โมเดลไม่เคยเห็น / JSON Lines of voices and concerns that the model has not seen",
)
@click.option("--backend", type=click.Choice(BACKENDS), default="torch", show_default=True)
@_JSON
@language
def evaluate_command(
    model: str, data: Path | None, concerns: Path | None, backend: str, lang: str, *, as_json: bool
) -> None:
    """วัดโมเดล เทียบกับคำล้วนและ LSA / Measure a model beside words alone and latent semantic analysis.

    MODEL is the one that ships, a folder, or the hub name of a sentence-transformers model.
    """
    from minecop.run.modelling import evaluate_model

    if data is None and concerns is None:
        raise InputError("nothing_to_measure")
    found = list(evaluate_model(model, data, concerns, backend))
    if as_json:
        rows = [
            {
                "figure": figure.name,
                "texts": figure.texts,
                "tfidf": words.value if words else None,
                "lsa": lsa.value if lsa else None,
                "model": figure.value,
            }
            for words, lsa, figure in found
        ]
        echo_json(rows)
        return
    heads = [message(key, lang) for key in ("figure", "figure_texts", "figure_words", "figure_lsa")]
    table = [
        (message(f"figure_{row[-1].name}", lang), row[-1].texts, *(_value(figure) for figure in row)) for row in found
    ]
    show_table([*heads, model], table, lang)


def _value(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{figure.value:,.0f}" if figure.name == "speed" else f"{figure.value:.3f}"
