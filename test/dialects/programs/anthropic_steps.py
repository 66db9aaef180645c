"""Everything that an application does with Anthropic's client."""

from program import HELLO, drain, in_span, step

SCHEMA = {"type": "object", "properties": {"zone": {"type": "string"}}}
TOOLS = [{"name": "clock", "description": "tells the time", "input_schema": SCHEMA}]
CACHED = ["cache_read", "cache_write_5m"]
ALL = [*CACHED, "cache_write_1h"]
SONNET = "claude-sonnet-4-5"
HAIKU = "claude-haiku-4-5"


def anthropic_steps(client):
    def ask(model, **more):
        return client.messages.create(model=model, max_tokens=64, **{"messages": HELLO, **more})

    with step("messages"):
        ask(SONNET)
    with step("messages, cached prompt", classes=["cache_read"]):
        ask(SONNET)
    with step("messages, cache read and written", classes=CACHED):
        ask(SONNET)
    with step("messages, cache written for an hour", classes=ALL):
        ask(SONNET)
    with step("messages, cache written only", classes=["cache_write_5m"]):
        ask(HAIKU)
    with step("messages, thinking", classes=[*CACHED, "reasoning"]):
        ask(SONNET)
    with step("messages, streamed", classes=ALL):
        drain(ask(SONNET, stream=True))
    with step("messages, streamed, nothing cached"):
        drain(ask(SONNET, stream=True))
    with step("messages, stream helper", classes=CACHED):
        with client.messages.stream(model=SONNET, max_tokens=64, messages=HELLO) as stream:
            stream.get_final_message()
    with step("messages, tool in two turns", classes=["cache_read"], callsTool=True):
        first = ask(SONNET, tools=TOOLS)
        use = first.content[0].model_dump(exclude_none=True)
        result = {"type": "tool_result", "tool_use_id": use["id"], "content": "noon"}
        turns = [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
        ask(SONNET, tools=TOOLS, messages=[*HELLO, *turns])
    with step("messages, long context", tokens={"input": 150_001}, classes=["cache_read"]):
        ask(SONNET)
    with step("messages, refused", status=400):
        ask(SONNET)
    with step("messages, second attempt", failsFirst=True, classes=["cache_read"]):
        ask(SONNET)
    with step("messages, unknown model", classes=["cache_read"]):
        ask("acme-chat-1")
    with step("two calls below a span of the application", classes=CACHED):
        with in_span("answer"):
            ask(SONNET)
            drain(ask(HAIKU, stream=True))
