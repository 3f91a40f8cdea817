import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from meridian.services.kafka import header_names


def test_names_that_are_not_utf8_go_through_the_client_byte_for_byte() -> None:
    sent = [(b"\xff\xfe", b"1"), (b"\xff\xfe", b"2"), ("grün".encode(), None), (b"\xc3", b"\x00")]
    producer = Producer({"bootstrap.servers": "-", "test.mock.num.brokers": 1, "log_level": 0})
    with header_names.lenient():
        names = [(header_names.from_bytes(name), value) for name, value in sent]
        producer.produce("topic", b"value", partition=0, headers=names)
    assert producer.flush(10) == 0
    (broker,) = producer.list_topics(timeout=10).brokers.values()
    consumer = Consumer(
        {
            "bootstrap.servers": f"{broker.host}:{broker.port}",
            "group.id": "group",
            "auto.offset.reset": "earliest",
            "log_level": 0,
        }
    )
    try:
        consumer.assign([TopicPartition("topic", 0, 0)])
        (message,) = consumer.consume(1, 10)
        found = header_names.headers(message)
    finally:
        consumer.close()
    assert found is not None
    assert [(header_names.to_bytes(name), value) for name, value in found] == sent


def test_everything_else_stays_strict() -> None:
    with header_names.lenient():
        pass
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode()
    with pytest.raises(UnicodeEncodeError):
        "\udcff".encode()


def test_a_name_is_shown_as_text_that_any_encoder_takes() -> None:
    assert header_names.readable(header_names.from_bytes(b"\xffa")) == "\\xffa"
