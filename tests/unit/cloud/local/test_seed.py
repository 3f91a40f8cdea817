import gzip
import json

from meridian.cloud.local import seed


def test_user_data_wakes_cloud_init_and_is_nobody_elses_to_read() -> None:
    found = seed.user_data("kafka-1.east.test", "#cloud-config\n")
    data = found[f"{seed.FOLDER}/user-data"]
    assert (data.data, data.mode) == (b"#cloud-config\n", 0o600)
    about = json.loads(found[f"{seed.FOLDER}/meta-data"].data)
    assert about["local-hostname"] == "kafka-1.east.test"
    [link] = [file.link for file in found.values() if file.link]
    assert link.endswith("/cloud-init.target")


def test_compressed_user_data_is_kept_as_it_is() -> None:
    packed = gzip.compress(b"#cloud-config\n")
    assert seed.user_data("n", packed)[f"{seed.FOLDER}/user-data"].data == packed


def test_other_user_data_is_another_instance() -> None:
    one, other = (json.loads(seed.user_data("n", text)[f"{seed.FOLDER}/meta-data"].data) for text in "ab")
    assert one["instance-id"] != other["instance-id"]


def test_key_that_may_log_in_is_one_line() -> None:
    [file] = seed.ssh_key("ssh-ed25519 AAAA me\n\n").values()
    assert (file.data, file.mode) == (b"ssh-ed25519 AAAA me\n", 0o600)
