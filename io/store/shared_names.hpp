#pragma once

#include <cstdint>
#include <span>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Renames clips that share their name with a clip of another file: each is prefixed with the name of its
/// file, "train/hello" for train.h5, or with the path if two files have the same name.
///
/// @param index  of some clips of `store`, whose names may change
/// @param clips  their numbers in `store`, in the order of `index`
/// @return how many clips were renamed
std::int64_t separate_shared_names(ClipIndex& index, const ClipStore& store,
                                   std::span<const std::int64_t> clips);

}  // namespace sslslr::io
