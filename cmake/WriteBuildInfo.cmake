# Run at build time (cmake -P): writes the commit into a header, and touches it only when the commit has changed.
cmake_policy(SET CMP0053 NEW)
set(commit "unknown")
execute_process(COMMAND git -C "${SOURCE_DIR}" rev-parse --short=12 HEAD
                OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
if(result EQUAL 0)
    set(commit "${found}")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#define TIDEMARK_COMMIT \"@commit@\"\n#define TIDEMARK_VERSION \"@VERSION@\"\n" @ONLY)
