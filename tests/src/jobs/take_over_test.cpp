#include "src/jobs/take_over.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

class TakeOver : public test::FolderTest {
protected:
    void write(const std::string& file, const std::string& text) const {
        fs::create_directories((folder_ / file).parent_path());
        std::ofstream{folder_ / file} << text;
    }
    std::string text(const std::string& file) const {
        std::ifstream stream{folder_ / file};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    void begin_third() const { take_over(folder_ / "job.3", {folder_ / "job.2", folder_ / "job.1"}); }
};

TEST_F(TakeOver, CopiesAllThatTheNewestWithACheckpointHasLeft) {
    write("job.1/checkpoints/step-1.h5", "one");
    write("job.2/checkpoints/step-2.h5", "two");
    write("job.2/metrics.jsonl", "rows");
    write("job.2/checkpoints/step-3.h5.partial", "half");

    begin_third();

    EXPECT_EQ(text("job.3/checkpoints/step-2.h5"), "two");
    EXPECT_EQ(text("job.3/metrics.jsonl"), "rows");
    EXPECT_FALSE(fs::exists(folder_ / "job.3/checkpoints/step-3.h5.partial"));
    EXPECT_FALSE(fs::exists(folder_ / "job.3/checkpoints/step-1.h5"));
    EXPECT_EQ(text("job.2/checkpoints/step-2.h5"), "two") << "its owner may still live";
}

TEST_F(TakeOver, OneWithoutACheckpointIsPassedOver) {
    write("job.1/fingerprint/checkpoints/step-1.h5", "one");
    write("job.2/metrics.jsonl", "rows that belong to no checkpoint");
    write("job.3.partial/checkpoints/step-9.h5", "of a worker that was killed while it copied");

    begin_third();

    EXPECT_EQ(text("job.3/fingerprint/checkpoints/step-1.h5"), "one");
    EXPECT_FALSE(fs::exists(folder_ / "job.3/metrics.jsonl"));
    EXPECT_FALSE(fs::exists(folder_ / "job.3/checkpoints"));
    EXPECT_FALSE(fs::exists(folder_ / "job.3.partial"));
}

TEST_F(TakeOver, LeavesNothingWhereThereIsNothingAndTouchesNothingThatHasBegun) {
    begin_third();
    EXPECT_TRUE(fs::is_empty(folder_));

    write("job.2/checkpoints/step-2.h5", "two");
    write("job.3/checkpoints/step-5.h5", "five");
    begin_third();
    EXPECT_FALSE(fs::exists(folder_ / "job.3/checkpoints/step-2.h5"));
}

}  // namespace
}  // namespace sslslr
