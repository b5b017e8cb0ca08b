#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr {

/// The class of clips that show no sign: of use without labels, left out of classification.
inline constexpr const char* no_sign = "-";

/// Which clips of a data set take part. A clip must meet every condition that is set.
struct Selection {
    std::string split{};                 ///< a split of the store; empty: all clips
    std::vector<std::string> signers{};  ///< only these; empty: all, unknown ones too
    std::vector<std::string> left_out_signers{};
    bool only_labelled = false;  ///< with a label, and not of the class no_sign
    /// Some of several stores may lack the split: to test on what others have is no mistake. Clips that train would be
    /// left out without a word.
    bool stores_may_lack_split = false;
};

/// The clips of a split in its order; all of them if `split` is empty.
/// @throws ConfigError  no such split (names those there are), or some of several stores lack it (names them)
std::vector<std::int64_t> clips_of_split(const io::ClipIndex& index, const std::string& split,
                                         bool stores_may_lack_it = false);

/// The files of the data set that lack a split which others have: "a.h5, b.h5"; empty if all have it.
std::string stores_without_split(const io::ClipIndex& index, const std::string& split);

/// @throws ConfigError  no such signer (names those there are)
std::vector<std::int64_t> numbers_of_signers(const io::ClipIndex& index,
                                             const std::vector<std::string>& names);

/// The clip numbers that meet the selection, in the order of the split, or ascending. Clips of length 0 are
/// never among them.
/// @throws ConfigError  as clips_of_split; no such signer (names those there are), or no clip is left (says why)
std::vector<std::int64_t> select_clips(const io::ClipIndex& index, const Selection& selection);

/// `clips` in their order, but for those among `others`.
std::vector<std::int64_t> without(const std::vector<std::int64_t>& clips,
                                  const std::vector<std::int64_t>& others);

/// The label of each of the clips. @param labels  [clips of the data set]
std::vector<std::int64_t> labels_of(std::span<const std::int64_t> clips,
                                    std::span<const std::int64_t> labels);

}  // namespace sslslr
