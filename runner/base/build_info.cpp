#include "base/build_info.hpp"

#include "commit.hpp"

namespace tidemark {

std::string_view version() {
    return TIDEMARK_VERSION;
}
std::string_view commit() {
    return TIDEMARK_COMMIT;
}

}  // namespace tidemark
