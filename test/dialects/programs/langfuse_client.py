"""Langfuse's own client in place of OpenAI's, or its callback for LangChain; it sends its spans itself."""

import os

from program import DIALECT, OPENAI_URL, URL, drain, in_span, step

os.environ["LANGFUSE_HOST"] = URL
os.environ["LANGFUSE_BASE_URL"] = URL
os.environ["LANGFUSE_PUBLIC_KEY"] = "none"
os.environ["LANGFUSE_SECRET_KEY"] = "none"
from langfuse import get_client

get_client()

if DIALECT == "py-langfuse-openai":
    from langfuse.openai import OpenAI
    from openai_steps import openai_steps

    openai_steps(OpenAI(base_url=OPENAI_URL, api_key="none"))
else:
    from langchain_openai import ChatOpenAI
    from langfuse.langchain import CallbackHandler

    options = {"callbacks": [CallbackHandler()]}
    ALL = ["cache_read", "reasoning"]

    def chat(model, **more):
        return ChatOpenAI(model=model, base_url=OPENAI_URL, api_key="none", max_retries=1, **more)

    with step("chat"):
        chat("gpt-4o").invoke("hello", options)
    with step("chat, reasoning", classes=ALL):
        chat("gpt-5-mini").invoke("hello", options)
    with step("chat, streamed", classes=ALL):
        drain(chat("gpt-5-mini", stream_usage=True).stream("hello", options))
    with step("responses", classes=ALL):
        chat("gpt-5-mini", use_responses_api=True).invoke("hello", options)
    with step("chat, refused", status=400):
        chat("gpt-4o").invoke("hello", options)
    with step("two calls below a span of the application", classes=["cache_read"]):
        with in_span("answer"):
            chat("gpt-4o").invoke("hello", options)
            chat("gpt-4o-mini").invoke("hello", options)

get_client().flush()
