"""LiteLLM with its own OpenTelemetry callback, or OpenInference's instrumentation."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

from program import ANTHROPIC_URL, DIALECT, OPENAI_URL, URL, drain, in_span, start_tracing, step

provider = start_tracing()
import litellm

litellm.suppress_debug_info = True
if DIALECT == "py-litellm-openinference":
    from openinference.instrumentation.litellm import LiteLLMInstrumentor

    LiteLLMInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
else:
    litellm.callbacks = ["otel"]

ALL = ["cache_read", "reasoning"]
CACHED = ["cache_read", "cache_write_5m"]
HELLO = [{"role": "user", "content": "hello"}]
PARAMETERS = {"type": "object", "properties": {"zone": {"type": "string"}}}
FUNCTION = {"name": "clock", "description": "tells the time", "parameters": PARAMETERS}
TOOLS = [{"type": "function", "function": FUNCTION}]


def chat(model, **more):
    base = ANTHROPIC_URL if model.startswith("anthropic/") else OPENAI_URL
    if model.startswith("gemini/"):
        base = f"{URL}/v1beta/models/{model.removeprefix('gemini/')}"
    return litellm.completion(
        model=model, api_base=base, api_key="none", **{"messages": HELLO, "max_tokens": 64, **more}
    )


def streamed(model):
    drain(chat(model, stream=True, stream_options={"include_usage": True}))


with step("chat"):
    chat("openai/gpt-4o")
with step("chat, model without prefix", classes=["cache_read"]):
    chat("gpt-4o")
with step("chat, reasoning", classes=ALL):
    chat("openai/gpt-4o-mini")
with step("chat, streamed", classes=ALL):
    streamed("openai/gpt-4o")
with step("chat, tool in two turns", classes=["cache_read"], callsTool=True):
    message = chat("openai/gpt-4o", tools=TOOLS).choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "noon"}
    chat("openai/gpt-4o", tools=TOOLS, messages=[*HELLO, message.model_dump(exclude_none=True), result])
with step("messages"):
    chat("anthropic/claude-sonnet-4-5")
with step("messages, cache read and written", classes=CACHED):
    chat("anthropic/claude-sonnet-4-5")
with step("messages, cache written for an hour", classes=[*CACHED, "cache_write_1h"]):
    chat("anthropic/claude-sonnet-4-5")
with step("messages, streamed", classes=CACHED):
    streamed("anthropic/claude-sonnet-4-5")
with step("gemini", classes=ALL):
    chat("gemini/gemini-2.5-flash")
with step("chat, refused", status=400):
    chat("openai/gpt-4o")
with step("chat, second attempt", failsFirst=True, classes=["cache_read"]):
    chat("openai/gpt-4o", num_retries=1)
with step("chat, unknown model"):
    chat("openai/acme-chat-1")
with step("two calls below a span of the application", classes=["cache_read"]):
    with in_span("answer"):
        chat("openai/gpt-4o")
        chat("anthropic/claude-sonnet-4-5")
with step("embeddings"):
    litellm.embedding(
        model="openai/text-embedding-3-small", input=["hello"], api_base=OPENAI_URL, api_key="none"
    )
