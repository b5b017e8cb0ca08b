#include "io/survey/split_overlaps.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "io/file/lower_case.hpp"

namespace sslslr::io {
namespace {

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Returns a key for the family of a split; empty for a split that belongs to none.
std::string family_of(const std::string& split) {
    const std::string_view name = split;
    if (role_of(split) != SplitRole::other) {
        return "role";
    }
    if (name.starts_with("fold-") && is_number(name.substr(5))) {
        return "fold";
    }
    if (name.starts_with("signer-")) {
        return "signer";
    }
    for (const std::string_view half : {"labelled-", "rest-"}) {
        if (name.starts_with(half)) {
            return "share " + std::string{name.substr(half.size())};
        }
    }
    return {};
}

/// Splits of the same role, such as "val" and "dev", may list the same clips.
bool should_be_disjoint(const std::string& a, const std::string& b) {
    return role_of(a) == SplitRole::other || role_of(a) != role_of(b);
}

/// Collects the overlaps of one family, by the numbers of the two splits in it.
class FamilyOverlaps {
public:
    FamilyOverlaps(const std::vector<std::string>& names, std::size_t clips)
        : names_{names}, owner_(clips, -1) {}

    void add_members(const SplitMembers& splits) {
        for (std::size_t number = 0; number < names_.size(); ++number) {
            for (const auto clip : splits.at(names_[number])) {
                auto& owner = owner_[static_cast<std::size_t>(clip)];
                if (owner < 0) {
                    owner = static_cast<std::int32_t>(number);
                } else if (auto* overlap = between(static_cast<std::size_t>(owner), number)) {
                    overlap->clips.push_back(clip);
                }
            }
        }
    }

    void add_content(const std::vector<std::int64_t>& group) {
        std::map<std::int32_t, std::int64_t> first_in;  // clip by split
        for (const auto clip : group) {
            first_in.emplace(owner_[static_cast<std::size_t>(clip)], clip);
        }
        first_in.erase(-1);
        for (auto a = first_in.begin(); a != first_in.end(); ++a) {
            for (auto b = std::next(a); b != first_in.end(); ++b) {
                if (auto* overlap =
                        between(static_cast<std::size_t>(a->first), static_cast<std::size_t>(b->first))) {
                    overlap->equal.emplace_back(a->second, b->second);
                }
            }
        }
    }

    const std::map<std::pair<std::size_t, std::size_t>, SplitOverlap>& found() const { return found_; }

private:
    SplitOverlap* between(std::size_t a, std::size_t b) {
        if (!should_be_disjoint(names_[a], names_[b])) {
            return nullptr;
        }
        auto& overlap = found_[{a, b}];
        overlap.first = names_[a];
        overlap.second = names_[b];
        return &overlap;
    }

    const std::vector<std::string>& names_;
    std::vector<std::int32_t> owner_;  // the first split of the family that lists a clip, -1 none
    std::map<std::pair<std::size_t, std::size_t>, SplitOverlap> found_;
};

}  // namespace

SplitRole role_of(const std::string& split) {
    const auto name = lower_case(split);
    if (name == "train" || name == "training") {
        return SplitRole::train;
    }
    if (name == "test" || name == "testing") {
        return SplitRole::test;
    }
    const bool is_validation = name == "val" || name == "valid" || name == "validation" || name == "dev";
    return is_validation ? SplitRole::validation : SplitRole::other;
}

std::vector<std::vector<std::string>> disjoint_families(const SplitMembers& splits) {
    std::map<std::string, std::vector<std::string>> families;
    for (const auto& [name, clips] : splits) {
        if (const auto family = family_of(name); !family.empty()) {
            families[family].push_back(name);
        }
    }
    std::vector<std::vector<std::string>> all;
    for (auto& [name, members] : families) {
        std::ranges::stable_sort(members, {}, role_of);
        all.push_back(std::move(members));
    }
    return all;
}

std::vector<SplitOverlap> overlaps_of(const SplitMembers& splits, std::size_t clips,
                                      const std::vector<std::vector<std::int64_t>>& equal) {
    std::vector<SplitOverlap> all;
    for (const auto& family : disjoint_families(splits)) {
        FamilyOverlaps overlaps{family, clips};
        overlaps.add_members(splits);
        for (const auto& group : equal) {
            overlaps.add_content(group);
        }
        for (const auto& [pair, overlap] : overlaps.found()) {
            all.push_back(overlap);
        }
    }
    return all;
}

}  // namespace sslslr::io
