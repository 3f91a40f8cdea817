"""The providers of the suite, with what is proven for each. ``docs/providers.md`` is generated from this."""

from tests.unit.cloud.conformance import doubles
from tests.unit.cloud.conformance.answers import GENERAL, says_ec2, says_fault, says_json
from tests.unit.cloud.conformance.operations import OPERATIONS
from tests.unit.cloud.conformance.recorder import Answer
from tests.unit.cloud.conformance.subject import Subject

ALL = frozenset(OPERATIONS)


def but(*missing: str) -> frozenset[str]:
    """Return all operations but some."""
    assert not set(missing) - ALL, missing
    return ALL - set(missing)


SUBJECTS = (
    Subject(
        "ec2",
        doubles.ec2,
        ALL,
        {"region": "eu-west-1"},
        secret=True,
        size="t3.medium",
        image="ami-57ba933a",
        zone="eu-west-1a",
        creates=lambda sent: "RunInstances" in sent.url,
        refused=says_ec2(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
        quota=says_ec2(
            400, "VcpuLimitExceeded", "You have requested more vCPU capacity than your current limit"
        ),
        limited=says_ec2(503, "RequestLimitExceeded", "Request limit exceeded."),
        unavailable=says_ec2(500, "InternalError", "An internal error has occurred"),
    ),
    Subject(
        "gce",
        doubles.gce,
        ALL,
        {"project": "project_name", "auth_type": "IA"},
        secret=True,
        added=frozenset({"start"}),
        size="n1-standard-1",
        image="coreos-cloud/coreos-beta",
        name="node-name",
        node="node-name",
        location="us-central1",
        zone="us-central1-a",
        creates=lambda sent: sent.method == "POST" and sent.url.endswith("/instances"),
        refused=says_json(
            401, error={"code": 401, "message": "Invalid Credentials", "errors": [{"reason": "authError"}]}
        ),
        quota=says_json(
            403,
            error={"code": 403, "message": "Quota 'CPUS' exceeded.", "errors": [{"reason": "quotaExceeded"}]},
        ),
        limited=says_json(
            403,
            error={
                "code": 403,
                "message": "Rate Limit Exceeded",
                "errors": [{"reason": "rateLimitExceeded"}],
            },
        ),
        unavailable=says_json(
            503, error={"code": 503, "message": "Backend Error", "errors": [{"reason": "backendError"}]}
        ),
    ),
    Subject(
        "azure_arm",
        doubles.azure,
        ALL,
        {
            "tenant_id": "77777777-7777-7777-7777-777777777777",
            "subscription_id": "99999999",
            "region": "eastus",
        },
        secret=True,
        added=frozenset({"create", "images", "reboot", "start", "tags", "user-data", "stop"}),
        size="Standard_A1",
        image="Debian:debian-12:12-gen2:latest",
        location="eastus",
        name="test-node-1",
        network={"resource_group": "000000", "name": "0000"},
        refused=says_json(401, error={"code": "AuthenticationFailed", "message": "Authentication failed."}),
        quota=says_json(
            409,
            error={"code": "OperationNotAllowed", "message": "exceeding approved Total Regional Cores quota"},
        ),
        limited=says_json(429, error={"code": "TooManyRequests", "message": "The request was throttled."}),
        unavailable=says_json(503, error={"code": "ServerBusy", "message": "Server is busy."}),
    ),
    Subject(
        "openstack",
        doubles.openstack,
        but("locations"),
        {"ex_force_auth_url": "https://auth.api.example.com", "ex_force_auth_version": "2.0"},
        secret=True,
        size="15.5GB slice",
        image="hypernode",
        refused=says_json(
            401, unauthorized={"code": 401, "message": "This server could not verify that you are authorized"}
        ),
        quota=says_json(403, forbidden={"code": 403, "message": "Quota exceeded for instances: Requested 1"}),
        limited=says_json(413, overLimit={"code": 413, "message": "OverLimit Retry...", "retryAfter": "9"}),
        unavailable=says_json(503, error={"code": 503, "message": "Service Unavailable"}),
    ),
    Subject(
        "digitalocean",
        doubles.digitalocean,
        ALL,
        added=frozenset({"create", "user-data", "tags"}),
        size="1gb",
        image="ubuntu-14-04-x64",
        location="nyc1",
        types={
            "start": "POWERON",
            "stop": "SHUTDOWN",
            "reboot": "REBOOT",
            "destroy": "DESTROY",
            "create": "CREATE",
        },
        refused=says_json(401, id="unauthorized", message="Unable to authenticate you."),
        quota=says_json(
            422, id="unprocessable_entity", message="creating this will exceed your droplet limit"
        ),
        limited=says_json(429, id="too_many_requests", message="API Rate limit exceeded."),
        unavailable=says_json(503, id="service_unavailable", message="Service Unavailable"),
    ),
    Subject(
        "linode",
        doubles.linode,
        ALL,
        size="g6-nanode-1",
        image="linode/debian10",
        location="eu-west",
        refused=says_json(401, errors=[{"reason": "Invalid Token"}]),
        quota=says_json(400, errors=[{"reason": "Account Limit reached. Please open a support ticket."}]),
        limited=says_json(429, errors=[{"reason": "Too many requests"}]),
        unavailable=says_json(503, errors=[{"reason": "Service unavailable"}]),
    ),
    Subject(
        "vultr",
        doubles.vultr,
        ALL,
        size="vc2-1c-1gb",
        image="Debian 10 x64 (buster)",
        location="ams",
        refused=says_json(401, error="Invalid API token.", status=401),
        quota=says_json(400, error="You have reached the maximum number of active instances", status=400),
        limited=says_json(429, error="rate limit", status=429),
        unavailable=says_json(503, error="Service Unavailable", status=503),
    ),
    Subject(
        "ovh",
        doubles.ovh,
        but("tags"),
        {"ex_project_id": "project_id", "ex_consumer_key": {"env": "PROOF_CONSUMER"}},
        secret=True,
        added=frozenset({"reboot", "start", "stop"}),
        size="foo-id",
        image="Debian 8",
        location="SBG1",
        refused=says_json(403, message="This call has not been granted", errorCode="NOT_GRANTED_CALL"),
        quota=says_json(400, message="Quota exceeded for this region"),
        limited=says_json(429, message="Too many requests"),
        unavailable=says_json(503, message="Service Unavailable"),
    ),
    Subject(
        "scaleway",
        doubles.scaleway,
        ALL,
        secret=True,
        added=frozenset({"user-data"}),
        size="ARM64-4GB",
        image="my_image",
        types={"create": "POST", "start": "POST", "stop": "POST", "reboot": "REBOOT", "destroy": "TERMINATE"},
        refused=says_json(401, message="Authentication error", type="invalid_auth"),
        quota=says_json(403, message="Quota exceeded for this resource.", type="invalid_request_error"),
        limited=says_json(429, message="Too many requests", type="rate_limit"),
        unavailable=says_json(503, message="Service Unavailable", type="unavailable"),
    ),
    Subject(
        "upcloud",
        doubles.upcloud,
        but("tags"),
        secret=True,
        added=frozenset({"destroy", "start", "stop"}),
        size="1xCPU-1GB",
        image="Ubuntu Server 16.04 LTS (Xenial Xerus)",
        location="fi-hel1",
        refused=says_json(
            401, error={"error_code": "AUTHENTICATION_FAILED", "error_message": "Authentication failed."}
        ),
        quota=says_json(402, error={"error_code": "LIMIT", "error_message": "Core resource limit reached"}),
        limited=says_json(429, error={"error_code": "RATE", "error_message": "Too many requests"}),
        unavailable=says_json(503, error={"error_code": "BUSY", "error_message": "Service unavailable"}),
    ),
    *(
        Subject(
            provider,
            doubles.cloudstack,
            ALL,
            {"path": "/test/path", "host": "api.dummy.com"},
            secret=True,
            size="Compute Micro PRD",
            image="XEN Basic Centos 5.5 x64 PV r2.2",
            location="Sydney",
            creates=lambda sent: "deployVirtualMachine" in sent.url,
            refused=Answer(
                401, '{"errorresponse": {"errorcode": 401, "errortext": "unable to verify user"}}'
            ),
            quota=Answer(
                535,
                '{"errorresponse": {"errorcode": 535, "errortext": "Maximum number of resources"}}',
            ),
            limited=Answer(
                429, '{"errorresponse": {"errorcode": 429, "errortext": "The given user has reached limit"}}'
            ),
            unavailable=Answer(503, '{"errorresponse": {"errorcode": 503, "errortext": "unavailable"}}'),
        )
        for provider in ("cloudstack", "exoscale")
    ),
    Subject(
        "equinixmetal",
        doubles.equinixmetal,
        ALL,
        {"project": "4b653fce-6405-4300-9f7d-c587b7888fe5"},
        size="Type 1 - 16384 RAM",
        image="Debian 7",
        location="Dallas",
        refused=says_json(401, errors=["Invalid authentication token"]),
        quota=says_json(422, errors=["You have exceeded your project limit: 10 devices"]),
        limited=says_json(429, errors=["rate limit"]),
        unavailable=says_json(503, errors=["Service Unavailable"]),
    ),
    Subject(
        "gandi",
        doubles.gandi,
        but("user-data", "tags"),
        added=frozenset({"start"}),
        size="1 cores",
        image="Debian 5",
        location="FR-SD2",
        creates=lambda sent: "create_from" in sent.body,
        refused=Answer(401, "Unauthorized"),
        quota=says_fault(510050, "Error on object : OBJECT_QUOTA (CAUSE_QUOTA) [quota exceeded]"),
        limited=Answer(429, "Too Many Requests"),
        unavailable=Answer(503, "Service Unavailable"),
    ),
    Subject(
        "libvirt",
        doubles.libvirt,
        frozenset({"list", "show", "start", "stop", "reboot", "destroy"}),
        {"uri": "qemu:///system"},
        added=ALL,
    ),
    Subject(
        "cloudscale",
        doubles.cloudscale,
        but("tags", "locations", "start", "stop"),
        size="flex-2",
        image="Ubuntu 16.10 (2016-10-17)",
        **GENERAL,
    ),
    Subject(
        "gridscale",
        doubles.gridscale,
        but("tags", "user-data", "sizes", "create", "start", "stop", "reboot", "destroy"),
        secret=True,
        size="2x4x10",
        image="Debian 9",
        location="de/fra",
        **GENERAL,
    ),
    Subject(
        "cloudsigma",
        doubles.cloudsigma,
        but("locations", "create", "user-data", "tags", "start", "stop", "reboot"),
        {"region": "zrh"},
        secret=True,
        size="small-1, 1 CPUs, 512MB RAM, 50GB disk",
        image="Debian 6.0.7 Desktop",
        **GENERAL,
    ),
    Subject(
        "kamatera",
        doubles.kamatera,
        but("tags", "user-data", "create", "start", "stop", "destroy"),
        secret=True,
        size="small",
        image="CentOS 5.11 64-bit - Minimal Configuration",
        location="EU",
        **GENERAL,
    ),
)
