"""Flags as the real programs take them: arguments over ``MESOS_*`` variables, unknown ones refused."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import VERSION

_LOGGING = "quiet logging_level log_dir logbufsecs initialize_driver_logging external_log_file"
# Names only, of Mesos 1.11: a formula that works on the double must not name what the real ones refuse.
MASTER_FLAGS = f"""{_LOGGING} version help hostname hostname_lookup root_submissions work_dir registry quorum
zk_session_timeout registry_strict registry_fetch_timeout registry_store_timeout log_auto_initialize
agent_reregister_timeout recovery_agent_removal_limit agent_removal_rate_limit webui_dir whitelist role_sorter
framework_sorter allocation_interval cluster roles weights authenticate_frameworks authenticate_agents
authentication_v0_timeout authenticate_http_readwrite authenticate_http_readonly authenticate_http_frameworks
credentials acls firewall_rules rate_limits max_executors_per_agent offer_timeout modules modules_dir
authenticators allocator allocator_agent_recovery_factor allocator_recovery_timeout
fair_sharing_excluded_resource_names filter_gpu_resources min_allocatable_resources hooks agent_ping_timeout
max_agent_ping_timeouts authorizers http_authenticators http_framework_authenticators
max_operator_event_stream_subscribers max_completed_frameworks max_completed_tasks_per_framework
max_unreachable_tasks_per_framework master_contender master_detector registry_gc_interval
registry_max_agent_age registry_max_agent_count ip port advertise_ip advertise_port memory_profiling zk
ip_discovery_command require_agent_domain publish_per_framework_metrics domain offer_constraints_re2_max_mem
offer_constraints_re2_max_program_size""".split()
AGENT_FLAGS = f"""{_LOGGING} version help hostname hostname_lookup resources resource_provider_config_dir
csi_plugin_config_dir disk_profile_adaptor isolation launcher
launcher_dir image_providers image_provisioner_backend
image_gc_config appc_simple_discovery_uri_prefix appc_store_dir docker_registry docker_store_dir
docker_volume_checkpoint_dir docker_volume_chown docker_ignore_runtime default_role attributes
fetcher_cache_size fetcher_cache_dir fetcher_stall_timeout work_dir runtime_dir hadoop_home switch_user
volume_gid_range http_heartbeat_interval frameworks_home registration_backoff_factor
authentication_backoff_factor authentication_timeout_min authentication_timeout_max
executor_environment_variables executor_registration_timeout executor_reregistration_timeout
executor_reregistration_retry_interval executor_shutdown_grace_period jwt_secret_key gc_delay
gc_disk_headroom gc_non_executor_container_sandboxes disk_watch_interval container_logger recover
recovery_timeout reconfiguration_policy strict max_completed_executors_per_framework
cgroups_destroy_timeout cgroups_hierarchy cgroups_root cgroups_enable_cfs cgroups_limit_swap
cgroups_cpu_enable_pids_and_tids_count cgroups_net_cls_primary_handle cgroups_net_cls_secondary_handles
allowed_devices agent_subsystems host_path_volume_force_creation nvidia_gpu_devices perf_events
perf_interval perf_duration revocable_cpu_low_priority systemd_enable_support systemd_runtime_directory
effective_capabilities bounding_capabilities default_container_shm_size
disallow_sharing_agent_ipc_namespace disallow_sharing_agent_pid_namespace agent_features firewall_rules
credential acls containerizers docker docker_remove_delay docker_kill_orphans docker_mesos_image
docker_socket docker_config sandbox_directory domain_socket_location default_container_dns
default_container_info docker_stop_timeout egress_unique_flow_per_container
ingress_isolate_existing_containers network_cni_plugins_dir network_cni_config_dir
network_cni_root_dir_persist network_cni_metrics
container_disk_watch_interval enforce_container_disk_quota modules modules_dir authenticatee authorizer
http_authenticators authenticate_http_readwrite authenticate_http_readonly authenticate_http_executors
http_executor_domain_sockets http_credentials hooks secret_resolver resource_estimator qos_controller
qos_correction_interval_min oversubscribed_resources_interval master_detector xfs_project_range
xfs_kill_containers xfs_quota_headroom seccomp_config_dir seccomp_profile_name http_command_executor ip ip6
port advertise_ip advertise_port master zk_session_timeout ip_discovery_command ip6_discovery_command
memory_profiling domain""".split()
_OLD_NAMES = {"slave": "agent", "slaves": "agents"}
_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "secs": 1, "mins": 60, "hrs": 3600, "days": 86400}
_UNITS["weeks"] = 604800


def refuse(message: str) -> NoReturn:
    """End the program as the real ones do."""
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(1)


def seconds(text: str) -> float:
    """Read a duration such as ``10secs``.

    :raises ValueError: it is none.
    """
    found = re.fullmatch(r"([0-9.]+)([a-z]+)", text.strip())
    if found is None or found[2] not in _UNITS:
        raise ValueError(f"Invalid duration '{text}'")
    return float(found[1]) * _UNITS[found[2]]


class Flags:
    """What a program was told.

    :param program: ``mesos-master`` or ``mesos-agent``.
    :param known: names of its flags.
    """

    def __init__(self, program: str, known: Sequence[str]) -> None:
        self.program = program
        self._known = set(known)
        self.values: dict[str, str] = {}

    def load(self, arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> "Flags":
        """Read arguments and environment; ends the program when it can't."""
        for variable, value in environment.items():
            # As the real ones do: variables of no flag are no business of theirs.
            if variable.startswith("MESOS_") and (name := self._name(variable[6:].lower())) in self._known:
                self.values[name] = value
        for argument in arguments:
            if not argument.startswith("--"):
                self._wrong(f"Failed to load unexpected argument '{argument}'")
            name, _, value = argument[2:].partition("=")
            name = self._name(name)
            if name not in self._known and name.startswith("no-") and self._name(name[3:]) in self._known:
                name, value = self._name(name[3:]), "false"
            if name not in self._known:
                self._wrong(f"Failed to load unknown flag '{name}'")
            self.values[name] = value if "=" in argument else value or "true"
        if self.values.get("version") == "true":
            print(f"mesos {VERSION}")
            raise SystemExit(0)
        if self.values.get("help") == "true":
            print(
                f"Usage: {self.program} [options]\n\n"
                + "\n".join(f"  --{one}" for one in sorted(self._known))
            )
            raise SystemExit(0)
        for name, value in self.values.items():
            if value.startswith("file://"):
                # Files of credentials keep their place as value: what is in them must not show in /flags.
                self.values[name] = (
                    value if name.startswith(("credential", "http_cred")) else self._read(value)
                )
        return self

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a flag's value."""
        return self.values.get(name, default)

    def number(self, name: str, default: float) -> float:
        """Return a number; ends the program when it is none."""
        try:
            return float(self.values.get(name, default))
        except ValueError:
            self._wrong(f"Failed to load flag '{name}': Failed to convert into required type")

    def seconds(self, name: str, default: str) -> float:
        """Return a duration in seconds; ends the program when it is none."""
        try:
            return seconds(self.values.get(name, default))
        except ValueError as problem:
            self._wrong(f"Failed to load flag '{name}': Failed to load value: {problem}")

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a switch; ends the program when it is none."""
        value = self.values.get(name, str(default).lower())
        if value not in ("true", "1", "false", "0"):
            self._wrong(f"Failed to load flag '{name}': Failed to load value '{value}': Expecting a boolean")
        return value in ("true", "1")

    def json(self, name: str) -> Any:
        """Return a flag of JSON as text or path; ``None`` when it is not given."""
        from json import JSONDecodeError, loads

        if (value := self.values.get(name)) is None:
            return None
        try:
            return loads(Path(value).read_text(encoding="utf-8") if value.startswith("/") else value)
        except (OSError, JSONDecodeError) as problem:
            self._wrong(f"Failed to load flag '{name}': {problem}")

    def _name(self, name: str) -> str:
        return "_".join(_OLD_NAMES.get(part, part) for part in name.split("_"))

    def _read(self, value: str) -> str:
        try:
            return Path(value.removeprefix("file://")).read_text(encoding="utf-8").strip()
        except OSError as problem:
            self._wrong(f"Error reading file '{value}': {problem.strerror}")

    def _wrong(self, message: str) -> NoReturn:
        refuse(f"{message}\n\nUsage: {self.program} [options]\n")
