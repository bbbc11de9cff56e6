"""`python -m ai_server.schema` writes the JSON Schemas that are committed: the wire's, and the playbooks' for editors. Edge."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from ai_server.knowledge.playbook import Playbook
from ai_server.wire import ErrorReply, PlanReply, PlanRequest

ROOT = Path(__file__).parents[1]
WIRE = ROOT / "ai_server" / "wire.schema.json"
PLAYBOOK = ROOT / "playbooks" / "playbook.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def wire_schema() -> str:
    """The three messages of the wire as one document: `$defs` holds them and their parts."""
    _, document = models_json_schema([(model, "validation") for model in (PlanRequest, PlanReply, ErrorReply)])
    return _text({"title": "Escher wire", **document})


def playbook_schema() -> str:
    """One playbook, for editors that check YAML as it is typed."""
    return _text(Playbook.model_json_schema())


def _text(document: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **document}, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes both files."""
    WIRE.write_text(wire_schema(), encoding="utf-8")
    PLAYBOOK.write_text(playbook_schema(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
