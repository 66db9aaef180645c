from openai_steps import openai_steps
from program import DIALECT, OPENAI_URL, start_tracing

provider = start_tracing()
if DIALECT.startswith("py-openinference"):
    from openinference.instrumentation.openai import OpenAIInstrumentor
elif DIALECT.startswith("py-openllmetry"):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
elif DIALECT.startswith("py-otel-genai"):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
OpenAIInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

from openai import OpenAI

openai_steps(OpenAI(base_url=OPENAI_URL, api_key="none"))
