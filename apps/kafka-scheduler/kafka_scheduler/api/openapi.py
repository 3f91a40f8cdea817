"""The OpenAPI description, made from the table of routes and of what they answer. Pure."""

from typing import Any

from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.api.routes import ROUTES, Route
from kafka_scheduler.kafka.options import OPTIONS

_TEXT: dict[str, Any] = {"type": "string"}
_WHOLE: dict[str, Any] = {"type": "integer"}
_NUMBER: dict[str, Any] = {"type": "number"}
_FLAG: dict[str, Any] = {"type": "boolean"}


def document() -> dict[str, Any]:
    """Return the description of all routes, the oldest API's paths marked as deprecated."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths[route.path] = {method.lower(): _operation(route, method) for method in route.methods}
        for old in route.old:
            methods = ("GET", "POST") if old.startswith("/api/") else route.methods
            paths[old] = {method.lower(): _operation(route, method, old) for method in methods}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kafka scheduler",
            "version": "1",
            "description": (
                "Runs Kafka brokers as tasks of Apache Mesos. Parameters go in the query, as a form, or as a "
                "JSON object. An instance that does not lead redirects to the one that does (307)."
            ),
        },
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "schemas": SCHEMAS,
            "responses": {"Error": _response("What went wrong, in one line.", _reference("Error"))},
        },
    }


def _operation(route: Route, method: str, old: str = "") -> dict[str, Any]:
    name = (old or route.path).strip("/").replace("/", "-").replace(".", "-")
    described: dict[str, Any] = {
        "operationId": f"{name}-{method.lower()}",
        "summary": route.summary,
        "tags": [route.path.strip("/").removeprefix("api/").split("/")[0]],
        "parameters": [_parameter(one, bool(old)) for one in route.parameters],
        "responses": _responses(route),
    }
    if method == "POST" and route.parameters:
        body = _body(route.parameters, bool(old))
        for one in described["parameters"]:
            # They may come in the body instead.
            one["required"] = False
        kinds = ("application/json", "application/x-www-form-urlencoded")
        described["requestBody"] = {"content": {kind: {"schema": body} for kind in kinds}}
    if old:
        described["deprecated"] = True
    if route.public:
        described["security"] = []
    return described


def _responses(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if route.answer == "text":
        found["200"] = {"description": "Metrics.", "content": {"text/plain": {"schema": _TEXT}}}
    else:
        found["200"] = _response(route.summary, _reference(route.answer))
    if route.public:
        found["503"] = _response("It does not.", _reference(route.answer))
        return found
    failures = {"400", "401", "403", "405"} | (set() if route.local else {"404", "409", "503"})
    found |= {status: {"$ref": "#/components/responses/Error"} for status in sorted(failures)}
    if not route.local:
        found["307"] = {"description": "Another instance leads.", "headers": {"Location": {"schema": _TEXT}}}
    return found


def _parameter(one: Parameter, old: bool) -> dict[str, Any]:
    return {
        "name": _name(one, old),
        "in": "query",
        "description": one.help,
        "required": one.required,
        "allowEmptyValue": True,
        "schema": _schema(one),
    }


def _body(parameters: tuple[Parameter, ...], old: bool) -> dict[str, Any]:
    properties = {_name(one, old): {"description": one.help, **_schema(one)} for one in parameters}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _name(one: Parameter, old: bool) -> str:
    return one.old if old and one.old else one.name


def _schema(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string" if one.kind == "time" else one.kind}
    if one.default is not None:
        schema["default"] = int(one.default) if one.kind == "integer" else one.default
    return schema


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _map(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of}


def _object(required: str = "", /, **properties: dict[str, Any]) -> dict[str, Any]:
    """Return an object of these properties and no others.

    :param required: names of those that are always there.
    """
    described: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return described | ({"required": required.split()} if required else {})


_GROUPED = ("stickinessPeriod", "failoverDelay", "failoverMaxDelay", "failoverMaxTries")

SCHEMAS: dict[str, dict[str, Any]] = {
    "Error": _object("error", error=_TEXT),
    "Broker": _object(
        "id active state needsRestart stickiness failover reasons",
        id=_TEXT,
        active=_FLAG,
        state={**_TEXT, "description": "stopped, starting, running, stopping, reconciling, failed N"},
        needsRestart=_FLAG,
        stickiness=_object(period=_TEXT, hostname=_TEXT, until=_WHOLE),
        failover=_object(delay=_TEXT, maxDelay=_TEXT, maxTries=_WHOLE, failures=_WHOLE, retryAt=_WHOLE),
        task=_reference("Task"),
        volumes=_list(_reference("Volume")),
        reasons=_list({**_TEXT, "description": "why it is not placed"}),
        **{
            one.name: {"type": one.kind, "description": one.help}
            for one in OPTIONS
            if one.name not in _GROUPED
        },
    ),
    "Task": _object(
        "id slaveId hostname state",
        id=_TEXT,
        slaveId=_TEXT,
        hostname=_TEXT,
        state=_TEXT,
        endpoint=_TEXT,
        ports=_map(_WHOLE),
        attributes=_map(_TEXT),
        started={**_WHOLE, "description": "milliseconds since 1970"},
    ),
    "Volume": _object("id", id=_TEXT, hostname=_TEXT, agentId=_TEXT, mb=_NUMBER, path=_TEXT, lost=_TEXT),
    "Brokers": _object("brokers", brokers=_list(_reference("Broker"))),
    "Outcome": _object(
        "status brokers",
        status={**_TEXT, "enum": ["started", "stopped", "restarted", "scheduled", "timeout"]},
        brokers=_list(_reference("Broker")),
        message=_TEXT,
        plan=_TEXT,
    ),
    "Log": _object("status content", status=_TEXT, content=_TEXT),
    "Metrics": _map(_map(_NUMBER)),
    "Topics": _object("topics", topics=_list(_reference("Topic"))),
    "Topic": _object(
        "name partitions options", name=_TEXT, partitions=_map(_list(_WHOLE)), options=_map(_TEXT)
    ),
    "Deleted": _object("topic status", topic=_TEXT, status=_TEXT),
    "Partitions": _map(_list(_reference("Partition"))),
    "Partition": _object(
        "id leader expectedLeader replicas isr",
        id=_WHOLE,
        leader={**_WHOLE, "description": "-1: none"},
        expectedLeader=_WHOLE,
        replicas=_list(_WHOLE),
        isr=_list(_WHOLE),
    ),
    "Move": _object(
        "status state moves",
        status={
            **_TEXT,
            "description": "idle, planned, started, running, completed, failed, cancelled, timeout",
        },
        state=_TEXT,
        kind=_TEXT,
        error=_TEXT,
        moves=_list(_reference("PartitionMove")),
    ),
    "PartitionMove": _object(
        "topic partition from to left",
        **{"topic": _TEXT, "partition": _WHOLE, "from": _list(_WHOLE), "to": _list(_WHOLE), "left": _FLAG},
    ),
    "Removed": {
        "type": "object",
        "required": ["ids", "status"],
        "properties": {
            "ids": _list(_TEXT),
            "status": _TEXT,
            "state": _TEXT,
            "kind": _TEXT,
            "error": _TEXT,
            "moves": _list(_reference("PartitionMove")),
        },
        "additionalProperties": False,
    },
    "Quotas": _list(_reference("Quota")),
    "Quota": {
        "type": "object",
        "required": ["entityType", "entity"],
        "properties": {
            "entityType": _TEXT,
            "entity": _TEXT,
            "producerByteRate": _WHOLE,
            "consumerByteRate": _WHOLE,
        },
        "additionalProperties": _NUMBER,
    },
    "Plans": _object("plans", plans=_list(_reference("Plan"))),
    "Plan": _object(
        "id kind status phases", id=_TEXT, kind=_TEXT, status=_TEXT, phases=_list(_reference("Phase"))
    ),
    "Phase": _object("name status steps", name=_TEXT, status=_TEXT, steps=_list(_reference("Step"))),
    "Step": _object("broker action status", broker=_TEXT, action=_TEXT, status=_TEXT, message=_TEXT),
    "Done": _object("status", status=_TEXT),
    "LogLevel": _object("logger level", logger=_TEXT, level=_TEXT),
    "Health": _object(
        "status leader connected problem", status=_TEXT, leader=_FLAG, connected=_FLAG, problem=_TEXT
    ),
    "OpenApi": {"type": "object"},
}
