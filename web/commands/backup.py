"""`caseflow backup`: the database in one file."""

from __future__ import annotations

from pathlib import Path

import click

from web import backups, config, create_app

NOT_INSIDE = "备份不含密钥（CASEFLOW_SECRET_KEY 或 secret_key）和 config.toml，请另行妥善保管。"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the whole database to a new FILE, while everything goes on working.

    SQLite: its backup API. PostgreSQL: pg_dump, found on PATH or in CASEFLOW_PG_BIN. The file is checked before
    it takes its name. The secret key and config.toml are not in it.
    """
    settings = config.load()
    with create_app(settings).app_context():
        revision = backups.make(file.absolute(), settings)
    click.echo(f"已备份：{file}（{file.stat().st_size:,} 字节，数据表版本 {revision}，已校验）。{NOT_INSIDE}")
