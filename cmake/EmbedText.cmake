# Run at build time (cmake -P): writes a C++ source that holds the content of a text file as a string.
#   INPUT, OUTPUT: the files; NAME: of the constant in tidemark::report::page
file(READ "${INPUT}" content)
# no browser shall look for a map of what is embedded
string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" content "${content}")
file(WRITE "${OUTPUT}" "#include \"report/page/page_parts.hpp\"\n\nnamespace tidemark::report::page {\n\n\
const std::string_view ${NAME} = R\"~page~(${content})~page~\";\n\n}  // namespace tidemark::report::page\n")
