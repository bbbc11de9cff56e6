"""Amazon Bedrock's Converse API by plain HTTP, with an API key or signed with AWS keys: what pydantic-ai would want boto3 for. Edge; the
conversions are pure.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, check_allow_model_requests
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from ai_server.models.choosing import Choice
from ai_server.models.signing import Scope, Signing, keys_of, region_of

MOST_REPLY_BYTES = 200_000


class Part(BaseModel):
    """Of an answer, what is read here; Bedrock may say more."""

    model_config = ConfigDict(extra="ignore")


class ToolUse(Part):
    id: str = Field(alias="toolUseId")
    name: str
    input: dict[str, Any]


class Block(Part):
    text: str | None = None
    tool_use: ToolUse | None = Field(default=None, alias="toolUse")


class Message(Part):
    content: list[Block]


class Output(Part):
    message: Message


class Usage(Part):
    input_tokens: int = Field(default=0, alias="inputTokens")
    output_tokens: int = Field(default=0, alias="outputTokens")


class Answer(Part):
    """The answer of Converse; source: Amazon Bedrock API Reference, Converse."""

    output: Output
    usage: Usage = Usage()


def converse(choice: Choice, client: httpx.AsyncClient) -> Model:
    """A model for pydantic-ai over one HTTP client, which stays the caller's."""
    url = f"{choice.url}/model/{quote(choice.model, safe='')}/converse"
    auth = signing(choice)

    async def request(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        check_allow_model_requests()
        try:
            answer = await client.post(url, json=body(messages, info), auth=auth)
        except httpx.HTTPError as error:
            raise ModelAPIError(choice.model, type(error).__name__) from None
        if answer.status_code != httpx.codes.OK:
            raise ModelHTTPError(answer.status_code, choice.model)
        return response(answer.content[: MOST_REPLY_BYTES + 1])

    return FunctionModel(request, model_name=choice.name)


class Bearer(httpx.Auth):
    """A Bedrock API key."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["authorization"] = self._header
        yield request


def signing(choice: Choice) -> httpx.Auth:
    """By AWS keys where the key is a pair of them (`choose` has seen to it that the region is known), else by the API key."""
    if keys := keys_of(choice.key):
        return Signing(keys, Scope(region_of(urlsplit(choice.url).hostname or "")))
    return Bearer(choice.key)


def body(messages: Sequence[ModelMessage], info: AgentInfo) -> dict[str, Any]:
    """Converse's request: the conversation, the instructions, and the one tool whose call is the answer."""
    most = (info.model_settings or {}).get("max_tokens")
    tools = [
        {
            "toolSpec": {
                "name": tool.name,
                "description": tool.description or tool.name,
                "inputSchema": {"json": tool.parameters_json_schema},
            }
        }
        for tool in info.output_tools
    ]
    return {
        "messages": [{"role": _role(message), "content": list(_blocks(message))} for message in messages],
        **({"system": [{"text": info.instructions}]} if info.instructions else {}),
        **({"inferenceConfig": {"maxTokens": most}} if most else {}),
        **({"toolConfig": {"tools": tools, "toolChoice": {"any": {}}}} if tools else {}),
    }


def response(content: bytes) -> ModelResponse:
    """Converse's answer. Raises UnexpectedModelBehavior for what is none."""
    try:
        answer = Answer.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise UnexpectedModelBehavior(f"Bedrock's answer: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    parts: list[TextPart | ToolCallPart] = []
    for block in answer.output.message.content:
        if block.tool_use:
            parts.append(ToolCallPart(block.tool_use.name, block.tool_use.input, tool_call_id=block.tool_use.id))
        elif block.text:
            parts.append(TextPart(block.text))
    return ModelResponse(parts, usage=RequestUsage(input_tokens=answer.usage.input_tokens, output_tokens=answer.usage.output_tokens))


def _role(message: ModelMessage) -> str:
    return "user" if isinstance(message, ModelRequest) else "assistant"


def _blocks(message: ModelMessage) -> Iterator[dict[str, Any]]:
    for part in message.parts:
        match part:
            case UserPromptPart():
                yield {"text": str(part.content)}
            case RetryFeedbackPart():
                yield {"text": part.model_response()}
            case ToolReturnPart():
                text = part.model_response_str(wrap_if_error=False)
                yield _result(part.tool_call_id, text, "success" if part.outcome == "success" else "error")
            case TextPart() if part.content:
                yield {"text": part.content}
            case ToolCallPart():
                yield {"toolUse": {"toolUseId": part.tool_call_id, "name": part.tool_name, "input": part.args_as_dict()}}
            case _:
                continue


def _result(call: str, text: str, status: str) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": call, "content": [{"text": text}], "status": status}}
