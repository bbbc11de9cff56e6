"""Over HTTP: a library with a broken playbook, whose plans are held back, said with a code and counted; and a note beside a plan."""

from __future__ import annotations

import shutil

import pytest

from ai_server.wire import PlanReply
from tests.ai_server.serving import ROOT, serving
from tests.ai_server.test_server import STOP, post

SERVED = {**STOP, "groups": [{**STOP["groups"][0], "flags": ["balanced"]}]}
START = {
    **STOP,
    "message": "start g1",
    "orders": [{"action": "start", "on": ["g1"]}],
    "groups": [{**STOP["groups"][0], "state": "stopped"}],
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A server whose playbook for stopping EC2 instances names an option that AWS does not have."""
    library = tmp_path_factory.mktemp("library") / "playbooks"
    shutil.copytree(ROOT / "playbooks", library)
    book = library / "aws" / "ec2-stop.yaml"
    said = book.read_text(encoding="utf-8")
    book.write_text(said.replace("--instance-ids, <instance-id>", "--instance-ids, <instance-id>, --gently"), encoding="utf-8")
    assert "--gently" in book.read_text(encoding="utf-8")
    with serving(ESCHER_PLAYBOOKS=str(library)) as running:
        yield running


def test_a_plan_that_does_not_hold_is_not_sent_and_is_counted(broken):
    for _ in range(2):
        response = post(broken, STOP)
        said = PlanReply.model_validate_json(response.content).reply
        assert (response.status_code, said.kind, said.code) == (200, "unknown", "ungrounded")
        assert "there is no --gently" in said.reason
        assert [citation.id for citation in said.citations] == ["aws-ec2-stop"]
    assert PlanReply.model_validate_json(post(broken, START).content).reply.kind == "plan", "the rest of the library goes on"
    with broken.client() as client:
        counted = client.get("/metrics").text
    assert 'escher_ai_requests_total{outcome="ungrounded",status="200"} 2' in counted
    assert 'escher_ai_requests_total{outcome="plan",status="200"} 1' in counted


def test_a_reply_carries_a_note_only_where_there_is_something_to_say():
    with serving() as server:
        told, plain = post(server, SERVED), post(server, STOP)
    assert "stand behind a load balancer" in (PlanReply.model_validate_json(told.content).note or "")
    assert "note" not in plain.json(), "an older bot, which knows no notes, still understands the reply"
    assert "code" not in plain.json()["reply"]
