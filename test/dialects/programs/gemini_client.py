"""Everything that an application does with Google's client."""

from program import DIALECT, URL, drain, in_span, start_tracing, step

provider = start_tracing()
if DIALECT.startswith("py-openinference"):
    from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor as Instrumentor
elif DIALECT.startswith("py-openllmetry"):
    from opentelemetry.instrumentation.google_generativeai import (
        GoogleGenerativeAiInstrumentor as Instrumentor,
    )
else:
    from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor as Instrumentor
Instrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

from google import genai
from google.genai import types

retries = types.HttpRetryOptions(attempts=2, initial_delay=0.01, max_delay=0.02)
options = types.HttpOptions(base_url=URL, retry_options=retries)
client = genai.Client(api_key="none", http_options=options)
models = client.models
ALL = ["cache_read", "reasoning"]
FLASH = "gemini-2.5-flash"


def ask(model=FLASH, **config):
    settings = types.GenerateContentConfig(**config) if config else None
    return models.generate_content(model=model, contents="hello", config=settings)


def clock(zone: str) -> str:
    """Tells the time."""
    return "noon"


with step("generate"):
    ask()
with step("generate, cached prompt", classes=["cache_read"]):
    ask()
with step("generate, thoughts", classes=ALL):
    ask("gemini-2.5-pro")
with step("generate, long context", tokens={"input": 250_001}, classes=ALL):
    ask("gemini-2.5-pro")
with step("generate, streamed", classes=ALL):
    drain(models.generate_content_stream(model=FLASH, contents="hello"))
with step("generate, function called by the client itself", classes=ALL, callsTool=True):
    ask(tools=[clock])
with step("generate, refused", status=400):
    ask()
with step("generate, second attempt", failsFirst=True, firstStatus=503, classes=ALL):
    ask()
with step("generate, unknown model"):
    ask("acme-chat-1")
with step("two calls below a span of the application", classes=ALL):
    with in_span("answer"):
        ask()
        ask("gemini-2.5-pro")
