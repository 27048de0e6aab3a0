# What is installed beside the program and the library: headers, data, documents, and how others
# find them. Nothing holds an absolute path: the tree can be moved.
include(CMakePackageConfigHelpers)

# Only the headers that the doors (engine/<folder>/<folder>.h) let in are public.
function(redline_public_headers found)
    set(queue "")
    foreach(folder ${REDLINE_FOLDERS})
        list(APPEND queue ${folder}/${folder}.h)
    endforeach()
    set(seen "")
    while(queue)
        list(POP_FRONT queue header)
        set(file ${PROJECT_SOURCE_DIR}/engine/${header})
        if(header IN_LIST seen OR NOT EXISTS ${file})
            continue()
        endif()
        list(APPEND seen ${header})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
        file(STRINGS ${file} lines REGEX "^#include \"")
        foreach(line ${lines})
            string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" name "${line}")
            list(APPEND queue ${name})
        endforeach()
    endwhile()
    set(${found} ${seen} PARENT_SCOPE)
endfunction()

redline_public_headers(headers)
foreach(header ${headers})
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES engine/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/redline/${folder}
        COMPONENT dev)
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/redline)
configure_package_config_file(cmake/redlineConfig.cmake.in
    ${PROJECT_BINARY_DIR}/redlineConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/redlineConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/redlineConfig.cmake
    ${PROJECT_BINARY_DIR}/redlineConfigVersion.cmake DESTINATION ${package} COMPONENT dev)
install(EXPORT redline NAMESPACE redline:: FILE redlineTargets.cmake DESTINATION ${package}
    COMPONENT dev)

file(RELATIVE_PATH REDLINE_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" REDLINE_PC_TO_PREFIX "${REDLINE_PC_TO_PREFIX}")
set(REDLINE_PC_PRIVATE "")
foreach(library ${REDLINE_LIBRARIES})
    if(library MATCHES "^PkgConfig::(.*)")
        string(APPEND REDLINE_PC_PRIVATE " ${${CMAKE_MATCH_1}_MODULE_NAME}")
    endif()
endforeach()
string(STRIP "${REDLINE_PC_PRIVATE}" REDLINE_PC_PRIVATE)
configure_file(cmake/redline.pc.in ${PROJECT_BINARY_DIR}/redline.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/redline.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT dev)

install(DIRECTORY data/packs data/sensors data/profiles data/review data/disclosure data/sample styles
    DESTINATION ${CMAKE_INSTALL_DATADIR}/redline COMPONENT program
    PATTERN .gitignore EXCLUDE PATTERN generate.c EXCLUDE PATTERN cases.h EXCLUDE
    PATTERN sample/run EXCLUDE)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
