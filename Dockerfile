# One image for API and worker. What is installed is pinned and hashed in requirements/.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/vado
COPY requirements/run.txt requirements/
RUN /opt/vado/bin/pip install --require-hashes --no-deps -r requirements/run.txt
COPY requirements/build.txt requirements/
RUN python -m pip install --require-hashes --no-deps -r requirements/build.txt
COPY pyproject.toml README.md ./
COPY data data
COPY src src
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/vado/bin/pip install --no-deps --no-index /wheels/*.whl

FROM python:3.12-slim
RUN groupadd --gid 10001 vado && useradd --uid 10001 --gid vado --create-home vado \
 && install --directory --owner vado --group vado /var/lib/vado
COPY --from=build /opt/vado /opt/vado
COPY scripts/compile /opt/vado/bin/vado-compile
# Compiled kernels must lie where the user who runs may write, or Numba reads none either: the rest of a container
# may be read-only. A new volume starts with what lies here; an older one, or another processor, compiles once more.
ENV PATH=/opt/vado/bin:$PATH PYTHONUNBUFFERED=1 VADO_HOME=/var/lib/vado VADO_HOST=0.0.0.0 \
    NUMBA_CACHE_DIR=/var/lib/vado/kernels
USER vado
WORKDIR /var/lib/vado
RUN /opt/vado/bin/vado-compile vado
VOLUME /var/lib/vado
EXPOSE 8080
# Only where the API runs; compose turns it off for the worker.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["vado"]
CMD ["serve"]
