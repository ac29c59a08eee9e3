# What `cmake --install` lays down besides the programs: the library with its headers, a
# CMake package and a pkg-config file (component tacho-dev). Both packages find
# themselves from where they lie: the prefix may be moved.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tacho)

install(TARGETS tacho EXPORT tachoTargets COMPONENT tacho-dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tacho DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT tacho-dev FILES_MATCHING PATTERN "*.h" PATTERN internal EXCLUDE)
install(EXPORT tachoTargets NAMESPACE tacho:: DESTINATION ${package_dir} COMPONENT tacho-dev)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/tachoConfig.cmake.in tachoConfig.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(tachoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tachoConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/tachoConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT tacho-dev)

# A shared libtacho has linked what it needs; of a static one the user's linker needs
# to be told, which pkg-config does when asked with --static.
list(TRANSFORM TACHO_ABSL_PUBLIC PREPEND absl_ OUTPUT_VARIABLE pc_requires)
list(TRANSFORM TACHO_ABSL_PRIVATE PREPEND absl_ OUTPUT_VARIABLE pc_requires_private)
list(APPEND pc_requires_private re2)
list(JOIN pc_requires " " TACHO_PC_REQUIRES)
list(JOIN pc_requires_private " " TACHO_PC_REQUIRES_PRIVATE)
file(RELATIVE_PATH TACHO_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" TACHO_PC_PREFIX "${TACHO_PC_PREFIX}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/tacho.pc.in tacho.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tacho.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT tacho-dev)
