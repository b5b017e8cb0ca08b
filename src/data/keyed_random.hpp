#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

namespace sslslr {

/// The purpose of a stream of draws. The values are part of the format of a run and never change.
enum class Purpose : std::uint64_t {
    epoch_order = 1,
    permutation = 2,
    rotation = 3,
    blur = 4,
    flip = 5,
    choice = 6,
    dropout = 7,
    bootstrap = 8,
    probe = 9,
    clusters = 10,
    synthetic_pose = 11,
    synthetic_signer = 12,
    synthetic_length = 13,
    synthetic_clip = 14,
    synthetic_noise = 15,
    boundary_length = 21,
    sensitivity = 22,
    validation = 31,
    store_split = 51,
    balance = 52,
    view_time = 61,
    view_mirror = 62,
    view_affine = 63,
    view_jitter = 64,
    hidden_hand = 65,
    hidden_points = 66,
    hidden_frames = 67,
    directions = 71,
    order_sensitivity = 72,
    measured_clips = 73,
    differing_frames = 81
};

/// The Philox 4x32-10 bijection: maps a counter to four random words under a key.
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// Counter-based random numbers. A stream is a pure function of its key, so a draw depends on neither the
/// number of ranks, nor the number of threads, nor earlier draws for other clips.
class KeyedRandom {
public:
    /// @param key  e.g. {epoch, clip id, view}; order matters
    KeyedRandom(std::uint64_t seed, Purpose purpose, std::initializer_list<std::uint64_t> key);

    std::uint32_t bits();                      ///< uniform over 32 bits
    double uniform();                          ///< in [0, 1), 32 random bits
    std::uint32_t below(std::uint32_t bound);  ///< unbiased in [0, bound), bound > 0 (Lemire's rejection)

private:
    std::array<std::uint32_t, 4> block_{};
    std::array<std::uint32_t, 4> counter_{};  ///< [0, 1] number a stream's blocks, [2, 3] the streams of key_
    std::array<std::uint32_t, 2> key_{};
    std::size_t used_ = 4;  ///< words of block_ that have been drawn
};

/// Puts the values into a uniformly random order (Fisher-Yates), in place. There may be at most 2^32 - 1 of
/// them.
template <class T>
void shuffle(std::span<T> values, KeyedRandom& random) {
    for (auto left = values.size(); left > 1; --left) {
        std::swap(values[left - 1], values[random.below(static_cast<std::uint32_t>(left))]);
    }
}

/// Returns a 64-bit hash of the values in order, for the keys of other generators.
std::uint64_t mix(std::initializer_list<std::uint64_t> values);

}  // namespace sslslr
