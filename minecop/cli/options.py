"""Options that mean the same in every command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from minecop.core.errors import SettingsError
from minecop.core.files import safe_name
from minecop.core.messages import message
from minecop.insight.ordering import ORDERS
from minecop.topics.methods import COUNTS, METHODS

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from click.shell_completion import CompletionItem

    from minecop.run.settings import Settings


class _Kept(click.Path):
    """A path of which the shell completes folders of a kind, where there are some: here, or up to two folders further down.

    Parameters
    ----------
    *signs
        Files of which a folder of the kind has one.
    """

    def __init__(self, *signs: str) -> None:
        super().__init__(path_type=Path)
        self._patterns = [f"{deep}/{sign}" for deep in ("*", "*/*", "*/*/*") for sign in signs]

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        above, slash, _ = incomplete.replace("\\", "/").rpartition("/")
        place = Path(above + slash or ".")
        found = {path.parent.as_posix() for pattern in self._patterns for path in place.glob(pattern)}
        shown = [CompletionItem(one) for one in sorted(found) if one.startswith(incomplete.replace("\\", "/"))]
        return shown or [CompletionItem(incomplete, type="file")]


class _Readable(_Kept):
    """A path, or the address of a file or folder elsewhere, which is copied for as long as the command runs."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from minecop.archive.fetching import fetched, is_address

        if ctx is not None and isinstance(value, str) and is_address(value):
            return ctx.with_resource(fetched(value))
        return super().convert(value, param, ctx)


RUN = _Kept("run.json")
"""Folder of a run."""

ARCHIVE = _Kept("archive.toml")
"""Folder of an archive."""

RUN_OR_ARCHIVE = _Kept("run.json", "archive.toml")

READABLE = _Readable("archive.toml")
"""An archive, or what one can be made of."""

Command = TypeVar("Command", bound=Callable[..., Any])

language = click.option(
    "--lang",
    type=click.Choice(["th", "en"]),
    default="th",
    show_default=True,
    help="ภาษาที่แสดง / language of what is shown",
)
verbose = click.option("-v", "--verbose", is_flag=True, help="บอกรายละเอียดทุกขั้น / say more")

workers_option = click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="จำนวนโพรเซส / processes"
)


def _day(ctx: click.Context, param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


_DAY = click.DateTime(["%Y-%m-%d"])


def run_options(command: Command) -> Command:
    """Add the options of everything that analyses an archive."""
    output = click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="โฟลเดอร์ผลลัพธ์ / output folder [outputs/<archive>]"
    )
    return output(settings_options(command))


