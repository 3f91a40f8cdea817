"""Which failures pass by themselves, and which do not."""

import pytest
from meridian.services.connect.supervisor.causes import Cause, judge

CONNECT = "org.apache.kafka.connect.errors."
KAFKA = "org.apache.kafka.common.errors."
FRAME = "\tat org.apache.kafka.Something.run(Something.java:1)\n"


def trace(*heads: str) -> str:
    """Return a trace as Java prints it."""
    return "".join(f"{'Caused by: ' if number else ''}{head}\n{FRAME}" for number, head in enumerate(heads))


#: What was seen on a loaded platform after its link had been cut for 20 s.
SEEN = trace(
    f"{CONNECT}ConnectException: Failed to flush offsets and/or records for task us-east-to-central.source-0",
    "java.util.concurrent.ExecutionException: org.apache.kafka.common.KafkaException: "
    "Failing batch since transaction was aborted",
    f"{KAFKA}OperationNotAttemptedException: The broker did not attempt to execute this operation.",
)
PASSING = [
    SEEN,
    trace(f"{CONNECT}ConnectException: Unrecoverable", f"{KAFKA}InvalidProducerEpochException: old epoch"),
    trace(f"{KAFKA}TimeoutException: Timeout expired after 60000ms while awaiting InitProducerId"),
    trace(f"{KAFKA}NotEnoughReplicasException"),
    trace("java.lang.RuntimeException", "java.net.SocketTimeoutException: Read timed out"),
    # A name that does not resolve for a moment.
    trace(
        "org.apache.kafka.common.KafkaException: Failed to construct kafka producer",
        "org.apache.kafka.common.config.ConfigException: No resolvable bootstrap urls given in x",
    ),
    # A schema that could not be asked for, in what a converter does.
    trace(
        f"{CONNECT}ConnectException: Tolerance exceeded in error handler",
        f"{KAFKA}SerializationException: Error retrieving schema",
        "java.net.ConnectException: Connection refused",
    ),
]
STAYING = [
    trace(
        f"{CONNECT}ConnectException: Unrecoverable exception from producer send callback",
        f"{KAFKA}RecordTooLargeException: The message is 1048701 bytes when serialized",
    ),
    trace(
        f"{CONNECT}ConnectException: Tolerance exceeded in error handler", "java.lang.NullPointerException"
    ),
    trace(f"{CONNECT}ConnectException: Tolerance exceeded in error handler", f"{CONNECT}DataException: no"),
    trace("java.lang.StackOverflowError"),
    trace("java.lang.IllegalArgumentException: Invalid record timestamp -5"),
    trace('org.apache.kafka.common.config.ConfigException: Missing required configuration "topics"'),
    trace(f"{CONNECT}ConnectException: Failed", "com.google.re2j.PatternSyntaxException: missing closing )"),
]
UNKNOWN = [
    "",
    "no trace at all",
    trace("java.lang.IllegalStateException: Task already exists in this worker"),
    trace(f"{KAFKA}SslAuthenticationException: SSL handshake failed"),
    trace(f"{KAFKA}TopicAuthorizationException: Not authorized to access topics: [one]"),
]


@pytest.mark.parametrize(
    ("cause", "of"),
    [(Cause.PASSES, one) for one in PASSING]
    + [(Cause.STAYS, one) for one in STAYING]
    + [(Cause.UNKNOWN, one) for one in UNKNOWN],
)
def test_a_cause_is_told_by_the_deepest_exception_that_is_known(cause: Cause, of: str) -> None:
    assert judge(of) is cause


def test_what_a_message_quotes_or_what_was_suppressed_is_no_cause() -> None:
    said = (
        f"java.lang.IllegalStateException: first line\n  {KAFKA}TimeoutException: a quoted one\n"
        f"{FRAME}\tSuppressed: {KAFKA}TimeoutException: while closing\n\tCaused by: java.io.IOException: x\n"
    )
    assert judge(said) is Cause.UNKNOWN
