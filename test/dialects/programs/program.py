"""What every captured program shares: tracing, steps, addresses."""

import contextlib
import json
import os
import time
import traceback
import urllib.request

URL = os.environ["DIALECT_URL"]
OPENAI_URL = os.environ["DIALECT_OPENAI_URL"]
ANTHROPIC_URL = os.environ["DIALECT_ANTHROPIC_URL"]
DIALECT = os.environ["DIALECT"]
HELLO = [{"role": "user", "content": "hello"}]

_provider = None


def start_tracing():
    """Sets the SDK up; every span leaves when it ends."""
    global _provider
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    _provider = TracerProvider(resource=Resource({"service.name": "dialects"}))
    exporter = OTLPSpanExporter(endpoint=f"{URL}/v1/traces")
    _provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(_provider)
    return _provider


def flush():
    from opentelemetry import trace

    provider = _provider or trace.get_tracer_provider()
    if hasattr(provider, "force_flush"):
        provider.force_flush()


def begin(name, **plan):
    body = json.dumps({"name": name, **plan}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{URL}/step", data=body, method="POST")).read()
    time.sleep(0.005)


@contextlib.contextmanager
def step(name, **plan):
    """Tells what the calls to come report, and waits until their spans are gone."""
    begin(name, **plan)
    try:
        yield
    except Exception as error:  # what the application would see
        print(f"{name}: {type(error).__name__}: {str(error)[:300]}")
        if "status" not in plan:
            traceback.print_exc(limit=-2)
    time.sleep(0.03)
    flush()


@contextlib.contextmanager
def in_span(name):
    """A span of the application itself."""
    from opentelemetry import trace

    with trace.get_tracer("app").start_as_current_span(name):
        yield


def drain(stream):
    for _ in stream:
        pass
