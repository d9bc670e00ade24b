# One image for both processes; the command says which. The stand-ins of `sandbox/` stay out of it: of them, only what
# uv reads to see that the lock is up to date.
FROM python:3.12-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /bin/uv
# Bytecode is bound to the source by its hash and not by a time stamp, so that the same tag gives the same files.
ENV UV_COMPILE_BYTECODE=1 PYC_INVALIDATION_MODE=unchecked-hash UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app
WORKDIR /src
COPY pyproject.toml uv.lock hatch_build.py README.md LICENSE manifest.json ./
COPY sandbox/pyproject.toml sandbox/
RUN uv sync --locked --no-dev --extra mcp --no-install-workspace
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
RUN uv sync --locked --no-dev --extra mcp --no-editable

FROM python:3.12-slim
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/nonexistent PORT=3000
USER 10001:10001
EXPOSE 3000
CMD ["backup-why", "serve"]
