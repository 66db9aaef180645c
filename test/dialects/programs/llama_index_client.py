"""LlamaIndex's models."""

from program import OPENAI_URL, drain, in_span, start_tracing, step

provider = start_tracing()
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

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
