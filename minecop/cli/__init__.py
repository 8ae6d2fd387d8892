"""The command line: one file a command, loaded when it is called, so that ``--help`` is quick."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from importlib import import_module
from itertools import pairwise
from typing import NoReturn

import click

from minecop import __version__
from minecop.core.collecting import collect_seldom
from minecop.core.errors import MinecopError
from minecop.core.messages import message

COMMANDS = {
    "report": ("report", "ทำรายงานประเด็นร่วมที่กำลังก่อตัวจากคลังบันทึก / Report on the emerging shared issues of an archive."),
    "demo": ("demo", "ลองทำรายงานจากคลังตัวอย่างที่มากับโปรแกรม / Report on the sample archive that ships."),
    "import": (
        "importing",
        "นำเข้าไฟล์เป็นคลังบันทึก หรือเพิ่มเข้าคลังเดิม พร้อมบัญชีว่าอ่านอะไรได้บ้าง / Import files as an archive or into one, with an account.",
    ),
    "archive": (
        "archive",
        "สรุปคลังบันทึก: มีอะไร จากใคร ปีใด และขาดอะไร / Sum up an archive: what, by whom, from which years, what is missing.",
    ),
    "analyse": ("analyse", "วิเคราะห์คลังบันทึก (ทุกขั้นยกเว้นการทำรายงาน) / Analyse an archive: everything but the report."),
    "issues": ("issues", "แสดงประเด็นร่วมและเสียงแรกเริ่ม หรือทีละเรื่อง / Show the issues of a run, or one."),
    "explore": (
        "explore",
        "ค้นและอ่านผลวิเคราะห์ในเบราว์เซอร์ของเครื่องนี้ / Search and read a run in the browser of this machine.",
    ),
    "curate": (
        "curate",
        "ปรับผลให้ตรงที่คนเห็น: ตั้งชื่อ รวม ซ่อน เลือกเข้าวง / Put a run right: name, merge, hide, accept, join names.",
    ),
    "compare": (
        "compare",
        "เทียบผลวิเคราะห์สองรอบ: ประเด็นใดใหม่ โตขึ้น รวม แยก หรือเงียบไป / Compare two runs: what became of each issue.",
    ),
    "notes": (
        "notes",
        "ทำตารางให้วงกรอกว่าเลือกประเด็นใด ตกลงทำอะไร ใครรับผิดชอบ / Write a table for a session's decisions on the issues.",
    ),
    "pack": (
        "pack",
        "ทำชุดเอกสาร Word สำหรับวงพัฒนาเป้าหมายร่วม / Make a Word pack for a session on common goals.",
    ),
    "topics": (
        "topics",
        "แสดงหัวข้อทั้งหมดของผลวิเคราะห์ หรือหัวข้อเดียวพร้อมเสียงของคน / Show the topics of a run, or one with its voices.",
    ),
    "lessons": (
        "lessons",
        "แสดงบทเรียนที่คนเล่าไว้ ตามหัวข้อ ขั้น หรือประเด็น / Show the lessons that people tell, by topic, step or issue.",
    ),
    "steps": (
        "steps",
        "แสดงขั้นของกระบวนการ ติดป้ายแก้ วัดผล และสร้างกระบวนการของตน / Steps of the process: show, correct, evaluate, define.",
    ),
    "export": (
        "export",
        "ทำโฟลเดอร์สำหรับส่งต่อ: รายงาน คลัง และช่วงความ ปิดข้อมูลส่วนบุคคลได้ / Make a folder to hand on, personal data masked if asked.",
    ),
    "text": (
        "text",
        "แสดงว่าโปรแกรมเห็นข้อความอย่างไร: ช่วงความ คำ และสิ่งที่แต่ละช่วงทำ / Show what the machine sees in a text.",
    ),
    "model": (
        "model",
        "โมเดลเวกเตอร์: มีอะไรบ้าง ฝึก ฝึกต่อจากคลัง และวัด / Embedding models: list, train, adapt to an archive, evaluate.",
    ),
    "doctor": (
        "doctor",
        "ตรวจการติดตั้งและเครื่อง แล้วบอกว่าต้องทำอะไร / Check the installation and the machine, and say what to do.",
    ),
    "completion": (
        "completion",
        "ให้หน้าต่างคำสั่งเติมคำสั่ง ตัวเลือก และโฟลเดอร์ผลวิเคราะห์ให้เมื่อกด Tab / Let the shell complete commands, options and runs.",
    ),
    "label": ("label", "ติดป้ายช่วงความทีละบรรทัด ว่าอยู่ขั้นใดและทำอะไร / Label passages: their step, and what they do."),
}
"""Every command: the module in ``minecop/cli/`` that holds it, and its first line of help."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, the most used first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"minecop.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_line) for name, (_, first_line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="minecop")
def cli() -> None:
    """หาประเด็นร่วมที่กำลังก่อตัว จากบันทึกและความเห็นของชุมชนแนวปฏิบัติ

    Find the emerging shared issues in the posts and comments of a community of practice.

    \b
    minecop demo
    minecop report corpora/sample
    """


class _Terminated(KeyboardInterrupt):
    """The system, or somebody, asked the program to end: it does so as it does on Ctrl-C."""


def _stop(signal_number: int, frame: object) -> None:
    raise _Terminated


def main() -> None:
    """Run the command line: errors for people, exit code 1 for what went wrong, 2 for a wrong call, 130 or 143 when stopped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Thai must come out whole, whatever code page a console or a pipe has
            stream.reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, _stop)
    try:
        code = cli.main(
            prog_name="minecop", standalone_mode=False
        )  # of a command that asked to exit; others return nothing
    except MinecopError as error:
        click.echo(error.text(_language()), err=True)
        sys.exit(1)
    except (
        OSError
    ) as error:  # where nothing nearer to it has said what it means: a disk that fails, a folder that is taken away
        path = error.filename if error.filename is not None else "minecop"
        click.echo(message("system_failed", _language(), path=path, reason=error.strerror or error), err=True)
        sys.exit(1)
    except MemoryError:
        click.echo(message("memory_full", _language()), err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo(message("interrupted", _language()), err=True)
        sys.exit(143 if isinstance(error, _Terminated) or isinstance(error.__cause__, _Terminated) else 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    if code:
        sys.exit(code)


def entry() -> NoReturn:
    """Be the program: run the command line and end at once.

    Python would take apart all that a large run holds, object by object, which costs seconds and is of use to nobody: the system takes the
    memory back by itself. What is registered for the end of the program is done, and what was said is handed on.
    """
    code = 0
    collect_seldom()
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        code = end.code
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:  # a full disk, or nobody who reads: Python tries once more and says what there is to say
        sys.exit(code)
    os._exit(code)


def _language() -> str:
    """Return the language that was asked for, also where the call failed before its options were read."""
    words = sys.argv[1:]
    asked = [b for a, b in pairwise(words) if a == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return "en" if asked[-1:] == ["en"] else "th"
