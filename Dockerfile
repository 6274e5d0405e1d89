# The runner alone: `docker build -t tidemark . && docker run --rm -v "$PWD:/work" tidemark run sweep.yaml`
FROM debian:12 AS build
COPY . /source
ENV CI=true TIDEMARK_CMAKE_ARGS="-DTIDEMARK_TRAINER=OFF -DTIDEMARK_TESTS=OFF" TIDEMARK_BUILD_DIR=/build
RUN /source/tidemark --version && cd /build && cpack -G DEB
FROM debian:12
COPY --from=build /build/packages/tidemark_*.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/tidemark_*.deb && rm -rf /tmp/*.deb /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["tidemark"]
