#include "src/data/memory_limit.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

TEST(MemoryLimit, ReadsBytesAndPowersOf1024) {
    EXPECT_EQ(parse_bytes("memory-limit", "0"), 0);
    EXPECT_EQ(parse_bytes("memory-limit", "12345"), 12345);
    EXPECT_EQ(parse_bytes("memory-limit", "3K"), 3072);
    EXPECT_EQ(parse_bytes("memory-limit", "16G"), std::int64_t{16} << 30);
    EXPECT_EQ(parse_bytes("memory-limit", "2T"), std::int64_t{2} << 40);
}

TEST(MemoryLimit, RefusesAnythingElseByName) {
    for (const std::string text : {"", "-1", "16GB", "1.5G", "G", "16 G", "0x10", "lots",
                                   "999999999999999999T", "9999999999999999999"}) {
        try {
            parse_bytes("memory-limit", text);
            ADD_FAILURE() << "'" << text << "' was taken";
        } catch (const ConfigError& error) {
            EXPECT_NE(io::as_options(error.what()).find("--memory-limit " + text), std::string::npos)
                << error.what();
        }
    }
}

/// A folder that stands in for the root of a file system with /proc and /sys.
class FreeMemory : public test::FolderTest {
protected:
    void SetUp() override {
        write("proc/meminfo", "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable: 4000 kB\n");
    }

    void write(const std::string& file, const std::string& text) const {
        fs::create_directories((folder_ / file).parent_path());
        std::ofstream{folder_ / file} << text;
    }
};

TEST_F(FreeMemory, IsWhatTheSystemCallsAvailable) {
    EXPECT_EQ(free_memory(folder_), 4000 * 1024);
}

TEST_F(FreeMemory, OrWhatTheNarrowestControlGroupLeaves) {
    write("proc/self/cgroup", "0::/slurm/job\n");
    write("sys/fs/cgroup/slurm/job/memory.max", "max\n");
    write("sys/fs/cgroup/slurm/job/memory.current", "800000\n");
    write("sys/fs/cgroup/slurm/memory.max", "1000000\n");
    write("sys/fs/cgroup/slurm/memory.current", "900000\n");
    write("sys/fs/cgroup/slurm/memory.stat", "anon 5\ninactive_file 50000\n");

    EXPECT_EQ(free_memory(folder_), 150000);
}

TEST_F(FreeMemory, AlsoOfTheFirstVersion) {
    write("proc/self/cgroup", "5:cpu:/job\n4:memory:/job\n0::/\n");
    write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "2000000\n");
    write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "2100000\n");

    EXPECT_EQ(free_memory(folder_), 0);
}

TEST_F(FreeMemory, OfThisMachineIsSomething) {
    EXPECT_GT(free_memory(), 0);
}

}  // namespace
}  // namespace sslslr
