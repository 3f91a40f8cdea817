"""A settings file as its own manual."""

from generator.yaml_comments import read

TEXT = """\
# What the formula is,
# in two lines.
user: archive             # system user
# Why it is so,
# at length.
ciphers: "a#b"            # by name
tls:                      # of all
  curves: auto
  # true: nobody without a certificate
  required: false

ports: ["31000-32000",
        "1-2"]            # for tasks
flags:
  - -Xa
  - -Xb
none: null
"""
FOUND = {one.path: one for one in read(TEXT).settings}


def test_what_stands_above_a_key_and_behind_it_explains_it() -> None:
    assert FOUND[("ciphers",)].comment == "Why it is so, at length. by name"
    assert FOUND[("tls", "required")].comment == "true: nobody without a certificate"
    assert FOUND[("tls",)].comment == "of all"
    assert FOUND[("ports",)].comment == "for tasks"
    assert FOUND[("none",)].comment == ""


def test_what_stands_at_the_top_is_of_the_file() -> None:
    assert FOUND[("user",)].comment == "system user"
    assert read(TEXT).intro[""] == "What the formula is,\nin two lines."


def test_values_are_as_they_are_written() -> None:
    assert FOUND[("ciphers",)].value == '"a#b"'
    assert FOUND[("ports",)].value == '["31000-32000", "1-2"]'
    assert FOUND[("flags",)].value == "[-Xa, -Xb]"
    assert FOUND[("tls",)].value == ""


def test_a_file_without_keys_has_none() -> None:
    assert read("# nothing yet\n").settings == ()
