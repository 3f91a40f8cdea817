"""Flags as Marathon takes them, from arguments and ``MARATHON_*`` variables; unknown ones are refused."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..flags import refuse
from . import VERSION

# With a value each; names only, of Marathon 1.11.
_VALUED_NAMES = """accepted_resource_roles_default_behavior access_control_allow_origin
app_info_module_execution_context_size backup_location decline_offer_duration
default_accepted_resource_roles default_network_name deprecated_features
deployment_manager_request_timeout draining_seconds enable_features env_vars_prefix
event_stream_max_outstanding_messages executor failover_timeout framework_name
gpu_scheduling_behavior graceful_shutdown_timeout group_manager_request_timeout
group_versions_cache_size hostname http_address http_credentials http_max_concurrent_requests
http_port http_realm https_address https_port instance_tracker_num_parallel_loads
instance_tracker_num_parallel_updates kill_chunk_size kill_retry_timeout
launch_token_refresh_interval launch_tokens leader_election_backend leader_proxy_connection_timeout
leader_proxy_max_open_connections leader_proxy_read_timeout local_port_max local_port_min
logging_level master max_actor_startup_time max_apps max_concurrent_marathon_health_checks
max_instances_per_offer max_parallel_offers max_queued_offers max_running_deployments
mesos_authentication_principal mesos_authentication_secret mesos_authentication_secret_file
mesos_bridge_name mesos_heartbeat_failure_threshold mesos_heartbeat_interval mesos_leader_ui_url
mesos_role mesos_user metrics_name_prefix min_revive_offers_interval new_group_enforce_role
offer_matching_timeout on_elected_prepare_timeout plugin_conf plugin_dir
reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay scale_apps_interval
sentry ssl_keystore_password ssl_keystore_path storage_compaction_interval
task_launch_confirm_timeout task_launch_timeout task_lost_expunge_initial_delay
task_lost_expunge_interval task_reservation_timeout webui_url zk zk_compression_threshold
zk_connection_timeout zk_max_concurrency zk_max_node_size zk_max_versions zk_operation_max_retries
zk_session_timeout zk_timeout"""
# Without a value; those of the first row can also be said as disable_….
_TOGGLE_NAMES = """checkpoint ha http_compression maintenance_mode mesos_authentication
mesos_offer_constraints suppress_offers zk_compression metrics_datadog metrics_prometheus metrics_statsd"""
_VALUED, _TOGGLES = set(_VALUED_NAMES.split()), set(_TOGGLE_NAMES.split())
_SWITCHES = {"disable_http", "leader_proxy_ssl_ignore_hostname", "version", "help"}


@dataclass(frozen=True)
class Settings:
    """What the program was told, by the names of Marathon's flags.

    :ivar credentials: user and password of the REST API; ``None`` for an open one.
    :ivar principal: who it is to Mesos; empty without authentication.
    """

    master: str
    zk: str
    zk_session_timeout: float
    hostname: str
    http_port: int | None
    https_port: int | None
    keystore: str
    keystore_password: str
    credentials: tuple[str, str] | None
    realm: str
    principal: str
    secret: str
    framework_name: str
    failover_timeout: float
    role: str
    task_user: str
    ports: tuple[int, int]
    launch_timeout: float
    decline_seconds: float
    reconcile_seconds: float
    max_deployments: int
    features: tuple[str, ...]

    @property
    def address(self) -> str:
        """``host:port`` that the others know it by."""
        return f"{self.hostname}:{self.https_port or self.http_port}"

    @property
    def scheme(self) -> str:
        """Scheme that the others reach it by."""
        return "https" if self.https_port else "http"


def load(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Read arguments and environment; ends the program where Marathon would."""
    given = _parse([*_of_environment(environment), *arguments])
    if "version" in given:
        print(f"marathon {VERSION}")
        raise SystemExit(0)
    if not given.get("master"):
        refuse("[scallop] Error: Required option 'master' not found")
    keystore = given.get("ssl_keystore_path") or environment.get("MESOSPHERE_KEYSTORE_PATH", "")
    password = given.get("ssl_keystore_password") or environment.get("MESOSPHERE_KEYSTORE_PASS", "")
    secure, plain = bool(keystore and password), "disable_http" not in given
    if not (secure or plain):
        refuse("Invalid configuration: Neither HTTP nor HTTPS support has been configured.")
    user, colon, word = given.get("http_credentials", "").partition(":")
    if given.get("http_credentials") and not (user and colon and word):
        refuse("Invalid credentials, expected username:password")
    authenticates = "mesos_authentication" in given
    try:
        return Settings(
            master=given["master"],
            zk=given.get("zk", "zk://localhost:2181/marathon"),
            zk_session_timeout=int(given.get("zk_session_timeout", 10000)) / 1000,
            hostname=given.get("hostname") or os.uname().nodename,
            http_port=int(given.get("http_port", 8080)) if plain else None,
            https_port=int(given.get("https_port", 8443)) if secure else None,
            keystore=keystore,
            keystore_password=password,
            credentials=(user, word) if user else None,
            realm=given.get("http_realm", "Mesosphere"),
            principal=given.get("mesos_authentication_principal", ""),
            secret=_secret(given) if authenticates else "",
            framework_name=given.get("framework_name", "marathon"),
            failover_timeout=float(given.get("failover_timeout", 604800)),
            role=given.get("mesos_role", "*"),
            task_user=given.get("mesos_user") or environment.get("USER", "root"),
            ports=(int(given.get("local_port_min", 10000)), int(given.get("local_port_max", 20000))),
            launch_timeout=int(given.get("task_launch_timeout", 300000)) / 1000,
            decline_seconds=int(given.get("decline_offer_duration", 120000)) / 1000,
            reconcile_seconds=int(given.get("reconciliation_interval", 600000)) / 1000,
            max_deployments=int(given.get("max_running_deployments", 100)),
            features=tuple(filter(None, given.get("enable_features", "").split(","))),
        )
    except ValueError as problem:
        refuse(f"[scallop] Error: bad arguments: {problem}")


def _of_environment(environment: Mapping[str, str]) -> list[str]:
    words = []
    for name, value in environment.items():
        # Those that Marathon gives its tasks are no flags, should it be one of them.
        if name.startswith("MARATHON_") and not name.startswith("MARATHON_APP_"):
            words += [f"--{name[9:].lower()}"] + ([value] if value else [])
    return words


def _parse(words: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--"):
            refuse(f"[scallop] Error: Excess arguments provided: '{word}'")
        if name in given:
            refuse(f"[scallop] Error: Option '{name}' specified more than once")
        if name in _VALUED:
            if not equals and (not left or left[0].startswith("--")):
                refuse(f"[scallop] Error: Bad arguments for option '{name}': exactly one is wanted")
            given[name] = value if equals else left.pop(0)
        elif re.sub("^disable_", "", name) in _TOGGLES or name in _SWITCHES:
            given[name] = ""
        else:
            refuse(f"[scallop] Error: Unknown option '{name}'")
    return given


def _secret(given: Mapping[str, str]) -> str:
    if "mesos_authentication_secret" in given:
        return given["mesos_authentication_secret"]
    path = given.get("mesos_authentication_secret_file", "")
    if not path:
        return ""
    try:
        # Whole, as Marathon reads it: a newline at its end is part of the secret.
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as problem:
        refuse(f"{path}: {problem.strerror}")
