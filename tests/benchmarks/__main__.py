"""`make bench`: the figures, each measured beside what it is compared with. Noisy machines: quote ratios, not seconds."""

from __future__ import annotations

import asyncio
import sys

from tests.benchmarks import ai_server, chat, estate, knowledge_find, latency, leaks, stops

BENCHES = {
    "latency": latency.main,
    "leaks": leaks.main,
    "stops": stops.main,
    "chat": chat.main,
    "estate": estate.main,
    "ai_server": ai_server.main,
    "knowledge": knowledge_find.main,
}
_ASKED_FOR = ("ai_server", "chat", "estate", "knowledge")  # chat needs a peer, the others minutes


def main() -> int:
    wanted = sys.argv[1:] or [name for name in BENCHES if name not in _ASKED_FOR]
    for name in wanted:
        if name not in BENCHES:
            sys.stderr.write(f"There is no bench {name!r}; there are: {', '.join(BENCHES)}.\n")
            return 2
        print(f"\n== {name}", flush=True)
        asyncio.run(BENCHES[name]())
    return 0


if __name__ == "__main__":
    sys.exit(main())
