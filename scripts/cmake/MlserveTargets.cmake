# Targets carry everything: warnings, sanitizers, include roots. No global flag variables.

add_library(mlserve_options INTERFACE)
target_compile_features(mlserve_options INTERFACE cxx_std_20)
# No fused multiply-add behind our back: a model gives the same bits on every machine.
target_compile_options(mlserve_options INTERFACE -ffp-contract=off)
# Functions and lines are what a backtrace says; all that -g knows takes a fifth of the build.
target_compile_options(mlserve_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-g1>)
if(MLSERVE_SANITIZE)
  target_compile_options(mlserve_options INTERFACE -fsanitize=${MLSERVE_SANITIZE}
                         -fno-omit-frame-pointer)
  target_link_options(mlserve_options INTERFACE -fsanitize=${MLSERVE_SANITIZE})
endif()
if(MLSERVE_FUZZ)
  # Coverage for libFuzzer in every module, without its main; a find or a failed assert ends the run.
  target_compile_options(mlserve_options INTERFACE -UNDEBUG -fno-sanitize-recover
                         -fsanitize=fuzzer-no-link)
  target_link_options(mlserve_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

add_library(mlserve_warnings INTERFACE)
# GCC 12 sees overlaps in "literal" + std::string that are not there (its PR 105651); where <string>
# is precompiled it does not know that it is a system's header, and tells of overflows in it, too
# (PR 105329). Where several sources are compiled as one it takes their anonymous namespaces for a
# header's.
set(gcc_12 $<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>)
set(precompiled $<NOT:$<BOOL:${CMAKE_DISABLE_PRECOMPILE_HEADERS}>>)
target_compile_options(mlserve_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       $<${gcc_12}:-Wno-restrict>
                       "$<$<AND:${gcc_12},${precompiled}>:-Wno-array-bounds;-Wno-stringop-overflow>"
                       $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-subobject-linkage>
                       $<$<BOOL:${MLSERVE_WARNINGS_AS_ERRORS}>:-Werror>)

# The headers of the standard library that most files include, compiled once for all of them.
# scripts/check does without, so a file that lacks an #include is found.
file(CONFIGURE OUTPUT precompiled.cpp CONTENT "")
add_library(mlserve_precompiled OBJECT ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(mlserve_precompiled PRIVATE mlserve_options mlserve_warnings)
target_precompile_headers(mlserve_precompiled PRIVATE
  <algorithm> <array> <chrono> <cmath> <functional> <map> <memory> <mutex> <optional> <set> <span>
  <string> <string_view> <utility> <variant> <vector>)

# mlserve_module(NAME SOURCES … [DEPENDS modules…] [LIBRARIES targets…])
# adds mlserve::NAME with the include root lib/. DEPENDS are the arrows that
# scripts/check_layers compares with each #include.
function(mlserve_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(mlserve_${name} STATIC ${arg_SOURCES})
  add_library(mlserve::${name} ALIAS mlserve_${name})
  target_include_directories(mlserve_${name} PUBLIC ${CMAKE_SOURCE_DIR}/lib)
  list(TRANSFORM arg_DEPENDS PREPEND mlserve::)
  target_link_libraries(mlserve_${name} PUBLIC mlserve_options ${arg_DEPENDS} ${arg_LIBRARIES}
                        PRIVATE mlserve_warnings)
  target_precompile_headers(mlserve_${name} REUSE_FROM mlserve_precompiled)
endfunction()

# mlserve_embed(MODULE FILE CONSTANT): makes "MODULE/NAME.hpp" for `#include`, NAME being that of FILE
# without its folder, in which the text of FILE is `mlserve::MODULE::CONSTANT`, a std::string_view.
# The text may not hold `)embedded"`.
function(mlserve_embed module file constant)
  file(READ ${file} content)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  cmake_path(GET file FILENAME name)
  file(CONFIGURE OUTPUT embedded/${module}/${name}.hpp @ONLY CONTENT [[
#pragma once

#include <string_view>

namespace mlserve::@module@ {

inline constexpr std::string_view @constant@ = R"embedded(@content@)embedded";

}  // namespace mlserve::@module@
]])
  target_include_directories(mlserve_${module} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()

# mlserve_embed_files(MODULE NAME CONSTANT FOLDER files…): makes "MODULE/NAME.hpp", in which
# `mlserve::MODULE::CONSTANT` is a table of these files of FOLDER, an array of mlserve::EmbeddedFile:
# scripts and style sheets as esbuild shortens them, others as they are.
function(mlserve_embed_files module name constant folder)
  find_program(MLSERVE_ESBUILD esbuild REQUIRED)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/ OUTPUT_VARIABLE paths)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${paths})
  set(shortened ${CMAKE_CURRENT_BINARY_DIR}/embedded/${module}/${name})
  execute_process(COMMAND ${MLSERVE_ESBUILD} --minify --charset=utf8 --log-level=warning
                          --loader:.html=copy --outdir=${shortened} ${paths}
                  COMMAND_ERROR_IS_FATAL ANY)
  set(lines)
  foreach(file IN LISTS ARGN)
    file(READ ${shortened}/${file} content)
    string(SHA256 sha256 "${content}")
    string(APPEND lines "    {\"${file}\", \"${sha256}\", R\"embedded(${content})embedded\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT embedded/${module}/${name}.hpp @ONLY CONTENT [[
#pragma once

#include "core/embedded_file.hpp"

namespace mlserve::@module@ {

inline constexpr EmbeddedFile @constant@[] = {
@lines@};

}  // namespace mlserve::@module@
]])
  target_include_directories(mlserve_${module} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
