#!/usr/bin/env bash
# Installs the packages of debian.txt in an image of Debian 13, as root: for Docker and Apptainer.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
source "$here/common.sh"
export DEBIAN_FRONTEND=noninteractive
apt-get update
debian_packages "$here/debian.txt" | tr , '\n' | xargs apt-get install -y --no-install-recommends
apt-get clean
