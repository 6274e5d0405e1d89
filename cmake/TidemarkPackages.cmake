# `cpack -G DEB` makes three packages, `cpack -G TGZ` one tarball with everything. Both are made of what is built.
set(TIDEMARK_CONTACT "maintainers@tidemark.example" CACHE STRING "Where those who get the packages can write to")
set(CPACK_PACKAGE_NAME tidemark)
set(CPACK_PACKAGE_VENDOR "The Tidemark maintainers")
set(CPACK_PACKAGE_CONTACT "The Tidemark maintainers <${TIDEMARK_CONTACT}>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "experiment runner that measures the memory of process trees")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_ALL runner dev)
if(TIDEMARK_TRAINER)
    list(APPEND CPACK_COMPONENTS_ALL trainer)
endif()

# a package is for the version of Debian that it was built on
set(debian_version 0)
if(EXISTS /etc/os-release)
    file(STRINGS /etc/os-release version_line REGEX "^VERSION_ID=")
    string(REGEX REPLACE "^VERSION_ID=\"?([^\"]*)\"?$" "\\1" debian_version "${version_line}")
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${debian_version}")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/packages/finish.cmake")

set(CPACK_TIDEMARK_PACKAGES "${CMAKE_CURRENT_LIST_DIR}/packages")

set(CPACK_COMPONENT_RUNNER_DESCRIPTION "A sweep file in YAML names a matrix of experiments. Each run gets a
fresh, isolated process tree; its peak memory, time and metrics go into
SQLite, from which tables are made and checks are decided.")
set(CPACK_DEBIAN_RUNNER_PACKAGE_NAME tidemark)
set(CPACK_DEBIAN_RUNNER_PACKAGE_RECOMMENDS less)
set(CPACK_DEBIAN_RUNNER_PACKAGE_SUGGESTS tidemark-trainer)

set(CPACK_COMPONENT_TRAINER_DESCRIPTION "Trains image classifiers in little memory, with LibTorch: the workload train
of tidemark. What saves memory is a parameter, and so an axis of a sweep.")
set(CPACK_DEBIAN_TRAINER_PACKAGE_NAME tidemark-trainer)
set(CPACK_DEBIAN_TRAINER_PACKAGE_DEPENDS "tidemark (= ${PROJECT_VERSION}-1~deb${debian_version}), python3")
set(CPACK_DEBIAN_TRAINER_PACKAGE_RECOMMENDS libopenblas0-pthread)
set(CPACK_DEBIAN_TRAINER_PACKAGE_SUGGESTS "python3-torch, libgoogle-perftools4, libjemalloc2, libmimalloc2.0")

set(CPACK_COMPONENT_DEV_DESCRIPTION "Headers for programs that report metrics and phases to tidemark, and for
models of your own, with the package tidemark for CMake.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME tidemark-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_DEV_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS libtorch-dev)

include(CPack)
