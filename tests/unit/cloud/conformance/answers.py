"""What providers answer when something is wrong, in the shapes that each has for it."""

import json
import xmlrpc.client
from typing import Any

from tests.unit.cloud.conformance.recorder import Answer


def says_json(status: int, /, **body: Any) -> Answer:
    return Answer(status, json.dumps(body), {"content-type": "application/json"})


def says_ec2(status: int, code: str, message: str) -> Answer:
    return Answer(
        status,
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>x</RequestID></Response>",
    )


def says_fault(code: int, text: str) -> Answer:
    return Answer(200, xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)), {"content-type": "text/xml"})


def says_plainly(status: int, text: str) -> Answer:
    return says_json(status, message=text, detail=text, error_message=text, errors=[{"info": text}])


GENERAL: dict[str, Any] = {
    "refused": says_plainly(401, "Invalid credentials"),
    "quota": says_plainly(400, "Quota exceeded"),
    "limited": says_plainly(429, "Too many requests"),
    "unavailable": says_plainly(503, "Service Unavailable"),
}
