#pragma once

#include <cstdint>
#include <span>

namespace sslslr {

/// The mask of one dropout place: element (row, column) is kept iff hash(row key, site, column) >= threshold.
struct DropoutMask {
    std::span<const std::uint32_t>
        row_keys;                 ///< [R] one a token: a function of (seed, step, clip, view, position)
    std::uint32_t site = 0;       ///< which dropout of which network and layer
    std::uint32_t threshold = 0;  ///< p * 2^32
};

/// out = base + scale * mask * x, row by row; without `base` (null) out = scale * mask * x.
///
/// The mask is recomputed from its keys wherever it is needed, forward and backward, and never stored. Hash:
/// lowbias32 (Chris Wellons, "Prospecting for Hash Functions", 2018), applied to the column and to the row's
/// key.
///
/// @param x, base, out  [R, columns] contiguous; out may be x or base
template <class Real>
void keyed_dropout(const DropoutMask& mask, const Real* x, const Real* base, Real* out, std::int64_t columns,
                   Real scale);

}  // namespace sslslr
