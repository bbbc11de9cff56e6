"""Modals and files in Teams."""

from __future__ import annotations

from bot.cards.card import Card, File
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.acts import GROUP, HIS, MINE, says
from tests.bot.platforms.teams.running import Served
from tests.bot.platforms.teams.service import CARD, LENA, OMAR, labelled, texts

CSV = File("instances.csv", "name\n" + "web\n" * 2000, "text/csv")


async def test_a_form_is_made_afresh_and_what_is_filled_in_arrives(teams: Served) -> None:
    teams.inbox.reply["stop"] = (gallery.plan("plan-1"),)
    place = await says(teams, LENA, MINE, "stop")
    deny = labelled(teams.service.cards(MINE)[0], "Deny")
    assert deny["data"]["msteams"] == {"type": "task/fetch"}
    modal = (await teams.service.invoke(LENA, MINE, "task/fetch", {"data": deny["data"]})).json()["task"]["value"]
    assert teams.inbox.asked[0].verb == "deny"
    card = modal["card"]["content"]
    submitted = {"data": {**card["actions"][0]["data"], card["body"][0]["id"]: "too risky"}}
    closed = await teams.service.invoke(LENA, MINE, "task/submit", submitted)
    assert (closed.status_code, closed.content) == (200, b"")
    (click,) = teams.inbox.clicks
    assert (click.place, click.verb, click.subject, dict(click.fields)) == (place, "deny", "plan-1", {"reason": ("too risky",)})


async def test_what_a_modals_form_comes_to_stands_in_the_modal(teams: Served) -> None:
    teams.inbox.answers["deny"] = gallery.refusal()
    data = {"escher": {"verb": "deny", "subject": "p"}, "form": "0", "0.one.reason": "x"}
    answer = (await teams.service.invoke(LENA, MINE, "task/submit", {"data": data})).json()
    assert answer["task"]["type"] == "continue"
    assert gallery.refusal().title in texts(answer["task"]["value"]["card"]["content"])


async def test_a_button_that_means_nothing_any_more_says_so_in_the_modal(teams: Served) -> None:
    teams.inbox.forms["deny"] = gallery.refusal()
    data = {"escher": {"verb": "deny", "subject": "p", "asks": "form"}}
    answer = (await teams.service.invoke(LENA, MINE, "task/fetch", {"data": data})).json()
    assert gallery.refusal().title in texts(answer["task"]["value"]["card"]["content"])


async def test_details_open_in_a_modal(teams: Served) -> None:
    teams.inbox.answers["details"] = gallery.details()
    data = {"escher": {"verb": "details", "subject": "p", "asks": "open"}}
    answer = (await teams.service.invoke(LENA, GROUP, "task/fetch", {"data": data})).json()
    assert gallery.details().title in texts(answer["task"]["value"]["card"]["content"])
    nothing = (
        await teams.service.invoke(LENA, GROUP, "task/fetch", {"data": {"escher": {"verb": "odd", "subject": "p", "asks": "open"}}})
    ).json()
    assert nothing == {"task": {"type": "message", "value": "There is nothing more to see."}}


async def test_an_invoke_that_is_none_of_ours_is_not_implemented(teams: Served) -> None:
    for name, value in (("composeExtension/query", {}), ("task/fetch", {"data": {}}), ("adaptiveCard/action", None)):
        assert (await teams.service.invoke(LENA, MINE, name, value)).status_code == 501


async def test_a_file_is_offered_once_and_not_with_each_version_of_its_card(teams: Served) -> None:
    place = await says(teams, LENA, MINE, "hello")
    for title in ("first", "second"):
        await teams.platform.show(place, Card("sheet", title, files=(CSV,), subject="s"))
        await teams.settled()
    offers = [one for message in teams.service.messages(MINE) for one in message["attachments"] if one["contentType"] != CARD]
    assert [(one["name"], one["content"]["sizeInBytes"]) for one in offers] == [("instances.csv", len(CSV.text))]


async def test_a_file_is_put_nowhere_that_is_not_https(teams: Served) -> None:
    teams.inbox.reply["csv"] = (Card("sheet", "All", files=(CSV,)),)
    await says(teams, LENA, MINE, "csv")
    offer = teams.service.messages(MINE)[-1]["attachments"][0]
    value = {"action": "accept", "context": offer["content"]["acceptContext"], "uploadInfo": {"uploadUrl": "http://169.254.169.254/"}}
    await teams.service.invoke(LENA, MINE, "fileConsent/invoke", value)
    await teams.settled()
    assert "could not be handed over" in texts(teams.service.cards(MINE))


async def test_nobody_takes_the_file_of_somebody_else(teams: Served) -> None:
    teams.inbox.reply["csv"] = (Card("sheet", "All", files=(CSV,)),)
    await says(teams, LENA, MINE, "csv")
    offer = teams.service.messages(MINE)[-1]["attachments"][0]
    value = {"action": "accept", "context": offer["content"]["acceptContext"], "uploadInfo": {"uploadUrl": "https://x.example/"}}
    await teams.service.invoke(OMAR, HIS, "fileConsent/invoke", value)
    await teams.settled()
    assert "could not be handed over" in texts(teams.service.cards(HIS))


async def test_a_long_file_of_a_modal_is_offered_in_the_personal_chat(teams: Served) -> None:
    await says(teams, LENA, MINE, "hello")
    teams.inbox.answers["csv"] = Card("sheet", "All", files=(CSV, File("short.txt", "short text")))
    data = {"escher": {"verb": "csv", "subject": "p", "asks": "open"}}
    answer = (await teams.service.invoke(LENA, GROUP, "task/fetch", {"data": data})).json()
    await teams.settled()
    said = texts(answer["task"]["value"]["card"]["content"])
    assert "instances.csv: offered for download in our chat." in said
    assert "short text" in said
    assert teams.service.messages(MINE)[-1]["attachments"][0]["name"] == "instances.csv"


async def test_a_card_for_everybody_offers_no_files(teams: Served) -> None:
    teams.inbox.reply["csv"] = (Card("sheet", "All", files=(CSV,)),)
    await says(teams, LENA, GROUP, "csv")
    assert len(teams.service.messages(GROUP)) == 1
