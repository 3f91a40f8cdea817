"""Puts libcloud's doubles, watched, in the place of each provider's connections."""

import json
from typing import Any

from libcloud.compute.providers import get_driver

from tests.doubles import libvirt as fake_libvirt
from tests.unit.cloud.conformance.recorder import Recorder, load


def _put(patch: Any, recorder: Recorder, provider: str, mock: type, **attributes: Any) -> None:
    watched = recorder.watched(mock, **{"type": None, **attributes})
    driver: Any = get_driver(provider)
    patch.setattr(driver.connectionCls, "conn_class", watched)


def _answers(body: Any) -> Any:
    """Return a double's method for what the wheel has nothing recorded of."""
    text = json.dumps(body)
    return lambda this, method, url, sent, headers: (200, text, {"content-type": "application/json"}, "OK")


def ec2(patch: Any, recorder: Recorder) -> None:
    _put(patch, recorder, "ec2", load("test_ec2").EC2MockHttp, use_param="Action")


def gce(patch: Any, recorder: Recorder) -> None:
    module = load("test_gce")
    mock = module.GCEMockHttp
    started = {
        "_zones_us_central1_a_instances_node_name_start": mock._zones_us_central1_a_instances_node_name_stop
    }
    _put(patch, recorder, "gce", mock, **started)
    patch.setattr(module.GoogleBaseAuthConnection, "conn_class", module.GoogleAuthMockHttp)
    token = {
        "access_token": "very-secret-token",
        "token_type": "Bearer",
        "expire_time": "2999-01-01T00:00:00Z",
    }
    patch.setattr("libcloud.common.google.GoogleOAuth2Credential._get_token_from_file", lambda self: token)
    patch.setattr("libcloud.common.google.GoogleOAuth2Credential._write_token_to_file", lambda self: None)


def azure(patch: Any, recorder: Recorder) -> None:
    mock = load("test_azure_arm").AzureMockHttp
    place = "_subscriptions_99999999_providers_Microsoft_Compute_locations_eastus"
    offers = f"{place}_publishers_Debian_artifacttypes_vmimage_offers"
    group = "_subscriptions_99999999_resourceGroups_000000"
    machine = f"{group}_providers_Microsoft_Compute_virtualMachines_test_node_1"
    # The wheel has nothing recorded for these.
    added = {
        offers: [{"id": "/offers/debian-12", "name": "debian-12"}],
        "_offers_debian_12_skus": [{"id": "/skus/12-gen2", "name": "12-gen2"}],
        "_skus_12_gen2_versions": [{"id": "/versions/0.1", "name": "0.20260101.1"}],
        f"{offers}_debian_12_skus_12_gen2_versions": [{"id": "/versions/0.1", "name": "0.20260101.1"}],
        **{f"{machine}_{action}": {} for action in ("start", "deallocate", "restart")},
    }
    whole = "_99999999_9999_9999_9999_999999999999_"
    added |= {name.replace("_99999999_", whole): body for name, body in added.items()}
    _put(patch, recorder, "azure_arm", mock, responses=[], **{n: _answers(b) for n, b in added.items()})


def openstack(patch: Any, recorder: Recorder) -> None:
    module = load("test_openstack")
    watched = recorder.watched(module.OpenStack_2_0_MockHttp, type=None)
    driver = module.OpenStack_2_NodeDriver
    for name in (
        "connectionCls",
        "image_connectionCls",
        "network_connectionCls",
        "volumev2_connectionCls",
        "volumev3_connectionCls",
    ):
        patch.setattr(getattr(driver, name), "conn_class", watched)


def digitalocean(patch: Any, recorder: Recorder) -> None:
    mock = load("test_digitalocean_v2").DigitalOceanComputeMockHttp

    def create(this: Any, method: str, url: str, body: Any, headers: Any) -> Any:
        return 202, this.fixtures.load("list_node.json"), {}, "Accepted"

    _put(patch, recorder, "digitalocean", mock, _v2_droplets_CREATE=create)


def linode(patch: Any, recorder: Recorder) -> None:
    _put(patch, recorder, "linode", load("test_linode_v4").LinodeMockHttpV4)


def vultr(patch: Any, recorder: Recorder) -> None:
    _put(patch, recorder, "vultr", load("test_vultr_v2").VultrMockHttpV2)


def ovh(patch: Any, recorder: Recorder) -> None:
    module = load("test_ovh")
    patch.setattr(module.OvhNodeDriver.connectionCls, "_timedelta", 42)
    project = "_json_1_0_cloud_project_project_id"
    added = {
        f"{project}_instance_foo_{action}_post": _answers(None) for action in ("start", "stop", "reboot")
    }
    added[f"{project}_image_region_SBG1_get"] = getattr(module.OvhMockHttp, f"{project}_image_get")
    _put(patch, recorder, "ovh", module.OvhMockHttp, **added)


