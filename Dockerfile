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
ENV PATH=/opt/vado/bin:$PATH PYTHONUNBUFFERED=1 VADO_HOME=/var/lib/vado VADO_HOST=0.0.0.0
USER vado
WORKDIR /var/lib/vado
VOLUME /var/lib/vado
EXPOSE 8080
# Only where the API runs; compose turns it off for the worker.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["vado"]
CMD ["serve"]
