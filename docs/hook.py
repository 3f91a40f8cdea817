"""Gives MkDocs the generated pages: nothing of them is written into the repository."""

from generator import site
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the reference at the end of the navigation."""
    config.nav = [*(config.nav or []), {"Reference": site.navigation(site.groups())}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for page in (site.start(), *(page for group in site.groups() for page in group)):
        files.append(File.generated(config, page.path, content=page.text))
    return files
