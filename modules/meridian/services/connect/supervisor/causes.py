"""Why something failed in Connect: by a cause that passes, by one that stays, or by an unknown one."""

import re
from enum import StrEnum

from meridian.services.connect.traces import chain


class Cause(StrEnum):
    """What may be expected of a cause.

    :cvar PASSES: it goes by itself: a network, a broker, a coordinator.
    :cvar UNKNOWN: in no table of ours; it may pass.
    :cvar STAYS: a record or a configuration: it fails the same way until somebody changes something.
    """

    PASSES = "passes"
    UNKNOWN = "unknown"
    STAYS = "stays"


_KAFKA = "org.apache.kafka.common.errors."
_CONNECT = "org.apache.kafka.connect.errors."

#: Classes whose cause goes by itself. Those of Kafka's own are its RetriableException and what a transaction
#: or a group ends with when a broker, its coordinator or a second instance came in between.
PASSING = frozenset(
    [
        _KAFKA + name
        for name in (
            "BrokerNotAvailableException",
            "ConcurrentTransactionsException",
            "CoordinatorLoadInProgressException",
            "CoordinatorNotAvailableException",
            "DisconnectException",
            "FencedInstanceIdException",
            "FencedLeaderEpochException",
            "FetchSessionIdNotFoundException",
            "IllegalGenerationException",
            "InterruptException",
            "InvalidFetchSessionEpochException",
            "InvalidMetadataException",
            "InvalidPidMappingException",
            "InvalidProducerEpochException",
            "InvalidTxnStateException",
            "KafkaStorageException",
            "LeaderNotAvailableException",
            "ListenerNotFoundException",
            "NetworkException",
            "NotControllerException",
            "NotCoordinatorException",
            "NotEnoughReplicasAfterAppendException",
            "NotEnoughReplicasException",
            "NotLeaderOrFollowerException",
            "OffsetNotAvailableException",
            "OperationNotAttemptedException",
            "OutOfOrderSequenceException",
            "ProducerFencedException",
            "ReassignmentInProgressException",
            "RebalanceInProgressException",
            "ReplicaNotAvailableException",
            "RetriableException",
            "ThrottlingQuotaExceededException",
            "TimeoutException",
            "TransactionAbortedException",
            "TransactionCoordinatorFencedException",
            "UnknownLeaderEpochException",
            "UnknownMemberIdException",
            "UnknownProducerIdException",
            "UnknownTopicIdException",
            "UnknownTopicOrPartitionException",
            "UnstableOffsetCommitException",
            "WakeupException",
        )
    ]
    + [
        "java.io.EOFException",
        "java.io.IOException",
        "java.net.ConnectException",
        "java.net.NoRouteToHostException",
        "java.net.SocketException",
        "java.net.SocketTimeoutException",
        "java.net.UnknownHostException",
        "java.nio.channels.ClosedChannelException",
        "java.util.concurrent.TimeoutException",
        "org.apache.kafka.clients.consumer.CommitFailedException",
        "org.apache.kafka.clients.consumer.RetriableCommitFailedException",
        _CONNECT + "RetriableException",
    ]
)
#: Classes whose cause is a record or a configuration.
STAYING = frozenset(
    [
        _KAFKA + name
        for name in (
            "InvalidConfigurationException",
            "InvalidPartitionsException",
            "InvalidRecordException",
            "InvalidRequiredAcksException",
            "InvalidTimestampException",
            "InvalidTopicException",
            "PolicyViolationException",
            "RecordBatchTooLargeException",
            "RecordDeserializationException",
            "RecordTooLargeException",
            "SerializationException",
            "UnsupportedCompressionTypeException",
            "UnsupportedForMessageFormatException",
            "UnsupportedVersionException",
        )
    ]
    + [
        _CONNECT + name
        for name in (
            "DataException",
            "SchemaBuilderException",
            "SchemaProjectorException",
        )
    ]
    + [
        "com.google.re2j.PatternSyntaxException",
        "java.lang.ClassNotFoundException",
        "java.lang.NoClassDefFoundError",
        "java.lang.NoSuchMethodError",
        "java.lang.StackOverflowError",
        "java.util.regex.PatternSyntaxException",
        "org.apache.kafka.common.config.ConfigException",
        "org.apache.kafka.common.InvalidRecordException",
    ]
)
# By their message, where the class says too little, or something else.
_BY_MESSAGE = (
    # A name that is not resolved just now is told as a mistake of the configuration.
    (Cause.PASSES, re.compile(r"No resolvable bootstrap urls")),
    # Of a transformation or a converter: what Connect says when a record was more than it could take.
    (Cause.STAYS, re.compile(r"Tolerance exceeded in error handler")),
    (Cause.STAYS, re.compile(r"Invalid (?:record )?timestamp", re.IGNORECASE)),
)


def judge(trace: str) -> Cause:
    """Return what may be expected of a failure. The deepest exception that a table knows decides.

    :param trace: Java's stack trace, as Connect gives it.
    """
    for name, message in reversed(chain(trace)):
        for cause, pattern in _BY_MESSAGE:
            if pattern.search(message):
                return cause
        if name in PASSING:
            return Cause.PASSES
        if name in STAYING:
            return Cause.STAYS
    return Cause.UNKNOWN
