#!/bin/sh
# rootfs.sh PROGRAM FOLDER: the root of the image, made of the program and of what it loads on this machine.
set -eu
program=$1 root=$2
rm -rf "$root"
install -D -m 0755 "$program" "$root/errand"
ldd "$program" | grep -oE '/[^ ]+' | while read -r library; do
    install -D -m 0755 "$(readlink -f "$library")" "$root$library"
done
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
printf 'errand:x:65532:65532:errand:/data:/sbin/nologin\n' >"$root/etc/passwd"
printf 'errand:x:65532:\n' >"$root/etc/group"
# Whoever it runs as writes here, and nowhere else.
install -d -m 1777 "$root/data" "$root/tmp"