def settings_options(command: Command) -> Command:
    """Add the options of everything that analyses an archive, but for where the result goes."""
    from minecop.vectors.models import BACKENDS

    for option in reversed(
        [
            click.option(
                "--process",
                metavar="NAME|FILE",
                help="civic, organisation หรือไฟล์ของท่าน / or your own file [organisation]",
            ),
            click.option(
                "--facets/--no-facets",
                default=None,
                help="ดูภารกิจ องค์ประกอบ และชนิดของความรู้ด้วยหรือไม่ / look for missions, components and kinds of knowledge, too [--facets]",
            ),
            click.option(
                "--model", metavar="NAME|FOLDER", help="โมเดล sentence-transformers / a sentence-transformers model"
            ),
            click.option(
                "--threads",
                type=click.IntRange(1, 256),
                help="จำนวนเธรดของโมเดลนั้น / threads of that model [all cores]",
            ),
            click.option(
                "--backend", type=click.Choice(BACKENDS), help="ตัวคำนวณของโมเดลนั้น / what computes that model [torch]"
            ),
            click.option(
                "--adapt/--no-adapt",
                default=None,
                help="ฝึกเวกเตอร์ต่อจากคลังนี้หรือไม่ / train the shipped vectors further on this archive [--adapt]",
            ),
            click.option(
                "--topics",
                type=click.Choice(METHODS),
                help="วิธีจัดหัวข้อ / how topics are found [graph]",
            ),
            click.option(
                "--topic-count",
                type=click.Choice([*COUNTS]),
                help="จำนวนหัวข้อ: น้อย (ภาพกว้าง) ปกติ หรือมาก (ละเอียด) / how many topics: few and broad, usual, many and fine [usual]",
            ),
            click.option(
                "--llm-url",
                metavar="URL",
                help="ให้โมเดลภาษาตั้งชื่อหัวข้อ (ข้อความบางส่วนจะถูกส่งไปที่นั่น) / let a language model name topics: some text is sent there",
            ),
            click.option("--llm-model", metavar="NAME", help="ชื่อโมเดลภาษา / the language model's name there"),
            click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="เลขตั้งต้นของการสุ่ม / seed [0]"),
            click.option("--since", type=_DAY, callback=_day, help="ตั้งแต่วันที่ (ค.ศ.) / first day, 2010-01-31"),
            click.option("--until", type=_DAY, callback=_day, help="ถึงวันที่ (ค.ศ.) / last day"),
            click.option(
                "--as-of", type=_DAY, callback=_day, help="วันอ้างอิงของแนวโน้ม / reference day of trends [last date]"
            ),
            click.option("--community", multiple=True, help="เฉพาะชุมชนนี้ (ใช้ซ้ำได้) / only this community (repeatable)"),
            click.option("--group", multiple=True, help="เฉพาะกลุ่มใน authors.csv / only this group of authors.csv"),
            click.option(
                "--settings",
                "settings_file",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="ไฟล์ตั้งค่า TOML / settings file",
            ),
            click.option(
                "--workers",
                type=click.IntRange(1, 256),
                help="จำนวนโพรเซส / processes [what the processors and the memory allow; small archives: 1]",
            ),
            click.option(
                "--memory",
                type=click.FloatRange(0.5),
                metavar="GB",
                help="หน่วยความจำที่ใช้ได้ / memory that may be used [what is free]",
            ),
            click.option(
                "--cluster",
                metavar="ADDRESS",
                help="ทำบนคลัสเตอร์ Dask แทน เช่น tcp://192.168.1.10:8786 / on a Dask cluster instead (minecop[cluster])",
            ),
            language,
            verbose,
        ]
    ):
        command = option(command)
    return command


def decisions_options(command: Command) -> Command:
    """Add ``--decisions`` and ``--no-decisions``."""
    folder = click.option(
        "--decisions",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="โฟลเดอร์ของการตัดสินใจ ถ้าไม่ได้อยู่ข้างคลัง / folder of people's decisions, if not beside the archive [ARCHIVE.curation]",
    )
    without = click.option(
        "--no-decisions",
        is_flag=True,
        help="ดูผลอย่างที่เครื่องพบ ไม่ใช้การตัดสินใจของคน / as found by the machine, without people's decisions",
    )
    return folder(without(command))


def privacy_options(command: Command) -> Command:
    """Add what every command takes that shows a run: those of ``masking_options`` and ``decisions_options``."""
    return masking_options(decisions_options(command))


def masking_options(command: Command) -> Command:
    """Add ``--mask``, ``--pseudonyms`` and ``--key``."""
    for option in reversed(
        [
            click.option(
                "--mask",
                is_flag=True,
                help="ปิดเบอร์โทร อีเมล เลขบัตร ที่อยู่ และชื่อบุคคลอื่น / replace numbers, addresses and names of third persons",
            ),
            click.option("--pseudonyms", is_flag=True, help="ใช้นามสมมติแทนชื่อผู้เขียน / pseudonyms for authors"),
            click.option(
                "--key",
                type=click.Path(dir_okay=False, path_type=Path),
                help="ไฟล์กุญแจว่าใครคือใคร เก็บไว้กับตัว / file that tells who is who, for yourself only",
            ),
        ]
    ):
        command = option(command)
    return command


