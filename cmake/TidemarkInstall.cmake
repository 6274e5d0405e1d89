# What must be built before anything is installed. Without this, a part that is missing leaves half a tree behind.
set(installed_parts bin/tidemark libexec/tidemark/tidemark-warden libexec/tidemark/tidemark-fetch share/man/man1/tidemark.1)
if(TIDEMARK_TRAINER)
    list(APPEND installed_parts libexec/tidemark/tidemark-train share/tidemark/workloads/train.json)
endif()
install(CODE "
    foreach(part IN ITEMS ${installed_parts})
        if(NOT EXISTS \"${PROJECT_BINARY_DIR}/\${part}\")
            message(FATAL_ERROR \"nothing was installed: \${part} is not built yet; \"
                                \"build it first: cmake --build ${PROJECT_BINARY_DIR} --target tidemark_product\")
        endif()
    endforeach()" ALL_COMPONENTS)

# a LibTorch of one's own is found where it was when it was linked
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

foreach(component_and_package "runner:tidemark" "trainer:tidemark-trainer" "dev:tidemark-dev")
    string(REPLACE ":" ";" component_and_package "${component_and_package}")
    list(GET component_and_package 0 component)
    list(GET component_and_package 1 package)
    install(FILES "${CMAKE_CURRENT_LIST_DIR}/packages/copyright" DESTINATION "share/doc/${package}" COMPONENT ${component})
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/CHANGELOG.md" DESTINATION share/doc/tidemark COMPONENT runner)
