"""A docstring of Salt's shape as a page shows it."""

from generator.docstrings import summary, to_markdown

DOCSTRING = """\
Return the state of ``us-east``, or of
:class:`meridian.topology.model.Region` <any>.

name
    Its name, e.g. ``*``.

    Empty: all.
seconds
    How long to wait; what it returns is
    nothing.

Notes follow.

CLI Example:

.. code-block:: bash

    salt-run region.state <name>

    salt-run region.state '*'
"""


def test_parameters_are_definitions_and_examples_blocks_of_code() -> None:
    shown = to_markdown(DOCSTRING, ["name", "seconds", "nothing."])
    assert "`name`\n:   Its name, e.g. `*`.\n\n    Empty: all.\n" in shown
    assert "`seconds`\n:   How long to wait; what it returns is\n    nothing.\n" in shown
    assert "```bash\nsalt-run region.state <name>\n\nsalt-run region.state '*'\n```" in shown
    assert "\nNotes follow.\n" in shown


def test_what_is_no_code_is_shown_as_it_is_written() -> None:
    assert (
        to_markdown("A <node> with ``<id>``, *all* [of] it.")
        == "A &lt;node> with `<id>`, \\*all\\* \\[of\\] it.\n"
    )


def test_a_summary_is_the_first_paragraph_in_one_line() -> None:
    assert (
        summary(DOCSTRING)
        == "Return the state of `us-east`, or of `meridian.topology.model.Region` &lt;any>."
    )
