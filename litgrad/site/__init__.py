"""Many posts to a site: a page, a report, a module and tests for each, and one index."""

from litgrad.site.build import BuildResult, build_site, check_posts, report_of
from litgrad.site.listed import entry_of
from litgrad.site.manner import Manner, Watcher
from litgrad.site.post import ROLES, output_paths

__all__ = [
    "ROLES",
    "BuildResult",
    "Manner",
    "Watcher",
    "build_site",
    "check_posts",
    "entry_of",
    "output_paths",
    "report_of",
]
