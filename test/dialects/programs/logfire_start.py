"""Logfire, sending to a collector in place of its own service."""

import logfire

logfire.configure(send_to_logfire=False, console=False, service_name="dialects", inspect_arguments=False)