def scaleway(patch: Any, recorder: Recorder) -> None:
    added = {"_servers_741db378_user_data_cloud_init": _answers({})}
    _put(patch, recorder, "scaleway", load("test_scaleway").ScalewayMockHttp, **added)


def upcloud(patch: Any, recorder: Recorder) -> None:
    server = "_1_2_server_00f8c525_7e62_4108_8115_3958df5b43dc"
    added = {f"{server}_{action}": _answers({"server": {"state": "stopped"}}) for action in ("start", "stop")}
    mock = load("test_upcloud").UpcloudMockHttp

    def machine(this: Any, method: str, url: str, body: Any, headers: Any) -> Any:
        # A machine must be stopped before it can be removed, and the recorded one is never.
        status, text, *rest = getattr(mock, server)(this, method, url, body, headers)
        stopped = any(sent.url.endswith("/stop") for sent in recorder.sent)
        return status, text.replace('"started"', '"stopped"') if stopped else text, *rest

    _put(patch, recorder, "upcloud", mock, **added, **{server: machine})


def cloudstack(patch: Any, recorder: Recorder) -> None:
    mock = load("test_cloudstack").CloudStackMockHttp
    for provider in ("cloudstack", "exoscale"):
        driver: Any = get_driver(provider)
        patch.setattr(driver.connectionCls, "poll_interval", 0.0)
        _put(patch, recorder, provider, mock, fixture_tag="default")


def equinixmetal(patch: Any, recorder: Recorder) -> None:
    mock = load("test_equinixmetal").EquinixMetalMockHttp
    project = "_metal_v1_projects_4b653fce_6405_4300_9f7d_c587b7888fe5"
    device = "_metal_v1_devices_905037a4_967c_4e81_b364_3a0603aa071b"
    recorded = "_metal_v1_devices_1e52437e_bbbb_cccc_dddd_74a9dfd3d3bb"
    listed, made = getattr(mock, f"{project}_devices"), mock._metal_v1_projects_project_id_devices

    def devices(this: Any, method: str, url: str, body: Any, headers: Any) -> Any:
        return (made if method == "POST" else listed)(this, method, url, body, headers)

    added = {
        f"{project}_devices": devices,
        f"{project}_plans": mock._metal_v1_projects_3d27fd13_0466_4878_be22_9a4b5595a3df_plans,
        device: getattr(mock, recorded),
        f"{device}_actions": getattr(mock, f"{recorded}_actions"),
    }
    _put(patch, recorder, "equinixmetal", mock, **added)


def gandi(patch: Any, recorder: Recorder) -> None:
    mock = load("test_gandi").GandiMockHttp
    _put(patch, recorder, "gandi", mock, _xmlrpc__hosting_vm_start=mock._xmlrpc__hosting_vm_stop)


def cloudscale(patch: Any, recorder: Recorder) -> None:
    _put(patch, recorder, "cloudscale", load("test_cloudscale").CloudscaleMockHttp)


def gridscale(patch: Any, recorder: Recorder) -> None:
    _put(patch, recorder, "gridscale", load("test_gridscale").GridscaleMockHttp)


def cloudsigma(patch: Any, recorder: Recorder) -> None:
    module = load("test_cloudsigma_v2_0")
    watched = recorder.watched(module.CloudSigmaMockHttp, type=None)
    patch.setattr(module.CloudSigma_2_0_NodeDriver.connectionCls, "conn_class", watched)


def kamatera(patch: Any, recorder: Recorder) -> None:
    _put(patch, recorder, "kamatera", load("test_kamatera").KamateraMockHttp)


def libvirt(patch: Any, recorder: Recorder) -> None:
    """Connects to the hypervisor of :mod:`tests.doubles.libvirt`."""
    from libcloud.compute.drivers import libvirt_driver
    from meridian.cloud.providers.libvirt import Libvirt

    hypervisor = fake_libvirt.Connection()
    driver = object.__new__(libvirt_driver.LibvirtNodeDriver)
    driver.__dict__.update(connection=hypervisor, _uri="qemu:///system", api_name="libvirt")
    patch.setattr(driver, "_get_ip_addresses_for_domain", lambda domain: ["192.168.122.10"], raising=False)
    patch.setattr(Libvirt, "connect", classmethod(lambda *arguments: driver))
    recorder.sent = hypervisor.domain.calls  # type: ignore[assignment]
