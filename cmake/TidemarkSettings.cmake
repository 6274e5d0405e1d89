# What every target of the project shares, as one INTERFACE target, and the way a room is declared.
add_library(tidemark_settings INTERFACE)
target_compile_features(tidemark_settings INTERFACE cxx_std_20)
target_compile_options(tidemark_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
target_include_directories(tidemark_settings INTERFACE "${PROJECT_SOURCE_DIR}/runner")
if(TIDEMARK_WERROR)
    target_compile_options(tidemark_settings INTERFACE -Werror)
endif()

# The warden stays apart from this: a static binary cannot be built with sanitizers, and its size is what it measures by.
add_library(tidemark_sanitizers INTERFACE)
if(TIDEMARK_SANITIZE)
    target_compile_options(tidemark_sanitizers INTERFACE -fsanitize=${TIDEMARK_SANITIZE} -fno-omit-frame-pointer
                                                         -fno-sanitize-recover=all)
    target_link_options(tidemark_sanitizers INTERFACE -fsanitize=${TIDEMARK_SANITIZE})
    # gcc(1) says of -fsanitize that it brings false warnings of this kind, as here in the standard library's <regex>
    target_compile_options(tidemark_sanitizers INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")  # -O3 compiles longer and makes nothing here faster
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # what ccache wants to be told before it caches what uses a precompiled header (ccache(1), "Precompiled headers"), and so that
    # what one clone has compiled serves another one
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
        "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=true "${CCACHE_PROGRAM}")
endif()

# tidemark_room(NAME SOURCES … PUBLIC libs… PRIVATE libs…): one folder of runner/, one static library, tidemark::NAME.
function(tidemark_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(tidemark_${name} STATIC ${ROOM_SOURCES})
    add_library(tidemark::${name} ALIAS tidemark_${name})
    target_link_libraries(tidemark_${name} PUBLIC tidemark_settings tidemark_sanitizers ${ROOM_PUBLIC}
                                           PRIVATE ${ROOM_PRIVATE})
endfunction()
