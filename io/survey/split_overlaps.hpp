#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sslslr::io {

using SplitMembers = std::map<std::string, std::vector<std::int64_t>>;

/// The purpose of a split, according to its name.
enum class SplitRole { train, validation, test, other };
SplitRole role_of(const std::string& split);

/// What two splits that should be disjoint have in common.
struct SplitOverlap {
    std::string first;
    std::string second;
    std::vector<std::int64_t> clips;  ///< listed in both
    /// Different clips of equal content, one in each split; one pair per content.
    std::vector<std::pair<std::int64_t, std::int64_t>> equal;
};

/// Returns families of splits whose members should be disjoint, according to their names: train (training),
/// val (validation, valid, dev) and test (testing); fold-0, fold-1, ...; signer-NAME; labelled-P and rest-P.
/// Splits whose names start with not- are complements and belong to no family.
std::vector<std::vector<std::string>> disjoint_families(const SplitMembers& splits);

/// Returns every pair of splits of one family that have clips or content in common.
/// @param clips  number of clips in the store
/// @param equal  groups of clips of equal content (see equal_clips())
std::vector<SplitOverlap> overlaps_of(const SplitMembers& splits, std::size_t clips,
                                      const std::vector<std::vector<std::int64_t>>& equal);

}  // namespace sslslr::io
