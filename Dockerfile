# One image for both processes; the command says which.
FROM python:3.12-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE manifest.json ./
RUN uv sync --locked --no-dev --no-install-project
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
RUN uv sync --locked --no-dev --no-editable

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home backup-why
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PORT=3000
USER 10001
EXPOSE 3000
CMD ["backup-why", "serve"]
