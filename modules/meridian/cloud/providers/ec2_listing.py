"""All machines of an EC2 account: the API gives them in pages, of which libcloud reads the first."""

from typing import Any

from libcloud.compute.base import Node
from libcloud.compute.drivers.ec2 import NAMESPACE
from libcloud.utils.xml import findall, findtext

# The most that the API takes.
_PAGE = "1000"


def nodes(conn: Any) -> list[Node]:
    """Return all machines, as ``list_nodes`` of libcloud's driver would.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html

    :param conn: libcloud's EC2 driver.
    """
    found: list[Node] = []
    params = {"Action": "DescribeInstances", "MaxResults": _PAGE}
    while True:
        page = conn.connection.request(conn.path, params=params).object
        for reservation in findall(element=page, xpath="reservationSet/item", namespace=NAMESPACE):
            found += conn._to_nodes(reservation, "instancesSet/item")
        token = findtext(element=page, xpath="nextToken", namespace=NAMESPACE)
        if not token:
            break
        params = {**params, "NextToken": token}
    addresses = conn.ex_describe_addresses(found)
    for node in found:
        node.public_ips.extend(addresses[node.id])
    return found
