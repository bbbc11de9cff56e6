"""`python -m ai_server.knowledge.commands`: what the public knowledge holds, as one JSON document. Edge (reads packs and playbooks)."""

from __future__ import annotations

import json
import sys
from typing import Any

from ai_server.knowledge.commands.loading import MANIFEST, CommandsMissing, load_commands, load_manifest
from ai_server.knowledge.commands.report import counted
from ai_server.knowledge.loading import BadKnowledge, load_knowledge
from ai_server.knowledge.playbook import CLOUDS
from ai_server.wire import CloudName


def main() -> int:
    """Prints the document; 1 with the reason on standard error when the playbooks cannot be read. A pack that cannot be read is told in it."""
    try:
        knowledge = load_knowledge()
    except BadKnowledge as error:
        sys.stderr.write(f"{error}\n")
        return 1
    clouds, problems = _clouds()
    document = {
        "clouds": clouds,
        "playbooks": {cloud: sum(book.cloud == cloud for book in knowledge.playbooks) for cloud in CLOUDS},
        "equivalents": len(knowledge.equivalents),
        "practices": len(knowledge.practices),
        "problems": problems,
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False))
    return 0


def _clouds() -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {}
    problems: list[str] = []
    for cloud in CLOUDS:
        try:
            found[cloud] = {**counted(load_commands(cloud)), **_sources(cloud)}
        except CommandsMissing as error:
            problems.append(str(error))
    return found, list(dict.fromkeys(problems))


def _sources(cloud: CloudName) -> dict[str, Any]:
    """What the manifest says of where a pack comes from; `bytes` on disk."""
    entry = load_manifest()["packs"][cloud]
    missing = {"bytes", "sha256", "versions", "licences"} - entry.keys()
    if missing:
        raise CommandsMissing(f"{MANIFEST} says no {', '.join(sorted(missing))} of {cloud}.")
    return {name: entry[name] for name in ("bytes", "sha256", "versions", "licences")}


if __name__ == "__main__":
    sys.exit(main())
