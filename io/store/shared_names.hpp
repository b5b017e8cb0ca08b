#pragma once

#include <cstdint>
#include <span>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// Tells clips of several files apart that have the same name: each gets its file before it, "train/hello" of train.h5,
/// or its path where two files are called the same.
///
/// @param index  of some clips of `store`, whose names may change
/// @param clips  their numbers in `store`, in the order of `index`
/// @return how many clips were renamed
std::int64_t separate_shared_names(ClipIndex& index, const ClipStore& store,
                                   std::span<const std::int64_t> clips);

}  // namespace sslslr::io
