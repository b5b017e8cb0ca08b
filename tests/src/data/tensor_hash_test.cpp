#include "src/data/tensor_hash.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

/// The published function, on unsigned words.
std::uint32_t lowbias32(std::uint32_t x) {
    x ^= x >> 16U;
    x *= 0x7feb352dU;
    x ^= x >> 15U;
    x *= 0x846ca68bU;
    x ^= x >> 16U;
    return x;
}

TEST(TensorHash, GivesTheWordsOfUnsignedArithmetic) {
    std::vector<std::int32_t> keys;
    std::vector<std::int32_t> numbers;
    for (std::uint32_t i = 0; i < 37; ++i) {
        keys.push_back(static_cast<std::int32_t>(i * 0x10203049U));
        numbers.push_back(static_cast<std::int32_t>(i));
    }

    auto words =
        hash_words(torch::tensor(keys, torch::kInt32).unsqueeze(1), torch::tensor(numbers, torch::kInt32));
    const auto found = words.clone();
    centred_byte_sums_(words);

    for (std::uint32_t row = 0; row < 37; ++row) {
        for (std::uint32_t column = 0; column < 37; ++column) {
            const auto expected = lowbias32((column * 0x9E3779B9U) ^ (row * 0x10203049U));
            ASSERT_EQ(static_cast<std::uint32_t>(found[row][column].item<std::int32_t>()), expected);
            const auto sum =
                (expected & 255U) + (expected >> 8U & 255U) + (expected >> 16U & 255U) + (expected >> 24U);
            ASSERT_EQ(words[row][column].item<std::int32_t>(), static_cast<std::int32_t>(sum) - 510);
        }
    }
}

TEST(TensorHash, SumsOfBytesHaveTheDeviationThatIsNamed) {
    auto words =
        hash_words(torch::arange(500, torch::kInt32).unsqueeze(1), torch::arange(400, torch::kInt32));

    const auto sums = centred_byte_sums_(words).to(torch::kFloat64);

    EXPECT_NEAR(sums.mean().item<double>() / byte_sum_deviation, 0, 0.01);
    EXPECT_NEAR(sums.std().item<double>() / byte_sum_deviation, 1, 0.01);
}

}  // namespace
}  // namespace sslslr
