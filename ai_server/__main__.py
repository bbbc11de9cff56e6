"""`python -m ai_server`: listens, says so in one JSON line, serves until it is told to stop. Edge."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ai_server.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Serves. Returns 0 after a clean stop, 1 when it cannot start, 2 for wrong settings."""
    # Set before the rest is imported: a server that promises to write nothing does not write bytecode either.
    sys.dont_write_bytecode = True
    from ai_server.knowledge.loading import BadKnowledge
    from ai_server.settings import BadSettings, from_environment

    try:
        options = _parser().parse_args(arguments)
        settings = _with_options(from_environment(os.environ), options)
        if options.until_stdin_ends:
            _stop_with_stdin()
        return _serve(settings)
    except BadSettings as error:
        return _say(f"ai_server: {error}", 2)
    except BadKnowledge as error:
        return _say(f"ai_server: {error}", 1)
    except OSError as error:
        return _say(f"ai_server: cannot listen: {error.strerror or error}", 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ai_server", description="Escher's AI server: plans operations, keeps nothing.")
    parser.add_argument("--host", help="address to listen on (ESCHER_AI_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 to choose one (ESCHER_AI_PORT, 8787)")
    parser.add_argument("--certificate", type=Path, help="PEM file with the certificate and its chain (ESCHER_AI_CERTIFICATE)")
    parser.add_argument("--key", type=Path, help="PEM file with the certificate's key (ESCHER_AI_KEY)")
    parser.add_argument(
        "--behind-proxy", action="store_true", help="a proxy in front speaks TLS and writes X-Forwarded-For (ESCHER_AI_BEHIND_PROXY)"
    )
    parser.add_argument(
        "--until-stdin-ends", action="store_true", help="stop when the standard input ends: when whoever started it is gone"
    )
    return parser


def _stop_with_stdin() -> None:
    """Asks this process to stop when its standard input ends, however whoever held it came to an end."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _with_options(settings: Settings, options: argparse.Namespace) -> Settings:
    names = ("host", "port", "certificate", "key", "behind_proxy")
    given = {name: value for name, value in vars(options).items() if name in names and value is not None and value is not False}
    return settings.model_copy(update=given)


def _serve(settings: Settings) -> int:
    from ai_server.app import create_app
    from ai_server.listening import serve
    from ai_server.logs import to_standard_error
    from ai_server.tls import renewing_context

    settings.check()
    tls = renewing_context(settings.certificate, settings.key) if settings.certificate and settings.key else None
    to_standard_error()
    serve(create_app(settings), settings, tls)
    return 0


def _say(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
