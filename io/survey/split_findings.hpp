#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "io/file/counted.hpp"
#include "io/survey/store_findings.hpp"

// Parts of findings_of(); used within io/ only.
namespace sslslr::io {

using Findings = std::vector<Finding>;

/// Returns the first five examples of a finding.
template <class T>
std::vector<T> first_few(std::vector<T> all) {
    all.resize(std::min(all.size(), std::size_t{5}));
    return all;
}

template <class T>
std::int64_t count_of(const std::vector<T>& values) {
    return static_cast<std::int64_t>(values.size());
}

/// Finds splits without clips, and splits that some of several stores lack.
void find_split_gaps(const ClipIndex& index, Findings& found);
/// Finds splits that share clips or content although, by their names, they should not.
void find_overlaps(const StoreSurvey& survey, Findings& found);
/// Finds labels of test and validation splits that a training split lacks.
void find_uncovered_labels(const ClipIndex& index, const StoreSurvey& survey, Findings& found);
/// Finds signers who are both in a training split and in a test or validation split.
void find_shared_signers(const ClipIndex& index, const StoreSurvey& survey, Findings& found);

}  // namespace sslslr::io
