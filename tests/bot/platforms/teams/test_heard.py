"""Activities as values: who said what, where, and under which id it comes again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.platform import Place
from bot.platforms.teams.heard import heard
from tests.bot.platforms.teams.service import BOT, LENA, TENANT, TeamsService

GROUP, CHANNEL, MINE = "19:group@thread.v2", "19:channel@thread.tacv2", "a:29:lena"


@pytest.fixture(scope="module")
def service() -> TeamsService:
    return TeamsService()


def test_a_personal_message_is_for_the_bot(service):
    said = heard(service.said(LENA, MINE, "stop  it"))
    assert said is not None
    assert (said.kind, said.text, said.login, said.place, said.addressed) == (
        "message",
        "stop  it",
        LENA.login,
        Place("teams", MINE, "-"),
        True,
    )


def test_the_bots_mention_goes_and_other_peoples_become_their_names(service):
    one = service.said(LENA, GROUP, "give it to <at>Omar H.</at>&nbsp;now &amp; here")
    said = heard(one)
    assert said is not None
    assert (said.text, said.addressed, said.place.thread) == ("give it to Omar H. now & here", True, "-")
    assert heard(one | {"entities": []}).addressed is False


def test_a_channel_has_threads(service):
    first = service.said(LENA, CHANNEL, "one")
    assert heard(first).place == Place("teams", CHANNEL, first["id"])
    assert heard(service.said(LENA, CHANNEL, "two", thread="17")).place == Place("teams", CHANNEL, "17")
    bare = service.activity(LENA, CHANNEL, replyToId="18")
    assert heard(bare).place == Place("teams", CHANNEL, "18")


def test_the_same_number_in_two_conversations_is_not_the_same_message(service):
    one = service.said(LENA, MINE, "stop")
    other = one | {"conversation": {"id": "a:other", "conversationType": "personal"}}
    assert heard(one).id == f"{MINE}/{one['id']}" != heard(other).id


def test_a_group_of_an_old_client_is_no_personal_chat(service):
    assert not heard(service.activity(LENA, MINE, text="x", conversation={"id": "g", "isGroup": True})).addressed


def test_an_edit_has_an_id_of_its_own_that_stays_the_same(service):
    edit = service.activity(LENA, MINE, "messageUpdate", text="b", channelData={"eventType": "editMessage", "tenant": {"id": TENANT}})
    later = edit | {"timestamp": "2026-11-21T08:05:00.000Z"}
    assert heard(edit).kind == "edited"
    assert heard(edit).id == heard(dict(edit)).id != heard(later).id
    assert heard(edit).about == f"{MINE}/{edit['id']}"
    timeless = {key: value for key, value in edit.items() if key != "timestamp"}
    assert heard(timeless).id == heard(timeless).id != heard(timeless | {"text": "c"}).id


def test_deletions_arrivals_and_presses_are_told_apart(service):
    data = {"tenant": {"id": TENANT}}
    deleted = service.activity(LENA, MINE, "messageDelete", channelData={"eventType": "softDeleteMessage", **data})
    assert (heard(deleted).kind, heard(deleted).id) == ("deleted", f"{MINE}/{deleted['id']}:deleted")
    assert heard(service.activity(LENA, MINE, "messageUpdate", channelData=data)).kind == "other"
    arrived = heard(service.activity(LENA, CHANNEL, "conversationUpdate", membersAdded=[{"id": BOT}]))
    assert (arrived.kind, arrived.place.thread) == ("arrived", "-")
    assert heard(service.activity(LENA, MINE, "conversationUpdate", membersAdded=[{"id": "29:x"}])).kind == "other"
    assert heard(service.activity(LENA, MINE, "installationUpdate", action="add")).kind == "arrived"
    assert heard(service.activity(LENA, MINE, "installationUpdate", action="remove")).kind == "other"
    assert heard(service.activity(LENA, MINE, value={"escher": {}})).kind == "pressed"
    assert heard(service.activity(LENA, MINE, "invoke", name="task/fetch")).name == "task/fetch"
    assert heard(service.activity(LENA, MINE, "typing")).kind == "other"


def test_somebody_without_an_object_id_is_nobody(service):
    said = heard(service.activity(LENA, MINE, **{"from": {"id": "29:lena"}}))
    assert said.login == f"{TENANT}/?29:lena"
    assert said.is_bot
    assert heard(service.activity(LENA, MINE, **{"from": {"id": "28:other", "aadObjectId": LENA.person}})).is_bot


JSON = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
KEYS = ["type", "id", "from", "recipient", "conversation", "channelData", "entities", "text", "value", "membersAdded", "replyToId"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.just({"id": "x", "aadObjectId": 5, "tenant": "t"})))
def test_no_shape_of_an_activity_breaks_it(activity):
    said = heard(activity)
    assert said is None or said.place.thread


def test_what_has_no_sender_is_nothing(service):
    assert heard(service.activity(LENA, MINE) | {"from": {}}) is None
