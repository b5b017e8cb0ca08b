// Files that are written to while open: an error that names the file, or the same values, never others.
#include <chrono>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

class OverwrittenStoreTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override { write_aged(); }

    void write(const fs::path& path, const std::vector<float>& values) const {
        const auto index = sample_index();
        if (GetParam() == "plain" || GetParam() == "compressed") {
            write_store(path, index, source_of(index, values), {.is_compressed = GetParam() == "compressed"});
        } else {
            write_foreign(path, index, GetParam() == "foreign-compressed", values);
        }
    }
    void write_aged() const {
        write(path_, sample_values(sample_index()));
        // Ages the file: with coarse file times, two writes close to each other would look like one.
        fs::last_write_time(path_, fs::file_time_type::clock::now() - std::chrono::hours{1});
    }

    /// Writes another store with the same index and other values.
    fs::path other() const {
        auto values = sample_values(sample_index());
        for (auto& value : values) {
            value += 1;
        }
        write(folder_ / "other.h5", values);
        return folder_ / "other.h5";
    }

    /// Replaces the file's content by that of `from`, as `cp` does.
    void copy_over(const fs::path& from) const {
        const std::ifstream source{from, std::ios::binary};
        std::ofstream{path_, std::ios::binary | std::ios::trunc} << source.rdbuf();
    }

    void expect_named(const ClipStore& store) const {
        for (int time = 0; time < 2; ++time) {  // the error persists
            const auto error = error_of([&] { read_all(store); });
            EXPECT_TRUE(error.starts_with(path_.string() + ": overwritten while it was in use")) << error;
        }
    }

    TemporaryFolder folder_;
    fs::path path_ = folder_ / "store.h5";
};

TEST_P(OverwrittenStoreTest, AShortenedFileIsAnErrorThatNamesIt) {
    for (const std::uintmax_t keep : {600, 0}) {
        write_aged();
        const auto store = ClipStore::open({path_.string()});
        read_all(store);

        fs::resize_file(path_, keep);

        expect_named(store);
    }
}

TEST_P(OverwrittenStoreTest, AnotherStoreCopiedOverItIsAnError) {
    const auto store = ClipStore::open({path_.string()});
    read_all(store);

    copy_over(other());

    expect_named(store);
}

TEST_P(OverwrittenStoreTest, AFileThatWasOnlyTouchedIsReadOn) {
    const auto store = ClipStore::open({path_.string()});
    const auto values = read_all(store);

    fs::last_write_time(path_, fs::file_time_type::clock::now());

    EXPECT_TRUE(same_values(read_all(store), values));
}

TEST_P(OverwrittenStoreTest, SoIsOneThatWasWrittenAgainWithTheSameContent) {
    const auto copy = folder_ / "copy.h5";
    fs::copy_file(path_, copy);
    const auto store = ClipStore::open({path_.string()});
    const auto values = read_all(store);

    copy_over(copy);

    EXPECT_TRUE(same_values(read_all(store), values));
}

TEST_P(OverwrittenStoreTest, AnotherFileThatTakesItsNameChangesNothing) {
    const auto store = ClipStore::open({path_.string()});
    const auto values = read_all(store);

    fs::rename(other(), path_);

    EXPECT_TRUE(same_values(read_all(store), values));
}

INSTANTIATE_TEST_SUITE_P(OfEveryLayout, OverwrittenStoreTest,
                         testing::Values("plain", "compressed", "foreign", "foreign-compressed"),
                         [](const auto& layout) {
                             auto name = layout.param;
                             std::erase(name, '-');
                             return name;
                         });

}  // namespace
}  // namespace sslslr::io::test
