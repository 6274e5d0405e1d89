#include "base/build_info.hpp"

#include "commit.hpp"

namespace tidemark {

std::string_view version() {
    return TIDEMARK_VERSION;
}
std::string_view commit() {
    return TIDEMARK_COMMIT;
}

std::string_view compiler() {
#if defined(__clang__)
    return "Clang " __clang_version__;
#else
    return "GCC " __VERSION__;
#endif
}

}  // namespace tidemark
