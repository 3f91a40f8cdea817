from meridian.services.elasticsearch import templates

WRITTEN = {
    "index_patterns": ["kafka-*"],
    "priority": 200,
    "template": {
        "settings": {
            "number_of_shards": 3,
            "refresh_interval": "5s",
            "mapping": {"total_fields.limit": 2000},
        },
        "mappings": {"date_detection": False},
    },
}
# As Elasticsearch gives it back.
READ = {
    "index_patterns": ["kafka-*"],
    "composed_of": [],
    "priority": 200,
    "template": {
        "settings": {
            "index.number_of_shards": "3",
            "index.refresh_interval": "5s",
            "index.mapping.total_fields.limit": "2000",
        },
        "mappings": {"date_detection": False},
    },
}


def test_a_template_means_the_same_as_what_elasticsearch_makes_of_it() -> None:
    assert templates.normal(WRITTEN) == templates.normal(READ)


def test_a_difference_in_a_setting_is_one() -> None:
    other = {**READ, "template": {**READ["template"], "settings": {"index.number_of_shards": "1"}}}  # type: ignore[dict-item]
    assert templates.normal(WRITTEN) != templates.normal(other)
