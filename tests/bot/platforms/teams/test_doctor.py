"""What `escher doctor` says of Teams, when all is well and when nothing is."""

from __future__ import annotations

import socket

from bot.platforms.teams.doctor import check
from tests.bot.platforms.teams.running import settings_for
from tests.bot.platforms.teams.service import SECRET, teams_service


async def test_all_is_well():
    async with teams_service() as service:
        found = await check(settings_for(service), SECRET)
    assert [(name, well) for name, well, _ in found] == [("teams secret", True), ("teams keys", True), ("teams port", True)]


async def test_each_fault_is_told_with_what_to_do_and_without_the_secret():
    async with teams_service() as service:
        service.takes_secret = False
        with socket.create_server(("127.0.0.1", 0)) as taken:
            settings = settings_for(service, port=taken.getsockname()[1], metadata_url="http://127.0.0.1:9/none")
            found = await check(settings, SECRET)
    says = {name: text for name, well, text in found if not well}
    assert set(says) == {"teams secret", "teams keys", "teams port"}
    assert "401 invalid_client. Check `teams.app_id`" in says["teams secret"]
    assert "http://127.0.0.1:9/none: ConnectError" in says["teams keys"]
    assert SECRET not in "".join(says.values())
