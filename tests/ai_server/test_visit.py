"""A visit counts what goes out and names its outcome."""

from __future__ import annotations

from ai_server.visit import Visit


async def test_it_watches_an_answer():
    sent = []

    async def send(message):
        sent.append(message)

    visit = Visit("0" * 16, 0.0)
    assert (visit.status, visit.outcome, visit.answering) == (500, "internal", False)
    watched = visit.watched(send)
    await watched({"type": "http.response.start", "status": 200, "headers": [(b"x-escher-outcome", b"plan")]})
    await watched({"type": "http.response.body", "body": b"12345", "more_body": True})
    await watched({"type": "http.response.body", "body": b"67"})
    assert (visit.status, visit.outcome, visit.answering, visit.sent) == (200, "plan", True, 7)
    assert (b"x-request-id", b"0" * 16) in sent[0]["headers"]


def test_who_hung_up_is_gone():
    visit = Visit("0" * 16, 0.0)
    visit.gone()
    assert (visit.status, visit.outcome) == (499, "gone")
