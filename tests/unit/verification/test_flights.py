"""What the publisher makes of the data set."""

import json

import pytest
from meridian.common.errors import MeridianError
from meridian.verification import dataset, expected, flights


@pytest.fixture(scope="module")
def records() -> flights.Messages:
    """The whole data set as records."""
    return flights.messages(dataset.flights())


def test_every_flight_is_there_with_unknowns_as_null(records: flights.Messages) -> None:
    assert len(records) == 336_776
    cancelled = json.loads(next(value for value in records.values if b'"dep_time":null' in value))
    assert cancelled["dep_delay"] is None
    assert not any(b"NaN" in value for value in records.values)


def test_first_flight(records: flights.Messages) -> None:
    assert records.keys[0] == b"UA1545"
    assert records.origins[0] == "EWR"
    # Scheduled at 5:15 in New York.
    assert records.timestamps[0] == 1357035300000
    assert json.loads(records.values[0])["dep_delay"] == 2


def test_known_answer() -> None:
    frame = dataset.flights()
    late = expected.delayed(frame, 15)
    assert late.groupby("origin").size().to_dict() == {"EWR": 28942, "JFK": 22650, "LGA": 19182}


def test_airports_of_absent_regions_are_spread_over_those_that_are_there() -> None:
    origins = {"EWR": "us-east", "LGA": "us-west", "JFK": "ap-south"}
    assert flights.spread(origins, ["eu-west", "us-east"]) == {
        "EWR": "us-east",
        "JFK": "us-east",
        "LGA": "eu-west",
    }


def test_no_region_to_produce_to() -> None:
    with pytest.raises(MeridianError, match="no flow carries"):
        flights.spread({"EWR": "us-east"}, [])
