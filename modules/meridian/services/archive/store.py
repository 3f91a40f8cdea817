"""The object store as the archive uses it: list, read, and create without ever replacing."""

import base64
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from meridian.common.errors import MeridianError
from meridian.services.archive import segment, settings
from meridian.services.archive.segment import Coverage, PartitionPath

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_REFUSED = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "Forbidden", "403", "ExpiredToken"}
_MISSING = {"NoSuchKey", "NotFound", "404"}
_UNREACHABLE = {
    "EndpointConnectionError": "nothing listens there, or no route leads there",
    "ConnectTimeoutError": f"no connection within {_CONNECT_SECONDS} s",
    "ReadTimeoutError": f"no answer within {_READ_SECONDS} s",
    "SSLError": "the TLS connection broke",
    "ConnectionClosedError": "the connection broke",
}
_EXISTS = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}


class StoreError(MeridianError):
    """The store did not do what it was asked; trying again may help."""


class StoreRefused(StoreError):
    """The store does not accept the credentials."""


@dataclass(frozen=True)
class Stored:
    """An object as a listing shows it."""

    path: PartitionPath
    first: int
    key: str
    size: int


class Store:
    """One bucket of an object store.

    :ivar conditional: whether the store refuses by itself to replace an object, see :meth:`probe`.

    Thread-safe. Every method raises :class:`StoreError` (one line: endpoint, bucket, reason, what to do),
    :class:`StoreRefused` when it is about the credentials.
    """

    def __init__(self, access: settings.StoreAccess) -> None:
        self._access = access
        self.conditional = True
        pair = access.keys or (settings.credentials(access.credentials) if access.credentials else None)
        keys = {"aws_access_key_id": pair[0], "aws_secret_access_key": pair[1]} if pair else {}
        try:
            self._client: Any = boto3.client(
                "s3",
                endpoint_url=access.endpoint or None,
                region_name=access.region_name,
                verify=access.ca or None,
                config=Config(
                    s3={"addressing_style": "path" if access.endpoint else "auto"},
                    retries={"mode": "standard", "max_attempts": 2},
                    connect_timeout=_CONNECT_SECONDS,
                    # Short: a store that is being stopped may hold a connection and never answer on it.
                    read_timeout=_READ_SECONDS,
                    max_pool_connections=16,
                    # The checksum goes as a header: versitygw 1.8.0 loses its place in a kept-alive
                    # connection after a checksum in a trailer, which is what boto3 sends by default.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
                **keys,
            )
        except (BotoCoreError, ValueError) as error:
            raise StoreError(f"object store {self.name}: {error}") from error

    @property
    def name(self) -> str:
        """Endpoint and bucket, for messages."""
        return f"{self._access.endpoint or 'S3 of ' + self._access.region_name}/{self._access.bucket}"

    def list(self, prefix: str, start: str = "") -> Iterator[Stored]:
        """Yield the segments under a prefix in the order of their keys; other objects are passed over.

        :param start: leave out keys before this one.
        """
        arguments: dict[str, Any] = {"Bucket": self._access.bucket, "Prefix": prefix}
        if start:
            # StartAfter leaves out the key itself; the key without its last letter sorts before it.
            arguments["StartAfter"] = start[:-1]
        while True:
            page = self._call("list_objects_v2", **arguments)
            for entry in page.get("Contents", ()):
                parsed = segment.parse_key(entry["Key"])
                if parsed is not None:
                    yield Stored(parsed[0], parsed[1], entry["Key"], int(entry["Size"]))
            if not page.get("IsTruncated"):
                return
            arguments["ContinuationToken"] = page["NextContinuationToken"]

    def last(self, path: PartitionPath, hint: int | None = None) -> Stored | None:
        """Return the last segment of a partition's chain, ``None`` when there is none.

        :param hint: first offset of a segment known to have been there; spares listing those before it.
        """
        listed = deque(self.list(path.prefix, path.key(hint) if hint is not None else ""), maxlen=1)
        if not listed and hint is not None:
            return self.last(path)
        return listed[0] if listed else None

    def coverage(self, key: str) -> Coverage | None:
        """Return what a segment says about itself, ``None`` when there is no such object.

        :raises MeridianError: when the object is no segment.
        """
        try:
            answer = self._client.head_object(Bucket=self._access.bucket, Key=key)
        except ClientError as error:
            if _code(error) in _MISSING:
                return None
            raise self._explained(error) from error
        except BotoCoreError as error:
            raise self._explained(error) from error
        return Coverage.from_metadata(answer["Metadata"], key)

    def read(self, key: str) -> bytes:
        """Return an object's content."""
        answer = self._call("get_object", Bucket=self._access.bucket, Key=key)
        try:
            return bytes(answer["Body"].read())
        except (BotoCoreError, OSError) as error:
            raise StoreError(f"object store {self.name}: reading {key} broke off: {error}") from error

    def create(self, key: str, content: bytes, coverage: Coverage) -> bool:
        """Store a segment unless its key is taken.

        :return: ``True`` when it is stored, ``False`` when there is an object of that key, which is then
            left as it is.
        """
        if not self.conditional and self.coverage(key) is not None:
            return False
        condition = {"IfNoneMatch": "*"} if self.conditional else {}
        try:
            self._client.put_object(
                Bucket=self._access.bucket,
                Key=key,
                Body=content,
                ContentType="application/vnd.apache.parquet",
                Metadata=coverage.to_metadata(),
                ChecksumCRC32=base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode(),
                **condition,
            )
        except ClientError as error:
            if _code(error) in _EXISTS:
                return False
            raise self._explained(error) from error
        except BotoCoreError as error:
            # A store that finds the key taken may close the connection while the content still comes in.
            if self.coverage(key) is not None:
                return False
            raise self._explained(error) from error
        return True

    def probe(self, environment: str, region: str) -> bool:
        """Find out whether the store honours conditional puts, and use them only then.

        Leaves an empty object ``<environment>/<region>/conditional-put`` behind.
        """
        key = f"{segment.region_prefix(environment, region)}conditional-put"
        self.conditional = False
        for _ in range(2):
            try:
                self._client.put_object(Bucket=self._access.bucket, Key=key, Body=b"", IfNoneMatch="*")
            except ClientError as error:
                self.conditional = _code(error) in _EXISTS
                if self.conditional or _code(error) == "NotImplemented":
                    break
                raise self._explained(error) from error
            except BotoCoreError as error:
                raise self._explained(error) from error
        return self.conditional

    def bucket_exists(self) -> bool:
        """Return whether the bucket is there."""
        try:
            self._call("list_objects_v2", Bucket=self._access.bucket, MaxKeys=1)
        except StoreError as error:
            if _code(error.__cause__) == "NoSuchBucket":
                return False
            raise
        return True

    def create_bucket(self) -> bool:
        """Make the bucket.

        :return: ``False`` when it was there already.
        """
        arguments: dict[str, Any] = {"Bucket": self._access.bucket}
        if not self._access.endpoint and self._access.region_name != "us-east-1":
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": self._access.region_name}
        try:
            self._call("create_bucket", **arguments)
        except StoreError as error:
            if _code(error.__cause__) == "BucketAlreadyOwnedByYou":
                return False
            raise
        return True

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise self._explained(error) from error

    def _explained(self, error: ClientError | BotoCoreError) -> StoreError:
        if isinstance(error, NoCredentialsError):
            return StoreRefused(
                f"object store {self.name}: no credentials: set archive:access_key and archive:secret_key in "
                "pillar, or give the node an instance profile"
            )
        if not isinstance(error, ClientError):
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                return StoreError(
                    f"object store {self.name}: its certificate is not accepted by the CA in "
                    f"{self._access.ca or 'the system'}; deploy again to renew it"
                )
            reason = _UNREACHABLE.get(type(error).__name__, type(error).__name__)
            return StoreError(f"object store {self.name} cannot be reached: {reason}")
        code = _code(error)
        if code in _REFUSED:
            return StoreRefused(
                f"object store {self.name} refuses the credentials ({code}): check archive:access_key and "
                "archive:secret_key in pillar, and deploy again"
            )
        if code == "NoSuchBucket":
            return StoreError(
                f"object store {self.name}: there is no such bucket: make it with the state "
                "archive.bucket_present or correct archive:bucket in pillar"
            )
        return StoreError(f"object store {self.name}: {code}: {error.response['Error'].get('Message', '')}")


def _code(error: BaseException | None) -> str:
    """Return S3's own name of an error, empty for one that S3 did not send."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))
