"""Pydantic AI's agents, with their own spans."""

import boto3
from program import ANTHROPIC_URL, OPENAI_URL, URL, in_span, start_tracing, step

start_tracing()
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.bedrock import BedrockProvider
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider

Agent.instrument_all()
openai = OpenAIProvider(base_url=OPENAI_URL, api_key="none")
anthropic = AnthropicProvider(base_url=ANTHROPIC_URL, api_key="none")
google = GoogleProvider(api_key="none", base_url=URL)
bedrock = BedrockProvider(
    bedrock_client=boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=URL,
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )
)
ALL = ["cache_read", "reasoning"]
CACHED = ["cache_read", "cache_write_5m"]


def agent(model):
    return Agent(model, name="greeter")


def with_tool(model):
    chosen = agent(model)

    @chosen.tool_plain
    def clock(zone: str) -> str:
        """Tells the time."""
        return "noon"

    return chosen


def streamed(chosen):
    chosen.run_stream_sync("hello").get_output()


MODELS = [
    ("chat", OpenAIChatModel("gpt-4o", provider=openai), ALL),
    ("responses", OpenAIResponsesModel("gpt-5-mini", provider=openai), ALL),
    ("messages", AnthropicModel("claude-sonnet-4-5", provider=anthropic), CACHED),
    ("gemini", GoogleModel("gemini-2.5-flash", provider=google), ALL),
    (
        "converse",
        BedrockConverseModel("us.anthropic.claude-sonnet-4-5-20250929-v1:0", provider=bedrock),
        ["cache_read", "cache_write"],
    ),
]
for name, model, classes in MODELS:
    with step(name):
        agent(model).run_sync("hello")
    with step(f"{name}, cached prompt", classes=classes):
        agent(model).run_sync("hello")
    with step(f"{name}, streamed", classes=classes):
        streamed(agent(model))
    with step(f"{name}, tool in two turns", classes=classes, callsTool=True):
        with_tool(model).run_sync("hello")
    with step(f"{name}, refused", status=400):
        agent(model).run_sync("hello")
sonnet = MODELS[2][1]
with step("messages, cache written for an hour", classes=[*CACHED, "cache_write_1h"]):
    agent(sonnet).run_sync("hello")
with step("messages, thinking", classes=[*CACHED, "reasoning"]):
    agent(sonnet).run_sync("hello")
with step("chat, second attempt", failsFirst=True, classes=ALL):
    agent(MODELS[0][1]).run_sync("hello")
with step("chat, unknown model"):
    agent(OpenAIChatModel("acme-chat-1", provider=openai)).run_sync("hello")
with step("two agents below a span of the application", classes=["cache_read"]):
    with in_span("answer"):
        agent(MODELS[0][1]).run_sync("hello")
        agent(sonnet).run_sync("hello")
