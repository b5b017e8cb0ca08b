#pragma once

#include <cstdint>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/store/store_writer.hpp"

namespace sslslr::io {

/// The part of a store that is copied to another one.
struct StorePart {
    std::vector<std::int64_t> clips;   ///< numbers of the clips, in the new order
    std::vector<std::int64_t> points;  ///< numbers of the points, in the new order
    std::int64_t coordinates = 0;      ///< how many coordinates of each point, from the first
};

/// Returns the whole store as a part.
StorePart whole_of(const ClipIndex& index);

/// Returns the index of a part. All label and signer names are kept, so that parts agree on their numbers.
/// Splits keep the clips that are in the part; a split that loses all its clips is dropped.
/// @param part  numbers in range, each clip once
ClipIndex index_of(const ClipIndex& index, const StorePart& part);

/// Returns a source of the landmarks of a part, clip by clip. `store` must outlive it.
ClipSource source_of(const ClipStore& store, StorePart part);

}  // namespace sslslr::io
