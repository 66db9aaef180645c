"""Mistral, Cohere and Groq, whose words are few."""

from program import DIALECT, HELLO, URL, drain, start_tracing, step

provider = start_tracing()
NAME = DIALECT.rsplit("-", 1)[1]
if NAME == "mistral":
    from opentelemetry.instrumentation.mistralai import MistralAiInstrumentor as Instrumentor
elif NAME == "cohere":
    from opentelemetry.instrumentation.cohere import CohereInstrumentor as Instrumentor
else:
    from opentelemetry.instrumentation.groq import GroqInstrumentor as Instrumentor
Instrumentor().instrument(tracer_provider=provider, skip_dep_check=True)


def mistral():
    from mistralai import Mistral

    client = Mistral(server_url=f"{URL}/mistral", api_key="none")
    return (
        lambda model: client.chat.complete(model=model, messages=HELLO),
        lambda model: drain(client.chat.stream(model=model, messages=HELLO)),
        "mistral-large-latest",
    )


def cohere():
    from cohere import ClientV2

    client = ClientV2(base_url=URL, api_key="none")
    return (
        lambda model: client.chat(model=model, messages=HELLO),
        lambda model: drain(client.chat_stream(model=model, messages=HELLO)),
        "command-r-plus-08-2024",
    )


def groq():
    from groq import Groq

    client = Groq(base_url=f"{URL}/groq", api_key="none", max_retries=1)
    create = client.chat.completions.create
    return (
        lambda model: create(model=model, messages=HELLO),
        lambda model: drain(create(model=model, messages=HELLO, stream=True)),
        "llama-3.3-70b-versatile",
    )


chat, stream, MODEL = {"mistral": mistral, "cohere": cohere, "groq": groq}[NAME]()
with step("chat"):
    chat(MODEL)
with step("chat, streamed"):
    stream(MODEL)
with step("chat, refused", status=400):
    chat(MODEL)
with step("chat, unknown model"):
    chat("acme-chat-1")
