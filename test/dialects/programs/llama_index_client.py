"""LlamaIndex's models."""

from program import DIALECT, OPENAI_URL, drain, in_span, start_tracing, step

provider = start_tracing()
if DIALECT.startswith("py-openllmetry"):
    from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor
else:
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
if DIALECT.startswith("py-openllmetry"):
    # It leaves the clients that have an instrumentation of their own to that one.
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI

HELLO = [ChatMessage(role="user", content="hello")]
ALL = ["cache_read", "reasoning"]


def openai(model, **more):
    return OpenAI(model=model, api_base=OPENAI_URL, api_key="none", max_retries=1, **more)


with step("chat"):
    openai("gpt-4o").chat(HELLO)
with step("chat, reasoning", classes=ALL):
    openai("gpt-5-mini").chat(HELLO)
with step("chat, streamed", classes=ALL):
    usage = {"stream_options": {"include_usage": True}}
    drain(openai("gpt-4o", additional_kwargs=usage).stream_chat(HELLO))
with step("complete", classes=["cache_read"]):
    openai("gpt-4o").complete("hello")
with step("chat, refused", status=400):
    openai("gpt-4o").chat(HELLO)
with step("two calls below a span of the application", classes=["cache_read"]):
    with in_span("answer"):
        openai("gpt-4o").chat(HELLO)
        openai("gpt-4o-mini").chat(HELLO)
if DIALECT.startswith("py-openllmetry"):
    from llama_index.llms.openai_like import OpenAILike

    def other(model, **more):
        base = {"api_base": OPENAI_URL, "api_key": "none", "max_retries": 1}
        return OpenAILike(model=model, is_chat_model=True, **base, **more)

    with step("chat, a client without an instrumentation of its own", classes=["cache_read"]):
        other("gpt-4o").chat(HELLO)
    with step("chat, streamed, a client without an instrumentation of its own"):
        usage = {"stream_options": {"include_usage": True}}
        drain(other("gpt-4o", additional_kwargs=usage).stream_chat(HELLO))
    with step("chat, refused, a client without an instrumentation of its own", status=400):
        other("gpt-4o").chat(HELLO)

    from llama_index.llms.anthropic import Anthropic
    from program import ANTHROPIC_URL

    def claude(**more):
        base = {"base_url": ANTHROPIC_URL, "api_key": "none", "max_retries": 1}
        return Anthropic(model="claude-sonnet-4-5-20250929", **base, **more)

    with step("messages"):
        claude().chat(HELLO)
    with step("messages, cached prompt", classes=["cache_read"]):
        claude().chat(HELLO)
    with step("messages, much cached", classes=["cache_read", "cache_write_5m"], tokens={"input": 40_001}):
        claude().chat(HELLO)
    with step("messages, streamed", classes=["cache_read", "cache_write_5m"]):
        drain(claude().stream_chat(HELLO))
