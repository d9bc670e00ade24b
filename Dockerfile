# One image for both processes; the command says which. The stand-ins of `sandbox/` stay out of it: of them, only what
# uv reads to see that the lock is up to date.
FROM python:3.12-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app
WORKDIR /src
COPY pyproject.toml uv.lock hatch_build.py README.md LICENSE manifest.json ./
COPY sandbox/pyproject.toml sandbox/
RUN uv sync --locked --no-dev --extra mcp --no-install-workspace
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
RUN uv sync --locked --no-dev --extra mcp --no-editable

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home backup-why
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PORT=3000
USER 10001
EXPOSE 3000
CMD ["backup-why", "serve"]
