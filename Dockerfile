# The bot in a container: Python, ddc-perf and what it needs, and no root, no compiler, no Docker client.
#
#   docker build --tag ddc-perf .
#
# docs/container.md tells how to run it. To hold the base to the byte, give its digest, as
# `docker buildx imagetools inspect NAME` shows it:
#   docker build --build-arg PYTHON_IMAGE=python:3.13.9-slim-bookworm@sha256:... --tag ddc-perf .
ARG PYTHON_IMAGE=python:3.13.9-slim-bookworm

FROM ${PYTHON_IMAGE} AS builder

# For `strip` alone: many wheels come with their debugging symbols, an eighth of what all weighs.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends binutils

# Another package index than the usual one, and its host when it has no certificate. Whatever comes from there is held to
# the hashes in constraints.txt.
ARG PIP_INDEX_URL=
ARG PIP_TRUSTED_HOST=
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1

WORKDIR /build
COPY constraints.txt deploy/slim.sh ./
# Ready-made wheels only: there is no compiler here, and none is wanted.
RUN python3 -m venv /opt/ddc-perf \
    && if [ -z "$PIP_INDEX_URL" ]; then unset PIP_INDEX_URL; fi \
    && if [ -z "$PIP_TRUSTED_HOST" ]; then unset PIP_TRUSTED_HOST; fi \
    && /opt/ddc-perf/bin/pip install --only-binary=:all: --no-compile --require-hashes -r constraints.txt \
    && sh slim.sh /opt/ddc-perf

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
COPY services services
COPY utils utils
COPY sandbox sandbox
RUN /opt/ddc-perf/bin/pip install --no-deps --no-index --no-build-isolation --no-compile . \
    && /opt/ddc-perf/bin/pip uninstall --quiet --yes setuptools \
    && /opt/ddc-perf/bin/pip uninstall --quiet --yes pip

COPY deploy/tried.py ./
RUN /opt/ddc-perf/bin/python tried.py


FROM ${PYTHON_IMAGE}

# Both may be written by any user, so that `--user 99:100` needs no other image; what the bot puts there is its own.
RUN groupadd --gid 10001 ddc \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ddc \
    && install --directory --mode=1777 /data /config
COPY --from=builder /opt/ddc-perf /opt/ddc-perf

# Bytecode and matplotlib's list of fonts are made anew in /tmp. Without one that may be written both do without.
ENV PATH=/opt/ddc-perf/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/data \
    PYTHONUNBUFFERED=1 \
    PYTHONPYCACHEPREFIX=/tmp/ddc-perf/bytecode \
    MPLCONFIGDIR=/tmp/ddc-perf/matplotlib \
    DDC_CONFIG=/config/config.json \
    DDC_METRICS_DIR=/data/metrics

USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/config"]
STOPSIGNAL SIGTERM
# The bot itself is asked: does Discord answer it, does its event loop turn, does it write.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["ddc-perf", "health"]
ENTRYPOINT ["ddc-perf"]
CMD ["run"]
