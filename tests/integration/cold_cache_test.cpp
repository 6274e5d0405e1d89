// A benchmark with a cold page cache: a setup takes the pages of a file away before each execution.
#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/own_program.hpp"

namespace tidemark::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kBytes = 8 << 20;

class ColdCache : public OwnProgram {
  protected:
    ColdCache() {
        folder.write("data.bin", std::string(kBytes, 'x'));
        folder.write("read.py", R"py(
import ctypes, os, sys
file = os.open(sys.argv[1], os.O_RDONLY)
size = os.fstat(file).st_size
page = os.sysconf("SC_PAGE_SIZE")
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
address = libc.mmap(None, size, 1, 1, file, 0)  # PROT_READ, MAP_SHARED
pages = (ctypes.c_ubyte * (size // page))()
libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(size), pages)
print("resident:", sum(page & 1 for page in pages) / len(pages))
print("read:", len(os.read(file, size)))
)py");
    }

    /// Whether the file system lets go of a file's pages; one that is memory itself does not.
    bool can_be_evicted() const {
        const int file = open((folder / "data.bin").c_str(), O_RDWR | O_CLOEXEC);
        fdatasync(file);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        void* const address = mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, file, 0);
        std::vector<unsigned char> pages(kBytes / static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE)));
        const bool known = mincore(address, kBytes, pages.data()) == 0;
        munmap(address, kBytes);
        close(file);
        return known && std::ranges::none_of(pages, [](unsigned char page) { return (page & 1) != 0; });
    }
};

TEST_F(ColdCache, ASetupOfEachRunTakesThePagesAway) {
    TIDEMARK_NEEDS_PROGRAM("python3");
    TIDEMARK_NEEDS_PROGRAM("dd");
    if (!can_be_evicted()) GTEST_SKIP() << "this file system keeps the pages of a file";
    const std::string sweep = R"yaml(
command: [python3, read.py, data.bin]
matrix: {cache: [cold, warm]}
setup:
  run:
    - sh
    - -c
    - |
      dd of=data.bin oflag=nocache conv=notrunc,fdatasync count=0 status=none
      test {cache} = cold || cat data.bin > /dev/null
capture: {resident: 'resident: ([0-9.]+)', bytes_read: 'read: (\d+)'}
repeat: 3
)yaml";
    const Finished said = run(sweep);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    // the kernel may take a page back at any time, and here and there it does
    EXPECT_EQ(
        query("SELECT cache, repeat, CASE WHEN resident > 0.9 THEN 'yes' WHEN resident = 0 THEN 'no' ELSE "
              "resident END AS there, bytes_read FROM results ORDER BY 1, 2"),
        "cache,repeat,there,bytes_read\n"
        "cold,1,no,8388608.0\ncold,2,no,8388608.0\ncold,3,no,8388608.0\n"
        "warm,1,yes,8388608.0\nwarm,2,yes,8388608.0\nwarm,3,yes,8388608.0\n");
    EXPECT_THAT(run(sweep).err, HasSubstr("all done already")) << "the file's content is the same";
}

TEST_F(ColdCache, ASetupThatCannotTakeThemAwayIsTheOutcome) {
    TIDEMARK_NEEDS_PROGRAM("dd");
    const Finished said =
        run("command: [cat, data.bin]\n"
            "setup: {run: [dd, of=nowhere/data.bin, oflag=nocache, 'conv=notrunc,fdatasync', count=0, "
            "status=none]}\n");
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(query("SELECT status, reason, peak_rss_bytes FROM results"),
                HasSubstr("failed,could not start: its setup failed: exit code 1"));
}

}  // namespace
}  // namespace tidemark::test
