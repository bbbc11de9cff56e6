"""Reads Google's discovery documents and gcloud's own tree of commands; run in the venv that holds google-api-python-client. Edge."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from deploy.knowledge.gcloud_forms import beta_kept
from deploy.knowledge.sentences import cut, plain, short, summary_and_detail

_APIS_TEXT = (
    "accesscontextmanager.v1 aiplatform.v1 alloydb.v1 apigateway.v1 apikeys.v2 appengine.v1 artifactregistry.v1 backupdr.v1 batch.v1 bigquery.v2 "
    "bigqueryreservation.v1 bigtableadmin.v2 billingbudgets.v1 binaryauthorization.v1 certificatemanager.v1 cloudasset.v1 cloudbilling.v1 "
    "cloudbuild.v1 clouddeploy.v1 cloudfunctions.v2 cloudkms.v1 cloudresourcemanager.v3 cloudscheduler.v1 cloudtasks.v2 composer.v1 compute.v1 "
    "container.v1 dataflow.v1b3 dataplex.v1 dataproc.v1 datastream.v1 dns.v1 eventarc.v1 file.v1 firestore.v1 gkebackup.v1 gkehub.v1 iam.v1 iap.v1 "
    "logging.v2 managedkafka.v1 memcache.v1 metastore.v1 monitoring.v3 networkconnectivity.v1 networkmanagement.v1 networksecurity.v1 "
    "networkservices.v1 notebooks.v2 orgpolicy.v2 osconfig.v1 privateca.v1 pubsub.v1 recommender.v1 redis.v1 run.v2 secretmanager.v1 "
    "securitycenter.v1 servicedirectory.v1 servicenetworking.v1 serviceusage.v1 spanner.v1 sqladmin.v1 storage.v1 storagetransfer.v1 "
    "vpcaccess.v1 workflowexecutions.v1 workflows.v1 workstations.v1"
)
APIS = tuple(_APIS_TEXT.split())
"""The APIs that people operate, each in the version that is generally available."""
KINDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean", "array": "list", "object": "map"}
FORMATS = {"int64": "integer", "uint64": "integer", "byte": "blob", "google-datetime": "timestamp", "date-time": "timestamp"}
FLAG_KINDS = {"bool": "boolean", "int": "integer", "float": "number", "list": "list", "dict": "map"}
SKIPPED = frozenset({"---flag-file-line-", "--help", "--universe-domain"})
NOT_GENERAL = frozenset({"alpha", "beta", "preview"})
Row = dict[str, Any]


def main() -> None:
    """Writes one JSON document: versions, methods, gcloud's commands, and which method a declared command calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tree", type=Path, required=True, help="gcloud.json, as `gcloud meta cli-trees update` writes it")
    parser.add_argument("--surface", type=Path, required=True, help="lib/surface of an installed Google Cloud CLI")
    said = parser.parse_args()
    documents = files("googleapiclient.discovery_cache").joinpath("documents")
    read = [json.loads(documents.joinpath(f"{name}.json").read_text(encoding="utf-8")) for name in APIS]
    tree = json.loads(said.tree.read_text(encoding="utf-8"))
    document = {
        "versions": {"google-api-python-client": version("google-api-python-client"), "gcloud": tree["CLI_VERSION"]},
        "revisions": {one["id"]: one["revision"] for one in read},
        "methods": [row for one in read for row in methods(one, one)],
        "commands": all_commands(tree),
        "declared": dict(sorted(declared(said.surface))),
    }
    json.dump(document, sys.stdout)


def methods(node: Row, document: Row) -> Iterator[Row]:
    for name, one in sorted(node.get("methods", {}).items()):
        summary, detail = summary_and_detail(one.get("description", ""))
        yield {
            "operation": one["id"],
            "api": document["name"],
            "method": name,
            "http": one["httpMethod"],
            "deprecated": bool(one.get("deprecated")),
            "summary": summary,
            "detail": detail,
            "fields": [*parameters(one), *body(one, document["schemas"])],
        }
    for one in (node["resources"][name] for name in sorted(node.get("resources", {}))):
        yield from methods(one, document)


def parameters(one: Row) -> Iterator[Row]:
    order = one.get("parameterOrder", [])
    found = one.get("parameters", {})
    for name in [*order, *sorted(set(found) - set(order))]:
        yield field(name, found[name], required=bool(found[name].get("required")))


