from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, SSLError
from botocore.stub import Stubber
from meridian.services.archive.segment import Coverage
from meridian.services.archive.settings import StoreAccess
from meridian.services.archive.store import Store, StoreError, StoreRefused

from tests.doubles.memory_store import PATH

COVERAGE = Coverage(0, 10, 0, 10, 0, 9, "topic-id", "writer")
KEY = PATH.key(0)


@pytest.fixture
def store() -> Store:
    return Store(StoreAccess("archive", endpoint="https://10.213.16.13:7070", keys=("AK", "very-secret")))


@pytest.fixture
def s3(store: Store) -> Iterator[Stubber]:
    with Stubber(store._client) as stubber:
        yield stubber


def test_a_segment_is_stored_only_where_there_is_none(store: Store, s3: Stubber) -> None:
    s3.add_response("put_object", {})
    s3.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    assert store.create(KEY, b"content", COVERAGE)
    assert not store.create(KEY, b"content", COVERAGE)


def test_the_put_carries_condition_checksum_and_coverage(store: Store, s3: Stubber) -> None:
    expected = {
        "Bucket": "archive",
        "Key": KEY,
        "Body": b"content",
        "IfNoneMatch": "*",
        "ContentType": "application/vnd.apache.parquet",
        "Metadata": COVERAGE.to_metadata(),
        "ChecksumCRC32": "/sUwqQ==",
    }
    s3.add_response("put_object", {}, expected)
    assert store.create(KEY, b"content", COVERAGE)


def test_a_connection_that_breaks_because_the_key_is_taken_is_understood(
    store: Store, s3: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise SSLError(endpoint_url="https://x", error="EOF occurred in violation of protocol")

    monkeypatch.setattr(store._client, "put_object", broken)
    s3.add_response("head_object", {"Metadata": COVERAGE.to_metadata()})
    assert not store.create(KEY, b"content", COVERAGE)
    s3.add_client_error("head_object", "404", http_status_code=404)
    with pytest.raises(StoreError, match="cannot be reached"):
        store.create(KEY, b"content", COVERAGE)


def test_against_a_store_without_conditional_puts_it_looks_first(store: Store, s3: Stubber) -> None:
    s3.add_response("put_object", {})
    s3.add_response("put_object", {})
    assert not store.probe("local", "us-east")
    s3.add_response("head_object", {"Metadata": COVERAGE.to_metadata()})
    assert not store.create(KEY, b"content", COVERAGE)


def test_a_store_with_conditional_puts_is_recognised(store: Store, s3: Stubber) -> None:
    s3.add_response("put_object", {})
    s3.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    assert store.probe("local", "us-east")


@pytest.mark.parametrize("code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied"])
def test_refused_credentials_name_endpoint_and_pillar_but_no_secret(
    store: Store, s3: Stubber, code: str
) -> None:
    s3.add_client_error("list_objects_v2", code, http_status_code=403)
    with pytest.raises(StoreRefused) as refused:
        list(store.list("local/"))
    message = str(refused.value)
    assert "https://10.213.16.13:7070/archive refuses the credentials" in message
    assert "archive:access_key" in message
    assert "very-secret" not in message + repr(store._access)
    assert "\n" not in message


def test_a_missing_bucket_says_what_to_do(store: Store, s3: Stubber) -> None:
    s3.add_client_error("get_object", "NoSuchBucket", http_status_code=404)
    with pytest.raises(StoreError, match=r"archive\.bucket_present or correct archive:bucket"):
        store.read(KEY)


def test_an_unreachable_store_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://10.213.16.13:7070/archive")

    monkeypatch.setattr(store._client, "get_object", unreachable)
    with pytest.raises(StoreError, match=r"https://10\.213\.16\.13:7070/archive cannot be reached"):
        store.read(KEY)


def test_the_last_segment_is_found_from_a_hint_without_listing_the_chain(store: Store, s3: Stubber) -> None:
    listing = {"Contents": [{"Key": PATH.key(first), "Size": 1} for first in (20, 30)]}
    asked = {"Bucket": "archive", "Prefix": PATH.prefix, "StartAfter": PATH.key(20)[:-1]}
    s3.add_response("list_objects_v2", listing, asked)
    last = store.last(PATH, hint=20)
    assert last is not None
    assert last.first == 30


def test_a_hint_that_leads_nowhere_falls_back_to_the_whole_chain(store: Store, s3: Stubber) -> None:
    s3.add_response("list_objects_v2", {})
    s3.add_response("list_objects_v2", {"Contents": [{"Key": PATH.key(10), "Size": 1}]})
    last = store.last(PATH, hint=20)
    assert last is not None
    assert last.first == 10


def test_listings_go_on_over_pages_and_pass_other_objects_over(store: Store, s3: Stubber) -> None:
    first = {"Contents": [{"Key": KEY, "Size": 5}], "IsTruncated": True, "NextContinuationToken": "more"}
    second = {
        "Contents": [{"Key": "local/us-east/conditional-put", "Size": 0}, {"Key": PATH.key(9), "Size": 6}]
    }
    s3.add_response("list_objects_v2", first)
    s3.add_response("list_objects_v2", second)
    assert [(one.first, one.size) for one in store.list("local/")] == [(0, 5), (9, 6)]


def test_a_bucket_that_is_there_already_is_no_error(store: Store, s3: Stubber) -> None:
    s3.add_response("create_bucket", {})
    s3.add_client_error("create_bucket", "BucketAlreadyOwnedByYou", http_status_code=409)
    assert store.create_bucket()
    assert not store.create_bucket()
