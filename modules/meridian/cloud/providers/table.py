"""All compute providers of libcloud 3.9.1, and which adapter serves each."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.providers import DRIVERS

from meridian.cloud.errors import NotOffered
from meridian.cloud.local.driver import PROVIDER as LOCAL
from meridian.cloud.providers import (
    azure,
    cloudstack,
    digitalocean,
    ec2,
    equinixmetal,
    gandi,
    gce,
    libvirt,
    linode,
    local,
    openstack,
    others,
    ovh,
    scaleway,
    upcloud,
    vultr,
)
from meridian.cloud.providers.base import Adapter

ADAPTERS: Mapping[str, type[Adapter]] = {
    LOCAL: local.Local,
    "aliyun_ecs": others.Alibaba,
    "aurora_compute": cloudstack.Aurora,
    "azure_arm": azure.Azure,
    "brightbox": others.Brightbox,
    "cloudscale": others.Cloudscale,
    "cloudsigma": others.CloudSigma,
    "cloudstack": cloudstack.CloudStack,
    "digitalocean": digitalocean.DigitalOcean,
    "dimensiondata": others.PasswordLogin,
    "ec2": ec2.EC2,
    "equinixmetal": equinixmetal.EquinixMetal,
    "eucalyptus": ec2.Eucalyptus,
    "exoscale": cloudstack.Exoscale,
    "gandi": gandi.Gandi,
    "gce": gce.GCE,
    "gridscale": others.Gridscale,
    "ikoula": cloudstack.Ikoula,
    "internetsolutions": others.PasswordLogin,
    "kamatera": others.Kamatera,
    "ktucloud": cloudstack.KTCloud,
    "libvirt": libvirt.Libvirt,
    "linode": linode.Linode,
    "maxihost": others.Maxihost,
    "nimbus": ec2.Eucalyptus,
    "ntta": others.PasswordLogin,
    "nttcis": others.PasswordLogin,
    "onapp": others.OnApp,
    "openstack": openstack.OpenStack,
    "outscale": others.Outscale,
    "outscale_inc": ec2.Outscale,
    "outscale_sas": ec2.Outscale,
    "ovh": ovh.OVH,
    "rackspace": openstack.Rackspace,
    "scaleway": scaleway.Scaleway,
    "upcloud": upcloud.UpCloud,
    "vultr": vultr.Vultr,
}

# libcloud is uniform enough there: name, size, image and, where it takes one, a location. What else such a
# provider insists on stands in the profile's `create` section.
UNIFORM: Mapping[str, str] = {
    "abiquo": "Abiquo",
    "dummy": "libcloud's own example",
    "gig_g8": "GiG G8",
    "kubevirt": "KubeVirt",
    "opennebula": "OpenNebula",
    "rackspace_first_gen": "Rackspace (first generation)",
    "rimuhosting": "RimuHosting",
    "terremark": "Terremark",
    "vcloud": "VMware vCloud",
    "vpsnet": "VPS.net",
    "vsphere": "VMware vSphere",
}

# What libcloud itself cannot create, list and destroy in its uniform way.
WITHOUT: Mapping[str, str] = {
    "azure": "the classic API lists the machines of one cloud service only; use azure_arm",
    "vcl": "libcloud lists the machines of one address only",
}


def adapter(provider: str) -> type[Adapter]:
    """Return the adapter of a provider.

    :param provider: libcloud's name of it, or ``local``.
    :raises NotOffered: libcloud has no such provider, or not enough calls for it.
    """
    found = ADAPTERS.get(provider)
    if found is not None:
        return found
    if provider in WITHOUT:
        raise NotOffered(f"cloud provider {provider!r} cannot be used: {WITHOUT[provider]}")
    if provider not in DRIVERS:
        near = ", ".join(sorted({*ADAPTERS, *UNIFORM}))
        raise NotOffered(f"cloud provider {provider!r}: libcloud has no driver of that name; it has: {near}")
    title: dict[str, Any] = {"title": UNIFORM.get(provider, provider)}
    return type(f"Uniform_{provider}", (Adapter,), title)
