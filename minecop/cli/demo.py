"""``minecop demo``."""

from __future__ import annotations

from typing import Any

import click

from minecop.cli.report import make_report, report_options
from minecop.core.shipped import shipped


@click.command("demo")
@report_options
def command(**options: Any) -> None:
    """ลองทำรายงานจากคลังตัวอย่างที่มากับโปรแกรม / Report on the sample archive that ships.

    \b
    minecop demo
    minecop demo --lang en -o outputs/try
    minecop demo --compare-by community --timings
    """
    make_report(shipped("corpora", "sample"), options)
