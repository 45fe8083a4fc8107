"""Calls the agent's own tools from a script in the VM: web search, the knowledge base, sources.

    from vibewriter_bridge import call, tools
    found = call("web_search", query="yield on Base", limit=5)
"""

import json
import os
import urllib.error
import urllib.request

__all__ = ["BridgeError", "call", "tools"]

# The bridge is on this machine's loopback; a proxy would only be in the way.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class BridgeError(Exception):
    """Why there is no result; `code` is for programs, the message for people."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def call(name, /, *, timeout=150, **arguments):
    """The result of a tool. Raises BridgeError."""
    return _ask("POST", "/v1/tools/" + name, arguments, timeout)["result"]


def tools():
    """What there is: [{"name", "description", "parameters"}]. Raises BridgeError."""
    return _ask("GET", "/v1/tools", None, 30)["tools"]


def _ask(method, path, body, timeout):
    address = os.environ.get("VIBEWRITER_BRIDGE", "http://127.0.0.1:3129") + path
    headers = {"content-type": "application/json"}
    if "VIBEWRITER_SCOPE" in os.environ:
        headers["x-vibewriter-scope"] = os.environ["VIBEWRITER_SCOPE"]
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers=headers, method=method)
    try:
        with _opener.open(request, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, ValueError) as error:
        raise BridgeError("unreachable", f"The bridge does not answer ({error}); try again in a moment.") from error


def _refusal(error):
    try:
        refusal = json.load(error)["error"]
        return BridgeError(refusal["code"], refusal["message"])
    except (ValueError, KeyError, TypeError):
        return BridgeError("failed", f"The bridge answered with status {error.code}.")
