#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace sslslr {

/// What a stream of draws is for. Values are part of the format of a run: they never change.
enum class Purpose : std::uint64_t { epoch_order = 1, permutation = 2, rotation = 3, blur = 4, flip = 5, choice = 6,
                                     dropout = 7, bootstrap = 8, probe = 9 };

/// Counter-based random numbers: a stream is a pure function of its key, so a draw depends neither on the
/// rank count, the thread count nor on what was drawn before for other clips.
///
/// Philox 4x32-10. Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
class KeyedRandom {
public:
    /// @param key  e.g. {epoch, clip id, view}; order matters
    KeyedRandom(std::uint64_t seed, Purpose purpose, std::initializer_list<std::uint64_t> key);

    std::uint32_t bits();                        ///< uniform over 32 bits
    double uniform();                            ///< in [0, 1), 32 random bits
    std::uint32_t below(std::uint32_t bound);    ///< unbiased in [0, bound), bound > 0 (Lemire's rejection)

private:
    std::array<std::uint32_t, 4> block_{};
    std::array<std::uint32_t, 4> counter_{};
    std::array<std::uint32_t, 2> key_{};
    int used_ = 4;
};

/// A 64-bit hash of the values in order, for keys of other generators.
std::uint64_t mix(std::initializer_list<std::uint64_t> values);

}  // namespace sslslr
