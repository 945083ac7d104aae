# Compile options of our own code, as interface targets: `trimod-options` for all of it, `trimod-mlir` for the rooms that use
# MLIR (the runtime must not).
add_library(trimod-options INTERFACE)
target_include_directories(trimod-options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}"
                                                    "${PROJECT_SOURCE_DIR}/runtime/include")
target_compile_options(trimod-options INTERFACE
  -Wall -Wextra -Werror -Wno-unused-parameter $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)

# Debian's LLVM is built with NDEBUG, and class layouts in its headers depend on it.
add_library(trimod-mlir INTERFACE)
separate_arguments(TRIMOD_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_include_directories(trimod-mlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_compile_definitions(trimod-mlir INTERFACE NDEBUG)
target_compile_options(trimod-mlir INTERFACE ${TRIMOD_LLVM_DEFINITIONS})
# The two shared libraries only: mixing in static MLIR libraries registers every option twice.
target_link_libraries(trimod-mlir INTERFACE trimod-options MLIR LLVM)

# Programs that use MLIR link what AddressSanitizer must be told about it.
if(TRIMOD_SANITIZER STREQUAL "address")
  add_library(trimod-asan-options OBJECT "${PROJECT_SOURCE_DIR}/cmake/AsanOptions.cpp")
endif()
function(trimod_use_mlir_options program)
  if(TARGET trimod-asan-options)
    target_sources(${program} PRIVATE $<TARGET_OBJECTS:trimod-asan-options>)
  endif()
endfunction()

# Nine tenths of compiling a small file is reading MLIR's headers; read them once a target. Without the time stamp the result
# depends on content alone, so that ccache can know it.
function(trimod_precompile_mlir target)
  target_precompile_headers(${target} PRIVATE "${PROJECT_SOURCE_DIR}/dialect/TriMod.h" <mlir/Pass/Pass.h>)
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  add_dependencies(${target} TriModDialectIncGen)
endfunction()

# trimod_add_compiler_library(Name sources... LINK libs...): a static library of a room that uses MLIR.
function(trimod_add_compiler_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} trimod-mlir)
  trimod_precompile_mlir(${name})
endfunction()
