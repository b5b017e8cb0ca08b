#include "io/corpus/files_ahead.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

/// A corpus whose clips are in devices, pipes, missing and huge files.
class OddFiles final : public Corpus {
public:
    explicit OddFiles(std::vector<std::filesystem::path> files) : files_{std::move(files)} {}
    const Listing& listing() const override { return listing_; }
    ImportedClip read(std::size_t) override { return {}; }
    std::vector<std::filesystem::path> files(std::size_t clip) const override {
        return {files_[clip % files_.size()]};
    }

private:
    Listing listing_;
    std::vector<std::filesystem::path> files_;
};

std::vector<std::size_t> clips(std::size_t count) {
    std::vector<std::size_t> numbers(count);
    for (std::size_t i = 0; i < count; ++i) {
        numbers[i] = i;
    }
    return numbers;
}

TEST(FilesAhead, DevicesPipesHugeAndMissingFilesDoNotHoldItUp) {
    const TemporaryFolder folder;
    write_bytes(folder / "huge", "x");
    std::filesystem::resize_file(folder / "huge", std::uint64_t{4} << 40);
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    const OddFiles corpus{{"/dev/zero", folder / "pipe", folder / "missing", folder.path(), folder / "huge"}};
    FilesAhead ahead{corpus, clips(1000)};
    ahead.done(16);
    SUCCEED() << "its end is the test: a limit of CTest ends it otherwise";
}

TEST(FilesAhead, EndsWhenAllIsRead) {
    const TemporaryFolder folder;
    write_bytes(folder / "a", "content");
    const OddFiles corpus{{folder / "a"}};
    FilesAhead ahead{corpus, clips(3)};
    for (std::size_t done = 1; done <= 3; ++done) {
        ahead.done(done);
    }
}

}  // namespace
}  // namespace sslslr::io::test
