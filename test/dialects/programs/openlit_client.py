from program import ANTHROPIC_URL, DIALECT, OPENAI_URL, start_tracing

provider = start_tracing()
from openlit_start import OpenlitInstrumentor

OpenlitInstrumentor().instrument(tracer_provider=provider)

if DIALECT == "py-openlit-openai":
    from openai import OpenAI
    from openai_steps import openai_steps

    openai_steps(OpenAI(base_url=OPENAI_URL, api_key="none"))
else:
    from anthropic import Anthropic
    from anthropic_steps import anthropic_steps

    anthropic_steps(Anthropic(base_url=ANTHROPIC_URL, api_key="none"))
