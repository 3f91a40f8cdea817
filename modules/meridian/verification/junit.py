"""A verification's rows as a JUnit file, for whatever shows test results."""

from pathlib import Path
from xml.etree import ElementTree

from meridian.verification.result import Result


def write(path: Path, result: Result, suite: str = "verification") -> None:
    """Write the result, one test case per row.

    :param path: file to write; its folder is made.
    :param suite: name of the test suite, e.g. the environment's.
    """
    root = ElementTree.Element(
        "testsuite",
        name=suite,
        tests=str(len(result.rows)),
        failures=str(len(result.failures)),
        errors="0",
        skipped="0",
        time=f"{result.seconds:.3f}",
    )
    for row in result.rows:
        # The time of a single row means nothing: they are counted out of one stream.
        case = ElementTree.SubElement(root, "testcase", classname=suite, name=row.name, time="0")
        if not row.ok:
            message = f"expected {row.expected}, seen {row.seen}"
            ElementTree.SubElement(case, "failure", message=message).text = row.note or message
    suites = ElementTree.Element("testsuites")
    suites.append(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.indent(suites)
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
