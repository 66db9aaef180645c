"""Everything that an application does with Bedrock."""

import json

from program import DIALECT, URL, drain, in_span, start_tracing, step

provider = start_tracing()
if DIALECT.startswith("py-openinference"):
    from openinference.instrumentation.bedrock import BedrockInstrumentor as Instrumentor
elif DIALECT.startswith("py-openllmetry"):
    from opentelemetry.instrumentation.bedrock import BedrockInstrumentor as Instrumentor
elif DIALECT.startswith("py-openlit"):
    from openlit_start import OpenlitInstrumentor as Instrumentor
else:
    from opentelemetry.instrumentation.botocore import BotocoreInstrumentor as Instrumentor
Instrumentor().instrument(tracer_provider=provider, skip_dep_check=True)

import boto3
from botocore.config import Config

client = boto3.client(
    "bedrock-runtime",
    region_name="us-east-1",
    endpoint_url=URL,
    aws_access_key_id="none",
    aws_secret_access_key="none",
    config=Config(retries={"max_attempts": 2}),
)
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "amazon.nova-lite-v1:0"
MESSAGES = [{"role": "user", "content": [{"text": "hello"}]}]
BODY = json.dumps(
    {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "hello"}],
    }
)
CACHED = ["cache_read", "cache_write"]


def converse(model):
    return client.converse(modelId=model, messages=MESSAGES)


def invoke(model):
    return json.loads(client.invoke_model(modelId=model, body=BODY)["body"].read())


with step("converse"):
    converse(NOVA)
with step("converse, cached prompt", classes=["cache_read"]):
    converse(NOVA)
with step("converse, cache read and written", classes=CACHED):
    converse(CLAUDE)
with step("converse, streamed", classes=CACHED):
    drain(client.converse_stream(modelId=CLAUDE, messages=MESSAGES)["stream"])
with step("invoke", classes=["cache_read", "cache_write_5m"]):
    invoke(CLAUDE)
with step("invoke, nothing cached"):
    invoke(CLAUDE)
with step("invoke, streamed", classes=["cache_read", "cache_write_5m"]):
    drain(client.invoke_model_with_response_stream(modelId=CLAUDE, body=BODY)["body"])
with step("converse, refused", status=400):
    converse(CLAUDE)
with step("converse, second attempt", failsFirst=True):
    converse(NOVA)
with step("converse, unknown model"):
    converse("acme.chat-v1:0")
with step("two calls below a span of the application", classes=CACHED):
    with in_span("answer"):
        converse(CLAUDE)
        converse(NOVA)
