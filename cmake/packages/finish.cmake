# Run by cpack once the files of the packages lie in their folders: what Debian wants of them beside what is installed.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)

foreach(component_and_package "runner:tidemark" "trainer:tidemark-trainer" "dev:tidemark-dev")
    string(REPLACE ":" ";" component_and_package "${component_and_package}")
    list(GET component_and_package 0 component)
    list(GET component_and_package 1 package)
    set(folder "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr")
    if(NOT IS_DIRECTORY "${folder}")
        continue()
    endif()
    file(WRITE "${folder}/share/doc/${package}/changelog.Debian"
         "tidemark (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n"
         "  * Version ${CPACK_PACKAGE_VERSION}; what is new is in the changelog of the package tidemark.\n\n"
         " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
    if(EXISTS "${folder}/share/doc/${package}/CHANGELOG.md")
        file(RENAME "${folder}/share/doc/${package}/CHANGELOG.md" "${folder}/share/doc/${package}/changelog")
    endif()
    file(GLOB_RECURSE compressed "${folder}/share/man/*.[0-9]" "${folder}/share/doc/*/changelog*")
    foreach(file IN LISTS compressed)
        execute_process(COMMAND gzip -9nf "${file}" COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    if(EXISTS "${CPACK_TIDEMARK_PACKAGES}/${package}.lintian-overrides")
        configure_file("${CPACK_TIDEMARK_PACKAGES}/${package}.lintian-overrides" "${folder}/share/lintian/overrides/${package}" COPYONLY)
    endif()
endforeach()
