#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Lists that are kept in files, so that every change to them is noticed.
namespace sslslr::test {

/// Compares a text, lists of lines under titles [...], with a file, or writes the file if
/// SSLSLR_REWRITE_FROZEN is set.
/// @param before_rewriting  what to consider first if they differ, for the failure message
inline void expect_frozen_file(const std::filesystem::path& file, const std::string& text,
                               const std::string& before_rewriting) {
    if (std::getenv("SSLSLR_REWRITE_FROZEN") != nullptr) {
        std::ofstream{file} << text;
        return;
    }
    std::ifstream stream{file};
    const std::string frozen{std::istreambuf_iterator<char>{stream}, {}};
    if (frozen == text) {
        return;
    }
    const auto lines_of = [](const std::string& all) {
        std::multiset<std::string> lines;
        std::istringstream from{all};
        std::string title;
        for (std::string line; std::getline(from, line);) {
            title = line.starts_with('[') ? line : title;
            lines.insert(title + " " + line);
        }
        return lines;
    };
    const auto before = lines_of(frozen);
    const auto now = lines_of(text);
    std::string difference;
    const auto add = [&](const char* what, const auto& of, const auto& less) {
        std::vector<std::string> lines;
        std::ranges::set_difference(of, less, std::back_inserter(lines));
        for (const auto& line : lines) {
            difference += std::string{"  "} + what + " " + line + '\n';
        }
    };
    add("gone:", before, now);
    add("new: ", now, before);
    ADD_FAILURE() << file.string() << " holds other lines than the program:\n"
                  << (difference.empty() ? "  the same lines in another order\n" : difference)
                  << before_rewriting
                  << ", run this test with SSLSLR_REWRITE_FROZEN=1 in its environment, and commit the file.";
}

}  // namespace sslslr::test
