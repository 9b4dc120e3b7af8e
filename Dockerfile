# The web pages, the worker and the command line in one image; the workspace is the volume /data.
#   docker build -t hotspots .
#   docker run --rm -v gemeente:/data hotspots init /data --name Gemeente
#   docker run --init --read-only --tmpfs /tmp -v gemeente:/data -p 127.0.0.1:8000:8000 hotspots
# Any base with Python 3.11 or newer, venv and apt will do: --build-arg BASE=...
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/hotspots
ENV PATH=/opt/hotspots/bin:$PATH
WORKDIR /src
# The libraries change less often than the code: a layer of their own.
COPY requirements.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY hotspots hotspots
COPY api api
RUN pip install --no-build-isolation --no-deps . && pip uninstall --yes pip

FROM ${BASE}
# rasterio's wheel expects the system's XML parser.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libexpat1 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 hotspots \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp hotspots \
    && install -d -o hotspots -g hotspots -m 0700 /data
COPY --from=build /opt/hotspots /opt/hotspots
# Nothing is written outside /data and /tmp, by Python nor by GDAL.
ENV PATH=/opt/hotspots/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GDAL_PAM_ENABLED=NO
USER 10001
VOLUME /data
EXPOSE 8000
# Alive is enough here: a server that is not ready gets no visitors, it need not be started again.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["hotspots"]
CMD ["serve", "--workspace", "/data", "--host", "0.0.0.0", "--port", "8000"]
