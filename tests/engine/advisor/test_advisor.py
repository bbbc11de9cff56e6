"""The one door to the AI server, against a server that says anything: what leaves, what comes in, what is refused."""

from __future__ import annotations

import json

import pytest

from engine.advisor.advisor import MOST_REPLY_BYTES, HttpAdvisor
from engine.advisor.replies import Draft, DraftStep, Said
from engine.errors import AdvisorError
from engine.request.reading import Given
from engine.request.seal import Wanted, seal
from tests.engine.execution.samples import vm
from tests.scenarios.scripted_server import Raw, plan, reply, scripted_server, step

SEALED = seal("stop the [?] dev instances", [Wanted("stop", (vm("one"), vm("two")), (Given("tag_value", "secret-value"),))])


@pytest.fixture
async def script():
    async with scripted_server() as made:
        yield made


@pytest.fixture
async def advisor(script):
    made = HttpAdvisor(script.url, token="t0ken", timeout_s=1.0)
    yield made
    await made.close()
    await made.close()


async def test_what_is_kept_is_what_left(script, advisor):
    script.says = lambda _: plan(step("ec2:StopInstances"))
    advice = await advisor.advise(SEALED)
    assert json.loads(advice.sent) == script.heard[0]
    assert script.heard[0]["groups"][0]["count"] == 2
    assert b"secret-value" not in advice.sent
    assert b"i-one" not in advice.sent
    assert b"t0ken" not in advice.sent
    assert advice.sent_to == f"{script.url}/v1/plan"
    assert advice.server_id == "0123456789abcdef"


async def test_a_plan_becomes_a_draft(script, advisor):
    citations = [{"kind": "playbook", "id": "ec2-stop", "title": "Stop"}]
    script.says = lambda _: plan(
        {**step("ec2:StopInstances", "g1"), "why": "asked"}, {**step("ec2:CreateTags", id_="s2", key="v1", value="v2"), "after": ["s1"]},
        risk="high", left_out=({"group": "g2", "reason": "already stopped"},), explanation="e", rollback="r", citations=citations,
    )  # fmt: skip
    draft = (await advisor.advise(SEALED)).reply
    assert draft == Draft(
        "Said by a script",
        (
            DraftStep("s1", "ec2:StopInstances", ("g1",), {}, (), "asked"),
            DraftStep("s2", "ec2:CreateTags", ("g1",), {"key": "v1", "value": "v2"}, ("s1",), ""),
        ),
        (("g2", "already stopped"),),
        "high",
        (),
        "e",
        "r",
        ("playbook ec2-stop: Stop",),
    )


async def test_what_a_person_should_know_stands_first_in_the_explanation(script, advisor):
    for note, told in (("Mind the gap.", "Mind the gap. e"), (None, "e")):
        said = json.loads(plan(step("ec2:StopInstances"), explanation="e").body) | ({"note": note} if note else {})
        script.says = lambda _, said=said: Raw(json.dumps(said).encode())
        assert (await advisor.advise(SEALED)).reply.explanation == told


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "answer", "text": "t", "commands": ["c"]}, Said("answer", "t", commands=("c",))),
        ({"kind": "clarification", "question": "q", "choices": ["a"]}, Said("clarification", "q", choices=("a",))),
        ({"kind": "refusal", "reason": "r", "who_can": "w"}, Said("refusal", "r", who_can="w")),
        ({"kind": "unknown", "reason": "r"}, Said("unknown", "r")),
        (
            {"kind": "unknown", "reason": "r", "code": "ungrounded", "citations": [{"kind": "playbook", "id": "b", "title": "B"}]},
            Said("unknown", "r", sources=("playbook b: B",)),
        ),
    ],
)
async def test_words_become_words(script, advisor, body, said):
    script.says = lambda _: reply(body)
    assert (await advisor.advise(SEALED)).reply == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Raw(b"not json"), "not one this version understands: body"),
        (plan({**step("x:Y"), "id": "1"}), "reply.plan.steps.0.id"),
        (Raw(b"x" * (MOST_REPLY_BYTES + 1)), "more than 1,000,000 bytes is larger than any plan"),
        (Raw(b"oops", status=503), "refused the request: HTTP 503"),
        (
            Raw(b'{"version":"1","code":"unsealed","message":"A name stands in it.","field":"message"}', status=422),
            "A name stands in it (field message)",
        ),
        (Raw(b"{", cut=True), "could not be reached"),
        (Raw(b"{}", after_s=3), "took longer than 1 s"),
    ],
)
async def test_whatever_is_no_answer_is_a_sentence(script, advisor, answer, said):
    script.says = lambda _: answer
    with pytest.raises(AdvisorError, match="AI server") as error:
        await advisor.advise(SEALED)
    assert said in error.value.message
    assert "Nothing was changed" in error.value.hint


async def test_nobody_there():
    advisor = HttpAdvisor("http://127.0.0.1:9")
    with pytest.raises(AdvisorError, match="could not be reached"):
        await advisor.advise(SEALED)
    assert "does not answer" in await advisor.away()
    await advisor.close()


async def test_whether_it_is_away(script, advisor):
    assert await advisor.away() == ""
    script.says = lambda _: Raw(b"", status=500)
    assert "answers 500" in await advisor.away()
