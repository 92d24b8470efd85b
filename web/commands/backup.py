"""`caseflow backup`: the database and its attachments in one file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from web import create_app
from web.app import config
from web.backups import making

NOT_INSIDE = "备份不含密钥（CASEFLOW_SECRET_KEY 或 secret_key、line_key）和 config.toml，请另行妥善保管。"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the whole database and the attachments to a new FILE, while everything goes on working.

    SQLite: its backup API. PostgreSQL: pg_dump, found on PATH or in CASEFLOW_PG_BIN. The file is checked before
    it takes its name. The secret key and config.toml are not in it. Exit code 1 when an attachment was not whole.
    """
    settings = config.load()
    with create_app(settings).app_context():
        made = making.make(file.absolute(), settings)
    what = f"{file.stat().st_size:,} 字节，数据表版本 {made.revision}，附件 {made.files} 个"
    click.echo(f"已备份：{file}（{what}，已校验）。{NOT_INSIDE}")
    if made.lost:
        click.echo(f"有 {len(made.lost)} 个附件的文件丢失或被改动，不在备份里；运行 caseflow doctor 查看。", err=True)
        sys.exit(1)
