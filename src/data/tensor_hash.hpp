#pragma once

#include <cmath>
#include <cstdint>

#include <torch/types.h>

namespace sslslr {

// Counter-based random words by tensor operations: the same on every device and for every batch layout. Words
// are int32; all their bits are random.

/// Applies lowbias32 to each word, in place: a bijection in which every input bit affects every output bit.
/// Source: Chris Wellons, "Prospecting for Hash Functions", 2018.
inline torch::Tensor& lowbias32_(torch::Tensor& words) {
    auto shifted = torch::empty_like(words);
    const auto mix = [&](std::int64_t bits) {
        // A right shift of int32 copies the sign bit; the mask makes it an unsigned shift.
        at::bitwise_right_shift_out(shifted, words, bits);
        words.bitwise_xor_(shifted.bitwise_and_((std::int64_t{1} << (32 - bits)) - 1));
    };
    mix(16);
    words.mul_(0x7feb352d);
    mix(15);
    words.mul_(static_cast<std::int32_t>(0x846ca68bU));
    mix(16);
    return words;
}

/// Returns random words, one for each pair of a key and a number: lowbias32((number * 0x9E3779B9) ^ key).
///
/// @param keys     int32
/// @param numbers  int32 on the same device; the shapes of the two broadcast
inline torch::Tensor hash_words(const torch::Tensor& keys, const torch::Tensor& numbers) {
    // The multiplier is odd, so distinct numbers stay distinct (2^32 / golden ratio).
    auto words = keys.bitwise_xor(numbers.mul(static_cast<std::int32_t>(0x9E3779B9U)));
    return lowbias32_(words);
}

/// Standard deviation of centred_byte_sums_ of random words: that of a sum of four bytes, each uniform over
/// 256 values.
inline const double byte_sum_deviation = std::sqrt(4 * (256.0 * 256.0 - 1) / 12);

/// Replaces each word by the sum of its four bytes, less 510. For random words these integers are nearly
/// normal with mean 0: excess kurtosis -0.3, at most 3.45 standard deviations.
inline torch::Tensor& centred_byte_sums_(torch::Tensor& words) {
    constexpr std::int64_t even_bytes = 0x00FF00FF;
    auto others = words.bitwise_right_shift(8).bitwise_and_(even_bytes);
    words.bitwise_and_(even_bytes).add_(others);
    at::bitwise_right_shift_out(others, words, 16);
    return words.bitwise_and_(0xFFFF).add_(others).sub_(510);
}

}  // namespace sslslr
