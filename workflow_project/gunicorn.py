"""How gunicorn serves the house: one process with its own worker inside, or several beside Redis workers."""

import os
from typing import Any

_embedded = not os.environ.get("REDIS_URL")

wsgi_app = "workflow_project.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
# the in-memory queue lives in one process: a second one would have a second queue and a second clock
workers = 1 if _embedded else int(os.environ.get("WEB_CONCURRENCY", "3"))
threads = 8 if _embedded else 4
preload_app = True  # a worker that died is replaced by a fork of what is loaded already
timeout = 60
graceful_timeout = 20
keepalive = 5
loglevel = "warning"
accesslog = None


def post_worker_init(worker: Any) -> None:
    """Start the embedded worker after the fork; threads do not survive one."""
    if _embedded:
        from workflow_project import embedded  # noqa: PLC0415 -- Django is set up only in the forked process

        embedded.start()
