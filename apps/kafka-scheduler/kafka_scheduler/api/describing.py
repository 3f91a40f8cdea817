"""An OpenAPI description, made from a table of routes and of what they answer. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.api.route import Route
from kafka_scheduler.option import Option

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}
FLAG: dict[str, Any] = {"type": "boolean"}


def document(
    title: str, description: str, routes: Sequence[Route], schemas: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return the description of all routes, the oldest API's paths marked as deprecated."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths[route.path] = {method.lower(): _operation(route, method) for method in route.methods}
        for old in route.old:
            methods = ("GET", "POST") if old.startswith("/api/") else route.methods
            paths[old] = {method.lower(): _operation(route, method, old) for method in methods}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": "1",
            "description": (
                f"{description} Parameters go in the query, as a form, or as a JSON object. An instance that "
                "does not lead redirects to the one that does (307)."
            ),
        },
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "schemas": dict(schemas),
            "responses": {"Error": _response("What went wrong, in one line.", reference("Error"))},
        },
    }


def _operation(route: Route, method: str, old: str = "") -> dict[str, Any]:
    name = (old or route.path).strip("/").replace("/", "-").replace(".", "-")
    described: dict[str, Any] = {
        "operationId": f"{name}-{method.lower()}",
        "summary": route.summary,
        "tags": [route.path.strip("/").removeprefix("api/").removeprefix("v1/").split("/")[0]],
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
        found["200"] = {"description": "Metrics.", "content": {"text/plain": {"schema": TEXT}}}
    else:
        found["200"] = _response(route.summary, reference(route.answer))
    if route.public:
        found["503"] = _response("It does not.", reference(route.answer))
        return found
    failures = {"400", "401", "403", "405"} | (set() if route.local else {"404", "409", "503"})
    found |= {status: {"$ref": "#/components/responses/Error"} for status in sorted(failures)}
    if not route.local:
        found["307"] = {"description": "Another instance leads.", "headers": {"Location": {"schema": TEXT}}}
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


def reference(name: str) -> dict[str, Any]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(of: dict[str, Any]) -> dict[str, Any]:
    """Return a list of something."""
    return {"type": "array", "items": of}


def mapping(of: dict[str, Any]) -> dict[str, Any]:
    """Return texts to something."""
    return {"type": "object", "additionalProperties": of}


def record(required: str = "", /, **properties: dict[str, Any]) -> dict[str, Any]:
    """Return an object of these properties and no others.

    :param required: names of those that are always there.
    """
    described: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return described | ({"required": required.split()} if required else {})


#: What every scheduler answers.
COMMON: dict[str, dict[str, Any]] = {
    "Error": record("error", error=TEXT),
    "Task": record(
        "id slaveId hostname state",
        id=TEXT,
        slaveId=TEXT,
        hostname=TEXT,
        state=TEXT,
        endpoint=TEXT,
        ports=mapping(WHOLE),
        attributes=mapping(TEXT),
        started={**WHOLE, "description": "milliseconds since 1970"},
    ),
    "Volume": record("id", id=TEXT, hostname=TEXT, agentId=TEXT, mb=NUMBER, path=TEXT, lost=TEXT),
    "Log": record("status content", status=TEXT, content=TEXT),
    "Plans": record("plans", plans=array(reference("Plan"))),
    "Plan": record(
        "id kind status phases", id=TEXT, kind=TEXT, status=TEXT, phases=array(reference("Phase"))
    ),
    "Phase": record("name status steps", name=TEXT, status=TEXT, steps=array(reference("Step"))),
    "Done": record("status", status=TEXT),
    "LogLevel": record("logger level", logger=TEXT, level=TEXT),
    "Health": record(
        "status leader connected problem", status=TEXT, leader=FLAG, connected=FLAG, problem=TEXT
    ),
    "OpenApi": {"type": "object"},
}


def instance(options: Sequence[Option], grouped: Sequence[str]) -> dict[str, Any]:
    """Return an instance with its options.

    :param grouped: options that are shown in groups instead.
    """
    return record(
        "id active state needsRestart stickiness failover reasons",
        id=TEXT,
        active=FLAG,
        state={**TEXT, "description": "stopped, starting, running, stopping, reconciling, failed N"},
        needsRestart=FLAG,
        stickiness=record(period=TEXT, hostname=TEXT, until=WHOLE),
        failover=record(delay=TEXT, maxDelay=TEXT, maxTries=WHOLE, failures=WHOLE, retryAt=WHOLE),
        task=reference("Task"),
        volumes=array(reference("Volume")),
        reasons=array({**TEXT, "description": "why it is not placed"}),
        **{
            one.name: {"type": one.kind, "description": one.help}
            for one in options
            if one.name not in grouped
        },
    )
