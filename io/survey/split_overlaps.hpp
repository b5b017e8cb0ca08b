#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sslslr::io {

using SplitMembers = std::map<std::string, std::vector<std::int64_t>>;

/// What a split is for, by its name.
enum class SplitRole { train, validation, test, other };
SplitRole role_of(const std::string& split);

/// What two splits have in common that should have nothing.
struct SplitOverlap {
    std::string first;
    std::string second;
    std::vector<std::int64_t> clips;  ///< listed in both
    /// Other clips of the first and of the second that hold the same, one pair a content.
    std::vector<std::pair<std::int64_t, std::int64_t>> equal;
};

/// Families of splits whose members should have no clip in common, told by their names: train (training), val
/// (validation, valid, dev) and test (testing); fold-0, fold-1, ...; signer-NAME; labelled-P and rest-P.
/// Names that start with not- are complements and belong to none.
std::vector<std::vector<std::string>> disjoint_families(const SplitMembers& splits);

/// Every pair of one family that has clips or content in common.
/// @param clips  of the store
/// @param equal  groups of clips of equal content
std::vector<SplitOverlap> overlaps_of(const SplitMembers& splits, std::size_t clips,
                                      const std::vector<std::vector<std::int64_t>>& equal);

}  // namespace sslslr::io
