# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep an edit from compiling every dependency again; the program leaves them by the copy.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin golden-thread \
    && cp target/release/golden-thread /usr/local/bin/

FROM debian:bookworm-slim
# The certificates are for the identity provider's address, curl is for the health check.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home golden-thread \
    # Files of evidence, where the store is a folder: a volume that is put here belongs to the service.
    && install --directory --owner=golden-thread --mode=0700 /var/lib/golden-thread
COPY --from=build /usr/local/bin/golden-thread /usr/local/bin/
USER 10001
# In a container only the container's own network can reach it; what is published is for whoever runs it to say.
ENV GOLDEN_THREAD_BIND=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["golden-thread"]
CMD ["serve"]
