#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "io/file/checksum.hpp"
#include "io/file/sealed_file.hpp"
#include "io/store/clip_store.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class DamagedStoreTest : public testing::Test {
protected:
    void SetUp() override { write_sample(path_); }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "store.h5";
};

TEST_F(DamagedStoreTest, EveryFlippedBitOutsideTheBulkIsRefusedBeforeLibhdf5SeesTheFile) {
    const auto bulk = verify(path_).value();
    const auto bytes = std::filesystem::file_size(path_);

    for (std::uint64_t byte = 0; byte < bytes; ++byte) {
        if (byte == bulk.offset) {
            byte = bulk.end();
        }
        flip_bit(path_, byte, byte % 8);
        EXPECT_NE(error_of([&] { verify(path_); }), "no DataError") << "byte " << byte;
        flip_bit(path_, byte, byte % 8);
    }
    EXPECT_EQ(error_of_opening(path_), "no DataError");
}

TEST_F(DamagedStoreTest, EveryBitOfTheUserBlockCounts) {
    for (std::uint64_t bit = 0; bit < 8 * user_block_bytes; ++bit) {
        flip_bit(path_, bit / 8, bit % 8);
        EXPECT_NE(error_of_opening(path_), "no DataError") << "bit " << bit;
        flip_bit(path_, bit / 8, bit % 8);
    }
}

TEST_F(DamagedStoreTest, EveryFlippedBitOfTheBulkIsFoundAtTheFirstRead) {
    const auto bulk = verify(path_).value();

    for (std::uint64_t byte = bulk.offset; byte < bulk.end(); ++byte) {
        flip_bit(path_, byte, byte % 8);
        const auto store = ClipStore::open({path_.string()});
        const auto error = error_of([&] { read_all(store); });
        EXPECT_NE(error.find("/landmarks: frames from 0 on are damaged"), std::string::npos) << error;
        flip_bit(path_, byte, byte % 8);
    }
}

TEST_F(DamagedStoreTest, DamageInOneBlockLeavesTheOthersReadable) {
    auto index = sample_index();
    index.offsets = {0, 40'000, 80'000, 120'000, 160'000, 200'000};  // 3.2 MB of float16, or four blocks
    write_sample(path_, index);
    const auto bulk = verify(path_).value();
    flip_bit(path_, bulk.offset + bulk_block_bytes + 5, 3);
    const auto store = ClipStore::open({path_.string()});
    std::vector<float> clip(40'000 * 8);

    EXPECT_NO_THROW(store.read(0, 1, clip));
    EXPECT_NE(error_of([&] { store.read(1, 2, clip); }).find("frames from 65536 on"), std::string::npos);
    EXPECT_NE(error_of([&] { store.read(1, 2, clip); }).find("frames from 65536 on"), std::string::npos);
    EXPECT_NO_THROW(store.read(4, 5, clip));
}

TEST_F(DamagedStoreTest, TruncationAtFiftyPlacesIsRefused) {
    const auto bytes = std::filesystem::file_size(path_);

    for (std::uint64_t place = 0; place < 50; ++place) {
        const auto cut = folder_ / "cut.h5";
        std::filesystem::copy_file(path_, cut, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(cut, bytes * place / 50);
        EXPECT_NE(error_of_opening(cut), "no DataError") << "at " << bytes * place / 50;
    }
    std::filesystem::resize_file(path_, bytes - 1);
    EXPECT_NE(error_of_opening(path_).find("incomplete transfer?"), std::string::npos);
}

TEST_F(DamagedStoreTest, BytesBehindTheEndAreRefused) {
    std::ofstream{path_, std::ios::app | std::ios::binary} << '\0';

    EXPECT_NE(error_of_opening(path_).find("expected a length of"), std::string::npos);
}

TEST_F(DamagedStoreTest, CompressedStoresAreCoveredWhole) {
    write_sample(path_, sample_index(), {.is_compressed = true});
    EXPECT_EQ(verify(path_).value().bytes, 0U);
    const auto bytes = std::filesystem::file_size(path_);

    for (std::uint64_t byte = 0; byte < bytes; byte += 5) {
        flip_bit(path_, byte, byte % 8);
        EXPECT_NE(error_of([&] { verify(path_); }), "no DataError") << "byte " << byte;
        flip_bit(path_, byte, byte % 8);
    }
}

TEST_F(DamagedStoreTest, AnythingElseIsRefusedAsNoStore) {
    for (const std::string content :
         {"", "s", "sslslr\r\n", "plain text, longer than a signature of eight bytes"}) {
        std::ofstream{path_, std::ios::trunc} << content;
        EXPECT_NE(error_of_opening(path_), "no DataError") << content;
    }
    const auto pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_NE(error_of_opening(pipe).find("not a regular file"), std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
