"""What stands behind Slack in its tests: posts remembered in memory, as the bot's journal remembers them. Edge (it remembers)."""

from __future__ import annotations

from bot.platforms.platform import Place, Posts


class FakePosts:
    """The `Posts` of a bot without a journal; one of them given to a second platform is a restart."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Place, str], str] = {}

    def find(self, place: Place, subject: str) -> str:
        return self.kept.get((place, subject), "")

    async def keep(self, place: Place, subject: str, reference: str) -> None:
        self.kept[(place, subject)] = reference


def _holds(posts: FakePosts) -> Posts:
    """The fake is held to the Protocol by the type checker."""
    return posts
