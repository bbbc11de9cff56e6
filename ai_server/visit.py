"""One request on its way through, as logs, metrics and traces may know it: an id, sizes, an outcome. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Message, Send

from ai_server.refusing import OUTCOME


@dataclass(slots=True)
class Visit:
    """Without an answer it counts as failed."""

    request_id: str
    begun: float
    taken: int = 0
    status: int = 500
    sent: int = 0
    outcome: str = "internal"
    answering: bool = False

    def watched(self, send: Send) -> Send:
        """`send` with the id in the answer's headers and everything counted."""

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answering, self.status = True, message["status"]
                named = dict(message["headers"])
                self.outcome = named.get(OUTCOME.encode(), b"internal").decode()
                message["headers"] = [*message["headers"], (b"x-request-id", self.request_id.encode())]
            elif message["type"] == "http.response.body":
                self.sent += len(message.get("body", b""))
            await send(message)

        return watched

    def gone(self) -> None:
        """The client hung up before its body was whole."""
        self.status, self.outcome = 499, "gone"
