"""The shipped pillar, rendered once, and ways to bend it."""

from collections.abc import Callable
from typing import Any

import pytest
import salt.config
import yaml
from meridian.salt_api.pillar_files import load_layers
from meridian.topology import Layers, Source, Topology, expand

BROKEN = "pillar/environments/broken.sls"


@pytest.fixture(scope="session")
def salt_options(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Salt's options as a master without a configuration file has them."""
    options = salt.config.master_config(None)
    return {**options, "cachedir": str(tmp_path_factory.mktemp("cache")), "pillar_roots": {}}


@pytest.fixture(scope="session")
def shipped(salt_options: dict[str, Any]) -> Layers:
    """Layers of the environment `local` as it is shipped."""
    return load_layers(salt_options, "local")


@pytest.fixture(scope="session")
def local(shipped: Layers) -> Topology:
    return expand(shipped, "local")


@pytest.fixture
def bent(shipped: Layers) -> Callable[..., Layers]:
    """Return `local` with one more file on top, written as YAML; ``region`` bends a region's file instead."""

    def bend(text: str, region: str | None = None) -> Layers:
        data = yaml.safe_load(text)
        if region is None:
            return Layers(shipped.defaults, (*shipped.environments, Source(BROKEN, data)), shipped.regions)
        own = shipped.regions[region]
        bent_file = Source(own.file, {**own.data, **data})
        return Layers(shipped.defaults, shipped.environments, {**shipped.regions, region: bent_file})

    return bend
