"""`python -m deploy.knowledge`: builds the packs of commands from the providers' own descriptions. Edge; run by `make knowledge`."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.loading import MANIFEST, PACKS
from ai_server.knowledge.commands.pack import encode
from ai_server.knowledge.commands.report import counted
from ai_server.knowledge.playbook import CLOUDS
from ai_server.wire import CloudName
from deploy.knowledge import aws, azure, gcp
from deploy.knowledge.examples import allowed, of_rows, titles
from deploy.knowledge.sources import SOURCES, NotRead, document

BUILD = "make knowledge"


def main(argv: Sequence[str] | None = None) -> int:
    """Builds what is asked for; 1 with the reason on standard error when a source cannot be read."""
    said = _arguments(argv)
    said.work.mkdir(parents=True, exist_ok=True)
    try:
        for cloud in said.only or CLOUDS:
            build(cloud, document(cloud, said.work, said.gcloud), said.shared, said.out)
    except NotRead as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.knowledge", description=__doc__)
    parser.add_argument(
        "--work", type=Path, required=True, help="folder outside the repository for venvs and what was read; kept for the next build"
    )
    parser.add_argument("--shared", type=Path, default=None, help="folder with eval/commands; without it no examples are taken")
    parser.add_argument("--gcloud", type=Path, default=Path("/usr/lib/google-cloud-sdk"), help="an installed Google Cloud CLI")
    parser.add_argument("--out", type=Path, default=PACKS)
    parser.add_argument("--only", action="append", choices=CLOUDS, help="may be repeated; the other packs stay as they are")
    return parser.parse_args(argv)


def build(cloud: CloudName, read: Mapping[str, Any], shared: Path | None, out: Path) -> None:
    """Writes the pack of one cloud and its part of the manifest."""
    found = made(cloud, read, shared)
    data = encode(cloud, found)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{cloud}.pack").write_bytes(data)
    path = out / MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"build": BUILD, "packs": {}}
    packs = {**manifest["packs"], cloud: entry(cloud, found, data, read["versions"])}
    whole = {**manifest, "build": BUILD, "packs": {name: packs[name] for name in CLOUDS if name in packs}}
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stderr.write(f"{cloud}: {len(found):,} commands, {len(data):,} bytes\n")


def made(cloud: CloudName, read: Mapping[str, Any], shared: Path | None) -> tuple[Command, ...]:
    """The commands of a cloud from what its reader wrote."""
    permitted = allowed(shared, cloud)
    if cloud == "aws":
        return aws.commands(read, titles(of_rows(read["commands"], "service", "operation"), permitted))
    if cloud == "azure":
        return azure.commands(read, titles(of_rows(read["commands"], "command"), permitted))
    return gcp.commands(read)


def entry(cloud: CloudName, found: Sequence[Command], data: bytes, versions: Mapping[str, str]) -> dict[str, Any]:
    """What the manifest says of a pack. Pure."""
    source = SOURCES[cloud]
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        **counted(found),
        "versions": dict(sorted(versions.items())),
        "licences": source.licences,
    }


if __name__ == "__main__":
    sys.exit(main())
