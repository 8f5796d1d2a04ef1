# The house as an image: hash-pinned packages in a first stage, then the code and a user without rights.
FROM python:3.11-slim-bookworm AS packages
ENV UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.8
COPY requirements.lock /tmp/requirements.lock
RUN uv venv /srv/venv && uv pip sync --no-cache --require-hashes --python /srv/venv/bin/python /tmp/requirements.lock

# bookworm: its postgresql-client has the version of the server in docker-compose.yml, which pg_dump asks for
FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --home-dir /srv --shell /usr/sbin/nologin vinhdanh \
    && mkdir -p /srv/app /srv/var /srv/static /srv/copies \
    && chown vinhdanh:vinhdanh /srv/var /srv/static /srv/copies
COPY --from=packages /srv/venv /srv/venv
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=workflow_project.settings \
    VAR_DIR=/srv/var \
    BACKUP_DIR=/srv/copies \
    STATIC_ROOT=/srv/static \
    BIND=0.0.0.0:8000
WORKDIR /srv/app
COPY . .
USER vinhdanh
# a build has no secrets: the three below are read by this one command and are not kept
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=sqlite:////tmp/build.sqlite3 \
    python manage.py collectstatic --noinput --verbosity 0 --ignore viewflow
EXPOSE 8000
CMD ["gunicorn", "-c", "workflow_project/gunicorn.py"]
