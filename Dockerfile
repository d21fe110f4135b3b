# syntax=docker/dockerfile:1.7
# The one image of all functions: the program, the libraries it loads, certificate authorities, and nothing else.

FROM node:22.20-bookworm-slim AS page
WORKDIR /page
COPY functions/web/page/package.json functions/web/page/package-lock.json functions/web/page/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY functions/web/page .
RUN npm run --silent build -- --emptyOutDir --outDir /built

# Manifests and empty sources: the layer of dependencies is built of these, and anew only when they change.
FROM rust:1.95.0-bookworm AS skeleton
WORKDIR /house
COPY . .
RUN sh image/skeleton.sh

FROM rust:1.95.0-bookworm AS build
WORKDIR /house
ENV RUSTUP_TOOLCHAIN=1.95.0 ERRAND_PAGE=/page CARGO_TERM_COLOR=never
COPY --from=skeleton /house .
RUN cargo build --release --locked --workspace --bin errand
COPY --from=page /built /page
COPY . .
# What is newer than what was built of the empty sources is built again.
RUN find functions shared tests xtask -type f -exec touch {} + \
    && cargo build --release --locked --workspace --bin errand \
    && sh image/rootfs.sh target/release/errand /rootfs

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Errand" \
      org.opencontainers.image.description="A task manager you talk to" \
      org.opencontainers.image.source="https://github.com/errand-tasks/errand" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /rootfs /
ENV ERRAND_DATA=/data
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/errand"]
