"""OpenAI's agents: their runner makes the calls."""

import asyncio

from program import DIALECT, OPENAI_URL, in_span, start_tracing, step

if DIALECT.startswith("py-logfire"):
    from logfire_start import logfire

    logfire.instrument_openai_agents()
else:
    provider = start_tracing()
    if DIALECT.startswith("py-openinference"):
        from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
    else:
        from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor
    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI

set_tracing_disabled(False)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
client = AsyncOpenAI(base_url=OPENAI_URL, api_key="none")
ALL = ["cache_read", "reasoning"]


@function_tool
def clock(zone: str) -> str:
    """Tells the time."""
    return "noon"


def agent(model, name="greeter", **more):
    chosen = model if not isinstance(model, str) else OpenAIResponsesModel(model, client)
    return Agent(name=name, instructions="hello", model=chosen, **more)


def run(start):
    return loop.run_until_complete(Runner.run(start, "hello"))


async def streamed(start):
    result = Runner.run_streamed(start, "hello")
    async for _ in result.stream_events():
        pass


with step("agent, responses", classes=ALL):
    run(agent("gpt-5-mini"))
with step("agent, responses, tool in two turns", classes=ALL, callsTool=True):
    run(agent("gpt-5-mini", tools=[clock]))
with step("agent, responses, streamed", classes=ALL):
    loop.run_until_complete(streamed(agent("gpt-5-mini")))
with step("agent, chat completions", classes=ALL):
    run(agent(OpenAIChatCompletionsModel("gpt-4o", client)))
with step("agent, chat completions, tool in two turns", classes=ALL, callsTool=True):
    run(agent(OpenAIChatCompletionsModel("gpt-4o", client), tools=[clock]))
with step("agent, chat completions, streamed", classes=ALL):
    loop.run_until_complete(streamed(agent(OpenAIChatCompletionsModel("gpt-4o", client))))
with step("agent, refused", status=400):
    run(agent("gpt-5-mini"))
with step("agent, unknown model"):
    run(agent("acme-chat-1"))
with step("two agents below a span of the application", classes=["cache_read"]):
    with in_span("answer"):
        run(agent("gpt-4o"))
        run(agent("gpt-4o-mini", name="second"))
