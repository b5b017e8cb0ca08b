#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr {

/// The class of clips that show no sign: useful without labels, excluded from classification.
inline constexpr const char* no_sign = "-";

/// Which clips of a data set take part. A clip must meet every condition that is set.
struct Selection {
    std::string split{};                 ///< a split of the store; empty: all clips
    std::vector<std::string> signers{};  ///< only their clips; empty: all clips, also of unknown signers
    std::vector<std::string> left_out_signers{};
    bool only_labelled = false;  ///< with a label, and not of the class no_sign
    /// Allows some of several stores to lack the split. This is safe for clips to test on, but training clips
    /// would be left out without a warning.
    bool stores_may_lack_split = false;
};

/// Returns the clips of a split, in its order; all clips if `split` is empty.
/// @throws ConfigError  no such split (lists the splits there are), or some of several stores lack it (lists
///                      them)
std::vector<std::int64_t> clips_of_split(const io::ClipIndex& index, const std::string& split,
                                         bool stores_may_lack_it = false);

/// Returns the files of the data set that lack a split which others have, as "a.h5, b.h5"; empty if all have
/// it.
std::string stores_without_split(const io::ClipIndex& index, const std::string& split);

/// Returns the numbers of the named signers.
/// @throws ConfigError  no such signer (lists the signers there are)
std::vector<std::int64_t> numbers_of_signers(const io::ClipIndex& index,
                                             const std::vector<std::string>& names);

/// Returns the numbers of the clips that meet the selection, in the order of the split, or ascending if there
/// is none. Clips without frames are never selected.
/// @throws ConfigError  as clips_of_split; no such signer (lists the signers there are); or no clip is left
///                      (says why)
std::vector<std::int64_t> select_clips(const io::ClipIndex& index, const Selection& selection);

/// Returns `clips`, in their order, without those among `others`.
std::vector<std::int64_t> without(const std::vector<std::int64_t>& clips,
                                  const std::vector<std::int64_t>& others);

/// Returns the label of each of the clips.
/// @param labels  [clips of the data set]
std::vector<std::int64_t> labels_of(std::span<const std::int64_t> clips,
                                    std::span<const std::int64_t> labels);

}  // namespace sslslr
