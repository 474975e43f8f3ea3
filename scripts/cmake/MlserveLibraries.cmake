# Third-party libraries, all from the distribution's packages.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)

# What Unicode says of characters (Debian: libutf8proc-dev), for the words of texts.
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)

# cpp-httplib has no CMake package in Debian; its Cflags decide the size of its types.
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
add_library(mlserve_httplib INTERFACE)
target_link_libraries(mlserve_httplib INTERFACE PkgConfig::HTTPLIB OpenSSL::SSL OpenSSL::Crypto
                      Threads::Threads)

# fast-cpp-csv-parser is one header (Debian: libfccp-dev).
find_path(FCCP_INCLUDE_DIR libfccp/csv.h REQUIRED)
add_library(mlserve_fccp INTERFACE)
target_include_directories(mlserve_fccp SYSTEM INTERFACE ${FCCP_INCLUDE_DIR})
target_link_libraries(mlserve_fccp INTERFACE Threads::Threads)

pkg_check_modules(LBFGS REQUIRED IMPORTED_TARGET liblbfgs)

# The text format of metrics (Debian: prometheus-cpp-dev); its servers and clients are not used.
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)

# libpq's header only (Debian: libpq-dev): the library is loaded when a PostgreSQL store is named.
if(MLSERVE_POSTGRESQL)
  pkg_check_modules(LIBPQ REQUIRED libpq)
  add_library(mlserve_libpq INTERFACE)
  target_include_directories(mlserve_libpq SYSTEM INTERFACE ${LIBPQ_INCLUDE_DIRS})
  target_link_libraries(mlserve_libpq INTERFACE ${CMAKE_DL_LIBS})
else()
  message(STATUS "PostgreSQL stores are left out (MLSERVE_POSTGRESQL is OFF)")
endif()
