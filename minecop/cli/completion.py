"""``minecop completion``."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """ให้หน้าต่างคำสั่งเติมคำสั่ง ตัวเลือก และโฟลเดอร์ผลวิเคราะห์ให้เมื่อกด Tab / Let the shell complete commands, options and runs.

    พิมพ์สคริปต์ของเชลล์นั้นออกมา ให้เชลล์อ่านทุกครั้งที่เปิด / Prints what the shell is to read whenever it starts:

    \b
    minecop completion bash >> ~/.bashrc
    minecop completion zsh >> ~/.zshrc
    minecop completion fish > ~/.config/fish/completions/minecop.fish
    minecop completion powershell >> $PROFILE
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has them all
    program = context.find_root()
    click.echo(kind(program.command, {}, "minecop", "_MINECOP_COMPLETE").source())
