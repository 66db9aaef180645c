"""Everything that an application does with OpenAI's client."""

from program import HELLO, drain, in_span, step

PARAMETERS = {"type": "object", "properties": {"zone": {"type": "string"}}}
FUNCTION = {"name": "clock", "description": "tells the time", "parameters": PARAMETERS}
CHAT_TOOL = {"type": "function", "function": FUNCTION}
ALL = ["cache_read", "reasoning"]


def openai_steps(client):
    def chat(model, **more):
        return client.chat.completions.create(model=model, **{"messages": HELLO, **more})

    def streamed(model):
        drain(chat(model, stream=True, stream_options={"include_usage": True}))

    with step("chat"):
        chat("gpt-4o")
    with step("chat, cached prompt", classes=["cache_read"]):
        chat("gpt-4o")
    with step("chat, cache read and written", classes=["cache_read", "cache_write"]):
        chat("gpt-5")
    with step("chat, reasoning", classes=ALL):
        chat("gpt-5-mini")
    with step("chat, priority tier", classes=ALL, serviceTier="priority"):
        chat("gpt-5-mini", service_tier="priority")
    with step("chat, streamed", classes=ALL):
        streamed("gpt-5-mini")
    with step("chat, streamed without usage"):
        drain(chat("gpt-4o", stream=True))
    with step("chat, tool in two turns", classes=["cache_read"], callsTool=True):
        message = chat("gpt-4o", tools=[CHAT_TOOL]).choices[0].message
        result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "noon"}
        messages = [*HELLO, message.model_dump(exclude_none=True), result]
        chat("gpt-4o", tools=[CHAT_TOOL], messages=messages)
    with step("chat, refused", status=400):
        chat("gpt-4o")
    with step("chat, second attempt", failsFirst=True, classes=["cache_read"]):
        chat("gpt-4o-mini")
    with step("chat, unknown model"):
        chat("acme-chat-1")
    with step("two calls below a span of the application", classes=["cache_read"]):
        with in_span("answer"):
            chat("gpt-4o")
            streamed("gpt-4o-mini")
    responses_steps(client)
    with step("embeddings"):
        client.embeddings.create(model="text-embedding-3-small", input=["hello", "hello"])


def responses_steps(client):
    def respond(model, **more):
        return client.responses.create(model=model, **{"input": "hello", **more})

    with step("responses", classes=ALL):
        respond("gpt-5")
    with step("responses, streamed", classes=ALL):
        drain(respond("gpt-5", stream=True))
    with step("responses, tool in two turns", classes=["cache_read"], callsTool=True):
        tools = [{"type": "function", "strict": False, **FUNCTION}]
        call = respond("gpt-4o", tools=tools).output[0]
        result = {"type": "function_call_output", "call_id": call.call_id, "output": "noon"}
        respond("gpt-4o", tools=tools, input=[*HELLO, call.model_dump(exclude_none=True), result])
    with step("responses, refused", status=500):
        respond("gpt-5")
