# syntax=docker/dockerfile:1

# Two stages: what compiles stays behind. The image has the program, the system's C library, certificates of authorities, and nothing
# else: no shell, no package manager. Pin both images by digest where you build for production.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep every dependency that is compiled once, also where Cargo.lock changes; the program leaves them by the copy. The
# folder is for files of evidence, where the store is one: a volume that is put there belongs to the service.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --bin golden-thread \
    && cp target/release/golden-thread /usr/local/bin/ \
    && mkdir -p /empty

FROM gcr.io/distroless/cc-debian12:nonroot
ARG VERSION=""
ARG REVISION=""
LABEL org.opencontainers.image.title="Golden Thread" \
      org.opencontainers.image.description="The system of record for a children's services improvement programme, as a GraphQL API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /usr/local/bin/golden-thread /usr/local/bin/golden-thread
COPY --from=build --chown=10001:10001 --chmod=0700 /empty /var/lib/golden-thread
USER 10001:10001
# In a container only the container's own network can reach it; what is published is for whoever runs it to say.
ENV GOLDEN_THREAD_BIND=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
# The program asks for itself: there is nothing else in the image that could.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/local/bin/golden-thread", "health"]
ENTRYPOINT ["/usr/local/bin/golden-thread"]
CMD ["serve"]
