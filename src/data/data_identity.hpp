#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr {

/// A set of clips, identified by their numbers.
struct ClipSet {
    std::int64_t clips = 0;
    std::string hash;  ///< of the clip numbers, in order

    bool operator==(const ClipSet&) const = default;
};

/// The properties of a data set that decide a training, wherever its files are, and those that help to
/// explain how two data sets differ.
struct DataIdentity {
    std::int64_t clips = 0;
    std::int64_t frames = 0;
    std::int64_t points = 0;
    std::string point_names;  ///< a hash of the names and axes
    std::string landmarks;    ///< a hash
    ClipSet training;
    std::string labels;  ///< a hash of the training clips' labels; empty if the method does not learn them
    std::map<std::string, ClipSet> splits;  ///< only for explanations: they do not decide a training

    /// Converts to one line of JSON, and back.
    /// @throws std::exception  the text is not such a line
    std::string text() const;
    static DataIdentity parse(const std::string& text);
};

/// Returns the identity of a data set for a training on some of its clips.
/// @param training_clips  clip numbers
DataIdentity identity_of(const io::ClipStore& store, const std::vector<std::int64_t>& training_clips,
                         bool learns_labels);

/// Returns how the data of a training on `now` differ from those of a training on `then`, in words such as
/// "30 training clips (before: 24)". Empty if the trainings would be the same.
std::vector<std::string> differences(const DataIdentity& then, const DataIdentity& now);

}  // namespace sslslr
