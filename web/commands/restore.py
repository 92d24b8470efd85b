"""`caseflow restore`: a backup back into a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from web import create_app
from web.app import clock, config
from web.backups import restoring
from web.commands.journal import sentence


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="let go of what the database holds; it is backed up first")
def restore(file: Path, replace: bool) -> None:
    """Bring a backup FILE back into an empty database, then check it; exit code 1 when it is not whole.

    Stop the web and the schedulers first. The secret key and config.toml are not in a backup.
    """
    settings = config.load()
    with create_app(settings).app_context():
        done = restoring.restore(file.absolute(), settings, clock.real(), replace=replace)
    if done.kept:
        click.echo(f"原有数据已备份：{done.kept}")
    click.echo(_result(file, done))
    sys.exit(1 if done.complaints or (done.journal and done.journal.broken) else 0)


def _result(file: Path, done: restoring.Restored) -> str:
    """What was brought back and how it is, in one line."""
    if done.older:
        return (f"已恢复：{file}。数据表版本 {done.revision} 较旧：请先运行 caseflow init，"
                "再运行 caseflow doctor 和 caseflow journal verify，然后启动服务。")
    health = "自检正常" if not done.complaints else f"自检发现 {len(done.complaints)} 处问题，请运行 caseflow doctor"
    return f"已恢复：{file}（数据表版本 {done.revision}）；{sentence(done.journal)}；{health}。"
