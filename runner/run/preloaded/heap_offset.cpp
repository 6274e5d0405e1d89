// Preloaded into the programs of a run with `heap_layout: varied`: takes a block of the size that it is told
// from the heap before anything else does, and never gives it back. All blocks after it lie elsewhere than in
// another repeat. A program without malloc of the C library's kind, such as a static one, does not notice.

#include <cstdlib>

namespace {

/// So that no compiler takes the block for one that nobody wants.
void* volatile kept = nullptr;

[[gnu::constructor]] void take_the_offset() {
    const char* told = std::getenv("TIDEMARK_HEAP_OFFSET");
    const unsigned long bytes = told == nullptr ? 0 : std::strtoul(told, nullptr, 10);
    if (bytes > 0) kept = std::malloc(bytes);
}

}  // namespace
