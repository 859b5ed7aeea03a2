#!/bin/sh
# Makes out/goxel-daemon_VERSION_ARCH.deb from out/goxel-daemon (npm run build:binary). Needs dpkg-deb.
set -eu

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
VERSION=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$ROOT/package.json")
MAINTAINER='goxel-daemon developers <goxel-daemon@users.noreply.github.com>'
ARCH=$(dpkg --print-architecture)
TREE=$ROOT/out/deb
PACKAGE=$ROOT/out/goxel-daemon_${VERSION}_$ARCH.deb

if [ ! -x "$ROOT/out/goxel-daemon" ]; then
  echo "build_deb.sh: out/goxel-daemon is missing: npm run build:binary" >&2
  exit 1
fi
rm -rf "$TREE"
umask 022
mkdir -p "$TREE/DEBIAN" "$TREE/usr/bin" "$TREE/usr/lib/systemd/system" \
  "$TREE/etc/goxel" "$TREE/usr/share/doc/goxel-daemon/examples" "$TREE/usr/share/goxel-daemon/scripts" \
  "$TREE/usr/share/lintian/overrides" "$TREE/usr/share/man/man1"
install -m 755 "$ROOT/out/goxel-daemon" "$TREE/usr/bin/goxel-daemon"
# For programs that have a Node of their own: it holds all that it needs.
install -m 644 "$ROOT/dist/bundle/manager.cjs" "$TREE/usr/share/goxel-daemon/scripts/mcp_daemon_manager.js"
install -m 644 "$ROOT/config/goxel-daemon.service" "$ROOT/config/goxel-daemon.socket" "$TREE/usr/lib/systemd/system/"
install -m 640 "$ROOT/config/daemon_config.json" "$TREE/etc/goxel/daemon_config.json"
install -m 644 "$ROOT/config/goxel-daemon.logrotate" "$ROOT/config/daemon_config.schema.json" \
  "$ROOT/config/prometheus/alerts.yml" "$ROOT/config/grafana/goxel-daemon.json" "$TREE/usr/share/doc/goxel-daemon/examples/"
install -m 644 "$ROOT/packaging/debian/copyright" "$ROOT/config/README.md" "$ROOT/CHANGELOG.md" "$TREE/usr/share/doc/goxel-daemon/"
install -m 644 "$ROOT/packaging/debian/lintian-overrides" "$TREE/usr/share/lintian/overrides/goxel-daemon"
gzip -9n <"$ROOT/packaging/debian/goxel-daemon.1" >"$TREE/usr/share/man/man1/goxel-daemon.1.gz"
gzip -9n >"$TREE/usr/share/doc/goxel-daemon/changelog.gz" <<TEXT
goxel-daemon ($VERSION) unstable; urgency=medium

  * See CHANGELOG.md beside this file.

 -- $MAINTAINER  $(date -Ru -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}")
TEXT

cat >"$TREE/DEBIAN/control" <<TEXT
Package: goxel-daemon
Version: $VERSION
Architecture: $ARCH
Maintainer: $MAINTAINER
Section: graphics
Priority: optional
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6, adduser
Recommends: systemd
Installed-Size: $(du -ks "$TREE" | cut -f1)
Description: headless 3D voxel engine that runs as a service
 Keeps voxel projects in memory; clients edit, measure, render and convert them
 over JSON-RPC. Reads and writes what voxel programs use.
TEXT
echo /etc/goxel/daemon_config.json >"$TREE/DEBIAN/conffiles"

cat >"$TREE/DEBIAN/postinst" <<'TEXT'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
  R=${DPKG_ROOT:-}
  if [ -z "$R" ] && ! getent passwd goxel >/dev/null; then
    adduser --system --group --home /var/lib/goxel --no-create-home --quiet goxel
  fi
  for folder in /var/lib/goxel /var/log/goxel /var/cache/goxel; do
    mkdir -p "$R$folder"
    chmod 750 "$R$folder"
    if [ -z "$R" ]; then chown goxel:goxel "$folder"; fi
  done
  chmod 750 "$R/etc/goxel"
  if [ -z "$R" ]; then
    chown root:goxel /etc/goxel /etc/goxel/daemon_config.json
    if [ -d /run/systemd/system ]; then
      systemctl daemon-reload
      if goxel-daemon --dump-config --config /etc/goxel/daemon_config.json | grep -q '"start_on_boot": false'; then
        systemctl disable goxel-daemon.service || true
      else
        systemctl enable goxel-daemon.service || true
      fi
      systemctl restart goxel-daemon.service || true
    fi
  fi
fi
TEXT
cat >"$TREE/DEBIAN/prerm" <<'TEXT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
  systemctl disable --now goxel-daemon.service goxel-daemon.socket || true
fi
TEXT
cat >"$TREE/DEBIAN/postrm" <<'TEXT'
#!/bin/sh
set -e
R=${DPKG_ROOT:-}
if [ -z "$R" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
if [ "$1" = remove ] || [ "$1" = purge ]; then
  for link in run/goxel-daemon.sock run/goxel-daemon.pid var/log/goxel-daemon.log; do
    if [ -L "$R/$link" ]; then rm -f "$R/$link"; fi
  done
fi
if [ "$1" = purge ]; then
  # Projects of users in /var/lib/goxel stay.
  rm -rf "$R/var/log/goxel" "$R/var/cache/goxel"
  rmdir "$R/var/lib/goxel" 2>/dev/null || true
fi
TEXT
chmod 755 "$TREE/DEBIAN/postinst" "$TREE/DEBIAN/prerm" "$TREE/DEBIAN/postrm"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$TREE" "$PACKAGE" >/dev/null
echo "deb: out/$(basename "$PACKAGE"), $(du -h "$PACKAGE" | cut -f1)"
