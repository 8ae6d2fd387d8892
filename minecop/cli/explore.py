"""``minecop explore``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import RUN, language, privacy_options, years_option
from minecop.core.messages import message

if TYPE_CHECKING:
    from minecop.explore.deciding import Desk
    from minecop.explore.index import Index
    from minecop.run.opening import Run


@click.command("explore")
@click.argument("run", type=RUN)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="พอร์ต / port [8765, or any that is free / หรือพอร์ตใดก็ได้ที่ว่าง]"
)
@click.option("--no-browser", is_flag=True, help="ไม่ต้องเปิดเบราว์เซอร์ / do not open the browser")
@click.option("--read-only", is_flag=True, help="ไว้ฉายให้วงดู แก้อะไรไม่ได้ / for showing in a room: nothing can be changed")
@privacy_options
@years_option
@language
def command(run: Path, port: int | None, no_browser: bool, read_only: bool, lang: str, **options: Any) -> None:
    """ค้นและอ่านผลวิเคราะห์ในเบราว์เซอร์ของเครื่องนี้ / Search and read a run in the browser of this machine.

    RUN is the folder of a finished run. Nothing leaves this machine: the pages are for it alone, and open only by the address that is
    told here, once. With --mask and --pseudonyms, nothing that is masked is shown or found. Ctrl-C ends it.

    \b
    minecop explore outputs/sample
    minecop explore outputs/sample --lang en --no-browser --port 9000
    minecop explore outputs/ours --mask --pseudonyms --read-only
    """
    from minecop.explore.app import Shown, make_app
    from minecop.explore.guarding import Pass
    from minecop.explore.index import is_kept
    from minecop.explore.searching import Search
    from minecop.explore.serving import open_port, serve

    opened, index = _opened(run, lang, options)
    try:
        socket = open_port(port)
        held = Pass(socket.getsockname()[1])
        buddhist = {"be": True, "ce": False}.get(options.get("years") or "")
        search = Search(index, opened)
        Thread(target=search.warm, daemon=True).start()
        app = make_app(search, held, Shown(lang, read_only, buddhist), _desk(opened, options))

        def ready() -> None:
            click.echo(message("explore_ready", lang, address=held.address))
            click.echo(message("explore_stop", lang), err=True)
            if not no_browser:
                click.launch(held.address)

        with suppress(KeyboardInterrupt):
            serve(app, socket, ready)
        click.echo(message("explore_ended", lang), err=True)
    finally:
        if not is_kept(opened, index):
            from minecop.core.files import remove

            remove(index.folder)


def _opened(folder: Path, lang: str, options: dict[str, Any]) -> tuple[Run, Index]:
    """Return a run and its index, which is made where it is not there."""
    from minecop.cli.shown import decisions_on, shown
    from minecop.explore.index import make_index, open_index
    from minecop.run.opening import open_run

    run = open_run(folder)
    decisions = decisions_on(run, options).digest()
    masked = options["mask"] or options["pseudonyms"]
    index = None if masked else open_index(run, decisions)
    if index is None:
        click.echo(message("explore_masking" if masked else "explore_making", lang), err=True)
        index = make_index(run, shown(run, lang, options), decisions)
    return run, index


def _desk(run: Run, options: dict[str, Any]) -> Desk | None:
    """Return what takes decisions; ``None`` where there is no place for them, or something is masked, for then it is there to be shown."""
    from minecop.cli.shown import decisions_on
    from minecop.explore.deciding import Desk

    if options["mask"] or options["pseudonyms"] or not decisions_on(run, options).has_place:
        return None
    return Desk(run, lambda: decisions_on(run, options))
