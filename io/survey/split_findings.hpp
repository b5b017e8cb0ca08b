#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "io/survey/store_findings.hpp"

// What store_findings.cpp is made of; used within io/ only.
namespace sslslr::io {

using Findings = std::vector<Finding>;

/// The first five of what a finding is about.
template <class T>
std::vector<T> first_few(std::vector<T> all) {
    all.resize(std::min(all.size(), std::size_t{5}));
    return all;
}

template <class T>
std::int64_t count_of(const std::vector<T>& values) {
    return static_cast<std::int64_t>(values.size());
}

/// "1 clip has", "2 clips have".
inline std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// Splits without a clip, and splits that some of several stores lack.
void find_split_gaps(const ClipIndex& index, Findings& found);
/// Splits that share clips or content, though their names say otherwise.
void find_overlaps(const StoreSurvey& survey, Findings& found);
/// Labels that test what no training split shows.
void find_uncovered_labels(const ClipIndex& index, const StoreSurvey& survey, Findings& found);
/// Signers on both sides.
void find_shared_signers(const ClipIndex& index, const StoreSurvey& survey, Findings& found);

}  // namespace sslslr::io
