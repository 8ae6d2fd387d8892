"""``minecop curate``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import RUN, echo_json, language, masking_options
from minecop.cli.showing import show_table
from minecop.core.messages import message
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.curation.decisions import Curation, Decision
    from minecop.insight.analysis import Analysis
    from minecop.insight.human import Ruling
    from minecop.run.opening import Run

_KINDS = {"topic": "topics", "issue": "issues"}
_WHAT = click.argument("what", type=click.Choice([*_KINDS]))

_by = click.option("--by", metavar="NAME", help="ใครตัดสินใจ / who decides [the system's name of the user]")
_folder = click.option(
    "--decisions",
    type=click.Path(file_okay=False, path_type=Path),
    help="โฟลเดอร์ที่เก็บการตัดสินใจ / folder where decisions are kept [beside the archive: ARCHIVE.curation]",
)
_why = click.option("--note", default="", metavar="TEXT", help="เหตุผล / why")


class _RunFirst(click.Group):
    """A group whose first argument is a run; help on a command needs none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put a run in front where only help on a command is asked for; options may stand behind the run where there is no command."""
        ctx.allow_interspersed_args = not self.commands.keys() & {*args[1:]}
        if args and args[0] in self.commands and set(args) & {*ctx.help_option_names}:
            args = ["RUN", *args]
        return super().parse_args(ctx, args)


class _Curating:
    """A run that is decided about.

    Parameters
    ----------
    folder
        Of the run.
    options
        ``by``, ``decisions`` and ``lang``.
    """

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        from minecop.run.opening import open_run

        self.options = options
        self.run: Run = open_run(folder)

    @property
    def lang(self) -> str:
        lang: str = self.options["lang"]
        return lang

    @property
    def who(self) -> str:
        """Name of who decides."""
        from getpass import getuser

        try:
            return self.options.get("by") or getuser()
        except (OSError, KeyError):  # the system has no name for the user
            return ""

    def curation(self) -> Curation:
        """Return the decisions on the run."""
        from minecop.cli.shown import decisions_on

        return decisions_on(self.run, self.options)

    def seen(self, curation: Curation) -> Analysis:
        """Return the run as people see it."""
        from minecop.curation.applying import curated
        from minecop.run.loading import load_analysis

        return curated(load_analysis(self.run), curation)

    def shown(self) -> Analysis:
        """Return the run with what is personal under other names, as the options ask."""
        from minecop.cli.shown import shown

        return shown(self.run, self.lang, self.options)

    def decide(self, kind: str, action: str, target: str, to: str = "", **more: Any) -> None:
        """Keep a decision, and say what becomes of it."""
        self.decide_all([(kind, action, target, to)], **more)

    def decide_all(self, wanted: Sequence[tuple[str, str, str, str]], **more: Any) -> None:
        """Keep decisions, all of them or none."""
        from minecop.curation.applying import curated
        from minecop.curation.making import decide
        from minecop.run.loading import load_analysis

        curation, found = self.curation(), load_analysis(self.run)
        seen = curated(found, curation)
        made = [decide(seen, *one, who=self.who, when=_now(), **more) for one in wanted]
        made = curation.add_all(made)
        self.kept(made, curated(found, curation), curation)

    def kept(self, made: Sequence[Decision], seen: Analysis, curation: Curation) -> None:
        """Say what was kept, and what becomes of it in the run."""
        from minecop.report.decided import ruling_view

        words, ids = Words(self.lang), {one.id for one in made}
        for one in seen.human.rulings:
            if one.id in ids:
                view = ruling_view(seen, one, words)
                click.echo(f"{view['id']}  {view['what']}  ({view['state_words']})")
        click.echo(message("decisions_kept", self.lang, count=len(made), path=curation.folder))


def _now() -> Any:
    from datetime import datetime

    from minecop.core.dates import BANGKOK

    return datetime.now(BANGKOK).replace(microsecond=0)


def _number(text: str) -> str:
    from minecop.curation.sheet import as_number

    return as_number(text)


@click.group("curate", cls=_RunFirst, invoke_without_command=True)
@click.argument("run", type=RUN)
@click.option(
    "--from",
    "sheet",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="ตาราง .xlsx หรือ .csv ที่กรอกแล้ว / a sheet that was filled in",
)
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="เขียนตารางให้กรอก / a sheet to fill in"
)
@click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON")
@_by
@_folder
@masking_options
@language
@click.pass_context
def command(
    ctx: click.Context, /, run: Path, sheet: Path | None, target: Path | None, *, as_json: bool, **options: Any
) -> None:
    """ปรับผลให้ตรงที่คนเห็น: ตั้งชื่อ รวม ซ่อน เลือกเข้าวง / Put a run right: name, merge, hide, accept, join names.

    Without a command, everything that people have decided, and what it does in this run. Decisions are kept beside the archive
    (ARCHIVE.curation), hold for every later run of it, and can be taken back. Those on people and communities hold from the next
    analysis on. With --to, a sheet with all topics and issues to fill in; with --from, what was filled in: all rows are right, or
    nothing is written.

    \b
    minecop curate outputs/sample
    minecop curate outputs/sample rename topic 3 "น้ำประปาหมู่บ้าน"
    minecop curate outputs/sample merge issue 5 2 --note "เรื่องเดียวกัน"
    minecop curate outputs/sample accept 1 4 --by สมศรี
    minecop curate outputs/sample --to decisions.xlsx
    minecop curate outputs/sample --from decisions.xlsx
    """
    if ctx.resilient_parsing or (ctx.invoked_subcommand and str(run) == "RUN" and not run.exists()):
        return  # only help is asked for
    curating = ctx.obj = _Curating(run, options)
    if ctx.invoked_subcommand:
        return
    if target is not None:
        _write_sheet(curating, target)
    elif sheet is not None:
        _read_sheet(curating, sheet)
    else:
        _list(curating, lambda one: True, as_json=as_json)


def _list(curating: _Curating, chosen: Callable[[Ruling], bool], *, as_json: bool = False) -> None:
    from minecop.report.decided import decided_json, hidden_words, ruling_view

    seen, words = curating.shown(), Words(curating.lang)
    if as_json:
        echo_json(decided_json(seen))
        return
    rows = [ruling_view(seen, one, words) for one in seen.human.rulings if chosen(one)]
    if not seen.human:
        click.echo(message("decisions_none", curating.lang))
        return
    if not rows:
        click.echo(message("decisions_all_apply", curating.lang))
        return
    names = ("id", "day", "who", "what", "note", "state_words")
    heads = ("decided_id", "decided_when", "decided_who", "decided_what", "decided_why_note", "decided_state")
    show_table([words(head) for head in heads], [[row[name] for name in names] for row in rows], curating.lang)
    for line in hidden_words(seen, words):
        click.echo(line)


def _write_sheet(curating: _Curating, target: Path) -> None:
    from minecop.core.files import write_bytes
    from minecop.report.decisionsheet import render_decision_sheet

    write_bytes(
        target, render_decision_sheet(curating.shown(), curating.lang, workbook=target.suffix.lower() != ".csv")
    )
    click.echo(message("decision_sheet_written", curating.lang, path=target))


def _read_sheet(curating: _Curating, sheet: Path) -> None:
    from minecop.core.errors import InputError
    from minecop.curation.sheet import decisions_of_sheet, read_sheet

    curation, lang = curating.curation(), curating.lang
    seen = curating.seen(curation)
    made, wrong = decisions_of_sheet(seen, list(read_sheet(sheet)), curating.who, _now())
    for number, error in wrong:
        click.echo(message("decision_row_wrong", lang, row=number, reason=error.text(lang)), err=True)
    if wrong:
        raise InputError("decision_sheet_wrong", path=sheet, count=len(wrong))
    made = curation.add_all(made)
    curating.kept(made, curating.seen(curation), curation)


_Deciding = Callable[..., None]


def _decision(name: str, *, why: bool = True, dashes: bool = False) -> Callable[[_Deciding], click.Command]:
    """Make a command that decides something, with the options that all of those have."""

    def made(function: _Deciding) -> click.Command:
        @click.pass_obj
        def run(curating: _Curating, /, lang: str, by: str | None, decisions: Path | None, **arguments: Any) -> None:
            given = {"by": by, "decisions": decisions, "lang": lang if lang != "th" else None}
            curating.options |= {option: value for option, value in given.items() if value}
            function(curating, **arguments)

        run.__doc__ = function.__doc__
        run.__dict__.setdefault("__click_params__", []).extend(getattr(function, "__click_params__", []))
        decorated: Any = run
        for option in (language, _folder, _by, *([_why] if why else ())):
            decorated = option(decorated)
        settings: dict[str, Any] = {"ignore_unknown_options": True} if dashes else {}
        return command.command(name, context_settings=settings)(decorated)

    return made


@_decision("rename")
@_WHAT
@click.argument("target")
@click.argument("title")
def rename_command(curating: _Curating, what: str, target: str, title: str, note: str) -> None:
    """ตั้งชื่อหัวข้อหรือประเด็น / Give a topic or an issue a title.

    \b
    minecop curate outputs/sample rename topic 3 "น้ำประปาหมู่บ้าน"
    """
    curating.decide(_KINDS[what], "rename", _number(target), title, note=note)


@_decision("merge")
@_WHAT
@click.argument("target")
@click.argument("into")
def merge_command(curating: _Curating, what: str, target: str, into: str, note: str) -> None:
    """รวมหัวข้อหรือประเด็นเข้ากับอีกเรื่อง นับคนใหม่ / Merge a topic or issue into another; people are counted anew.

    \b
    minecop curate outputs/sample merge topic 7 3
    """
    curating.decide(_KINDS[what], "merge", _number(target), _number(into), note=note)


@_decision("split")
@_WHAT
@click.argument("target")
@click.argument("title")
@click.argument("passages", nargs=-1, required=True)
def split_command(
    curating: _Curating, what: str, target: str, title: str, passages: tuple[str, ...], note: str
) -> None:
    """แยกบางช่วงความออกเป็นเรื่องใหม่ / Split passages off as a topic or issue of their own.

    \b
    minecop curate outputs/sample split topic 3 "น้ำบาดาล" 104/0/1 107/2/1
    """
    curating.decide(_KINDS[what], "split", _number(target), title, passages=passages, note=note)


@_decision("hide")
@_WHAT
@click.argument("target")
def hide_command(curating: _Curating, what: str, target: str, note: str) -> None:
    """ไม่แสดงหัวข้อหรือประเด็น แต่บอกว่าซ่อนไว้กี่เรื่อง / Hide a topic or issue; reports say how many are hidden.

    \b
    minecop curate outputs/sample hide issue 9
    """
    curating.decide(_KINDS[what], "hide", _number(target), note=note)


@_decision("accept")
@click.argument("targets", nargs=-1, required=True)
def accept_command(curating: _Curating, targets: tuple[str, ...], note: str) -> None:
    """เลือกประเด็นเข้าวง / Accept issues for the session, in this order: the pack has only these.

    \b
    minecop curate outputs/sample accept 1 4
    """
    curating.decide_all([("issues", "accept", _number(target), "") for target in targets], note=note)


@_decision("pin")
@click.argument("place", metavar="POST/COMMENT/START-END")
def pin_command(curating: _Curating, place: str, note: str) -> None:
    """ยกข้อความนี้ขึ้นมาก่อน / Quote these words first, wherever they are of a topic or issue.

    \b
    minecop curate outputs/sample pin 104/2/0-80
    """
    curating.decide("quotes", "pin", place, note=note)


@_decision("reject")
@click.argument("place", metavar="POST/COMMENT/START-END")
def reject_command(curating: _Curating, place: str, note: str) -> None:
    """ไม่ยกข้อความนี้มาแสดงที่ใดเลย / Quote these words nowhere.

    \b
    minecop curate outputs/sample reject 104/0/15-120 --note "เจ้าตัวขอไว้"
    """
    curating.decide("quotes", "reject", place, note=note)


@_decision("step")
@click.argument("passage")
@click.argument("number")
def step_command(curating: _Curating, passage: str, number: str, note: str) -> None:
    """บอกว่าช่วงความอยู่ขั้นใด (0 คือไม่อยู่ในขั้นใด) / Say which step a passage is about, 0 for none.

    \b
    minecop curate outputs/sample step 104/0/1 3
    """
    curating.decide("steps", "step", passage, _number(number), note=note)


@_decision("mark", dashes=True)
@click.argument("passage")
@click.argument("mark", metavar="+MARK|-MARK")
def mark_command(curating: _Curating, passage: str, mark: str, note: str) -> None:
    """แก้ป้ายของช่วงความ เช่น +lesson หรือ -concern / Put a mark on a passage or take one off.

    \b
    minecop curate outputs/sample mark 104/0/1 +lesson
    minecop curate outputs/sample mark 104/0/1 -concern
    """
    curating.decide("marks", "mark", passage, mark, note=note)


@_decision("join")
@click.argument("name")
@click.argument("author")
def join_command(curating: _Curating, name: str, author: str, note: str) -> None:
    """บอกว่าสองชื่อเป็นคนเดียวกัน มีผลเมื่อวิเคราะห์ครั้งต่อไป / Say that two names are one person; from the next analysis on.

    \b
    minecop curate outputs/sample join "ครูนก" somsri
    """
    curating.decide("people", "join", name, author, note=note)


@_decision("part")
@click.argument("name")
def part_command(curating: _Curating, name: str, note: str) -> None:
    """แยกชื่อที่รวมไว้เป็นคนละคน มีผลเมื่อวิเคราะห์ครั้งต่อไป / Say that a name is another person than the one taken for; from the next analysis on.

    \b
    minecop curate outputs/sample part "นาง สมศรี ใจงาม"
    """
    curating.decide("people", "part", name, note=note)


@_decision("assign")
@click.argument("target", metavar="AUTHOR|POST")
@click.argument("community")
def assign_command(curating: _Curating, target: str, community: str, note: str) -> None:
    """บอกชุมชนของผู้เขียนหรือบันทึก มีผลเมื่อวิเคราะห์ครั้งต่อไป / Say to which community an author or a post belongs; from the next analysis on.

    \b
    minecop curate outputs/sample assign somsri "ครูชายแดน"
    """
    curating.decide("communities", "assign", target, community, note=note)


@_decision("note", why=False)
@click.argument("words", nargs=-1, required=True, metavar="[topic|issue ID|session] TEXT")
def note_command(curating: _Curating, words: tuple[str, ...]) -> None:
    """บันทึกข้อความไว้กับหัวข้อ ประเด็น หรือวงคุย / Note something on a topic, an issue or the session.

    \b
    minecop curate outputs/sample note issue 1 "ถามเรื่องงบก่อน"
    minecop curate outputs/sample note session "นัดวันที่ 12"
    """
    *target, text = words
    name = ":".join([*target[:1], *map(_number, target[1:])]) or "session"
    curating.decide("notes", "note", name, note=text)


@_decision("undo", why=False)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def undo_command(curating: _Curating, ids: tuple[str, ...]) -> None:
    """ยกเลิกการตัดสินใจ (ยังอ่านย้อนหลังได้) / Take decisions back; they stay readable.

    \b
    minecop curate outputs/sample undo d1234567
    """
    from minecop.curation.decisions import OF_RUNS

    curation = curating.curation()
    for one in ids:
        curation.find(one)  # of several, all are there or none is taken back
    for one in ids:
        kind = curation.undo(one, curating.who, _now()).kind
        click.echo(message("decision_undone_next_run" if kind in OF_RUNS else "decision_undone", curating.lang, id=one))


@_decision("check", why=False)
def check_command(curating: _Curating) -> None:
    """แสดงเฉพาะข้อที่ใช้กับผลรอบนี้ไม่ได้ และเหตุผล / Show what does not apply to this run, and why.

    \b
    minecop curate outputs/sample check
    """
    _list(curating, lambda one: one.state == "lost")


@_decision("teach", why=False)
def teach_command(curating: _Curating) -> None:
    """ส่งขั้นที่แก้ไว้ให้โปรแกรมเรียน เหมือน minecop steps label / Hand corrected steps over to be learned from, as labels are.

    \b
    minecop curate outputs/sample teach
    """
    from minecop.run.stepping import teach_steps

    count, path = teach_steps(curating.run, curating.seen(curating.curation()))
    click.echo(message("decisions_taught", curating.lang, count=count, path=path))
