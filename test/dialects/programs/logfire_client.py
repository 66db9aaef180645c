from logfire_start import logfire
from program import ANTHROPIC_URL, DIALECT, OPENAI_URL

if DIALECT == "py-logfire-openai":
    from openai import OpenAI
    from openai_steps import openai_steps

    client = OpenAI(base_url=OPENAI_URL, api_key="none")
    logfire.instrument_openai(client)
    openai_steps(client)
else:
    from anthropic import Anthropic
    from anthropic_steps import anthropic_steps

    client = Anthropic(base_url=ANTHROPIC_URL, api_key="none")
    logfire.instrument_anthropic(client)
    anthropic_steps(client)
