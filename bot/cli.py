"""The `escher` command. Edge; every command lives in `commands/`, this file only names them."""

from __future__ import annotations

import logging
import os

import structlog
import typer

from bot.commands import audit, catalogue, chat_apps, demo, estate, evaluate, history, keys, knowledge, reports, scan, setup, store, talking

app = typer.Typer(
    help="Chat-ops for AWS, Azure and GCP: asks before it acts, tells nobody your names, and can undo.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("init")(setup.init)
app.command("doctor")(setup.doctor)
app.command("run")(talking.serve)
app.command("scan")(scan.scan)
app.command("ask")(talking.ask)
app.command("chat")(talking.chat)
app.command("approve")(talking.approve)
app.command("deny")(talking.deny)
app.command("undo")(talking.undo)
app.command("eval")(evaluate.evaluate)
app.add_typer(estate.estate, name="estate")
app.add_typer(store.store, name="store")
app.add_typer(audit.audit, name="audit")
app.add_typer(keys.key, name="key")
app.add_typer(catalogue.operations, name="operations")
app.add_typer(catalogue.playbook, name="playbook")
app.add_typer(history.history, name="history")
app.add_typer(knowledge.knowledge, name="knowledge")
app.add_typer(reports.report, name="report")
app.add_typer(chat_apps.slack, name="slack")
app.add_typer(chat_apps.teams, name="teams")


def main() -> None:
    """The entry point."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=os.fdopen(os.dup(2), "w", buffering=1)),
    )
    app()
