# The Debian 13 environment as an image of Docker or Podman, with the program in it. Its packages are
# those of environment/debian.txt. To be built in the folder of the program, and used in one's own:
#     docker build -t intergrain .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" intergrain run CASE.yaml -n 2
FROM debian:trixie-slim

COPY environment /opt/intergrain/environment
RUN bash /opt/intergrain/environment/image.sh && rm -rf /var/lib/apt/lists/*

COPY intergrain intergrain.py environment.yml pyproject.toml LICENSE COPYING /opt/intergrain/
COPY meshes /opt/intergrain/meshes
COPY solver /opt/intergrain/solver

# A user without a home, as --user makes one, can still compile forms and keep meshes
ENV LC_ALL=C.UTF-8 INTERGRAIN_CACHE=/tmp/intergrain XDG_CACHE_HOME=/tmp/intergrain
WORKDIR /work
ENTRYPOINT ["/opt/intergrain/intergrain", "--environment", "current"]
CMD ["help"]
