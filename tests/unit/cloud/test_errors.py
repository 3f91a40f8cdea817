import pickle

import pytest
import requests
from libcloud.common.exceptions import BaseHTTPError, RateLimitReachedError
from libcloud.common.types import InvalidCredsError, LibcloudError, MalformedResponseError
from meridian.cloud import errors
from meridian.common.errors import MeridianError

CASES = [
    (InvalidCredsError("no"), errors.Refused),
    (BaseHTTPError(403, "UnauthorizedOperation: You are not authorized"), errors.Refused),
    (BaseHTTPError(400, "VcpuLimitExceeded: more vCPU capacity than your current limit"), errors.Quota),
    (BaseHTTPError(403, "Quota exceeded for instances: Requested 1, but already used 10"), errors.Quota),
    (BaseHTTPError(503, "RequestLimitExceeded: Request limit exceeded."), errors.RateLimited),
    (RateLimitReachedError(headers={"retry-after": "7"}), errors.RateLimited),
    (BaseHTTPError(503, "busy"), errors.Unavailable),
    (MalformedResponseError("Failed to parse XML", body="<html>"), errors.Unavailable),
    (requests.exceptions.ConnectionError("Name or service not known"), errors.Unavailable),
    (requests.exceptions.ReadTimeout("read timed out"), errors.Timeout),
    (ValueError("Invalid region: us-mars-1"), errors.NotOffered),
    (BaseHTTPError(400, "InvalidAMIID.NotFound: The image id '[ami-1]' does not exist"), errors.NotOffered),
    (BaseHTTPError(409, "VM 'a' already exists"), errors.AlreadyExists),
    (RuntimeError("anything else"), errors.CloudError),
]


@pytest.mark.parametrize(("problem", "kind"), CASES, ids=[str(case[0])[:40] for case in CASES])
def test_each_kind_of_trouble_has_its_class_and_one_line(problem: Exception, kind: type) -> None:
    found = errors.explain(problem, "aws", "make kafka-1.us-east.aws")
    assert type(found) is kind
    assert str(found).startswith("aws: make kafka-1.us-east.aws: ")
    assert "\n" not in str(found)


def test_errors_cross_process_borders_whole() -> None:
    limited = errors.explain(RateLimitReachedError(headers={"retry-after": "7"}), "aws", "list")
    back = pickle.loads(pickle.dumps(limited))
    assert isinstance(back, errors.RateLimited)
    assert (str(back), back.retry_after) == (str(limited), 7.0)
    assert str(pickle.loads(pickle.dumps(errors.Quota("full")))) == "full"


def test_libclouds_repr_with_an_address_in_memory_is_not_shown() -> None:
    text = str(errors.explain(LibcloudError("went wrong", driver=object()), "aws", "list"))  # type: ignore[arg-type]
    assert text == "aws: list: went wrong"


def test_ours_pass_as_they_are() -> None:
    problem = MeridianError("clear already")
    assert errors.explain(problem, "aws", "list") is problem
