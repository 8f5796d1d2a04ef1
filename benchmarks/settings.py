"""The settings of a measurement: a trial house in a folder and a database of its own, its clock the real one."""

import atexit
import os
import shutil
import tempfile

if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="vinhdanh-bench-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ["DEMO"] = "1"
# the queue is in memory and nobody empties it: an act wakes the worker as always, what the worker does is not measured
os.environ["REDIS_URL"] = ""

from workflow_project.settings import *  # noqa: F403

# the demo's clock asks the database for its offset twice a second; a house in service never does
DEMO = False
INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]  # noqa: F405  viewflow finds a flow through the app it lies in
