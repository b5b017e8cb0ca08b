#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr {

/// Clips of a data set, by number.
struct ClipSet {
    std::int64_t clips = 0;
    std::string hash;  ///< of their numbers, in order

    bool operator==(const ClipSet&) const = default;
};

/// What of a data set decides a training, wherever its files lie; and what helps to say how two of them differ.
struct DataIdentity {
    std::int64_t clips = 0;
    std::int64_t frames = 0;
    std::int64_t points = 0;
    std::string point_names;  ///< a hash of names and axes
    std::string landmarks;    ///< a hash
    ClipSet training;
    std::string labels;  ///< a hash of the training clips' labels; empty if they are not learnt
    std::map<std::string, ClipSet> splits;  ///< these decide nothing by themselves

    /// As one line of JSON, and back. @throws std::exception  it is no such line
    std::string text() const;
    static DataIdentity parse(const std::string& text);
};

/// @param training_clips  numbers
DataIdentity identity_of(const io::ClipStore& store, const std::vector<std::int64_t>& training_clips,
                         bool learns_labels);

/// In what a training on `now` would not be the one on `then`, for a person: "30 clips, then 24". Empty if it would be.
std::vector<std::string> differences(const DataIdentity& then, const DataIdentity& now);

}  // namespace sslslr
