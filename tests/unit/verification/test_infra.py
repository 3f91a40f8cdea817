"""How the infrastructure tests' outcome is told."""

from meridian.verification import infra

NODE = "kafka-1.us-east.local"


def test_counts_by_node_and_cluster() -> None:
    rows = infra.summarise(
        [NODE, "us-east"],
        [(f"test_a[{NODE}]", ""), (f"test_b[{NODE}-kafka]", "assert 1 == 2"), ("test_c[us-east]", "")],
    )
    assert [(row.name, row.expected, row.seen, row.ok) for row in rows] == [
        (f"infra {NODE}", "2", "1", False),
        ("infra us-east", "1", "1", True),
    ]
    assert rows[0].note == f"test_b[{NODE}-kafka]: assert 1 == 2"


def test_a_node_without_any_test_is_not_proven() -> None:
    (row,) = infra.summarise([NODE], [])
    assert (row.expected, row.seen, row.ok) == ("1", "0", False)


def test_a_test_that_belongs_to_nobody_still_counts() -> None:
    rows = infra.summarise([NODE], [(f"test_a[{NODE}]", ""), ("test_whole", "broken")])
    assert [row.ok for row in rows] == [True, False]