min_authors_option = click.option(
    "--min-authors",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="แสดงเฉพาะสิ่งที่มีอย่างน้อย N คนอยู่เบื้องหลัง / show only what at least so many people stand behind",
)


years_option = click.option(
    "--years",
    type=click.Choice(["be", "ce"]),
    help="ปีเป็น พ.ศ. (be) หรือ ค.ศ. (ce) / Buddhist (be) or Common Era (ce) years [พ.ศ. in Thai, CE in English]",
)


def sharing_options(command: Command) -> Command:
    """Add those of ``privacy_options``, ``--min-authors`` and ``--no-source-text``."""
    command = click.option(
        "--source-text/--no-source-text",
        default=True,
        help="ให้มีข้อความต้นฉบับ นอกจากคำพูดที่คัดมาหรือไม่ / texts beyond the quotes that were chosen [--source-text]",
    )(command)
    return privacy_options(min_authors_option(command))


def default_key(archive: str) -> Path:
    """Return where the pseudonyms of an archive are kept: in the user's own folder of settings, far from what is handed on."""
    return Path(click.get_app_dir("minecop")) / "keys" / f"{safe_name(archive)}.json"


def workers_of(options: dict[str, Any], archive: Path) -> int:
    """Return how many processes the options of ``run_options`` want for an archive; say so where its memory may not do.

    Raises
    ------
    SettingsError
        When they want the work to be done at two places.
    """
    from minecop.run.checks import gigabytes
    from minecop.run.condition import needs_of
    from minecop.run.machine import memory_for, usual_workers

    asked: int | None = options["workers"]
    if options["cluster"] and (asked or 1) > 1:
        raise SettingsError("workers_and_cluster")
    needs, memory = needs_of(archive), memory_for(options["memory"])
    if memory is not None and needs.memory > memory:
        sizes = {"needed": gigabytes(needs.memory), "memory": gigabytes(memory)}
        click.echo(message("memory_short", options["lang"], **sizes), err=True)
    return 1 if options["cluster"] else asked or usual_workers(needs, memory)


def executor_of(options: dict[str, Any], workers: int) -> AbstractContextManager[Executor]:
    """Return where the options of ``run_options`` want the work to be done.

    Raises
    ------
    ClusterError
        When there is no such cluster, or its workers are not what this process is.
    """
    from minecop.core.executors import make_executor

    return make_executor(workers, options["cluster"])


def settings_of(options: dict[str, Any]) -> Settings:
    """Return the settings that the options of ``run_options`` ask for."""
    from minecop.run.settings import read_settings

    return read_settings(
        options["settings_file"],
        process=options["process"],
        facets=options["facets"],
        model=options["model"],
        backend=options["backend"],
        threads=options["threads"],
        adapt=options["adapt"],
        topics=options["topics"],
        topic_count=options["topic_count"],
        llm_url=options["llm_url"],
        llm_model=options["llm_model"],
        seed=options["seed"],
        since=options["since"],
        until=options["until"],
        as_of=options["as_of"],
        communities=options["community"],
        groups=options["group"],
    )


order_option = click.option(
    "--order-by",
    type=click.Choice([*ORDERS]),
    default="rank",
    show_default=True,
    help="จัดลำดับประเด็นตามหลักฐานใด / by which evidence issues are ordered",
)


def format_options(command: Command) -> Command:
    """Add ``--json`` and ``--csv`` (a table for the terminal without either)."""
    for option in (
        click.option("--csv", "as_csv", is_flag=True, help="แสดงเป็น CSV / as CSV"),
        click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON"),
    ):
        command = option(command)
    return command


def default_output(source: Path) -> Path:
    """Return ``outputs/<archive name>``."""
    from minecop.run.stages import archive_name

    return Path("outputs") / safe_name(archive_name(source))


def echo_json(value: object) -> None:
    """Print a value as JSON, and nothing else."""
    from minecop.core.largejson import json_pieces

    click.echo("".join(json_pieces(value)))
