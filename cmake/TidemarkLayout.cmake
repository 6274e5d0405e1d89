# The same relative layout in the build tree and in an installed tree. The runner looks for its parts relative to its own
# executable, so that both work, wherever they are moved:
#   bin/tidemark   libexec/tidemark/{tidemark-warden,tidemark-fetch,tidemark-train,pytorch/}   share/tidemark/workloads/*.json
set(TIDEMARK_BIN "${PROJECT_BINARY_DIR}/bin")
set(TIDEMARK_LIBEXEC "${PROJECT_BINARY_DIR}/libexec/tidemark")
set(TIDEMARK_SHARE "${PROJECT_BINARY_DIR}/share/tidemark")
file(MAKE_DIRECTORY "${TIDEMARK_BIN}" "${TIDEMARK_LIBEXEC}" "${TIDEMARK_SHARE}/workloads")
