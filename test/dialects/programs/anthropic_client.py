from anthropic_steps import anthropic_steps
from program import ANTHROPIC_URL, DIALECT, start_tracing

provider = start_tracing()
if DIALECT.startswith("py-openinference"):
    from openinference.instrumentation.anthropic import AnthropicInstrumentor
elif DIALECT.startswith("py-openllmetry"):
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor
elif DIALECT.startswith("py-otel-genai"):
    from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
else:
    AnthropicInstrumentor = None  # the SDK's own spans need a registered provider only
if AnthropicInstrumentor is not None:
    AnthropicInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

from anthropic import Anthropic

anthropic_steps(Anthropic(base_url=ANTHROPIC_URL, api_key="none"))
