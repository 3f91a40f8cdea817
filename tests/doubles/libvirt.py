"""Stands for libvirt's Python binding with a hypervisor that has one domain behind it."""

from typing import Any

VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE = 0
RUNNING, SHUT_OFF = 1, 5


class Domain:
    """A machine.

    :ivar calls: what was done to it.
    """

    def __init__(self, name: str) -> None:
        self.calls: list[str] = []
        self._name = name

    def name(self) -> str:
        return self._name

    def ID(self) -> int:
        return 7

    def UUIDString(self) -> str:
        return "0c1c5a8e-3a1f-4c38-8d4d-0d7a7a3f2c11"

    def OSType(self) -> str:
        return "hvm"

    def info(self) -> tuple[int, int, int, int, int]:
        return (RUNNING if "shutdown" not in self.calls else SHUT_OFF), 1048576, 1048576, 1, 0

    def isActive(self) -> int:
        return 1

    def XMLDesc(self) -> str:
        return "<domain><devices/></domain>"

    def interfaceAddresses(self, source: int) -> dict[str, Any]:
        return {"vnet0": {"addrs": [{"addr": "192.168.122.10"}]}}

    def __getattr__(self, call: str) -> Any:
        def done(**arguments: Any) -> int:
            self.calls.append(call)
            return 0

        if call not in ("create", "shutdown", "reboot", "destroy", "undefine", "resume", "suspend"):
            raise AttributeError(call)
        return done


class Connection:
    """A hypervisor."""

    def __init__(self) -> None:
        self.domain = Domain("kafka-1.us-east.proof")

    def listAllDomains(self) -> list[Domain]:
        return [self.domain]

    def lookupByUUIDString(self, uuid: str) -> Domain:
        assert uuid == self.domain.UUIDString()
        return self.domain

    def getType(self) -> str:
        return "QEMU"