def body(one: Row, schemas: Row) -> Iterator[Row]:
    """The top level of the request's body; what only the server sets is left out."""
    reference = one.get("request", {}).get("$ref", "")
    for name, found in schemas.get(reference, {}).get("properties", {}).items():
        if not found.get("readOnly") and not str(found.get("description", "")).lower().startswith(
            ("output only", "[output only", "[output-only")
        ):
            required = str(found.get("description", "")).startswith("Required.") and "parent" not in name
            yield field(name, found, required=required)


def field(name: str, found: Row, *, required: bool) -> Row:
    kind = "list" if found.get("repeated") else FORMATS.get(found.get("format", ""), KINDS.get(found.get("type", ""), "structure"))
    description = re.sub(r"^(Required|Optional|Immutable|Identifier|Input only)\. ", "", str(found.get("description", "")))
    return {"name": name, "kind": kind, "required": required, "choices": found.get("enum", []), "meaning": short(description)}


def all_commands(tree: Row) -> list[Row]:
    """What is generally available, and of the betas what has no such form."""
    flags, everywhere = tree["SERIALIZED_FLAG_LIST"], frozenset(tree["flags"])
    general = list(commands(tree, flags, everywhere))
    known = frozenset(one["command"] for one in general)
    beta = commands(tree["commands"]["beta"], flags, everywhere)
    return [*general, *(one for one in beta if beta_kept(one["command"].removeprefix("gcloud beta "), known))]


def commands(node: Row, flags: list[Row], everywhere: frozenset[str]) -> Iterator[Row]:
    below = node.get("commands") or {}
    for name in sorted(below):
        if not below[name].get("is_hidden") and name not in NOT_GENERAL:
            yield from commands(below[name], flags, everywhere)
    if not below and node["path"][1:]:
        capsule, _ = summary_and_detail(node["capsule"])
        sections = node.get("sections") or {}
        yield {
            "command": " ".join(node["path"]),
            "summary": capsule,
            "detail": cut(plain(str(sections.get("DESCRIPTION", ""))), 300),
            "fields": [*positionals(node["positionals"]), *options(node["flags"], flags, everywhere)],
            "required": required_in(node["constraints"], flags),
        }


def positionals(found: list[Row]) -> Iterator[Row]:
    for one in found:
        many = str(one.get("nargs")) in ("+", "*", "...")
        yield {
            "name": one["name"],
            "option": "",
            "aliases": [],
            "kind": "list" if many else "text",
            "required": bool(one.get("is_required")) and str(one.get("nargs")) not in ("?", "*", "..."),
            "choices": [],
            "meaning": short(str(one.get("description", ""))),
        }


def options(found: dict[str, Any], flags: list[Row], everywhere: frozenset[str]) -> Iterator[Row]:
    for name, one in sorted((name, flags[one] if isinstance(one, int) else one) for name, one in found.items()):
        if name in everywhere or name in SKIPPED or name.startswith("--no-") or one.get("is_hidden"):
            continue
        choices = one.get("choices") or []
        yield {
            "name": name.lstrip("-"),
            "option": name,
            "aliases": sorted(set(one.get("alternative_names") or []) - {name}),
            "kind": FLAG_KINDS.get(str(one.get("type", "")), "text"),
            "required": bool(one.get("is_required")),
            "choices": sorted(choices) if isinstance(choices, dict) else list(choices),
            "meaning": short(str(one.get("description", ""))),
        }


def required_in(constraint: Any, flags: list[Row]) -> list[str]:
    """The flags that must be given whatever else is: required, and in required groups that leave no choice."""
    found = []
    for one in constraint.get("arguments", []):
        whole = flags[one] if isinstance(one, int) and one >= 0 else one
        if not isinstance(whole, dict):
            continue
        if whole.get("is_group"):
            if whole.get("is_required") and not whole.get("is_mutex"):
                found += required_in(whole, flags)
        elif whole.get("is_required") and str(whole.get("name", "")).startswith("--"):
            found.append(str(whole["name"]))
    return sorted(found)


def declared(surface: Path) -> Iterator[tuple[str, list[str]]]:
    """`[collection, method]` by command, of the commands that gcloud itself declares as data."""
    for file in sorted(surface.rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        words = [part.replace("_", "-") for part in file.relative_to(surface).with_suffix("").parts]
        block = re.search(r"^request:.*\n((?:^[ #].*\n|^\n)*)", text, re.MULTILINE)
        if block is None or words[-1].startswith("-"):
            continue
        collection = re.search(r"^ {2}collection: *(\S+)", block[1], re.MULTILINE)
        method = re.search(r"^ {2}method: *(\S+)", block[1], re.MULTILINE)
        if collection:
            yield " ".join(("gcloud", *words)), [collection[1], method[1] if method else ""]


if __name__ == "__main__":
    main()
