"""The served web chat over real connections: saying, pressing, and the stream."""

from __future__ import annotations

from bot.cards.card import Card
from bot.platforms.platform import Place
from tests.bot.platforms import gallery
from tests.bot.platforms.web.running import Served
from tests.bot.platforms.web.talking import GENERAL, mark_in, read, say


async def test_a_message_reaches_the_inbox_as_the_signed_in_person(chat: Served) -> None:
    async with chat.browser("omar") as browser:
        assert (await say(browser, "hello\r\nthere", login="lena", person="lena")).status_code == 204
        (message,) = chat.inbox.messages
        assert (message.login, message.text) == ("omar.h", "hello\nthere")
        assert message.place == Place("web", "general", message.id)
        assert (await say(browser, "and more", thread=message.id)).status_code == 204
        assert chat.inbox.messages[1].place == message.place
        page = (await browser.get("/c/general")).text
        assert page.count('class="thread"') == 1
        assert "and more" in page


UNSENDABLE: tuple[tuple[dict[str, str], int], ...] = (
    ({"text": "  \n "}, 422),
    ({"text": "x", "channel": "nope"}, 404),
    ({"text": "x", "thread": "gone"}, 404),
    ({"text": "ü" * 100_001}, 413),
    ({"text": "x" * 1_300_000}, 413),
)


async def test_what_cannot_be_sent_is_told_in_a_sentence(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for fields, status in UNSENDABLE:
            answer = await browser.post("/say", data={"channel": "general", **fields})
            assert answer.status_code == status
            assert answer.text.endswith(".")
            assert answer.headers["content-type"].startswith("text/plain")
    assert chat.inbox.messages == []


async def test_long_messages_pass_whole(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        assert (await say(browser, "ü" * 100_000)).status_code == 204
    assert len(chat.inbox.messages[0].text) == 100_000


async def test_a_repeated_send_is_taken_once(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for _ in range(2):
            assert (await say(browser, "stop all", once="k1")).status_code == 204
        await say(browser, "stop all", once="k2")
    assert len(chat.inbox.messages) == 2


async def test_a_button_reaches_the_inbox_with_its_fields_and_the_answer_is_private(chat: Served) -> None:
    chat.inbox.answers["deny"] = gallery.refusal()
    async with chat.browser("lena") as browser:
        await say(browser, "hello")
        place = chat.inbox.messages[0].place
        fields = {
            "verb": "deny",
            "subject": "p1",
            "channel": "general",
            "thread": place.thread,
            "field.why": ["a", "b"],
            "field.verb": "x",
            "login": "omar.h",
        }
        answer = await browser.post("/click", data=fields)
        assert answer.status_code == 200
        assert "somebody else must approve" in answer.text
        assert answer.text.lstrip().startswith("<dialog")
        (click,) = chat.inbox.clicks
        assert (click.login, click.verb, click.subject, click.place) == ("lena", "deny", "p1", place)
        assert {name: list(values) for name, values in click.fields.items()} == {"why": ["a", "b"], "verb": ["x"]}
        assert "somebody else must approve" not in (await browser.get("/c/general")).text


async def test_a_button_beside_the_chat_speaks_where_its_subject_was_seen(chat: Served) -> None:
    await chat.platform.show(Place("web", "incidents", ""), gallery.plan("p-seen"))
    async with chat.browser("omar") as browser:
        for subject in ("p-seen", "p-new"):
            assert (await browser.post("/click", data={"verb": "approve", "subject": subject})).status_code == 204
        assert (
            await browser.post("/click", data={"verb": "approve", "subject": "x", "channel": "general", "thread": "gone"})
        ).status_code == 404
    seen, new = chat.inbox.clicks
    assert seen.place.channel == "incidents"
    assert new.place.channel == "general"
    assert new.place.thread


async def test_earlier_threads_are_fetched(chat: Served) -> None:
    for i in range(45):
        await chat.platform.show(GENERAL, Card("text", f"card number {i:02}"))
    async with chat.browser("lena") as browser:
        page = (await browser.get("/c/general")).text
        assert "card number 05" in page
        assert "card number 04" not in page
        more = page.split('hx-get="/c/general/earlier', 1)[1].split('"', 1)[0]
        part = (await browser.get(f"/c/general/earlier{more}", headers={"HX-Request": "true"})).text
        assert [f"card number {i:02}" in part for i in range(6)] == [True] * 5 + [False]
        assert "earlier?before" not in part


async def test_two_browsers_see_everything_live_and_whispers_stay_private(chat: Served) -> None:
    async with chat.browser("lena") as lena, chat.browser("omar") as omar:
        mark = mark_in((await omar.get("/c/general")).text)
        url = f"/events?channel=general&last={mark}"
        async with omar.stream("GET", url) as his, lena.stream("GET", url) as hers:
            for_omar, for_lena = his.aiter_lines(), hers.aiter_lines()
            await say(lena, "hello <b>all</b>")
            for lines in (for_omar, for_lena):
                event = await read(lines)
                assert event["event"] == "chat"
                assert "hello &lt;b&gt;all&lt;/b&gt;" in event["data"]
                assert 'hx-swap-oob="beforeend:#threads"' in event["data"]
            place = chat.inbox.messages[0].place
            await chat.platform.whisper(place, "lena", gallery.refusal())
            assert "Only you can see this" in (await read(for_lena))["data"]
            assert (await read(for_omar)) == {"id": mark.replace("-0", "-2"), "event": "stir", "data": "-"}
            await chat.platform.show(place, gallery.progress(3))
            await chat.platform.show(place, gallery.progress(5))
            added, replaced = await read(for_omar), await read(for_omar)
            assert 'hx-swap-oob="beforeend:#r-' in added["data"]
            assert 'hx-swap-oob="true"' in replaced["data"]
            assert "5 of 8" in replaced["data"]
            await chat.platform.show(Place("web", "incidents", ""), gallery.text())
            assert 'id="unread-incidents"' in (await read(for_omar))["data"]


async def test_a_browser_that_was_away_gets_what_it_missed_or_is_told_to_look_again(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        mark = mark_in((await browser.get("/c/general")).text)
        for text in ("one", "two", "three"):
            await say(browser, text)
        async with browser.stream(
            "GET", "/events?channel=general&last=old-1", headers={"Last-Event-ID": mark.replace("-0", "-1")}
        ) as stream:
            lines = stream.aiter_lines()
            assert ["two" in (await read(lines))["data"], "three" in (await read(lines))["data"]] == [True, True]
        async with browser.stream("GET", "/events?channel=general&last=another-life-7") as stream:
            event = await read(stream.aiter_lines())
            assert (event["event"], event["id"]) == ("refresh", mark.replace("-0", "-3"))


async def test_the_stream_ends_when_its_session_does(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        mark = mark_in((await browser.get("/c/general")).text)
        async with browser.stream("GET", f"/events?channel=general&last={mark}") as stream:
            await browser.post("/logout")
            await chat.platform.show(GENERAL, gallery.text())
            text = "".join([chunk async for chunk in stream.aiter_text()])
    assert "Nothing to do" not in text
