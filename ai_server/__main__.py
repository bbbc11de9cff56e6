"""`python -m ai_server`: listens, says so in one JSON line, serves until it is told to stop. Edge."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import threading
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
    given = {name: value for name, value in vars(options).items() if name in ("host", "port") and value is not None}
    return settings.model_copy(update=given)


def _serve(settings: Settings) -> int:
    import uvicorn

    from ai_server.app import create_app
    from ai_server.logs import to_standard_error

    class Announcing(uvicorn.Server):
        """Says when it listens, in one line that a program can read."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                sys.stdout.write(json.dumps({"ready": True, "port": listener.getsockname()[1]}) + "\n")
                sys.stdout.flush()

    to_standard_error()
    app = create_app(settings)
    with _listener(settings.host, settings.port) as listener:
        # Its own log would print tracebacks, and a traceback's last line may repeat the request.
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=5)
        Announcing(config).run(sockets=[listener])
    return 0


def _listener(host: str, port: int) -> socket.socket:
    """Raises OSError. The protocol is named because asyncio turns Nagle's delay off (40 ms a reply) for sockets that name it only."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _say(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
