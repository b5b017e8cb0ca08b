#pragma once

#include <cstdint>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/store/store_writer.hpp"

namespace sslslr::io {

/// What of a store another one shall hold.
struct StorePart {
    std::vector<std::int64_t> clips;   ///< which, in this order
    std::vector<std::int64_t> points;  ///< which, in this order
    std::int64_t coordinates = 0;      ///< the first so many of them
};

/// All of it.
StorePart whole_of(const ClipIndex& index);

/// The index of a part: names of labels and signers are all kept, so that parts agree on their numbers; splits keep
/// those of their clips that are in it, and go when none is.
/// @param part  numbers in range, each clip once
ClipIndex index_of(const ClipIndex& index, const StorePart& part);

/// Hands out the landmarks of a part, clip by clip. `store` must outlive it.
ClipSource source_of(const ClipStore& store, StorePart part);

}  // namespace sslslr::io
