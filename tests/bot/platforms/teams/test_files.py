"""Files on their way to a person's own storage: offered, taken, put where Teams says."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bot.cards.card import File
from bot.platforms.outbox import Faulty, Refusal
from bot.platforms.teams.files import INFO, Offers

CSV = File("in:stances.csv", "name\nwéb\n", "text/csv")
UPLOAD = {
    "uploadUrl": "https://acme.sharepoint.example/up",
    "contentUrl": "https://acme.sharepoint.example/c",
    "uniqueId": "u-1",
    "fileType": "csv",
}


def accepted(offer: dict[str, object], **more: object) -> dict[str, object]:
    """What Teams sends when the person says yes."""
    (card,) = offer["attachments"]
    return {"type": "fileUpload", "action": "accept", "context": card["content"]["acceptContext"], "uploadInfo": UPLOAD | more}


def storage(status: int, taken: list[httpx.Request]) -> Callable[[httpx.Request], httpx.Response]:
    """A storage that answers with this status and remembers what it was sent."""

    def answer(request: httpx.Request) -> httpx.Response:
        taken.append(request)
        return httpx.Response(status)

    return answer


async def test_the_bytes_go_where_teams_says_and_the_chat_gets_the_file():
    taken: list[httpx.Request] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(storage(201, taken))) as client:
        offers = Offers(client)
        offer = offers.offer("chat", CSV)
        message = await offers.answered("chat", accepted(offer))
        with pytest.raises(Refusal, match="offered no more"):
            await offers.answered("chat", accepted(offer))
    (request,) = taken
    assert (request.method, str(request.url), request.content) == ("PUT", UPLOAD["uploadUrl"], CSV.text.encode())
    assert request.headers["Content-Range"] == "bytes 0-9/10"
    assert offer["attachments"][0]["name"] == "in-stances.csv"
    assert message["attachments"] == [
        {
            "contentType": INFO,
            "contentUrl": UPLOAD["contentUrl"],
            "name": "in-stances.csv",
            "content": {"uniqueId": "u-1", "fileType": "csv"},
        }
    ]


async def test_a_no_ends_the_offer():
    async with httpx.AsyncClient(transport=httpx.MockTransport(storage(201, []))) as client:
        offers = Offers(client)
        yes = accepted(offers.offer("chat", CSV))
        assert await offers.answered("chat", yes | {"action": "decline"}) is None
        with pytest.raises(Refusal):
            await offers.answered("chat", yes)


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "file:///etc/passwd", "", None])
async def test_nothing_goes_to_an_address_without_tls(url):
    taken: list[httpx.Request] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(storage(201, taken))) as client:
        offers = Offers(client)
        with pytest.raises(Refusal, match="https"):
            await offers.answered("chat", accepted(offers.offer("chat", CSV), uploadUrl=url))
    assert taken == []


async def test_a_storage_that_refuses_or_is_away_is_told():
    async with httpx.AsyncClient(transport=httpx.MockTransport(storage(507, []))) as client:
        offers = Offers(client)
        with pytest.raises(Refusal, match="507"):
            await offers.answered("chat", accepted(offers.offer("chat", CSV)))
    async with httpx.AsyncClient() as client:
        offers = Offers(client)
        with pytest.raises(Faulty):
            await offers.answered("chat", accepted(offers.offer("chat", CSV), uploadUrl="https://127.0.0.1:9/"))


async def test_an_offer_is_for_one_chat_and_old_ones_are_forgotten():
    async with httpx.AsyncClient(transport=httpx.MockTransport(storage(201, []))) as client:
        offers = Offers(client)
        first = offers.offer("chat", CSV)
        with pytest.raises(Refusal):
            await offers.answered("other", accepted(first))
        for _ in range(200):
            offers.offer("chat", CSV)
        with pytest.raises(Refusal):
            await offers.answered("chat", accepted(first))
