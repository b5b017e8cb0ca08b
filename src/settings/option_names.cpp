#include "src/settings/option_names.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

namespace sslslr {
namespace {

constexpr std::size_t most_suggestions = 3;

/// Returns the least number of insertions, deletions and replacements that turn a into b. Source: Levenshtein
/// 1966.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

bool holds_as_words(const std::string& name, const std::string& part) {
    return ("-" + name + "-").find("-" + part + "-") != std::string::npos;
}

/// Returns how many typing errors a name of this length may have.
std::size_t most_mistyped(const std::string& name) {
    return 1 + name.size() / 3;
}

std::vector<std::string> candidates_for(const std::string& unknown, const std::vector<std::string>& known) {
    std::vector<std::string> found;
    std::ranges::copy_if(known, std::back_inserter(found),
                         [&](const auto& name) { return holds_as_words(name, unknown); });
    std::ranges::stable_sort(found, {}, [](const auto& name) { return std::ranges::count(name, '-'); });
    if (found.empty() && !known.empty()) {
        const auto nearest =
            std::ranges::min(known, {}, [&](const auto& name) { return edit_distance(unknown, name); });
        if (edit_distance(unknown, nearest) <= most_mistyped(unknown) || holds_as_words(unknown, nearest)) {
            found.push_back(nearest);
        }
    }
    if (found.size() > most_suggestions) {
        found.erase(found.begin() + most_suggestions, found.end());
    }
    return found;
}

}  // namespace

std::string suggestion_for(const std::string& unknown, const std::vector<std::string>& known,
                           const std::string& dashes) {
    const auto candidates = candidates_for(unknown, known);
    if (candidates.empty()) {
        return "";
    }
    std::string text = "; did you mean ";
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        text += i == 0 ? "" : i + 1 == candidates.size() ? " or " : ", ";
        text += dashes + candidates[i];
    }
    return text + "?";
}

}  // namespace sslslr
