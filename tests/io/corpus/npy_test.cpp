#include "io/corpus/npy.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class NpyTest : public testing::Test {
protected:
    NpyArray read(const std::string& bytes) const {
        write_bytes(folder_ / "a.npy", bytes);
        return read_npy(folder_ / "a.npy");
    }
    std::string error(const std::string& bytes) const {
        return error_of([&] { read(bytes); });
    }
    TemporaryFolder folder_;
};

TEST_F(NpyTest, ReadsEveryTypeOfNumber) {
    const std::vector<float> expected{0, 1, 2, 3, 4, 5};
    const auto check = [&]<class T>(const char* type, std::vector<T> values) {
        std::iota(values.begin(), values.end(), T{0});
        const auto array = read(npy_bytes(type, {2, 3}, bytes_of(values)));
        EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 3})) << type;
        EXPECT_EQ(array.values, expected) << type;
    };
    check("<f4", std::vector<float>(6));
    check("<f8", std::vector<double>(6));
    check("|i1", std::vector<std::int8_t>(6));
    check("<i2", std::vector<std::int16_t>(6));
    check("<i4", std::vector<std::int32_t>(6));
    check("<i8", std::vector<std::int64_t>(6));
    check("|u1", std::vector<std::uint8_t>(6));
    check("<u2", std::vector<std::uint16_t>(6));
    check("<u4", std::vector<std::uint32_t>(6));
    check("<u8", std::vector<std::uint64_t>(6));
    const std::vector<std::uint16_t> halves{0, 0x3C00, 0x4000, 0x4200, 0x4400, 0x4500};
    EXPECT_EQ(read(npy_bytes("<f2", {2, 3}, bytes_of(halves))).values, expected);
}

TEST_F(NpyTest, ReadsBigEndianAndFortransOrder) {
    EXPECT_EQ(read(npy_bytes(">i2", {2}, std::string{"\x00\x01\x01\x00", 4})).values,
              (std::vector<float>{1, 256}));
    EXPECT_EQ(read(npy_bytes(">f2", {1}, std::string{"\x3C\x00", 2})).values, std::vector<float>{1});
    const auto array = read(npy_bytes("<f4", {2, 3}, bytes_of(std::vector<float>{0, 3, 1, 4, 2, 5}), true));
    EXPECT_EQ(array.values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

TEST_F(NpyTest, ReadsAnArrayWithoutValues) {
    const auto array = read(npy_bytes("<f4", {0, 33, 3}, ""));
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{0, 33, 3}));
    EXPECT_TRUE(array.values.empty());
}

TEST_F(NpyTest, RefusesObjectsAndWhatDoesNotFit) {
    EXPECT_NE(
        error(npy_bytes("|O", {1}, "12345678")).find("expected an array of numbers, found one of type '|O'"),
        std::string::npos);
    EXPECT_NE(error(npy_bytes("<f4", {3}, "12345678")).find("3 values of 4 bytes"), std::string::npos);
    EXPECT_NE(error(npy_bytes("<f4", {1}, "12345678")).find("1 values of 4 bytes"), std::string::npos);
    EXPECT_NE(error(npy_bytes("<f4", {1ULL << 62, 1ULL << 62}, "1234")).find("expected more values"),
              std::string::npos);
    EXPECT_NE(error("PK\x03\x04 a zip file").find("expected a NumPy array"), std::string::npos);
    EXPECT_NE(error("").find("expected a NumPy array"), std::string::npos);
    EXPECT_NE(error(npy_bytes("<f4", {1}, "1234").substr(0, 40)).find("expected a .npy of version"),
              std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
