"""LangChain's models, chains and agents."""

from program import ANTHROPIC_URL, DIALECT, OPENAI_URL, drain, in_span, start_tracing, step

provider = start_tracing()
if DIALECT.startswith("py-openinference"):
    from openinference.instrumentation.langchain import LangChainInstrumentor
else:
    from opentelemetry.instrumentation.langchain import LangchainInstrumentor as LangChainInstrumentor
LangChainInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
if DIALECT.endswith("-with-openai"):
    if DIALECT.startswith("py-openinference"):
        from openinference.instrumentation.openai import OpenAIInstrumentor
    else:
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    OpenAIInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

from langchain.agents import create_agent
from langchain_anthropic import ChatAnthropic
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

ALL = ["cache_read", "reasoning"]
CACHED = ["cache_read", "cache_write_5m"]


def chat(model, **more):
    return ChatOpenAI(model=model, base_url=OPENAI_URL, api_key="none", max_retries=1, **more)


def claude():
    return ChatAnthropic(
        model="claude-sonnet-4-5", base_url=ANTHROPIC_URL, api_key="none", max_tokens=64
    )


@tool
def clock(zone: str) -> str:
    """Tells the time."""
    return "noon"


with step("chat"):
    chat("gpt-4o").invoke("hello")
with step("chat, cached prompt", classes=["cache_read"]):
    chat("gpt-4o").invoke("hello")
with step("chat, reasoning", classes=ALL):
    chat("gpt-5-mini").invoke("hello")
with step("chat, streamed", classes=ALL):
    drain(chat("gpt-5-mini", stream_usage=True).stream("hello"))
with step("responses", classes=ALL):
    chat("gpt-5-mini", use_responses_api=True).invoke("hello")
with step("chain", classes=ALL):
    (ChatPromptTemplate.from_template("{word}") | chat("gpt-5-mini")).invoke({"word": "hello"})
with step("agent", classes=["cache_read"], callsTool=True):
    agent = create_agent(chat("gpt-4o"), tools=[clock])
    agent.invoke({"messages": [{"role": "user", "content": "hello"}]})
with step("messages"):
    claude().invoke("hello")
with step("messages, cache read and written", classes=CACHED):
    claude().invoke("hello")
with step("messages, cache written for an hour", classes=[*CACHED, "cache_write_1h"]):
    claude().invoke("hello")
with step("messages, streamed", classes=CACHED):
    drain(claude().stream("hello"))
with step("messages, agent", classes=CACHED, callsTool=True):
    agent = create_agent(claude(), tools=[clock])
    agent.invoke({"messages": [{"role": "user", "content": "hello"}]})
with step("chat, refused", status=400):
    chat("gpt-4o").invoke("hello")
with step("chat, second attempt", failsFirst=True, classes=["cache_read"]):
    chat("gpt-4o").invoke("hello")
with step("chat, unknown model"):
    chat("acme-chat-1").invoke("hello")
with step("two calls below a span of the application", classes=["cache_read"]):
    with in_span("answer"):
        chat("gpt-4o").invoke("hello")
        chat("gpt-4o-mini").invoke("hello")
with step("embeddings"):
    embeddings = OpenAIEmbeddings(
        model="text-embedding-3-small",
        base_url=OPENAI_URL,
        api_key="none",
        check_embedding_ctx_length=False,
    )
    embeddings.embed_query("hello")
