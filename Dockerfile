# goxel-daemon in a container: one executable, no shell, not root.
#   docker build -t goxel-daemon .
#   docker run --rm -p 127.0.0.1:8080:8080 -v goxel-data:/var/lib/goxel -v goxel-run:/run/goxel goxel-daemon
# Other images may take the places of these two: NODE with Node 20 and npm, BASE with glibc and libstdc++.
ARG NODE=node:20-bookworm-slim
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

FROM ${NODE} AS build
WORKDIR /src
COPY . .
# Installs what is missing first.
RUN node scripts/binary.mjs \
    && mkdir -p /image/var/lib/goxel /image/var/log/goxel /image/var/cache/goxel /image/run/goxel /image/etc/goxel /image/usr/bin \
    && cp out/goxel-daemon /image/usr/bin/ \
    && cp config/container_config.json /image/etc/goxel/daemon_config.json

FROM ${BASE}
COPY --from=build --chown=65532:65532 /image/ /
USER 65532:65532
WORKDIR /var/lib/goxel
VOLUME ["/var/lib/goxel", "/run/goxel"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["/usr/bin/goxel-daemon", "--status", "--config", "/etc/goxel/daemon_config.json"]
ENTRYPOINT ["/usr/bin/goxel-daemon"]
CMD ["--foreground", "--config", "/etc/goxel/daemon_config.json"]
