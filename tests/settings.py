"""The settings of a test run: a trial house in a folder of its own, so that runs beside each other never meet."""

import atexit
import os
import shutil
import tempfile

if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="vinhdanh-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ.setdefault("DEMO", "1")

from workflow_project.settings import *

# Argon2 takes a tenth of a second on purpose; signing in is tried with it once, in its own test
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405

# the clock of the tests is moved by time_machine, never by the demo's offset
DEMO = False
