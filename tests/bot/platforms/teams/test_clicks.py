"""Buttons in Teams: who sees them, who pressed them, and what they come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.platforms.platform import Click
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.acts import GROUP, MINE, presses, says, titles
from tests.bot.platforms.teams.running import Served, served
from tests.bot.platforms.teams.service import CARD, FARO, GINA, LENA, OMAR, Somebody, execute, labelled, texts


async def test_those_who_may_decide_see_buttons_and_everybody_else_the_state(teams: Served) -> None:
    teams.inbox.reply["stop"] = (gallery.plan("plan-1"),)
    await says(teams, LENA, GROUP, "stop")
    (shared,) = teams.service.cards(GROUP)
    assert not {"Approve", "Deny"} & set(titles(shared))
    assert set(shared["refresh"]["userIds"]) == {LENA.sender, OMAR.sender}
    (guests,) = await teams.service.sees(GINA)
    (omars,) = await teams.service.sees(OMAR)
    assert guests == shared
    assert {"Approve", "Deny"} <= set(titles(omars))
    assert teams.inbox.clicks == []


async def test_a_decision_takes_the_buttons_from_everybody(teams: Served) -> None:
    teams.inbox.reply["stop"] = (gallery.plan("plan-1"),)
    place = await says(teams, LENA, GROUP, "stop")
    (omars,) = await teams.service.sees(OMAR)
    await presses(teams, OMAR, GROUP, labelled(omars, "Approve"))
    await teams.platform.show(place, replace(gallery.decided(), subject=omars["refresh"]["action"]["data"]["escher"]["card"]))
    await teams.settled()
    for who in (LENA, OMAR, GINA):
        assert "Approve" not in texts(await teams.service.sees(who))


async def test_where_nobody_configured_is_known_everybody_sees_the_buttons() -> None:
    async with served(logins=lambda: ()) as teams:
        teams.inbox.reply["stop"] = (gallery.plan("plan-1"),)
        await says(teams, LENA, GROUP, "stop")
        (shared,) = teams.service.cards(GROUP)
        assert "Approve" in titles(shared)
        assert "refresh" not in shared


async def test_a_refusal_stands_above_the_card_of_the_one_who_clicked(teams: Served) -> None:
    teams.inbox.reply["stop"] = (gallery.plan("plan-1"),)
    teams.inbox.answers["approve"] = gallery.refusal()
    await says(teams, LENA, GROUP, "stop")
    (lenas,) = await teams.service.sees(LENA)
    answer = await presses(teams, LENA, GROUP, labelled(lenas, "Approve"))
    assert answer["type"] == CARD
    assert texts(answer["value"]).startswith(gallery.refusal().title)
    assert "Only you can see this." in texts(answer["value"])
    assert "Approve" in titles(answer["value"])
    assert gallery.refusal().title not in texts(teams.service.cards(GROUP))


async def test_a_click_holds_what_teams_proved_and_nothing_that_was_forged(teams: Served) -> None:
    place = await says(teams, LENA, GROUP, "hello")
    forged = {"escher": {"verb": "approve", "subject": "p.1", "login": OMAR.login, "guest": False}, "id": "k-forged", "from": OMAR.login}
    activity = teams.service.activity(
        LENA, GROUP, "invoke", name="adaptiveCard/action", value=execute({"type": "x", "verb": "deny", "data": forged})
    )
    await teams.service.deliver(activity)
    assert teams.inbox.clicks == [Click(f"{GROUP}/{activity['id']}", place, LENA.login, "approve", "p.1", {}, guest=False)]


@pytest.mark.parametrize(("who", "guest"), [(LENA, False), (GINA, True), (FARO, True)])
async def test_guests_and_foreigners_are_told_from_people_of_the_tenant(teams: Served, who: Somebody, guest: bool) -> None:
    button = {"type": "Action.Execute", "verb": "approve", "data": {"escher": {"verb": "approve", "subject": "p"}}}
    await presses(teams, who, GROUP, button)
    assert [click.guest for click in teams.inbox.clicks] == [guest]


@pytest.mark.parametrize(
    "who",
    [
        Somebody("Robot", "28:robot", OMAR.person),
        Somebody("Nobody", "29:omar", ""),
        Somebody("Not there", "29:elsewhere", OMAR.person),
        Somebody("Borrowed name", "29:lena", OMAR.person),
        Somebody("No role", "29:norole", "aaaaaaaa-0000-0000-0000-00000000000f", role=""),
    ],
    ids=lambda who: who.name,
)
async def test_who_is_not_wholly_known_is_a_guest(teams: Served, who: Somebody) -> None:
    teams.service.chats[GROUP].members.append(Somebody("Robot", "28:robot", OMAR.person))
    teams.service.chats[GROUP].members.append(Somebody("No role", "29:norole", "aaaaaaaa-0000-0000-0000-00000000000f", role=""))
    button = {"type": "Action.Execute", "verb": "approve", "data": {"escher": {"verb": "approve", "subject": "p"}}}
    await presses(teams, who, GROUP, button)
    assert [click.guest for click in teams.inbox.clicks] == [True]


async def test_where_teams_cannot_say_who_somebody_is_nothing_is_pressed(teams: Served) -> None:
    await says(teams, LENA, GROUP, "hello")
    teams.service.next.append((503, {}))
    button = {"type": "Action.Execute", "verb": "approve", "data": {"escher": {"verb": "approve", "subject": "p"}}}
    answer = await presses(teams, OMAR, GROUP, button)
    assert "I could not check who you are" in texts(answer["value"])
    assert teams.inbox.clicks == []
    await presses(teams, OMAR, GROUP, button)
    assert [click.guest for click in teams.inbox.clicks] == [False]


async def test_a_client_without_execute_submits_a_message(teams: Served) -> None:
    teams.inbox.reply["stop"] = (gallery.plan("plan-1"),)
    teams.inbox.answers["approve"] = gallery.refusal()
    await says(teams, LENA, MINE, "stop")
    fallback = labelled(teams.service.cards(MINE)[0], "Approve")["fallback"]
    await teams.service.deliver(teams.service.activity(LENA, MINE, value=fallback["data"]))
    await teams.settled()
    assert [click.verb for click in teams.inbox.clicks] == ["approve"]
    assert gallery.refusal().title in texts(teams.service.cards(MINE)[-1])
    assert len(teams.inbox.messages) == 1
