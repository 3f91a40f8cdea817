"""The description: complete, valid, and true of what is answered."""

import re
from typing import Any

import jsonschema
import pytest
from kafka_scheduler.api import openapi
from kafka_scheduler.api.routes import ROUTES

from tests.unit.kafka_scheduler.api.double import Api

DOCUMENT = openapi.document()


def references(data: Any) -> set[str]:
    if isinstance(data, dict):
        own = {data["$ref"]} if isinstance(data.get("$ref"), str) else set()
        return own.union(*map(references, data.values()))
    return set().union(*map(references, data)) if isinstance(data, list) else set()


def resolve(schema: Any) -> Any:
    """Put schemas in the place of references."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return resolve(openapi.SCHEMAS[schema["$ref"].rsplit("/", 1)[1]])
        return {key: resolve(value) for key, value in schema.items()}
    return [resolve(one) for one in schema] if isinstance(schema, list) else schema


def test_every_route_is_described_with_its_parameters() -> None:
    for route in ROUTES:
        for path in (route.path, *route.old):
            described = DOCUMENT["paths"][path]
            for operation in described.values():
                assert len(operation["parameters"]) == len(route.parameters)
                assert all(one["description"] for one in operation["parameters"])
                assert operation.get("deprecated", False) == (path in route.old)
        assert set(DOCUMENT["paths"][route.path]) == {method.lower() for method in route.methods}
    assert len(DOCUMENT["paths"]) == sum(1 + len(one.old) for one in ROUTES)


def test_no_path_is_there_twice() -> None:
    paths = [path for one in ROUTES for path in (one.path, *one.old)]
    assert len(paths) == len(set(paths))


def test_it_is_openapi_3_1() -> None:
    assert re.fullmatch(r"3\.1\.\d", DOCUMENT["openapi"])
    assert {"title", "version"} <= set(DOCUMENT["info"])
    ids = []
    for path, operations in DOCUMENT["paths"].items():
        assert path.startswith("/")
        assert set(operations) <= {"get", "post"}
        for operation in operations.values():
            ids.append(operation["operationId"])
            names = [(one["name"], one["in"]) for one in operation["parameters"]]
            assert len(names) == len(set(names))
            assert all("description" in one or "$ref" in one for one in operation["responses"].values())
            assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
    assert len(ids) == len(set(ids))


def test_every_reference_leads_to_a_schema_and_every_schema_is_valid_and_used() -> None:
    found = references(DOCUMENT)
    for reference in found:
        part: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]
    used = {one.rsplit("/", 1)[1] for one in found if "/schemas/" in one}
    assert used == set(openapi.SCHEMAS)
    for schema in openapi.SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(resolve(schema))


ASKED = [
    "/api/broker/list",
    "/api/broker/add?broker=7&cpus=2&volume=data:5G&constraints=rack=like:r.*&options=a=b&portExternal=9094",
    "/api/broker/update?broker=0&failoverMaxTries=3",
    "/api/broker/clone?broker=8&source=0",
    "/api/broker/start?broker=*",
    "/api/broker/restart?broker=0",
    "/api/broker/stop?broker=2",
    "/api/broker/remove?broker=2",
    "/api/broker/remove?broker=1&evacuate",
    "/api/broker/log?broker=0",
    "/api/broker/metrics",
    "/api/broker/volume/give-up?broker=0&volume=v&confirm=v",
    "/api/topic/list",
    "/api/topic/add?topic=new&partitions=3",
    "/api/topic/update?topic=t0&options=a=b",
    "/api/topic/rebalance?topic=*",
    "/api/topic/realign?topic=*&dryRun",
    "/api/topic/cancel",
    "/api/partition/list",
    "/api/partition/add?topic=t1&partitions=3",
    "/api/topic/delete?topic=t0&confirm=t0",
    "/api/quota/set?entityType=users&entity=u&consumerByteRate=5",
    "/api/quota/list",
    "/api/plan/list",
    "/api/plan/pause?plan=restart-3",
    "/api/plan/continue?plan=restart-3",
    "/api/plan/force?plan=restart-3&broker=0",
    "/api/plan/cancel?plan=restart-3",
    "/api/scheduler/stop",
    "/api/loglevel",
    "/health",
]


def test_every_answer_is_as_described(three: Api) -> None:
    three.service.with_volume(0)
    for target in ASKED:
        path = target.split("?")[0]
        answer = three.post(target)
        described = DOCUMENT["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]
        jsonschema.validate(answer, resolve(described["schema"]))
    jsonschema.validate(three.post("/api/broker/list", 200), resolve(openapi.SCHEMAS["Brokers"]))
    jsonschema.validate(three.post("/api/broker/start?broker=99", 404), openapi.SCHEMAS["Error"])
    asked = {target.split("?")[0] for target in ASKED}
    assert asked >= {one.path for one in ROUTES if "POST" in one.methods}


def test_it_is_served(api: Api) -> None:
    assert api.get("/api/openapi.json") == DOCUMENT


@pytest.mark.parametrize("path", ["/api/broker/add", "/api/topic/rebalance"])
def test_a_body_is_described_as_well_as_the_query(path: str) -> None:
    operation = DOCUMENT["paths"][path]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert set(body) == {one["name"] for one in operation["parameters"]}
